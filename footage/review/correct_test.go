package review_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

func TestCorrectCapturedAt(t *testing.T) {
	for now, want := range map[string]string{
		"2026-10-01T09:30":               "2026-10-01T00:30:00.000Z",
		"2026-10-01T09:30:15":            "2026-10-01T00:30:15.000Z",
		"2026-10-01T09:30:00+09:00":      "2026-10-01T00:30:00.000Z",
		"2026-10-01T00:30:00.123Z":       "2026-10-01T00:30:00.123Z",
		"2026-10-01T00:30:00.123456789Z": "2026-10-01T00:30:00.123Z",
	} {
		d := newDesk(t)
		c := clip("c1")
		d.book.Put(&c)
		k, err := d.Correct(t.Context(), hong, "c1", "captured_at", now, "기기 시계가 이틀 빨랐음")
		if err != nil {
			t.Errorf("%s: %v", now, err)
			continue
		}
		if k.Was != c.CapturedAt.String() || k.Now != want || k.By != "hong" || k.Why != "기기 시계가 이틀 빨랐음" {
			t.Errorf("%s: %+v", now, k)
		}
		got := d.clip(t, "c1")
		if got.CapturedAt.String() != want || got.SortAt != got.CapturedAt || got.TimeConfidence != "B" {
			t.Errorf("%s: %v, %v, %s", now, got.CapturedAt, got.SortAt, got.TimeConfidence)
		}
		if got.FiledOn != "2026-10-01" || got.ExpiresOn != "2026-10-31" || got.State != footage.Registered {
			t.Errorf("%s: %s to %s, %s", now, got.FiledOn, got.ExpiresOn, got.State)
		}
		if !slices.ContainsFunc(got.Reasons, func(r string) bool {
			return strings.Contains(r, "촬영 시각") && strings.Contains(r, "hong") && strings.Contains(r, "기기 시계가 이틀 빨랐음")
		}) {
			t.Errorf("no reason names the correction: %q", got.Reasons)
		}
	}
}

func TestCorrectionIsRecorded(t *testing.T) {
	d := newDesk(t)
	c := clip("c1")
	d.book.Put(&c)
	k, err := d.Correct(t.Context(), hong, "c1", "purpose", "patrol", "순찰 중에 촬영")
	if err != nil {
		t.Fatal(err)
	}
	e := d.last(t)
	if e.Act != ledger.ActCorrected || e.Subject != "clip:c1" || e.Why != "순찰 중에 촬영" ||
		e.Records["clip:c1"] == "" || e.Records["correction:"+k.ID] == "" ||
		e.Facts["was"] != "complaint" || e.Facts["now"] != "patrol" || e.Facts["rule"] != "patrol@1" ||
		e.Facts["expires_on_was"] != "2026-11-02" || e.Facts["expires_on"] != "2026-12-02" {
		t.Errorf("the entry is %+v", e)
	}
	dossier, _ := d.book.Dossier(t.Context(), "c1")
	if len(dossier.Corrections) != 1 || dossier.Corrections[0] != k {
		t.Errorf("%+v", dossier.Corrections)
	}
}

// What made a clip doubtful is settled one by one; with the last doubt it is
// registered.
func TestCorrectionsSettleAReview(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	c := clip("c1")
	c.State, c.Device, c.Purpose = footage.Review, "", ""
	c.CapturedAt, c.TimeConfidence, c.SortAt = instant.Time{}, "D", c.CheckedInAt
	c.Doubts = []string{"기기를 알 수 없습니다."}
	d.book.Put(&c)
	step := func(field, now string) footage.Clip {
		d.clock.Wind(time.Second)
		if _, err := d.Correct(ctx, hong, "c1", field, now, "대장에서 확인"); err != nil {
			t.Fatal(err)
		}
		return d.clip(t, "c1")
	}
	got := step("device", "SN-0001")
	if got.Device != "bc-1" || got.Purpose != "complaint" || got.State != footage.Review || len(got.Doubts) == 0 {
		t.Errorf("with a device: %+v", got)
	}
	got = step("captured_at", "2026-10-03T10:00")
	if got.State != footage.Registered || len(got.Doubts) != 0 || got.FiledOn != "2026-10-03" {
		t.Errorf("with a time: %+v", got)
	}
	named := 0
	for _, r := range got.Reasons {
		if strings.Contains(r, "바로잡은 값입니다") {
			named++
		}
	}
	if named != 2 {
		t.Errorf("the reasons name %d corrections: %q", named, got.Reasons)
	}
	if got = step("device", "bc-2"); got.Purpose != "complaint" {
		t.Errorf("another device changed a purpose that was there: %q", got.Purpose)
	}
}

func TestCorrectionRefusals(t *testing.T) {
	d := newDesk(t)
	live, dying, dead, orphan := clip("live"), clip("dying"), clip("dead"), clip("orphan")
	dying.State, dead.State, orphan.Purpose = footage.Destroying, footage.Destroyed, "removed"
	d.book.Put(&live, &dying, &dead, &orphan)
	for _, c := range []struct {
		clip, field, now, why string
		kind                  refuse.Kind
		code                  string
	}{
		{"live", "sha256", "00", "확인", refuse.Invalid, "field-unknown"},
		{"live", "captured_at", "어제", "확인", refuse.Invalid, "now-form"},
		{"live", "captured_at", "", "확인", refuse.Invalid, "now-form"},
		{"live", "captured_at", "0000-01-01T00:00:00Z", "확인", refuse.Invalid, "now-form"},
		{"live", "captured_at", "2026-10-03T13:15", "확인", refuse.Invalid, "now-late"}, // checked in at 13:00
		{"live", "captured_at", live.CapturedAt.String(), "확인", refuse.Invalid, "now-same"},
		{"live", "device", "", "확인", refuse.Invalid, "now-unknown"},
		{"live", "device", "SN-9999", "확인", refuse.Invalid, "now-unknown"},
		{"live", "device", "dr-1", "확인", refuse.Invalid, "device-elsewhere"},
		{"live", "device", "SN-0001", "확인", refuse.Invalid, "now-same"},
		{"live", "purpose", "nothing", "확인", refuse.Invalid, "now-unknown"},
		{"live", "purpose", "pr", "확인", refuse.Invalid, "purpose-elsewhere"},
		{"live", "purpose", "patrol", " ", refuse.Invalid, "why-needed"},
		{"dying", "purpose", "patrol", "확인", refuse.Gone, "clip-destroyed"},
		{"dead", "purpose", "patrol", "확인", refuse.Gone, "clip-destroyed"},
		{"none", "purpose", "patrol", "확인", refuse.NotFound, "not-found"},
		{"orphan", "captured_at", "2026-10-01T09:30", "확인", refuse.Conflict, "purpose-missing"},
	} {
		_, err := d.Correct(t.Context(), hong, c.clip, c.field, c.now, c.why)
		if r, ok := refuse.As(err); !ok || r.Kind != c.kind || r.Code != c.code {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if got := d.book.Acts(t); got != "" {
		t.Errorf("refusals left entries: %s", got)
	}
	if got := d.clip(t, "live"); got.Purpose != "complaint" || got.CapturedAt != live.CapturedAt {
		t.Errorf("a refusal changed the clip: %+v", got)
	}
}

// A purpose that is made permanent is never due; taken back, it is not due on
// the spot.
func TestCorrectionToPermanentAndBack(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	c := clip("c1")
	c.CapturedAt = instant.Of(noon.AddDate(0, 0, -60))
	c.CheckedInAt = instant.Of(noon.AddDate(0, 0, -59))
	d.book.Put(&c)
	if _, err := d.Correct(ctx, kim, "c1", "purpose", "archive", "보존 가치"); err != nil {
		t.Fatal(err)
	}
	if got := d.clip(t, "c1"); !got.DueAt.IsZero() || got.ExpiresOn != "" {
		t.Errorf("permanent, but due %v", got.DueAt)
	}
	if _, err := d.Correct(ctx, kim, "c1", "purpose", "complaint", "잘못 골랐음"); err != nil {
		t.Fatal(err)
	}
	got := d.clip(t, "c1")
	if want := instant.Of(noon.Add(72 * time.Hour)); got.DueAt != want {
		t.Errorf("due %v, want %v", got.DueAt, want)
	}
}

// Whatever is corrected: destruction never comes sooner than 72 hours from now,
// unless it would have come by then without the correction.
func TestCorrectionNeverDestroysOnTheSpot(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := newDesk(t)
		c := clip("c1")
		age := rapid.IntRange(0, 24*90).Draw(r, "hours since check-in")
		c.CheckedInAt = instant.Of(noon.Add(-time.Duration(age) * time.Hour))
		c.CapturedAt = c.CheckedInAt.Add(-time.Hour)
		due := rapid.IntRange(-24*10, 24*90).Draw(r, "hours until due")
		c.DueAt = instant.Of(noon.Add(time.Duration(due) * time.Hour))
		d.book.Put(&c)
		captured := c.CheckedInAt.Add(-time.Duration(rapid.IntRange(2, 24*400).Draw(r, "filmed hours before")) * time.Hour)
		if _, err := d.Correct(t.Context(), hong, "c1", "captured_at", captured.String(), "확인함"); err != nil {
			r.Fatal(err)
		}
		got := d.clip(t, "c1").DueAt
		earliest := instant.Of(noon.Add(72 * time.Hour))
		if got.Before(earliest) && got.Before(c.DueAt) {
			r.Errorf("was due %v, is due %v, now is %v", c.DueAt, got, noon)
		}
	})
}

// A preview is what the correction then does, and does nothing itself.
func TestAPreviewIsWhatTheCorrectionDoes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := newDesk(t)
		c := clip("c1")
		c.State = rapid.SampledFrom([]footage.State{footage.Registered, footage.Review, footage.Destroying}).Draw(r, "state")
		c.CheckedInAt = instant.Of(noon.Add(-time.Duration(rapid.IntRange(0, 24*90).Draw(r, "hours since check-in")) * time.Hour))
		c.CapturedAt = c.CheckedInAt.Add(-time.Hour)
		c.TimeConfidence = rapid.SampledFrom([]string{"A", "C", "D", "X"}).Draw(r, "confidence")
		c.DueAt = instant.Of(noon.Add(time.Duration(rapid.IntRange(-24*10, 24*90).Draw(r, "hours until due")) * time.Hour))
		d.book.Put(&c)
		for range rapid.IntRange(0, 1).Draw(r, "corrections before") {
			_, _ = d.Correct(t.Context(), kim, "c1", "purpose", "patrol", "순찰 중") // a clip that is ending refuses it
		}
		stands, acts := d.clip(t, "c1"), d.book.Acts(t)

		field := rapid.SampledFrom([]string{"captured_at", "device", "purpose", "sha256"}).Draw(r, "field")
		now := rapid.SampledFrom([]string{"2026-10-01T09:30", "2026-06-01T09:30", "2030-01-01T00:00", "bc-2", "dr-1", "patrol", "archive", "pr", ""}).Draw(r, "now")
		before, after, err := d.Preview(t.Context(), hong, "c1", field, now)
		if diff := cmp.Diff(stands, d.clip(t, "c1"), cmpopts.EquateComparable(instant.Time{})); diff != "" || d.book.Acts(t) != acts {
			r.Fatalf("looking changed the clip:\n%s", diff)
		}
		k, done := d.Correct(t.Context(), hong, "c1", field, now, "대장 확인")
		if err != nil || done != nil {
			told, _ := refuse.As(err)
			refused, _ := refuse.As(done)
			if told == nil || refused == nil || told.Code != refused.Code || told.Sentence != refused.Sentence {
				r.Fatalf("the preview says %v, the correction %v", err, done)
			}
			return
		}
		if diff := cmp.Diff(stands, before, cmpopts.EquateComparable(instant.Time{})); diff != "" {
			r.Errorf("before is not the clip as it stood:\n%s", diff)
		}
		for i := range after.Reasons {
			after.Reasons[i] = strings.Replace(after.Reasons[i], k.At.Korean()+"에 hong이(가) 바로잡은 값입니다.", k.At.Korean()+"에 hong이(가) 바로잡은 값입니다(사유: 대장 확인).", 1)
		}
		if diff := cmp.Diff(d.clip(t, "c1"), after, cmpopts.EquateComparable(instant.Time{})); diff != "" {
			r.Errorf("the correction made (-) what the preview did not say (+):\n%s", diff)
		}
	})
}

func TestAPreviewOfNoClip(t *testing.T) {
	d := newDesk(t)
	_, _, err := d.Preview(t.Context(), hong, "none", "purpose", "patrol")
	expect(t, err, refuse.NotFound, "not-found")
}
