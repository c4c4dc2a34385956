package main

import (
	"testing"
	"time"
)

// TestDeviceClockGoesOn: the tenth file is sent an hour after the first, and
// the camera's clock has gone on meanwhile.
func TestDeviceClockGoesOn(t *testing.T) {
	now := time.Date(2026, 10, 3, 5, 5, 0, 0, time.UTC)
	for shown, later := range map[string]string{
		"2026-10-03T23:30:00":       "2026-10-04T00:30:00",
		"2026-10-03T13:05:00+08:00": "2026-10-03T14:05:00+08:00",
		"2026:10:03 14:05:00":       "2026-10-03T15:05:00",
	} {
		at := now
		ticking, err := deviceClock(shown, func() time.Time { return at })
		if err != nil {
			t.Fatal(err)
		}
		if at = now.Add(time.Hour); ticking() != later {
			t.Errorf("%s shows %s an hour later, want %s", shown, ticking(), later)
		}
	}
	if none, err := deviceClock("", time.Now); none != nil || err != nil {
		t.Errorf("nothing given makes a clock: %v", err)
	}
}
