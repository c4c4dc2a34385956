package dashcam

import (
	"encoding/binary"
	"math"
	"time"

	"jikim/ingest/metadata/place"
)

// RowSize is the length in bytes of one row of a SigmaStar GPS track (sample
// format "ssmd", one row a second).
const RowSize = 40

// Row is one row of such a track. It has no month and no year. Its clock is that
// of the satellites, in UTC, when the row has a fix, and the camera's own, in
// local time, when it has none.
type Row struct {
	At        time.Duration // since the start of the recording
	Day       int           // of the month
	TimeOfDay time.Duration
	Fix       bool
	Speed     float64 // km/h; only with a fix
	Point     place.Point
}

const (
	noFix    = 0xFFFFFFFF // as a float, in both coordinates
	fixFlag  = 0x0100
	knownTop = 0x0400 // set in the flags of every row of every camera seen
)

// ReadRow reads one row (little-endian: two float64, int32, two uint16, four
// bytes of clock, course); false when it cannot be one.
func ReadRow(b []byte, at time.Duration) (Row, bool) {
	if len(b) != RowSize {
		return Row{}, false
	}
	lat, lon := float(b), float(b[8:])
	flags := binary.LittleEndian.Uint16(b[22:])
	day, hour, minute, second := int(b[24]), int(b[25]), int(b[26]), int(b[27])
	if day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 || flags&knownTop == 0 {
		return Row{}, false
	}
	r := Row{At: at, Day: day, Fix: flags&fixFlag != 0, TimeOfDay: time.Duration(hour*3600+minute*60+second) * time.Second}
	if !r.Fix {
		return r, lat == noFix && lon == noFix
	}
	r.Speed = float64(binary.LittleEndian.Uint16(b[20:]))
	r.Point = place.Point{Lat: lat, Lon: lon}
	return r, math.Abs(lat) <= 90 && math.Abs(lon) <= 180
}

func float(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

// Zone finds the camera's zone, in seconds east of UTC, where a row without a
// fix stands beside one with a fix; false when the track shows none.
func Zone(rows []Row) (int, bool) {
	for i := 1; i < len(rows); i++ {
		utc, local := rows[i-1], rows[i]
		if utc.Fix == local.Fix {
			continue
		}
		if local.Fix {
			utc, local = local, utc
		}
		difference := local.TimeOfDay + daysBetween(utc.Day, local.Day) - utc.TimeOfDay - (local.At - utc.At)
		offset := difference.Round(15 * time.Minute)
		if (difference-offset).Abs() <= 2*time.Minute && offset >= -12*time.Hour && offset <= 14*time.Hour {
			return int(offset / time.Second), true
		}
	}
	return 0, false
}

// daysBetween is how far the day of the month b lies from a, which are at most
// one day apart.
func daysBetween(a, b int) time.Duration {
	switch {
	case a == b:
		return 0
	case b == a+1 || b == 1 && a >= 28:
		return 24 * time.Hour
	}
	return -24 * time.Hour
}

// Start gives the moment in UTC at which the recording began, from the first row
// with a fix. The month and the year come from a date known elsewhere (the
// camera's local date in the file's name), which is within a day of it; false
// when the row's day is not.
func Start(rows []Row, near time.Time) (time.Time, bool) {
	for _, r := range rows {
		if !r.Fix {
			continue
		}
		for _, days := range []int{0, -1, 1} {
			d := near.AddDate(0, 0, days)
			if d.Day() == r.Day {
				midnight := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
				return midnight.Add(r.TimeOfDay - r.At), true
			}
		}
		return time.Time{}, false
	}
	return time.Time{}, false
}

// Phantom reports that the positions of a track are invented. Under a weak
// signal these receivers go on giving fixes while they have none: many rows are
// then without a fix, and between the others the way from one to the next does
// not agree with the speed that is written beside it.
func Phantom(rows []Row) bool {
	lost, pairs, wrong := 0, 0, 0
	for i, r := range rows {
		if !r.Fix {
			lost++
			continue
		}
		if i == 0 || !rows[i-1].Fix {
			continue
		}
		seconds := (r.At - rows[i-1].At).Seconds()
		if seconds <= 0 {
			continue
		}
		pairs++
		gone := place.Distance(rows[i-1].Point, r.Point) / seconds * 3.6
		if math.Abs(gone-r.Speed) > max(20, r.Speed/3) {
			wrong++
		}
	}
	return 5*lost > len(rows) && 2*wrong > pairs
}
