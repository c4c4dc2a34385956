package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/server/db/seed"
)

const (
	due         = 10_000
	appendFor   = 3 * time.Second
	crowdOfActs = 64
)

// recordRows adds the rows of one large database to the table.
type recordRows struct {
	*table
	engine string
	clips  int
	few    listing
}

func (r *recordRows) all(ctx context.Context, a *archive, l listing) error {
	for _, name := range l.names {
		many, few := l.cost[name], r.few.cost[name]
		verdict, target := verdictOf(many.p99 <= 3, many.p50 <= 1.5*few.p50), "p99 ≤ 3 ms, p50 ≤ 1.5 × 만 건"
		if name == counting {
			verdict, target = untold, "쪽을 붙들지 않을 것"
		}
		r.add(row{
			number: "10", what: r.engine + " 질의: " + name, ours: many.String(), anchors: "만 건에서 " + few.String(),
			ratio: ratio(many.p50, few.p50, "만 건"), target: target, met: verdict,
		})
	}
	for _, part := range []func(context.Context, *archive) error{r.due, r.appends, r.proofs, r.verify, r.served} {
		if err := part(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// due finds what the sweep finds.
func (r *recordRows) due(ctx context.Context, a *archive) error {
	want := min(due, a.clips/1000) // a few more are due (package seed)
	took, err := timed(5, func() error {
		page, err := a.db.DueClips(ctx, instant.Of(time.Now()), "", "", want)
		if err == nil && len(page.Clips) != want {
			err = fmt.Errorf("%d clips are due, want %d", len(page.Clips), want)
		}
		return err
	})
	if err != nil {
		return err
	}
	ms := 1e3 * median(took)
	r.add(row{
		number: "11", what: fmt.Sprintf("%s: 파기할 %d건 찾기", r.engine, want), ours: fmt.Sprintf("%.1f ms", ms),
		target: "≤ 15 ms (만 건)", met: verdictOf(ms <= 15),
	})
	return nil
}

// appends records holds, each with its entry, by one and by many at once.
func (r *recordRows) appends(ctx context.Context, a *archive) error {
	for _, c := range []struct {
		who    int
		target float64
		word   string
	}{{1, 4000, "하나씩"}, {crowdOfActs, 40_000, "64명이 함께"}} {
		rate, err := a.act(ctx, c.who)
		if err != nil {
			return err
		}
		r.add(row{
			number: "12", what: r.engine + ": 기록과 대장 항목 남기기, " + c.word, ours: fmt.Sprintf("%.0f건/s", rate),
			target: fmt.Sprintf("≥ %.0f건/s", c.target), met: verdictOf(rate >= c.target),
		})
	}
	return nil
}

// act places holds for a while, who of them at once, and gives how many a second.
func (a *archive) act(ctx context.Context, who int) (float64, error) {
	var done atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, who)
	start := time.Now()
	for i := range who {
		wg.Go(func() {
			for n := 0; errs[i] == nil && time.Since(start) < appendFor; n++ {
				hold := footage.Hold{ID: fmt.Sprintf("h-%d-%d-%d", who, i, n), Clip: seed.ID(n % a.clips), Basis: "evidence", Reason: "성능 측정", PlacedBy: "bench", PlacedAt: instant.Of(start)}
				e := ledger.Entry{Act: ledger.ActHeld, Actor: ledger.Actor{Account: "bench"}, Subject: "clip:" + hold.Clip, Why: hold.Reason}
				errs[i] = a.db.Change(ctx, e, func(tx footage.Tx, _ *ledger.Entry) error { return tx.Save(&hold) })
				done.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(done.Load()) / time.Since(start).Seconds(), errors.Join(errs...)
}

// proofs proves entries and checks the proofs.
func (r *recordRows) proofs(ctx context.Context, a *archive) error {
	head, err := a.db.Head()
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(3, 4))
	took, err := timed(pagesEach, func() error {
		index := random.Int64N(head.Size)
		proof, err := ledger.Inclusion(a.db, index, head.Size)
		if err != nil {
			return err
		}
		rows, err := a.db.Rows(ctx, index, 1)
		if err != nil {
			return err
		}
		return ledger.CheckInclusion(proof, head.Size, head.Root, index, rows[0].Body)
	})
	if err != nil {
		return err
	}
	ms := 1e3 * median(took)
	r.add(row{
		number: "12", what: fmt.Sprintf("%s: 항목 증명과 확인 (%d건 가운데)", r.engine, head.Size), ours: fmt.Sprintf("%.2f ms", ms),
		target: "≤ 0.2 ms", met: verdictOf(ms <= 0.2),
	})
	return nil
}

// verify checks the whole ledger.
func (r *recordRows) verify(ctx context.Context, a *archive) error {
	start := time.Now()
	report, err := ledger.Verify(ctx, a.db, a.signer.Verifier(), ledger.Options{})
	if err != nil {
		return err
	}
	seconds := time.Since(start).Seconds()
	perTenMillion := seconds * 1e7 / float64(report.Head.Size)
	r.add(row{
		number: "13", what: fmt.Sprintf("%s: 대장 %d건 검증", r.engine, report.Head.Size), ours: fmt.Sprintf("%.1f s", seconds),
		anchors: fmt.Sprintf("천만 건이면 %.0f s", perTenMillion), target: "천만 건 ≤ 60 s", met: verdictOf(perTenMillion <= 60),
	})
	return nil
}

// served starts the real server on the database and asks it for pages.
func (r *recordRows) served(ctx context.Context, a *archive) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	argv := []string{a.house.bin, "serve", "--data", a.house.model, "--addr", addr}
	if a.file != "" {
		argv = append(argv, "--config", a.file)
	}
	start := time.Now()
	p, err := startProgram(ctx, filepath.Dir(a.house.model), addr, argv...)
	if err != nil {
		return err
	}
	defer func() { _ = p.stop() }()
	w, err := dial(addr)
	if err != nil {
		return err
	}
	defer w.Close()
	if _, _, err := w.call("GET", "/readyz", "", ""); err != nil {
		return err
	}
	ready := time.Since(start).Seconds()
	r.add(row{number: "16", what: r.engine + ": 서버 시작에서 준비까지", ours: fmt.Sprintf("%.2f s", ready), target: "≤ 2 s", met: verdictOf(ready <= 2)})

	random := rand.New(rand.NewPCG(5, 6))
	for _, f := range filters {
		if f.draw(random, 1).Kind != "" {
			continue // the interface has no such filter
		}
		took, err := timed(pagesEach, func() error {
			_, _, err := w.call("GET", "/api/v1/clips?"+query(f.draw(random, seed.Departments(a.clips))), bearer(a.token), "")
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		c := costOf(took)
		r.add(row{number: "10", what: r.engine + " 답: " + f.name, ours: c.String(), target: "p99 ≤ 20 ms", met: verdictOf(c.p99 <= 20)})
	}
	return nil
}

func query(f footage.Filter) string {
	q := url.Values{}
	for name, value := range map[string]string{
		"department": f.Department, "purpose": f.Purpose, "device": f.Device, "state": string(f.State), "from": string(f.From), "to": string(f.To),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}
