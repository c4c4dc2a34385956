package metadata

import (
	"time"

	"jikim/devices/instant"
	"jikim/ingest/metadata/clock"
)

// doubt is why a reading cannot be the time of filming.
type doubt int

const (
	none doubt = iota
	reset
	beforePurchase
	future
	farFuture
	wildClock // the clock was found to be days wrong
	rollover  // the satellites' weeks have begun anew, and the receiver did not know
)

// resets are days on which a clock stands after it lost its power, in the zone
// of the clock. Nothing is known to be filmed by our users on them.
var resets = map[string]bool{
	"1904-01-01": true, "1970-01-01": true, "1980-01-01": true, "1980-01-06": true,
	"2000-01-01": true, "2015-01-01": true, "2019-01-01": true,
}

// factory are moments that firmware writes when it has no clock at all.
var factory = map[string]bool{"2014-11-14T07:34:24": true}

// slack is how far a clock may run ahead of ours and still be believed.
const slack = 10 * time.Minute

// lastYear is the last year a camera of today can mean, for when the caller has
// no clock to compare with.
const lastYear = 2099

// judge says why a reading cannot be the time of filming, once a known error of
// the clock is taken off. A reset clock stays one whatever is taken off, and in
// whatever zone its date is read.
func (r reading) judge(ctx Context) doubt {
	written, _ := clock.Parse(r.Value)
	if judge(r.stamp, ctx) == reset || judge(written, ctx) == reset {
		return reset
	}
	if ctx.check().wild(r) {
		return wildClock
	}
	return judge(r.corrected(ctx).stamp, ctx)
}

func judge(s clock.Stamp, ctx Context) doubt {
	day := s.Wall.Format(time.DateOnly)
	if resets[day] || s.Wall.Year() < 1970 || factory[s.Wall.Format("2006-01-02T15:04:05")] {
		return reset
	}
	if moment, known := s.Moment(); known && (resets[moment.Format(time.DateOnly)] || resets[moment.In(instant.KST).Format(time.DateOnly)]) {
		return reset // 1970-01-01 in UTC is already the first of January in Korea, or still the day before elsewhere
	}
	if s.Wall.Year() > lastYear {
		return farFuture
	}
	earliest, latest := bounds(s)
	if ctx.BoughtOn != "" && latest.Before(ctx.BoughtOn.Start()) {
		return beforePurchase
	}
	if !ctx.Now.IsZero() && earliest.After(ctx.Now.Add(slack)) {
		return future
	}
	return none
}

// gpsWeeks is after how long the number of the week that satellites send begins
// anew (IS-GPS-200 §20.3.3.3.1.1). Receivers that do not know of it write dates of
// nineteen years ago.
const gpsWeeks = 1024 * 7 * 24 * time.Hour

// rolledOver reports that a satellite reading lies just that long before what the
// device's clock or the name says, but for a zone.
func (r reading) rolledOver(all []reading) bool {
	if r.ofDevice() {
		return false
	}
	for _, o := range all {
		if left := o.moment().Sub(r.moment()) - gpsWeeks; o.ofDevice() && o.rank != rankWritten && left.Abs() <= 15*time.Hour {
			return true
		}
	}
	return false
}

// bounds are the earliest and the latest moment a reading can mean: the same
// when its zone is known, a day apart when it may be any zone on Earth.
func bounds(s clock.Stamp) (earliest, latest time.Time) {
	if moment, known := s.Moment(); known {
		return moment, moment
	}
	return s.Wall.Add(-14 * time.Hour), s.Wall.Add(12 * time.Hour)
}
