package place

import "time"

// Fix is a position at a time.
type Fix struct {
	Point
	UTC time.Time     // satellite time; zero when the fix has no clock of its own
	At  time.Duration // since the start of the recording
}

// Course is a track as it goes by: how many fixes it has and those at its ends.
// The fixes themselves are passed on and not kept, so that a flight of hours
// costs no more memory than one of seconds. The zero Course passes them to
// nobody.
type Course struct {
	Visit func(Fix) error // nil when nobody wants the fixes

	count         int
	first         Fix
	clock, latest Fix // the first and the last that carry satellite time
	err           error
}

// Add takes the next fix; one that is no place on Earth is left out. After an
// error of Visit nothing is taken any more.
func (c *Course) Add(f Fix) {
	if !f.Valid() || c.err != nil {
		return
	}
	if c.count++; c.count == 1 {
		c.first = f
	}
	if !f.UTC.IsZero() {
		if c.clock.UTC.IsZero() {
			c.clock = f
		}
		c.latest = f
	}
	if c.Visit != nil {
		c.err = c.Visit(f)
	}
}

// Count is how many fixes were taken.
func (c *Course) Count() int { return c.count }

// First is the first fix; false when there was none.
func (c *Course) First() (Fix, bool) { return c.first, c.count > 0 }

// Err is the error with which Visit ended the course; nil when it did not.
func (c *Course) Err() error { return c.err }

// Start estimates when the recording began from the fixes that carry both
// clocks: the first satellite time, less how far into the recording it stands.
// Where the recording's own time table runs at another speed than the
// satellites (some cameras write nominal times), the table is scaled. Zero when
// no fix has a satellite time.
func (c *Course) Start() time.Time {
	if c.clock.UTC.IsZero() {
		return time.Time{}
	}
	into := c.clock.At
	if table := c.latest.At - c.clock.At; table >= 5*time.Second {
		speed := float64(c.latest.UTC.Sub(c.clock.UTC)) / float64(table)
		if speed > 0 && (speed < 0.8 || speed > 1.25) {
			into = time.Duration(float64(into) * speed)
		}
	}
	return c.clock.UTC.Add(-into)
}
