package metadata

import (
	"fmt"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/ingest/metadata/clock"
)

// Who looked at a device's clock.
const (
	CheckedAtDock     = "dock"     // the dock asked the device when its files were sent
	CheckedByRegistry = "registry" // a person looked, and wrote it into the registry
)

// ClockCheck is one look at a device's clock beside a right one.
type ClockCheck struct {
	By    string        // CheckedAtDock, CheckedByRegistry
	At    time.Time     // when; of the registry the day
	Shown string        // what the device showed, as the dock sent it
	Late  time.Duration // the right time minus the device's; negative when it runs ahead
	Zone  int           // seconds east of UTC of what the device showed, stated or taken to be so

	// Naive: the device showed no offset, so that Late may hold one.
	Naive bool
	// Unread: Shown is no clock reading, and nothing was measured.
	Unread bool
}

// Drift is a measured clock error as the report keeps it.
type Drift struct {
	LateS   float64 `json:"late_s"`  // seconds that the device's clock was behind the right time; negative = ahead
	Source  string  `json:"source"`  // dock, registry
	At      string  `json:"at"`      // RFC 3339 when it was measured; of the registry the day
	Applied bool    `json:"applied"` // the chosen time has been set right by it
}

const (
	// checkHolds is how long before or after a look at the clock it still says
	// something of what was filmed: clocks go on straying, and are set anew.
	checkHolds = 180 * 24 * time.Hour
	// largestDrift is the largest error that is set right. A clock that is a day
	// wrong was not set at all, and need not have been as wrong when it filmed.
	largestDrift = 24 * time.Hour
	// noDrift is what a measurement over a network cannot tell from no error.
	noDrift = 2 * time.Second
)

// CheckAtDock compares what a device's clock showed, as a dock sent it, with the
// moment at which the server heard of it. Digits without an offset are taken for
// the time to which the device is registered to be set, Korean time unless that
// is UTC.
func CheckAtDock(shown string, heard time.Time, policy devices.ClockPolicy) ClockCheck {
	check := ClockCheck{By: CheckedAtDock, At: heard, Shown: shown}
	stamp, ok := clock.Parse(shown)
	if !ok {
		check.Unread = true
		return check
	}
	if check.Naive = !stamp.Zoned; check.Naive {
		stamp = stamp.In(zoneHere(heard, policy))
	}
	moment, _ := stamp.Moment()
	check.Late, check.Zone = heard.Sub(moment), stamp.Offset
	return check
}

// CheckByRegistry is what the registry says of a device's clock; false when
// nobody has looked.
func CheckByRegistry(d devices.Device) (ClockCheck, bool) {
	if d.ClockAheadS == nil || d.ClockCheckedOn == "" {
		return ClockCheck{}, false
	}
	day := d.ClockCheckedOn.Start()
	return ClockCheck{
		By: CheckedByRegistry, At: day, Late: -time.Duration(*d.ClockAheadS) * time.Second, Zone: zoneHere(day, d.Clock),
	}, true
}

// zoneHere is the zone of a device used here, in seconds east of UTC.
func zoneHere(at time.Time, policy devices.ClockPolicy) int {
	if policy == devices.ClockUTC {
		return 0
	}
	_, offset := at.In(instant.KST).Zone()
	return offset
}

// check gives the look at the clock that counts: the first that could be read;
// nil when there is none.
func (ctx Context) check() *ClockCheck {
	for i := range ctx.Checks {
		if !ctx.Checks[i].Unread {
			return &ctx.Checks[i]
		}
	}
	return nil
}

// corrected gives the reading as the clock would have shown it, had it been
// right. What satellites say is no reading of the device's clock; a look at the
// clock that is too old or too wild corrects nothing.
func (r reading) corrected(ctx Context) reading {
	c := ctx.check()
	if c == nil || r.driven != nil || !r.ofDevice() || r.doubt == reset || c.unfit(r) != "" {
		return r
	}
	late, hidden := c.of(r.stamp)
	if late.Abs() < noDrift {
		late = 0
	}
	switch {
	case !r.stamp.Zoned: // the clock was laid beside one of a known zone
		r.stamp, r.Zone, r.compared = r.stamp.In(c.Zone), ZoneProfile, true
	case r.Zone == ZoneAssumed && r.stamp.Offset == 0 && time.Duration(c.Zone)*time.Second == hidden && hidden != 0:
		r.Zone, r.compared = ZoneProfile, true // a clock that stands at UTC writes UTC
	}
	r.stamp, r.driven = r.stamp.Add(late), &correction{check: *c, late: late, hidden: hidden}
	return r
}

// correction is how a reading was set right.
type correction struct {
	check  ClockCheck
	late   time.Duration // added to the reading
	hidden time.Duration // the part of what was measured that is a zone and no error
}

// of gives the error of a reading of the clock. A device that showed no offset
// may have been set to another zone than ours: the digits it wrote are then as
// far off as those it showed, but a reading whose own zone is known is off by
// the rest only.
func (c ClockCheck) of(s clock.Stamp) (late, hidden time.Duration) {
	if !c.Naive || !s.Zoned || s.Offset == c.Zone {
		return c.Late, 0
	}
	zone := nearestZone(c.Late)
	if (c.Late - zone).Abs() > aboutAZone {
		return c.Late, 0
	}
	return c.Late - zone, zone
}

// unfit says why a look at the clock does not set a reading right; "" when it
// does.
func (c ClockCheck) unfit(r reading) string {
	switch {
	case c.Late.Abs() > largestDrift:
		return c.found() + " 하루가 넘는 오차는 바로잡는 데 쓰지 않습니다. 기기 시계를 맞추고 촬영 시각을 확인해 주십시오."
	case r.moment().Sub(c.At).Abs() > checkHolds:
		return c.found() + " 촬영한 때와 반년 넘게 떨어져 있어 바로잡는 데 쓰지 않았습니다."
	}
	return ""
}

// wild reports that the clock was days wrong when it wrote a reading: the reading
// lies near what the clock showed. What lies far from that was written before
// the clock was lost.
func (c *ClockCheck) wild(r reading) bool {
	if c == nil || !r.ofDevice() || c.Late.Abs() <= largestDrift {
		return false
	}
	return r.moment().Sub(c.At.Add(-c.Late)).Abs() <= checkHolds
}

// ofDevice reports that a reading is of the device's own clock.
func (r reading) ofDevice() bool { return r.rank != rankGPS && r.rank != rankUnlocked }

// named says who looked at the clock and when.
func (c ClockCheck) named() string {
	if c.By == CheckedByRegistry {
		return "기기 명부에 " + instant.DateOf(c.At).Korean() + " 확인한 것으로 적힌"
	}
	return instant.Of(c.At).Korean() + " 도크에서 잰"
}

// found says what was measured.
func (c ClockCheck) found() string {
	return c.named() + " 기기 시계는 " + wrongBy(c.Late) + "습니다."
}

// wrongBy says how wrong a clock was, up to the stem: 3분 12초 늦었-.
func wrongBy(late time.Duration) string {
	switch {
	case late.Abs() < noDrift:
		return "맞았"
	case late > 0:
		return exactly(late) + " 늦었"
	}
	return exactly(late) + " 빨랐"
}

// exactly writes a length of time to the second: 1시간 0분 12초; days alone when
// there are two or more.
func exactly(d time.Duration) string {
	d = d.Abs().Round(time.Second)
	if d < time.Hour || d >= 48*time.Hour {
		return span(d)
	}
	return fmt.Sprintf("%d시간 %d분 %d초", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
}

// sentence says what was done to a reading.
func (c correction) sentence() string {
	s := c.check.named() + " 기기 시계는 " + wrongBy(c.late)
	switch {
	case c.late == 0:
		s += "습니다."
	case c.late > 0:
		s += "으므로 그만큼 더해 바로잡았습니다."
	default:
		s += "으므로 그만큼 빼서 바로잡았습니다."
	}
	if c.hidden != 0 {
		s += " 기기 시계는 " + zoneTitle(c.check.Zone) + "이 아니라 " + zoneName(c.check.Zone-int(c.hidden/time.Second)) + "에 맞추어져 있었습니다."
	}
	return s
}

// zoneSentence says how the look at the clock told the zone of a reading.
func (c correction) zoneSentence() string {
	zone := zoneTitle(c.check.Zone)
	switch {
	case c.hidden != 0:
		return "시간대는 적혀 있지 않으나 기기 시계가 보인 것으로 알았습니다."
	case c.check.By == CheckedAtDock && !c.check.Naive:
		return "시간대는 적혀 있지 않으나 기기 시계가 보인 시간대(" + zone + ")로 보았습니다."
	}
	return "시간대는 적혀 있지 않으나 기기 시계를 " + zone + "에 견준 것이 있어 " + withParticle(zone) + " 보았습니다."
}

// drift is what the report keeps of the measurement; nil when there is none.
func (ctx Context) drift(applied bool) *Drift {
	c := ctx.check()
	if c == nil {
		return nil
	}
	d := Drift{LateS: round(c.Late.Seconds(), 1e3), Source: c.By, At: instant.Of(c.At).String(), Applied: applied}
	if c.By == CheckedByRegistry {
		d.At = string(instant.DateOf(c.At))
	}
	return &d
}

// unusedChecks says of every look at the clock that did not count why.
func (ctx Context) unusedChecks(best reading) []string {
	var said []string
	for _, c := range ctx.Checks {
		if c.Unread {
			said = append(said, "도크가 보낸 기기 시계("+quoted(c.Shown)+")는 시각이 아니어서 오차를 재지 못했습니다.")
		}
	}
	if c := ctx.check(); c != nil && best.driven == nil && best.ofDevice() && best.doubt != wildClock {
		if s := c.unfit(best); s != "" {
			said = append(said, s)
		}
	}
	return said
}

// quoted cuts a foreign text short.
func quoted(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
