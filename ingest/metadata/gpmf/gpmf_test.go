package gpmf_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"jikim/ingest/metadata/footagetest"
	"jikim/ingest/metadata/gpmf"
)

// item makes one GPMF value, padded to four bytes.
func item(key string, kind byte, size, repeat int, data []byte) []byte {
	p := append([]byte(key), kind, byte(size))
	p = binary.BigEndian.AppendUint16(p, uint16(repeat))
	p = append(p, data...)
	return append(p, make([]byte, (4-len(data)%4)%4)...)
}

func nest(key string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return item(key, 0, 1, len(body), body)
}

func longs(v ...int32) []byte {
	var p []byte
	for _, n := range v {
		p = binary.BigEndian.AppendUint32(p, uint32(n))
	}
	return p
}

func payload(fix uint32) []byte {
	return nest("DEVC",
		item("DVNM", 'c', 1, 11, []byte("Hero6 Black")),
		nest("STRM",
			item("GPSF", 'L', 4, 1, binary.BigEndian.AppendUint32(nil, fix)),
			item("GPSU", 'U', 16, 1, []byte("261003050500.250")),
			item("SCAL", 'l', 4, 5, longs(10000000, 10000000, 1000, 1000, 100)),
			item("GPS5", 'l', 20, 1, longs(375000000, 1267000000, 45100, 0, 0))))
}

func TestGPS5(t *testing.T) {
	p := gpmf.Read(payload(3))
	if p.Device != "Hero6 Black" || !p.Locked || p.Point.Lat != 37.5 || p.Point.Lon != 126.7 || *p.Point.Alt != 45.1 {
		t.Errorf("%+v", p)
	}
	if got := p.UTC.Format("2006-01-02T15:04:05.000"); got != "2026-10-03T05:05:00.250" {
		t.Errorf("time %s", got)
	}
}

func TestNoLockIsNoPlace(t *testing.T) {
	if p := gpmf.Read(payload(0)); p.Locked || !p.HasGPS || p.UTC.IsZero() {
		t.Errorf("%+v", p)
	}
}

func TestGPS9(t *testing.T) {
	sample := longs(375000000, 1267000000, 45100, 0, 0, 9772, 18300250)
	sample = append(sample, 0, 150, 0, 3)
	p := gpmf.Read(nest("DEVC", nest("STRM",
		item("SCAL", 'l', 4, 9, longs(10000000, 10000000, 1000, 1000, 100, 1, 1000, 100, 1)),
		item("GPS9", '?', 32, 1, sample))))
	if !p.Locked || p.Point.Lat != 37.5 || p.UTC.Format("2006-01-02T15:04:05.000") != "2026-10-03T05:05:00.250" {
		t.Errorf("%+v", p)
	}
}

func TestSettings(t *testing.T) {
	p := gpmf.Read(nest("DEVC", item("MINF", 'c', 1, 9, []byte("GoPro Max")), item("CASN", 'c', 1, 14, []byte("C3353424500199"))))
	if p.Model != "GoPro Max" || p.Serial != "C3353424500199" {
		t.Errorf("%+v", p)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "video/gopro/*") {
		if _, payload, found := bytes.Cut(seed, []byte("DEVC")); found {
			f.Add(append([]byte("DEVC"), payload[:min(len(payload), 8<<10)]...))
		}
	}
	f.Add(payload(3))
	f.Add(payload(0))
	f.Fuzz(func(t *testing.T, p []byte) { gpmf.Read(p) })
}
