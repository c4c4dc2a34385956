package web_test

import (
	"cmp"
	"context"
	"slices"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/review/reviewtest"
)

// What the tests' records count and list beside clips, as server/db does.

func (r *records) OpenHoldsOf(_ context.Context, clips []string) (map[string][]footage.Hold, error) {
	open := map[string][]footage.Hold{}
	for _, h := range reviewtest.All[*footage.Hold](r.Book) {
		if h.Open() && slices.Contains(clips, h.Clip) {
			open[h.Clip] = append(open[h.Clip], *h)
		}
	}
	return open, r.Fault
}

func (r *records) Holds(_ context.Context, f footage.HoldFilter) (page []footage.HeldClip, next string, err error) {
	for _, h := range reviewtest.All[*footage.Hold](r.Book) {
		clip := r.clipNamed(h.Clip)
		if h.Open() != f.Released && (f.Basis == "" || h.Basis == f.Basis) && (f.Department == "" || clip.Department == f.Department) {
			page = append(page, footage.HeldClip{Hold: *h, Clip: clip})
		}
	}
	slices.SortFunc(page, func(a, b footage.HeldClip) int { return cmp.Compare(b.Hold.ID, a.Hold.ID) })
	return page, "", r.Fault
}

func (r *records) clipNamed(id string) footage.Clip {
	for _, c := range reviewtest.All[*footage.Clip](r.Book) {
		if c.ID == id {
			return *c
		}
	}
	return footage.Clip{}
}

func (r *records) due(from, to instant.Time, department string) (clips []footage.Clip) {
	for _, c := range reviewtest.All[*footage.Clip](r.Book) {
		live := c.State == footage.Registered || c.State == footage.Review
		if live && !c.DueAt.IsZero() && !c.DueAt.Before(from) && !c.DueAt.After(to) && (department == "" || c.Department == department) {
			clips = append(clips, *c)
		}
	}
	slices.SortFunc(clips, func(a, b footage.Clip) int { return cmp.Compare(a.DueAt.Ms(), b.DueAt.Ms()) })
	return clips
}

func (r *records) DueBetween(_ context.Context, from, at instant.Time, department, _ string, limit int) (footage.Page, error) {
	clips := r.due(from, at, department)
	return footage.Page{Clips: clips[:min(len(clips), limit)]}, r.Fault
}

func (r *records) DueByDay(_ context.Context, from, to instant.Date, department string) (tallies []footage.DayTally, err error) {
	for _, c := range r.due(instant.Of(from.Start()), instant.Of(to.AddDays(1).Start()).Add(-1), department) {
		tallies = append(tallies, footage.DayTally{Date: instant.DateOf(c.DueAt.Std()), Purpose: c.Purpose, Clips: 1})
	}
	return tallies, r.Fault
}

func (r *records) HeldDueByDay(ctx context.Context, from, to instant.Date, department string) (tallies []footage.DayTally, err error) {
	for _, c := range r.due(instant.Of(from.Start()), instant.Of(to.AddDays(1).Start()).Add(-1), department) {
		if open, _ := r.OpenHoldsOf(ctx, []string{c.ID}); len(open) > 0 {
			tallies = append(tallies, footage.DayTally{Date: instant.DateOf(c.DueAt.Std()), Clips: 1})
		}
	}
	return tallies, r.Fault
}

func (r *records) CheckedInByDay(_ context.Context, from, to instant.Date, department string) (tallies []footage.DayTally, err error) {
	for _, c := range reviewtest.All[*footage.Clip](r.Book) {
		day := instant.DateOf(c.CheckedInAt.Std())
		if from <= day && day <= to && (department == "" || c.Department == department) {
			tallies = append(tallies, footage.DayTally{Date: day, Clips: 1, Bytes: c.Bytes})
		}
	}
	return tallies, r.Fault
}

func (r *records) Stored(_ context.Context, department string) (tallies []footage.StoredTally, err error) {
	for _, c := range reviewtest.All[*footage.Clip](r.Book) {
		if c.State != footage.Destroyed && (department == "" || c.Department == department) {
			tallies = append(tallies, footage.StoredTally{Department: c.Department, Purpose: c.Purpose, Clips: 1, Bytes: c.Bytes})
		}
	}
	return tallies, r.Fault
}

func (r *records) UploadsUnderWay(context.Context, string) ([]footage.UploadTally, error) {
	return []footage.UploadTally{{State: footage.Checking, Count: 2}}, r.Fault
}

func (r *records) CountHolds(ctx context.Context, department string, today instant.Date) (open, overdue int, err error) {
	page, _, err := r.Holds(ctx, footage.HoldFilter{Department: department})
	for _, h := range page {
		if h.Hold.Until != "" && h.Hold.Until <= today {
			overdue++
		}
	}
	return len(page), overdue, err
}
