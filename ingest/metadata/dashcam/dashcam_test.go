package dashcam_test

import (
	"encoding/binary"
	"math"
	"testing"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/dashcam"
	"jikim/ingest/metadata/place"
)

func block(hour, minute, second int, active bool) []byte {
	b := append([]byte("freeGPS "), 0x2C, 0, 0, 0)
	for _, v := range []int{hour, minute, second, 26, 10, 3} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	if active {
		b = append(b, "ANE\x00"...)
	} else {
		b = append(b, "V00\x00"...)
	}
	for _, v := range []float32{3730, 12642, 0, 0, 0} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return append(b, make([]byte, 20)...)
}

// log is what the records say, with the fixes they passed on.
type log struct {
	Start clock.Stamp
	Fixes []place.Fix
}

func collect(l *log) *place.Course {
	return &place.Course{Visit: func(f place.Fix) error {
		l.Fixes = append(l.Fixes, f)
		return nil
	}}
}

func freeGPS(blocks ...[]byte) log {
	var l log
	g := dashcam.FreeGPS{Course: collect(&l)}
	for _, b := range blocks {
		g.Add(b)
	}
	l.Start = g.Start
	return l
}

func trailer(p []byte) log {
	var l log
	l.Start = dashcam.Trailer(p, collect(&l))
	return l
}

// older is a block of the older shape, which keeps everything 32 bytes later.
func older(b []byte) []byte {
	return append(append(append([]byte{}, b[:12]...), make([]byte, 32)...), b[12:]...)
}

func TestBothShapesOfBlocks(t *testing.T) {
	a, b := freeGPS(block(14, 5, 2, true)), freeGPS(older(block(14, 5, 2, true)))
	if a.Start != b.Start || a.Start.IsZero() || len(a.Fixes) != 1 || len(b.Fixes) != 1 || a.Fixes[0].Point != b.Fixes[0].Point {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestClockThatJumpsToLocalTime(t *testing.T) {
	l := freeGPS(block(5, 5, 0, false), block(5, 5, 1, false), block(14, 5, 2, true), block(14, 5, 3, true))
	if l.Start.String() != "2026-10-03T14:05:02+09:00" || len(l.Fixes) != 2 || l.Fixes[0].Lat != 37.5 || l.Fixes[0].Lon != 126.7 {
		t.Errorf("%s, %+v", l.Start, l.Fixes)
	}
}

func TestClockWithoutJumpHasNoZone(t *testing.T) {
	l := freeGPS(block(14, 5, 1, false), block(14, 5, 2, true))
	if l.Start.String() != "2026-10-03T14:05:02" {
		t.Errorf("%s", l.Start)
	}
}

func TestNoFixNoStart(t *testing.T) {
	if l := freeGPS(block(14, 5, 1, false), []byte("freeGPS")); !l.Start.IsZero() || len(l.Fixes) > 0 {
		t.Errorf("%+v", l)
	}
}

func TestTrailer(t *testing.T) {
	l := trailer([]byte("\x00\x00LIGOGPSINFO\x00\x012026/10/03 14:05:00 N:37.500000 E:126.700000 19.0 km/h x:0.00\x00\x00\x022026/10/03 14:05:01 S:37.500000 W:126.700000 21.0 km/h"))
	if l.Start.String() != "2026-10-03T14:05:00" || len(l.Fixes) != 2 || l.Fixes[0].Lon != 126.7 || l.Fixes[1].Lat != -37.5 {
		t.Errorf("%+v", l)
	}
}

func FuzzRecords(f *testing.F) {
	f.Add(block(14, 5, 2, true))
	f.Add([]byte("2026/10/03 14:05:00 N:37.500000 E:126.700000"))
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, l := range []log{freeGPS(p, p), trailer(p)} {
			for _, fix := range l.Fixes {
				if !fix.Valid() {
					t.Fatalf("%+v", fix)
				}
			}
		}
	})
}
