// Package dashcam reads the GPS records that dash cameras, the nearest
// relatives of body cameras, leave in a movie outside its tracks: Novatek's
// "freeGPS" blocks, and the text table that others put behind the last box.
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

// Log is what the records say. Anything not said is zero.
type Log struct {
	Start clock.Stamp // of the first record with a fix; zoned when the records show the zone
	Fixes []place.Fix // with a fix only; no UTC of their own
}

// FreeGPSSize is how much of a block is looked at.
const FreeGPSSize = 80

// record is one freeGPS block.
type record struct {
	at     time.Time // digits
	active bool
	point  place.Point
}

// FreeGPS reads blocks in order, each from its word "freeGPS" on. Their clock is
// the camera's. Some cameras run on UTC until the first fix and on local time
// after it: the jump between two blocks then is the zone.
func FreeGPS(blocks [][]byte) Log {
	var l Log
	var before time.Time
	for _, b := range blocks {
		r, ok := freeGPS(b)
		if !ok {
			continue
		}
		if !r.active {
			before = r.at
			continue
		}
		if l.Start.IsZero() {
			l.Start = clock.Local(r.at)
			if offset, ok := jump(before, r.at); ok {
				l.Start = l.Start.In(offset)
			}
		}
		if r.point.Valid() {
			l.Fixes = append(l.Fixes, place.Fix{Point: r.point, At: max(r.at.Sub(l.Start.Wall), 0)})
		}
	}
	return l
}

// freeGPS reads one block: hour, minute, second, year since 2000, month and day,
// the state of the receiver and the hemispheres, then ddmm.mmmm as floats.
func freeGPS(b []byte) (record, bool) {
	if len(b) < 48 || !bytes.HasPrefix(b, []byte("freeGPS")) {
		return record{}, false
	}
	n := make([]int, 6)
	for i := range n {
		v := binary.LittleEndian.Uint32(b[12+4*i:])
		if v > 99 {
			return record{}, false
		}
		n[i] = int(v)
	}
	if n[0] > 23 || n[1] > 59 || n[2] > 59 || n[4] < 1 || n[4] > 12 || n[5] < 1 || n[5] > 31 {
		return record{}, false
	}
	r := record{at: time.Date(2000+n[3], time.Month(n[4]), n[5], n[0], n[1], n[2], 0, time.UTC), active: b[36] == 'A'}
	r.point = place.Point{Lat: degrees(b[40:], b[37] == 'S'), Lon: degrees(b[44:], b[38] == 'W')}
	return r, true
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

// TrailerSize is how much behind the last box is looked through.
const TrailerSize = 256 << 10

// 2026/08/03 11:34:53 N:48.100000 W:002.100000 19.0 km/h
var row = regexp.MustCompile(`(20\d{2}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}) ([NS]):(\d{1,2}\.\d+) ([EW]):(\d{1,3}\.\d+)`)

// maxRows bounds the table.
const maxRows = 3600

// Trailer reads a text table of one row a second, in the camera's local time.
func Trailer(p []byte) Log {
	var l Log
	for _, m := range row.FindAllSubmatch(p, maxRows) {
		at, ok := clock.Parse(string(m[1]))
		if !ok {
			continue
		}
		if l.Start.IsZero() {
			l.Start = at
		}
		f := place.Fix{Point: place.Point{Lat: signed(m[3], m[2]), Lon: signed(m[5], m[4])}, At: max(at.Wall.Sub(l.Start.Wall), 0)}
		if f.Valid() {
			l.Fixes = append(l.Fixes, f)
		}
	}
	return l
}

func signed(number, hemisphere []byte) float64 {
	v, _ := strconv.ParseFloat(string(number), 64)
	if hemisphere[0] == 'S' || hemisphere[0] == 'W' {
		v = -v
	}
	return v
}
