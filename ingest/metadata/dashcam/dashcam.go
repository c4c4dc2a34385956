// Package dashcam reads the GPS records that dash cameras, the nearest
// relatives of body cameras, leave in a movie: Novatek's "freeGPS" blocks, the
// text table that others put behind the last box, and SigmaStar's track of
// binary rows.
package dashcam

import (
	"bytes"
	"encoding/binary"
	"math"
	"regexp"
	"strconv"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

// FreeGPSSize is how much of a block is looked at, from the word on.
const FreeGPSSize = 84

// record is one freeGPS block.
type record struct {
	at     time.Time // digits
	active bool
	point  place.Point
}

// FreeGPS reads "freeGPS" blocks one after another; its positions go to Course.
// The blocks' clock is the camera's. Some cameras run on UTC until the first fix
// and on local time after it: the jump between two blocks then is the zone.
type FreeGPS struct {
	Course *place.Course
	Start  clock.Stamp // of the first block with a fix; zoned when the blocks show the zone
	before time.Time   // the clock of the last block without a fix
}

// Add reads a block from its word "freeGPS" on; false when it is none.
func (g *FreeGPS) Add(block []byte) bool {
	r, ok := freeGPS(block)
	switch {
	case !ok:
		return false
	case !r.active:
		g.before = r.at
		return true
	case g.Start.IsZero():
		g.Start = clock.Local(r.at)
		if offset, ok := jump(g.before, r.at); ok {
			g.Start = g.Start.In(offset)
		}
	}
	g.Course.Add(place.Fix{Point: r.point, At: max(r.at.Sub(g.Start.Wall), 0)})
	return true
}

// shapes are where a block keeps its clock, the state of its receiver and its
// position: cameras of the Novatek family have used two.
var shapes = []struct{ clock, state, point int }{{12, 36, 40}, {44, 68, 72}}

// freeGPS reads one block: hour, minute, second, year since 2000, month and day,
// the state of the receiver and the hemispheres, then ddmm.mmmm as floats.
func freeGPS(b []byte) (record, bool) {
	if !bytes.HasPrefix(b, []byte("freeGPS")) {
		return record{}, false
	}
	for _, shape := range shapes {
		if len(b) < shape.point+8 || b[shape.state] != 'A' && b[shape.state] != 'V' {
			continue
		}
		at, ok := digitsOf(b[shape.clock:])
		if !ok {
			continue
		}
		state, here := b[shape.state:], b[shape.point:]
		return record{at: at, active: state[0] == 'A', point: place.Point{
			Lat: degrees(here, state[1] == 'S'), Lon: degrees(here[4:], state[2] == 'W'),
		}}, true
	}
	return record{}, false
}

// digitsOf reads six numbers as a clock.
func digitsOf(b []byte) (time.Time, bool) {
	n := make([]int, 6)
	for i := range n {
		v := binary.LittleEndian.Uint32(b[4*i:])
		if v > 99 {
			return time.Time{}, false
		}
		n[i] = int(v)
	}
	if n[0] > 23 || n[1] > 59 || n[2] > 59 || n[4] < 1 || n[4] > 12 || n[5] < 1 || n[5] > 31 {
		return time.Time{}, false
	}
	return time.Date(2000+n[3], time.Month(n[4]), n[5], n[0], n[1], n[2], 0, time.UTC), true
}

func degrees(b []byte, negative bool) float64 {
	v := float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	v = math.Floor(v/100) + math.Mod(v, 100)/60
	if negative {
		v = -v
	}
	return v
}

// jump reads the zone from a clock that goes from UTC to local time between two
// records some seconds apart.
func jump(before, after time.Time) (int, bool) {
	if before.IsZero() {
		return 0, false
	}
	difference := after.Sub(before)
	offset := difference.Round(15 * time.Minute)
	left := difference - offset
	if offset == 0 || offset.Abs() > 14*time.Hour || left < 0 || left > 10*time.Second {
		return 0, false
	}
	return int(offset / time.Second), true
}

// 2026/08/03 11:34:53 N:48.100000 W:002.100000 19.0 km/h
var row = regexp.MustCompile(`(20\d{2}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}) ([NS]):(\d{1,2}\.\d+) ([EW]):(\d{1,3}\.\d+)`)

// maxRows bounds the table: half a day.
const maxRows = 43_200

// Trailer reads a text table of one row a second, in the camera's local time,
// and gives the clock of its first row; its positions go to course.
func Trailer(p []byte, course *place.Course) clock.Stamp {
	var start clock.Stamp
	for range maxRows {
		m := row.FindSubmatchIndex(p)
		if m == nil || course.Err() != nil {
			break
		}
		field := func(i int) []byte { return p[m[2*i]:m[2*i+1]] }
		at, ok := clock.Parse(string(field(1)))
		if ok {
			if start.IsZero() {
				start = at
			}
			course.Add(place.Fix{
				Point: place.Point{Lat: signed(field(3), field(2)), Lon: signed(field(5), field(4))},
				At:    max(at.Wall.Sub(start.Wall), 0),
			})
		}
		p = p[m[1]:]
	}
	return start
}

func signed(number, hemisphere []byte) float64 {
	v, _ := strconv.ParseFloat(string(number), 64)
	if hemisphere[0] == 'S' || hemisphere[0] == 'W' {
		v = -v
	}
	return v
}
