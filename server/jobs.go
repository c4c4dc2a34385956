package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"jikim/devices/instant"
	"jikim/footage/retention"
)

// job is work that is done again and again beside the requests. Any number of
// servers may run the same jobs: what must happen once is claimed by lease.
type job struct {
	name  string
	every time.Duration
	run   func(ctx context.Context) error
}

// untouchedFor is how long an upload whose bytes are all here must have been
// left alone before another worker ends it: its own request may be at it.
const untouchedFor = 15 * time.Second

func (s *service) jobs() []job {
	gate := s.gate()
	counted := func(what string, do func(context.Context) (int, error)) func(context.Context) error {
		return func(ctx context.Context) error {
			n, err := do(ctx)
			if n > 0 {
				s.tell.Info(what, "count", n)
			}
			return err
		}
	}
	jobs := []job{
		{"finish-uploads", 5 * time.Second, counted("uploads finished", func(ctx context.Context) (int, error) { return s.intake.FinishLeft(ctx, untouchedFor) })},
		{"abandoned-uploads", time.Hour, counted("uploads abandoned", s.intake.GiveUpAbandoned)},
		{"orphans", 6 * time.Hour, counted("orphans removed", s.intake.SweepOrphans)},
		{"resume-destruction", 30 * time.Second, counted("destructions completed", gate.Resume)},
		{"checkpoint", 10 * time.Second, s.keepCheckpoint},
		{"sessions", time.Hour, s.db.PruneSessions},
		{"sign-ins", 6 * time.Hour, counted("old sign-ins removed", s.pruneSignIns)},
		{"desk", time.Second, s.desk.Run},
		{"media", 2 * time.Second, counted("derivatives made", s.maker.Run)},
	}
	if !s.config.Sweep.Off {
		jobs = append(jobs, job{"sweep", time.Minute, s.dailySweep(gate)})
	}
	return jobs
}

// pruneSignIns takes away what the record of sign-ins need not hold any more.
func (s *service) pruneSignIns(ctx context.Context) (int, error) {
	return s.db.PruneSignIns(ctx, s.now().Add(-s.config.Access.KeepSignIns))
}

// dailySweep runs once a day from the configured hour in Korea. A restart runs
// it again, which does no harm.
func (s *service) dailySweep(gate *retention.Gate) func(context.Context) error {
	var swept instant.Date
	return func(ctx context.Context) error {
		now := s.clock().In(instant.KST)
		today := instant.DateOf(now)
		if now.Hour() < *s.config.Sweep.Hour || today == swept {
			return nil
		}
		counts := map[string]int{}
		err := gate.Sweep(ctx, "자동 파기 "+string(today), func(f retention.Finding) {
			switch {
			case f.Err != nil:
				counts["failed"]++
			case f.Kept != "":
				counts["kept"]++
			default:
				counts["destroyed"]++
			}
		})
		if err == nil {
			swept = today
		}
		s.tell.Info("sweep", "destroyed", counts["destroyed"], "kept", counts["kept"], "failed", counts["failed"])
		return err
	}
}

// start runs all jobs until ctx ends and tells ended how each run went; the
// function it gives waits for them.
func start(ctx context.Context, jobs []job, tell *slog.Logger, ended func(name string, err error)) (wait func()) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Go(func() {
			for {
				err := j.run(ctx)
				if err != nil && !errors.Is(err, context.Canceled) {
					tell.Error("job failed", "job", j.name, "error", err)
				}
				ended(j.name, err)
				select {
				case <-time.After(j.every):
				case <-ctx.Done():
					return
				}
			}
		})
	}
	return wg.Wait
}
