// Package instant holds the two notions of time the product is built on: a
// moment in UTC with millisecond resolution, and a calendar day in Korea.
//
// Both have exactly one written form and one stored form, the same on every
// database, so that a record read back hashes to what was hashed when it was
// written. Nothing here reads the clock: the time comes in as an argument.
package instant

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
	_ "time/tzdata" // closed networks: the zone table must be in the binary
)

// KST is the zone in which days begin and end for every rule of retention.
var KST = mustLoad("Asia/Seoul")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // tzdata is embedded; cannot fail
	}
	return loc
}

const layout = "2006-01-02T15:04:05.000Z"

// Time is a moment: stored as milliseconds since 1970 (int64), written as
// RFC 3339 in UTC with three decimals. The zero Time means "not set": it is
// stored as NULL and written as null.
type Time struct{ t time.Time }

// Of rounds t down to milliseconds.
func Of(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{time.UnixMilli(t.UnixMilli()).UTC()}
}

// Std gives the time.Time in UTC; the zero time.Time when not set.
func (m Time) Std() time.Time { return m.t }

// IsZero reports whether the moment is not set.
func (m Time) IsZero() bool { return m.t.IsZero() }

// Ms gives milliseconds since 1970; 0 when not set.
func (m Time) Ms() int64 {
	if m.t.IsZero() {
		return 0
	}
	return m.t.UnixMilli()
}

// FromMs makes a Time from milliseconds since 1970.
func FromMs(ms int64) Time { return Time{time.UnixMilli(ms).UTC()} }

// Before reports whether m is earlier than o.
func (m Time) Before(o Time) bool { return m.t.Before(o.t) }

// After reports whether m is later than o.
func (m Time) After(o Time) bool { return m.t.After(o.t) }

// Add moves the moment, rounding down to milliseconds.
func (m Time) Add(d time.Duration) Time { return Of(m.t.Add(d)) }

// Sub gives how much later m is than o.
func (m Time) Sub(o Time) time.Duration { return m.t.Sub(o.t) }

// String writes the moment in its one form, "2026-10-03T05:05:00.000Z".
func (m Time) String() string { return m.t.Format(layout) }

// MarshalText writes what String gives.
func (m Time) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads any RFC 3339 time.
func (m *Time) UnmarshalText(b []byte) error { return m.parse(string(b)) }

// MarshalJSON writes null for a moment that is not set.
func (m Time) MarshalJSON() ([]byte, error) {
	if m.t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + m.String() + `"`), nil
}

// UnmarshalJSON reads what MarshalJSON wrote, or any RFC 3339 time.
func (m *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*m = Time{}
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	return m.parse(s)
}

func (m *Time) parse(s string) error {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return err
	}
	*m = Of(t)
	return nil
}

// GormDataType tells the object mapper the column type.
func (Time) GormDataType() string { return "bigint" }

// Value stores the moment.
func (m Time) Value() (driver.Value, error) {
	if m.t.IsZero() {
		return nil, nil
	}
	return m.t.UnixMilli(), nil
}

// Scan reads a stored moment.
func (m *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*m = Time{}
	case int64:
		*m = FromMs(v)
	default:
		return fmt.Errorf("instant: cannot read %T as a moment", src)
	}
	return nil
}

// Date is a calendar day in Asia/Seoul, written and stored as "2026-10-03".
// The empty Date means "none".
type Date string

// DateOf gives the day in Korea on which the moment t falls.
func DateOf(t time.Time) Date { return Date(t.In(KST).Format(time.DateOnly)) }

// ParseDate reads "2026-10-03".
func ParseDate(s string) (Date, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, KST)
	if err != nil {
		return "", err
	}
	return DateOf(t), nil
}

// Start gives 00:00 of the day in Korea. The Date must not be empty.
func (d Date) Start() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), KST)
	if err != nil {
		panic("instant: not a date: " + string(d))
	}
	return t
}

// AddDays moves n calendar days.
func (d Date) AddDays(n int) Date { return DateOf(d.Start().AddDate(0, 0, n)) }

var weekdays = [...]string{"일", "월", "화", "수", "목", "금", "토"}

// Korean writes the day as Korean offices do: "2026. 10. 3.(토)".
func (d Date) Korean() string {
	if d == "" {
		return ""
	}
	t := d.Start()
	return fmt.Sprintf("%d. %d. %d.(%s)", t.Year(), int(t.Month()), t.Day(), weekdays[t.Weekday()])
}

// Korean writes the moment in Korean time: "2026. 10. 3.(토) 14:05".
func (m Time) Korean() string {
	if m.IsZero() {
		return ""
	}
	t := m.t.In(KST)
	return DateOf(t).Korean() + t.Format(" 15:04")
}
