package retention

import (
	"fmt"
	"strings"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
)

const day = 24 * time.Hour

// DDay says how far away the destruction is in calendar days of Korea:
// "D-3", "오늘", "D+2" when it is overdue, "영구" when due is not set.
func DDay(now time.Time, due instant.Time) string {
	if due.IsZero() {
		return "영구"
	}
	n := daysBetween(instant.DateOf(now), instant.DateOf(due.Std()))
	switch {
	case n == 0:
		return "오늘"
	case n > 0:
		return fmt.Sprintf("D-%d", n)
	default:
		return fmt.Sprintf("D+%d", -n)
	}
}

// KeptUntil says until when a clip is kept: "2026. 12. 1.(화)까지" or "영구".
func KeptUntil(c footage.Clip) string {
	if c.ExpiresOn == "" {
		return "영구"
	}
	return c.ExpiresOn.Korean() + "까지"
}

// daysBetween counts calendar days. Days are compared as days of UTC, which
// are all 24 hours long; those of Korea were not (summer time until 1988).
func daysBetween(from, to instant.Date) int {
	return int(utcDay(to).Sub(utcDay(from)) / day)
}

func utcDay(d instant.Date) time.Time {
	t := d.Start()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// span says a length of time in its largest whole unit.
func span(d time.Duration) string {
	switch {
	case d%day == 0:
		return fmt.Sprintf("%d일", d/day)
	case d%time.Hour == 0:
		return fmt.Sprintf("%d시간", d/time.Hour)
	default:
		return fmt.Sprintf("%d분", (d+time.Minute-1)/time.Minute)
	}
}

// names lists purposes with their periods: "구정홍보 영구, 행정업무지원 촬영일부터 90일".
func names(purposes []devices.Purpose) string {
	parts := make([]string, len(purposes))
	for i, p := range purposes {
		parts[i] = p.Name + " " + p.Retention.Korean()
	}
	return strings.Join(parts, ", ")
}
