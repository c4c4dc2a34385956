package db_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/server/db"
)

// tallied is a database with six clips of two departments: three fall due on
// one day (the first two held), one the day after, one is destroyed, one stays
// for ever.
func tallied(t *testing.T, d *db.DB, c *clock) {
	t.Helper()
	var all []footage.Record
	for i := range 6 {
		clip := aClip(i, time.Date(2026, 10, 3, 14, 30, 0, 0, time.UTC)) // 23:30 in Korea
		clip.Purpose = "p0"
		switch i {
		case 3:
			clip.DueAt = clip.DueAt.Add(24 * time.Hour)
			clip.CheckedInAt = clip.CheckedInAt.Add(24 * time.Hour)
		case 4:
			clip.State = footage.Destroyed
		case 5:
			clip.DueAt, clip.ExpiresOn = instant.Time{}, ""
		}
		all = append(all, &clip)
	}
	all = append(all,
		&footage.Hold{ID: "h1", Clip: "clip-000000", Basis: "evidence", Until: "2026-10-01"},
		&footage.Hold{ID: "h2", Clip: "clip-000000", Basis: "request", Until: "2026-12-01"},
		&footage.Hold{ID: "h3", Clip: "clip-000001", Basis: "request"},
		&footage.Hold{ID: "h4", Clip: "clip-000002", Basis: "request", ReleasedAt: instant.Of(c.now())},
	)
	if err := save(d, all...); err != nil {
		t.Fatal(err)
	}
}

func TestDaysAreCountedInKorea(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		tallied(t, d, c)
		ctx := t.Context()
		due, err := d.DueByDay(ctx, "2026-10-01", "2026-10-31", "")
		if err != nil {
			t.Fatal(err)
		}
		want := []footage.DayTally{{Date: "2026-10-19", Purpose: "p0", Clips: 3}, {Date: "2026-10-20", Purpose: "p0", Clips: 1}}
		if diff := cmp.Diff(want, due); diff != "" {
			t.Errorf("due: %s", diff)
		}
		if due, err = d.DueByDay(ctx, "2026-10-20", "2026-10-31", "civil"); err != nil || len(due) != 1 || due[0].Clips != 1 {
			t.Errorf("due of a department from a day on: %v, %v", due, err)
		}
		held, err := d.HeldDueByDay(ctx, "2026-10-01", "2026-10-31", "")
		if diff := cmp.Diff([]footage.DayTally{{Date: "2026-10-19", Clips: 2}}, held); diff != "" || err != nil {
			t.Errorf("held: %s, %v", diff, err)
		}
		in, err := d.CheckedInByDay(ctx, "2026-10-04", "2026-10-05", "")
		if diff := cmp.Diff([]footage.DayTally{{Date: "2026-10-04", Clips: 5, Bytes: 60}, {Date: "2026-10-05", Clips: 1, Bytes: 12}}, in); diff != "" || err != nil {
			t.Errorf("checked in: %s, %v", diff, err)
		}
		stored, err := d.Stored(ctx, "")
		if diff := cmp.Diff([]footage.StoredTally{
			{Department: "civil", Purpose: "p0", Clips: 3, Bytes: 36}, {Department: "pr", Purpose: "p0", Clips: 2, Bytes: 24},
		}, stored); diff != "" || err != nil {
			t.Errorf("stored: %s, %v", diff, err)
		}
	})
}

func TestHoldsInAList(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		tallied(t, d, c)
		ctx := t.Context()
		page, next, err := d.Holds(ctx, footage.HoldFilter{Limit: 2})
		if err != nil || len(page) != 2 || page[0].Hold.ID != "h3" || page[1].Clip.FileName != "민원_0.MP4" || next != "h2" {
			t.Fatalf("first page %+v, next %q, %v", page, next, err)
		}
		if page, next, err = d.Holds(ctx, footage.HoldFilter{Limit: 2, Cursor: next}); err != nil || len(page) != 1 || page[0].Hold.ID != "h1" || next != "" {
			t.Errorf("second page %+v, next %q, %v", page, next, err)
		}
		for _, f := range []struct {
			filter footage.HoldFilter
			want   string
		}{
			{footage.HoldFilter{Basis: "evidence"}, "h1"},
			{footage.HoldFilter{Department: "civil"}, "h3"},
			{footage.HoldFilter{Released: true}, "h4"},
		} {
			page, _, err := d.Holds(ctx, f.filter)
			if err != nil || len(page) != 1 || page[0].Hold.ID != f.want {
				t.Errorf("%+v: %+v, %v", f.filter, page, err)
			}
		}
		open, err := d.OpenHoldsOf(ctx, []string{"clip-000000", "clip-000002"})
		if err != nil || len(open) != 1 || len(open["clip-000000"]) != 2 {
			t.Errorf("open: %v, %v", open, err)
		}
		if open, overdue, err := d.CountHolds(ctx, "pr", "2026-10-03"); err != nil || open != 2 || overdue != 1 {
			t.Errorf("of a department %d open, %d to be looked at again, %v", open, overdue, err)
		}
	})
}

// TestNumbersComeFromTheirIndex: a board must not read ten million rows.
func TestNumbersComeFromTheirIndex(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		tallied(t, d, c)
		ctx := t.Context()
		for _, q := range []struct {
			index string
			ask   func(dry *db.DB)
		}{
			{"clips_due_days", func(dry *db.DB) { _, _ = dry.DueByDay(ctx, "2026-10-01", "2026-10-31", "pr") }},
			{"clips_checked_in", func(dry *db.DB) { _, _ = dry.CheckedInByDay(ctx, "2026-10-01", "2026-10-31", "pr") }},
			{"clips_stored", func(dry *db.DB) { _, _ = dry.Stored(ctx, "") }},
			{"holds_open", func(dry *db.DB) { _, _, _ = dry.CountHolds(ctx, "", "2026-10-03") }},
		} {
			asked := d.Asked(q.ask)
			plan, index := planOf(t, d, asked[0]), "COVERING INDEX "+q.index
			if !d.Lite() { // which of several that serve is a matter of its statistics
				index = " using " + q.index[:5]
			}
			if !strings.Contains(plan, index) {
				t.Errorf("%s\nis answered by\n%s", asked[0], plan)
			}
		}
	})
}

func TestTheLedgerIsNarrowed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		begun := instant.Of(c.now())
		for i := range 6 {
			clip := aClip(i, c.now())
			e := ledger.Entry{Act: []ledger.Act{ledger.ActCheckedIn, ledger.ActCorrected}[i%2], Actor: ledger.Actor{Account: []string{"hong", "kim"}[i/3]}, Subject: clip.RecordName()}
			if err := d.Change(t.Context(), e, func(tx footage.Tx, _ *ledger.Entry) error { return tx.Save(&clip) }); err != nil {
				t.Fatal(err)
			}
			c.add(time.Hour)
		}
		at := func(hours int) instant.Time { return begun.Add(time.Duration(hours) * time.Hour) }
		for _, l := range []struct {
			q    ledger.Query
			want []int64
		}{
			{ledger.Query{}, []int64{5, 4, 3, 2, 1, 0}},
			{ledger.Query{Limit: 2, Before: 4}, []int64{3, 2}},
			{ledger.Query{Act: ledger.ActCorrected}, []int64{5, 3, 1}},
			{ledger.Query{Account: "kim"}, []int64{5, 4, 3}},
			{ledger.Query{Account: "kim", Act: ledger.ActCorrected, Before: 5}, []int64{3}},
			{ledger.Query{Subject: "clip:clip-000002"}, []int64{2}},
			{ledger.Query{Since: at(2)}, []int64{5, 4, 3, 2}},
			{ledger.Query{Since: at(1), Until: at(3)}, []int64{2, 1}},
			{ledger.Query{Until: at(3), Before: 2}, []int64{1, 0}},
			{ledger.Query{Until: at(-1)}, nil},
			{ledger.Query{Since: at(99)}, nil},
		} {
			if l.q.Limit == 0 {
				l.q.Limit = 10
			}
			rows, err := d.RowsOf(t.Context(), l.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, r := range rows {
				got = append(got, r.Index)
			}
			if !slices.Equal(got, l.want) {
				t.Errorf("%+v: %v, want %v", l.q, got, l.want)
			}
		}
	})
}
