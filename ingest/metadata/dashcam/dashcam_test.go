package dashcam_test

import (
	"encoding/binary"
	"math"
	"testing"

	"jikim/ingest/metadata/dashcam"
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

func TestClockThatJumpsToLocalTime(t *testing.T) {
	l := dashcam.FreeGPS([][]byte{block(5, 5, 0, false), block(5, 5, 1, false), block(14, 5, 2, true), block(14, 5, 3, true)})
	if l.Start.String() != "2026-10-03T14:05:02+09:00" || len(l.Fixes) != 2 || l.Fixes[0].Lat != 37.5 || l.Fixes[0].Lon != 126.7 {
		t.Errorf("%s, %+v", l.Start, l.Fixes)
	}
}

func TestClockWithoutJumpHasNoZone(t *testing.T) {
	l := dashcam.FreeGPS([][]byte{block(14, 5, 1, false), block(14, 5, 2, true)})
	if l.Start.String() != "2026-10-03T14:05:02" {
		t.Errorf("%s", l.Start)
	}
}

func TestNoFixNoStart(t *testing.T) {
	if l := dashcam.FreeGPS([][]byte{block(14, 5, 1, false), []byte("freeGPS")}); !l.Start.IsZero() || len(l.Fixes) > 0 {
		t.Errorf("%+v", l)
	}
}

func TestTrailer(t *testing.T) {
	l := dashcam.Trailer([]byte("\x00\x00LIGOGPSINFO\x00\x012026/10/03 14:05:00 N:37.500000 E:126.700000 19.0 km/h x:0.00\x00\x00\x022026/10/03 14:05:01 S:37.500000 W:126.700000 21.0 km/h"))
	if l.Start.String() != "2026-10-03T14:05:00" || len(l.Fixes) != 2 || l.Fixes[0].Lon != 126.7 || l.Fixes[1].Lat != -37.5 {
		t.Errorf("%+v", l)
	}
}

func FuzzRecords(f *testing.F) {
	f.Add(block(14, 5, 2, true))
	f.Add([]byte("2026/10/03 14:05:00 N:37.500000 E:126.700000"))
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, l := range []dashcam.Log{dashcam.FreeGPS([][]byte{p, p}), dashcam.Trailer(p)} {
			for _, fix := range l.Fixes {
				if !fix.Valid() {
					t.Fatalf("%+v", fix)
				}
			}
		}
	})
}
