package media

import (
	"context"
	"errors"
	"time"
)

const (
	leaseLength = 2 * time.Minute // a server that dies delays its clip by so much
	leaseRenew  = leaseLength / 4
)

var errLost = errors.New("media: another server has taken this clip over")

// lease is the right to work on one clip.
type lease struct {
	m    *Maker
	task string
}

// leased runs work while this server has the clip to itself. The lease is
// prolonged in the background; when it cannot be, the context of the work ends.
// A clip that another server has is left to it.
func (m *Maker) leased(ctx context.Context, clip string, work func(context.Context, *lease) error) error {
	l := &lease{m: m, task: "media:" + clip}
	switch err := l.hold(ctx); {
	case errors.Is(err, errLost):
		return nil
	case err != nil:
		return err
	}
	run, stop := context.WithCancelCause(ctx)
	kept := make(chan struct{})
	go func() { defer close(kept); l.keep(run, stop) }()
	err := work(run, l)
	stop(nil)
	<-kept
	return errors.Join(err, m.Records.Release(context.WithoutCancel(ctx), l.task, m.Owner))
}

// hold claims or prolongs the lease; errLost when somebody else has it.
func (l *lease) hold(ctx context.Context) error {
	got, err := l.m.Records.Claim(ctx, l.task, l.m.Owner, leaseLength)
	if err == nil && !got {
		return errLost
	}
	return err
}

// keep prolongs the lease until ctx ends. One failure of the database is borne;
// two in a row, and the work stops before the lease runs out.
func (l *lease) keep(ctx context.Context, stop context.CancelCauseFunc) {
	missed := 0
	for pause(ctx, leaseRenew) {
		switch err := l.hold(ctx); {
		case err == nil:
			missed = 0
		case errors.Is(err, errLost) || missed > 0:
			stop(err)
			return
		default:
			missed++
		}
	}
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, length time.Duration) bool {
	wait, stop := context.WithTimeout(ctx, length)
	defer stop()
	<-wait.Done()
	return ctx.Err() == nil
}
