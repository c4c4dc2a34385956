package retention_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/retention"
)

const ms = time.Millisecond

func drawPurpose(t *rapid.T) devices.Purpose {
	p := days(rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "purpose"), "목적", 0)
	if p.Retention.Permanent = rapid.IntRange(0, 9).Draw(t, "permanent") == 0; !p.Retention.Permanent {
		p.Retention.Days = rapid.IntRange(devices.ShortestDays, 4000).Draw(t, "days")
	}
	return p
}

// drawFacts gives facts of every kind, plausible or not.
func drawFacts(t *rapid.T) retention.Facts {
	first, last := kst("2015-01-01 00:00").UnixMicro(), kst("2060-01-01 00:00").UnixMicro()
	in := time.UnixMicro(rapid.Int64Range(first, last).Draw(t, "checked in")).UTC()
	at := in.Add(-time.Duration(rapid.Int64Range(-int64(30*24*time.Hour), int64(400*24*time.Hour)).Draw(t, "before")))
	if rapid.IntRange(0, 7).Draw(t, "no time") == 0 {
		at = time.Time{}
	}
	return retention.Facts{
		CapturedAt: at, CheckedInAt: in,
		Confidence:  rapid.SampledFrom([]string{"A", "B", "C", "D", "X", ""}).Draw(t, "confidence"),
		Purposes:    rapid.SliceOfN(rapid.Custom(drawPurpose), 0, 4).Draw(t, "purposes"),
		DeviceKnown: rapid.Bool().Draw(t, "device known"),
		BoughtOn:    rapid.SampledFrom([]instant.Date{"", "2014-06-01", "2030-02-28"}).Draw(t, "bought"),
		Fallback:    drawPurpose(t),
		MinimumStay: time.Duration(rapid.Int64Range(0, int64(40*24*time.Hour)).Draw(t, "stay")),
		StaysFrom:   rapid.SampledFrom([]time.Time{{}, in.Add(-time.Hour), in.AddDate(0, 0, 40)}).Draw(t, "stays from"),
	}
}

// TestDecideNeverTooSoon: whatever the facts, nothing is due before the stay
// is over nor before the longest period, counted from the stated day, has
// ended; what is permanent is never due.
func TestDecideNeverTooSoon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		d := retention.Decide(f)
		apply := f.Purposes
		if len(apply) == 0 {
			apply = []devices.Purpose{f.Fallback}
		}
		permanent := slices.ContainsFunc(apply, func(p devices.Purpose) bool { return p.Retention.Permanent })
		if permanent != (d.ExpiresOn == "") || permanent != d.DueAt.IsZero() {
			t.Fatalf("permanent %t, but expires %q, due %s", permanent, d.ExpiresOn, d.DueAt)
		}
		if permanent {
			return
		}
		for _, from := range []time.Time{f.CheckedInAt, f.StaysFrom} {
			if d.DueAt.Std().Before(from.Add(f.MinimumStay)) {
				t.Fatalf("due %s before the stay is over", d.DueAt)
			}
		}
		for _, p := range apply {
			// n whole days after the end of the first: Korea has had no summer
			// time since 1988, so a day is 24 hours here.
			end := d.CountFrom.Start().Add(time.Duration(p.Retention.Days+1) * 24 * time.Hour)
			if d.DueAt.Std().Before(end) {
				t.Fatalf("due %s before %d days from %s ended", d.DueAt, p.Retention.Days, d.CountFrom)
			}
		}
	})
}

// TestDecideCountsFrom: the period counts from the day of filming or from the
// check-in, and only an undoubted time counts from filming.
func TestDecideCountsFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		d := retention.Decide(f)
		trusted := slices.Contains([]string{"A", "B", "C"}, f.Confidence) && f.DeviceKnown && !f.CapturedAt.IsZero() &&
			!f.CapturedAt.After(f.CheckedInAt.Add(10*time.Minute)) &&
			(f.BoughtOn == "" || instant.DateOf(f.CapturedAt) >= f.BoughtOn)
		want := instant.DateOf(f.CheckedInAt)
		if trusted {
			want = instant.DateOf(f.CapturedAt)
		}
		if d.CountFrom != want {
			t.Fatalf("counted from %s, want %s (trusted: %t)", d.CountFrom, want, trusted)
		}
		if d.Review != (!trusted || len(f.Purposes) == 0) {
			t.Fatalf("review %t with trusted time %t and %d purposes", d.Review, trusted, len(f.Purposes))
		}
		if len(d.Reasons) == 0 {
			t.Fatal("no reasons")
		}
	})
}

// later reports that a keeps at least as long as b.
func later(a, b retention.Decision) bool {
	if a.DueAt.IsZero() {
		return true
	}
	return !b.DueAt.IsZero() && !a.DueAt.Before(b.DueAt) && a.ExpiresOn >= b.ExpiresOn
}

func TestDecideMorePurposesNeverShorten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		f.Purposes = append(f.Purposes, drawPurpose(t))
		before := retention.Decide(f)
		more := f
		more.Purposes = append(slices.Clone(f.Purposes), drawPurpose(t))
		more.Purposes = rapid.Permutation(more.Purposes).Draw(t, "order")
		if after := retention.Decide(more); !later(after, before) {
			t.Fatalf("due %s with one more purpose, %s without", after.DueAt, before.DueAt)
		}
	})
}

func TestDecideMonotoneInDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		n := rapid.IntRange(devices.ShortestDays, 4000).Draw(t, "n")
		f.Purposes = []devices.Purpose{days("p", "목적", n)}
		before := retention.Decide(f)
		f.Purposes = []devices.Purpose{days("p", "목적", n+1)}
		after := retention.Decide(f)
		if after.ExpiresOn != before.ExpiresOn.AddDays(1) || !later(after, before) {
			t.Fatalf("%d days expire %s, one more %s", n, before.ExpiresOn, after.ExpiresOn)
		}
	})
}

// TestMayAgreesWithDecide: without holds and with honest clocks the gate opens
// at DueAt and not a millisecond sooner; a clip filmed after its check-in
// waits for a correction.
func TestMayAgreesWithDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		f.CheckedInAt = f.CheckedInAt.Truncate(ms)
		c := clipOf(f)
		contradicts := c.CapturedAt.Std().After(c.CheckedInAt.Std().Add(10 * time.Minute))
		if c.DueAt.IsZero() || contradicts {
			if retention.May(f.CheckedInAt.AddDate(200, 0, 0), c, nil, time.Time{}) == nil {
				t.Fatal("the gate opened for what must stay")
			}
			return
		}
		due := c.DueAt.Std()
		if err := retention.May(due, c, nil, f.CheckedInAt); err != nil {
			t.Fatalf("at %s: %v", due, err)
		}
		if retention.May(due.Add(-ms), c, nil, f.CheckedInAt) == nil {
			t.Fatalf("the gate opened before %s", due)
		}
	})
}

func TestMayOpenHoldAlwaysBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := clipOf(drawFacts(t))
		holds := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) footage.Hold {
			return released(held(rapid.SampledFrom([]string{"request", "evidence", "other"}).Draw(t, "basis"), "사유"))
		}), 0, 4).Draw(t, "released")
		holds = slices.Insert(holds, rapid.IntRange(0, len(holds)).Draw(t, "place"), held("evidence", "고소 준비"))
		now := c.CheckedInAt.Std().Add(time.Duration(rapid.Int64Range(0, 200*365*24).Draw(t, "hours")) * time.Hour)
		if retention.May(now, c, holds, time.Time{}) == nil {
			t.Fatalf("destroyed on %s in spite of an open hold", now)
		}
	})
}
