// Package dashcam reads the GPS records that dash cameras, the nearest
// relatives of body cameras, leave in a movie: Novatek's "freeGPS" blocks, the
// text table that others put behind the last box, and SigmaStar's track of
// binary rows.
package dashcam

import (
	"bytes"
	"encoding/binary"
	"math"
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

// maxRows bounds the table: half a day.
const maxRows = 43_200

// Trailer reads a text table of one row a second, in the camera's local time,
// and gives the clock of its first row; its positions go to course.
func Trailer(p []byte, course *place.Course) clock.Stamp {
	var start clock.Stamp
	for range maxRows {
		at, point, rest, found := nextRow(p)
		if !found || course.Err() != nil {
			break
		}
		if start.IsZero() {
			start = at
		}
		course.Add(place.Fix{Point: point, At: max(at.Wall.Sub(start.Wall), 0)})
		p = rest
	}
	return start
}
