package review_test

import (
	"strings"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
)

func (d desk) holds(t *testing.T, clip string) []footage.Hold {
	t.Helper()
	dossier, err := d.book.Dossier(t.Context(), clip)
	if err != nil {
		t.Fatal(err)
	}
	return dossier.Holds
}

func TestHoldAndRelease(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	c := clip("c1")
	d.book.Put(&c)
	first, err := d.PlaceHold(ctx, hong, "c1", "request", "정보주체의 열람 청구", "2026-12-01")
	if err != nil {
		t.Fatal(err)
	}
	d.clock.Wind(time.Second)
	second, err := d.PlaceHold(ctx, kim, "c1", "evidence", "고소 준비", "")
	if err != nil {
		t.Fatal(err)
	}
	if first.ID >= second.ID {
		t.Error("ids of holds do not sort by time")
	}
	e := d.last(t)
	if e.Act != ledger.ActHeld || e.Subject != "clip:c1" || e.Why != "고소 준비" || e.Facts["basis"] != "evidence" ||
		e.Facts["department"] != "minwon" || e.Records["hold:"+second.ID] == "" {
		t.Errorf("the entry is %+v", e)
	}

	if err := d.ReleaseHold(ctx, kim, "c1", first.ID, "청구가 끝남"); err != nil {
		t.Fatal(err)
	}
	holds := d.holds(t, "c1")
	if len(holds) != 2 || holds[0].Open() || !holds[1].Open() {
		t.Fatalf("%+v", holds)
	}
	if holds[0].ReleasedBy != "kim" || holds[0].ReleaseReason != "청구가 끝남" || holds[0].Reason != "정보주체의 열람 청구" {
		t.Errorf("the released hold is %+v", holds[0])
	}
	expect(t, d.ReleaseHold(ctx, kim, "c1", first.ID, "다시 한 번"), refuse.Conflict, "hold-released")
	if got := d.book.Acts(t); got != "clip.held clip.held clip.hold-released" {
		t.Error(got)
	}
}

func TestHoldRefusals(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	live, dying, dead, other := clip("live"), clip("dying"), clip("dead"), clip("other")
	dying.State, dead.State = footage.Destroying, footage.Destroyed
	d.book.Put(&live, &dying, &dead, &other)
	held, err := d.PlaceHold(ctx, hong, "live", "other", "확인", "2026-10-05")
	if err != nil {
		t.Fatal(err) // today is no past
	}
	for _, c := range []struct {
		clip, basis, reason string
		until               instant.Date
		kind                refuse.Kind
		code                string
	}{
		{"live", "", "확인", "", refuse.Invalid, "basis-unknown"},
		{"live", "whim", "확인", "", refuse.Invalid, "basis-unknown"},
		{"live", "evidence", " 확 ", "", refuse.Invalid, "reason-needed"},
		{"live", "evidence", strings.Repeat("가", 501), "", refuse.Invalid, "reason-long"},
		{"live", "evidence", "확인", "2026-10-04", refuse.Invalid, "until-past"},
		{"live", "evidence", "확인", "내일", refuse.Invalid, "until-form"},
		{"dying", "evidence", "확인", "", refuse.Gone, "clip-destroyed"},
		{"dead", "evidence", "확인", "", refuse.Gone, "clip-destroyed"},
		{"none", "evidence", "확인", "", refuse.NotFound, "not-found"},
	} {
		_, err := d.PlaceHold(ctx, hong, c.clip, c.basis, c.reason, c.until)
		expect(t, err, c.kind, c.code)
	}
	expect(t, d.ReleaseHold(ctx, kim, "live", held.ID, "끝"), refuse.Invalid, "reason-needed")
	expect(t, d.ReleaseHold(ctx, kim, "live", "no-such", "끝났음"), refuse.NotFound, "hold-unknown")
	expect(t, d.ReleaseHold(ctx, kim, "other", held.ID, "끝났음"), refuse.NotFound, "hold-unknown")
	if got := reviewtest.All[*footage.Hold](d.book); len(got) != 1 || !got[0].Open() {
		t.Errorf("%+v", got)
	}
	if got := d.book.Acts(t); got != "clip.held" {
		t.Errorf("refusals left entries: %s", got)
	}
}
