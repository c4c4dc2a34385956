package review_test

import (
	"testing"

	"jikim/devices/instant"
	"jikim/devices/refuse"
)

// FuzzCorrect writes anything as a value: it is refused with a sentence, or
// what was written can be read back and stands in the clip.
func FuzzCorrect(f *testing.F) {
	for _, now := range []string{"2026-10-01T09:30", "2026-10-01T09:30:00+09:00", "1904-01-01T00:00:00Z", "patrol", "SN-0002", "", "\x00"} {
		f.Add("captured_at", now, "확인함")
		f.Add("device", now, "확인함")
		f.Add("purpose", now, "확인함")
	}
	d := newDesk(f)
	f.Fuzz(func(t *testing.T, field, now, why string) {
		c := clip("c1")
		d.book.Put(&c)
		k, err := d.Correct(t.Context(), hong, "c1", field, now, why)
		if err != nil {
			if r, ok := refuse.As(err); !ok || r.Sentence == "" {
				t.Fatalf("%q, %q: %v", field, now, err)
			}
			return
		}
		got := d.clip(t, "c1")
		switch field {
		case "captured_at":
			var read instant.Time
			if err := read.UnmarshalText([]byte(k.Now)); err != nil || read != got.CapturedAt {
				t.Errorf("%q is kept as %q, which reads as %v", now, k.Now, read)
			}
		case "device":
			if got.Device != k.Now {
				t.Errorf("%q is kept as %q, the clip has %q", now, k.Now, got.Device)
			}
		case "purpose":
			if got.Purpose != k.Now {
				t.Errorf("%q is kept as %q, the clip has %q", now, k.Now, got.Purpose)
			}
		default:
			t.Errorf("%q was corrected", field)
		}
	})
}
