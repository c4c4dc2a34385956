package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/server/db/seed"
)

const (
	pagesEach = 300     // of each kind of list
	deepRow   = 100_000 // a deep page begins after so many rows
	countTo   = 10_000  // pages count no further
	counting  = "세기(가장 큰 부서, 만 건까지)"
)

// listing is what reading records costs in one database, by the name of what
// is read.
type listing struct {
	names []string
	cost  map[string]cost
}

// cost is in milliseconds.
type cost struct{ p50, p99 float64 }

func costOf(seconds []float64) cost {
	return cost{1e3 * median(seconds), 1e3 * quantile(seconds, 0.99)}
}

func (c cost) String() string { return fmt.Sprintf("p50 %.2f, p99 %.2f ms", c.p50, c.p99) }

func (l *listing) add(name string, took []float64) {
	l.names = append(l.names, name)
	if l.cost == nil {
		l.cost = map[string]cost{}
	}
	l.cost[name] = costOf(took)
}

// filters are the lists people open, each with values drawn anew in an
// institution of so many departments.
var filters = []struct {
	name string
	draw func(r *rand.Rand, departments int) footage.Filter
}{
	{"기관 전체", func(*rand.Rand, int) footage.Filter { return footage.Filter{} }},
	{"부서", func(r *rand.Rand, of int) footage.Filter { return footage.Filter{Department: anyDepartment(r, of)} }},
	{"부서+목적", func(r *rand.Rand, of int) footage.Filter {
		return footage.Filter{Department: anyDepartment(r, of), Purpose: anyPurpose(r)}
	}},
	{"부서+목적+기간", func(r *rand.Rand, of int) footage.Filter {
		f := period(r, of)
		f.Department, f.Purpose = anyDepartment(r, of), anyPurpose(r)
		return f
	}},
	{"목적", func(r *rand.Rand, of int) footage.Filter { return footage.Filter{Purpose: anyPurpose(r)} }},
	{"기기", func(r *rand.Rand, of int) footage.Filter {
		return footage.Filter{Device: seed.Device(r.IntN(of), r.IntN(seed.Devices))}
	}},
	{"확인 필요, 부서", func(r *rand.Rand, of int) footage.Filter {
		return footage.Filter{State: footage.Review, Department: anyDepartment(r, of)}
	}},
	{"종류, 부서", func(r *rand.Rand, of int) footage.Filter {
		return footage.Filter{Kind: "photo", Department: anyDepartment(r, of)}
	}},
	{"기간", period},
}

func anyDepartment(r *rand.Rand, of int) string { return seed.Department(r.IntN(of)) }
func anyPurpose(r *rand.Rand) string            { return seed.Purposes[r.IntN(len(seed.Purposes))] }

// period is some month of the last three years.
func period(r *rand.Rand, _ int) footage.Filter {
	to := instant.DateOf(time.Now().In(instant.KST)).AddDays(-r.IntN(3 * 350))
	return footage.Filter{From: to.AddDays(-30), To: to}
}

// timed runs do n times and gives the seconds of each.
func timed(n int, do func() error) ([]float64, error) {
	took := make([]float64, n)
	for i := range took {
		start := time.Now()
		if err := do(); err != nil {
			return nil, err
		}
		took[i] = time.Since(start).Seconds()
	}
	return took, nil
}

// list measures first pages by each filter, a deep page, a bounded count and
// single clips.
func (a *archive) list(ctx context.Context) (listing, error) {
	var l listing
	r := rand.New(rand.NewPCG(1, uint64(a.clips)))
	for _, f := range filters {
		took, err := timed(pagesEach, func() error {
			_, err := a.db.ListClips(ctx, f.draw(r, seed.Departments(a.clips)))
			return err
		})
		if err != nil {
			return l, fmt.Errorf("%s: %w", f.name, err)
		}
		l.add(f.name, took)
	}
	deep, err := a.deepPage(ctx)
	if err != nil {
		return l, err
	}
	for _, one := range []struct {
		name string
		do   func() error
	}{
		{"깊은 쪽", func() error { _, err := a.db.ListClips(ctx, deep); return err }},
		{counting, func() error {
			_, err := a.db.CountClips(ctx, footage.Filter{Department: seed.Department(0)}, countTo)
			return err
		}},
		{"영상 하나", func() error { _, err := a.db.Clip(ctx, seed.ID(r.IntN(a.clips))); return err }},
	} {
		took, err := timed(pagesEach, one.do)
		if err != nil {
			return l, fmt.Errorf("%s: %w", one.name, err)
		}
		l.add(one.name, took)
	}
	return l, nil
}

// deepPage walks as far as deepRow, or to the middle of a small database.
func (a *archive) deepPage(ctx context.Context) (footage.Filter, error) {
	f := footage.Filter{Limit: 200}
	for range min(deepRow, a.clips/2) / f.Limit {
		page, err := a.db.ListClips(ctx, f)
		if err != nil {
			return f, err
		}
		f.Cursor = page.Next
	}
	f.Limit = 0
	return f, nil
}
