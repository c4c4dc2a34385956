package clock_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"jikim/ingest/metadata/clock"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"2026:10:03 14:05:00":           "2026-10-03T14:05:00",
		"2026:10:03 14:05:00.480+00:00": "2026-10-03T14:05:00.480Z",
		"2026-10-03T14:05:00+0900":      "2026-10-03T14:05:00+09:00",
		"2026-10-03T14:05:00-03:30":     "2026-10-03T14:05:00-03:30",
		"2026/10/03 14:05:00":           "2026-10-03T14:05:00",
		"Sat Oct  3 14:05:00 2026":      "2026-10-03T14:05:00",
		"SAT OCT  3 14:05:00 2026":      "2026-10-03T14:05:00",
		"2026:10:03 14:05:00\x00":       "2026-10-03T14:05:00",
		"2026-10-03T14:05Z":             "2026-10-03T14:05:00Z",
		"2026:10:03":                    "",
		"0000:00:00 00:00:00":           "",
		"    :  :     :  :  ":           "",
		"2026:13:03 14:05:00":           "",
		"":                              "",
	} {
		got, ok := clock.Parse(in)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q: %q %v, want %q", in, got, ok, want)
		}
	}
}

func TestOffset(t *testing.T) {
	for in, want := range map[string]int{"+09:00": 32400, "-0330": -12600, "Z": 0, "+14:00": 50400} {
		if got, ok := clock.Offset(in); !ok || got != want {
			t.Errorf("%q: %d %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "+19:00", "-13:00", "KST", "   :  "} {
		if _, ok := clock.Offset(in); ok {
			t.Errorf("%q is taken for an offset", in)
		}
	}
}

func TestWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moment := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "moment")).UTC()
		offset := rapid.IntRange(-48, 56).Draw(t, "quarters") * 900
		s := rapid.SampledFrom([]clock.Stamp{clock.UTC(moment), clock.Local(moment), clock.At(moment, offset)}).Draw(t, "stamp")
		back, ok := clock.Parse(s.String())
		if !ok || back != s {
			t.Fatalf("%v: %q reads as %v", s, s, back)
		}
		if m, known := s.Moment(); known != s.Zoned || known && !m.Equal(moment) {
			t.Fatalf("%v is the moment %v", s, m)
		}
	})
}
