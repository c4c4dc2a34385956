package dashcam_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/dashcam"
	"jikim/ingest/metadata/footagetest"
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
	for _, seed := range footagetest.Seeds(f, "video/dashcam/V*.mp4", "malformed/70mai*") {
		if _, block, found := bytes.Cut(seed, []byte("freefree")); found {
			f.Add(append([]byte("free"), block...))
		}
		f.Add(seed)
	}
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

// gpsRow is a row of a SigmaStar track; without a fix its clock is local.
func gpsRow(lat, lon float64, speed uint16, fix bool, day, hour, minute, second byte) []byte {
	b := make([]byte, dashcam.RowSize)
	flags := uint16(0x047E)
	if fix {
		flags |= 0x0100
	} else {
		lat, lon, speed = 4294967295, 4294967295, 0xFFFF
	}
	binary.LittleEndian.PutUint64(b, math.Float64bits(lat))
	binary.LittleEndian.PutUint64(b[8:], math.Float64bits(lon))
	binary.LittleEndian.PutUint16(b[20:], speed)
	binary.LittleEndian.PutUint16(b[22:], flags)
	copy(b[24:], []byte{day, hour, minute, second})
	return b
}

func rowsOf(t *testing.T, raw ...[]byte) []dashcam.Row {
	t.Helper()
	var rows []dashcam.Row
	for i, b := range raw {
		r, ok := dashcam.ReadRow(b, time.Duration(i)*time.Second)
		if !ok {
			t.Fatalf("row %d is taken for none", i)
		}
		rows = append(rows, r)
	}
	return rows
}

func TestRowsInTwoClocks(t *testing.T) {
	rows := rowsOf(t, gpsRow(0, 0, 0, false, 4, 0, 4, 59), gpsRow(37.5, 126.7, 36, true, 3, 15, 5, 0), gpsRow(37.50009, 126.7, 36, true, 3, 15, 5, 1))
	if offset, ok := dashcam.Zone(rows); !ok || offset != 9*3600 {
		t.Errorf("zone %d %v, want nine hours, over midnight", offset, ok)
	}
	for near, want := range map[string]string{"2026-10-04": "2026-10-03T15:04:59Z", "2026-10-03": "2026-10-03T15:04:59Z", "2026-10-09": ""} {
		date, err := time.Parse(time.DateOnly, near)
		if err != nil {
			t.Fatal(err)
		}
		if at, ok := dashcam.Start(rows, date); ok != (want != "") || ok && at.Format(time.RFC3339) != want {
			t.Errorf("near %s: %s %v, want %q", near, at, ok, want)
		}
	}
}

func TestPhantomTrack(t *testing.T) {
	honest := [][]byte{gpsRow(0, 0, 0, false, 3, 14, 5, 0)}
	parked := [][]byte{gpsRow(0, 0, 0, false, 3, 14, 5, 0), gpsRow(0, 0, 0, false, 3, 14, 5, 1), gpsRow(0, 0, 0, false, 3, 14, 5, 2)}
	for i := range 8 {
		honest = append(honest, gpsRow(37.5+float64(i)*9e-5, 126.7, 36, true, 3, 5, 5, byte(i+1))) // ten metres a second
		parked = append(parked, gpsRow(37.5, 126.7, 130, true, 3, 5, 5, byte(i+3)))
	}
	if dashcam.Phantom(rowsOf(t, honest...)) {
		t.Error("an honest track is thrown away")
	}
	if !dashcam.Phantom(rowsOf(t, parked...)) {
		t.Error("130 km/h without moving is believed")
	}
}

func FuzzRow(f *testing.F) {
	f.Add(gpsRow(37.5, 126.7, 36, true, 3, 5, 5, 0))
	f.Add(gpsRow(0, 0, 0, false, 3, 14, 5, 0))
	f.Fuzz(func(t *testing.T, p []byte) {
		r, ok := dashcam.ReadRow(p, time.Second)
		if !ok {
			return
		}
		rows := []dashcam.Row{r, {At: 2 * time.Second, Day: r.Day, TimeOfDay: r.TimeOfDay, Fix: !r.Fix}}
		dashcam.Phantom(rows)
		if offset, ok := dashcam.Zone(rows); ok && (offset < -12*3600 || offset > 14*3600) {
			t.Fatalf("a zone of %d seconds", offset)
		}
	})
}
