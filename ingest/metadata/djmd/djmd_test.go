package djmd_test

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"jikim/ingest/metadata/djmd"
)

func bytesOf(field int, body ...[]byte) []byte {
	var all []byte
	for _, b := range body {
		all = append(all, b...)
	}
	p := binary.AppendUvarint(nil, uint64(field<<3|2))
	return append(binary.AppendUvarint(p, uint64(len(all))), all...)
}

func varint(field int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field<<3)), v)
}

func double(field int, v float64) []byte {
	return binary.LittleEndian.AppendUint64(binary.AppendUvarint(nil, uint64(field<<3|1)), math.Float64bits(v))
}

// header is field 1 of the first message: protocol, serial, model.
func header(protocol string) []byte {
	return bytesOf(1, bytesOf(1, bytesOf(1, []byte(protocol)), bytesOf(5, []byte("1581F6Z9C2400A1")), bytesOf(10, []byte("FC3682"))))
}

func TestAircraftInRadians(t *testing.T) {
	position := bytesOf(4, bytesOf(1, double(2, 37.5*math.Pi/180), double(3, 126.7*math.Pi/180)), varint(2, 60_100))
	var r djmd.Reader
	s := r.Read(append(header("dvtm_wm265e.proto"), bytesOf(3, bytesOf(3, position))...))
	if s.Model != "FC3682" || s.Serial != "1581F6Z9C2400A1" || math.Abs(s.Point.Lat-37.5) > 1e-9 || math.Abs(s.Point.Lon-126.7) > 1e-9 || *s.Point.Alt != 60.1 {
		t.Errorf("%+v", s)
	}
	s = r.Read(bytesOf(3, bytesOf(3, position))) // the next names no protocol
	if !s.Point.Valid() {
		t.Errorf("second sample: %+v", s)
	}
}

func TestCameraWithClock(t *testing.T) {
	below := int64(-2500)
	gps := bytesOf(2, bytesOf(1, varint(1, 1), double(2, 37.5), double(3, 126.7)), varint(2, uint64(below)),
		bytesOf(6, bytesOf(1, []byte("2026-10-03 05:05:00"))))
	var r djmd.Reader
	s := r.Read(append(header("dvtm_ac203.proto"), bytesOf(3, bytesOf(4, gps))...))
	if s.Point.Lat != 37.5 || *s.Point.Alt != -2.5 || !s.UTC.Equal(time.Date(2026, 10, 3, 5, 5, 0, 0, time.UTC)) {
		t.Errorf("%+v", s)
	}
}

func TestUnknownProtocolIsNotGuessed(t *testing.T) {
	position := bytesOf(4, bytesOf(1, double(2, 0.65), double(3, 2.2)))
	var r djmd.Reader
	s := r.Read(append(header("dvtm_tomorrow.proto"), bytesOf(3, bytesOf(3, position))...))
	if s.Point.Valid() || s.Serial == "" {
		t.Errorf("%+v", s)
	}
}

func TestNoFix(t *testing.T) {
	var r djmd.Reader
	s := r.Read(append(header("dvtm_pm320.proto"), bytesOf(3, bytesOf(3, bytesOf(4, bytesOf(1, double(2, 0), double(3, 0)))))...))
	if s.Point.Valid() {
		t.Errorf("%+v", s)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(append(header("dvtm_wm265e.proto"), bytesOf(3, bytesOf(3, bytesOf(4, bytesOf(1, double(2, 0.65), double(3, 2.2)), varint(2, 60_100))))...))
	f.Add(append(header("dvtm_ac203.proto"), bytesOf(3, bytesOf(4, bytesOf(2, bytesOf(6, bytesOf(1, []byte("2026-10-03 05:05:00"))))))...))
	f.Fuzz(func(_ *testing.T, p []byte) {
		var r djmd.Reader
		r.Read(p)
		r.Read(p)
	})
}
