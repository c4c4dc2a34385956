// Package clock has a camera's clock reading as it is written: digits, and an
// offset from UTC only where the file states one. A reading without an offset
// is not a moment, and nothing here pretends that it is.
package clock

import (
	"strings"
	"time"
)

// Stamp is one clock reading.
type Stamp struct {
	Wall   time.Time // the digits, held in time.UTC whatever the zone
	Zoned  bool      // the offset is known
	Offset int       // seconds east of UTC; only when Zoned
}

// Local is a reading whose zone is not known. Only t's digits count.
func Local(t time.Time) Stamp { return Stamp{Wall: digits(t)} }

// UTC is a reading of the moment t in UTC.
func UTC(t time.Time) Stamp { return Stamp{Wall: t.UTC(), Zoned: true} }

// At is the reading of the moment t on a clock offset seconds east of UTC.
func At(t time.Time, offset int) Stamp {
	return Stamp{Wall: t.UTC().Add(time.Duration(offset) * time.Second), Zoned: true, Offset: offset}
}

// In says that the digits were read in a zone offset seconds east of UTC.
func (s Stamp) In(offset int) Stamp { return Stamp{Wall: s.Wall, Zoned: true, Offset: offset} }

// Add moves the reading; its zone stays.
func (s Stamp) Add(d time.Duration) Stamp {
	s.Wall = s.Wall.Add(d)
	return s
}

// IsZero reports that there is no reading.
func (s Stamp) IsZero() bool { return s.Wall.IsZero() }

// Moment is the moment in UTC; false when the zone is not known.
func (s Stamp) Moment() (time.Time, bool) {
	if !s.Zoned {
		return time.Time{}, false
	}
	return s.Wall.Add(-time.Duration(s.Offset) * time.Second), true
}

// String writes RFC 3339 down to milliseconds (which are left out when zero),
// without an offset when none is known, with Z when it is zero.
func (s Stamp) String() string {
	if s.IsZero() {
		return ""
	}
	layout := "2006-01-02T15:04:05"
	if s.Wall.Nanosecond()/int(time.Millisecond) != 0 {
		layout += ".000"
	}
	if !s.Zoned {
		return s.Wall.Format(layout)
	}
	zone := time.FixedZone("", s.Offset)
	moment, _ := s.Moment()
	return moment.In(zone).Format(layout + "Z07:00")
}

var zoned = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700",
	"2006:01:02 15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z0700",
	"2006-01-02T15:04Z07:00",
}

var unzoned = []string{
	"2006-01-02T15:04:05", "2006:01:02 15:04:05", "2006-01-02 15:04:05", "2006/01/02 15:04:05",
	"2006.01.02 15:04:05", "Mon Jan _2 15:04:05 2006", "MON JAN _2 15:04:05 2006", "2006-01-02T15:04",
}

// Parse reads any of the written forms found in footage; false when s is not a
// date with a time of day. A date alone is not a reading.
func Parse(s string) (Stamp, bool) {
	s = strings.TrimSpace(strings.Trim(s, "\x00"))
	if len(s) > 64 {
		return Stamp{}, false
	}
	for _, layout := range zoned {
		if !fits(layout, s) {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil {
			_, offset := t.Zone()
			return At(t, offset), sane(t)
		}
	}
	for _, layout := range unzoned {
		if !fits(layout, s) {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil {
			return Local(t), sane(t)
		}
	}
	return Stamp{}, false
}

// fits reports whether s has the layout's separators in their places: most
// layouts are told apart by them, and time.Parse is slow to say no.
func fits(layout, s string) bool {
	for _, i := range [...]int{4, 7, 10} {
		if len(s) <= i || layout[i] != s[i] && strings.IndexByte("-:/. T", layout[i]) >= 0 {
			return false
		}
	}
	return true
}

// Offset reads "+09:00", "-0330" or "Z" as seconds east of UTC; false when it
// is none, or none on Earth.
func Offset(s string) (int, bool) {
	s = strings.TrimSpace(strings.Trim(s, "\x00"))
	for _, layout := range []string{"Z07:00", "Z0700", "Z07"} {
		if t, err := time.Parse(layout, s); err == nil {
			_, offset := t.Zone()
			return offset, offset >= -12*3600 && offset <= 14*3600
		}
	}
	return 0, false
}

// sane leaves out the year 0, which is how cameras write "not set".
func sane(t time.Time) bool { return t.Year() > 0 }

func digits(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
