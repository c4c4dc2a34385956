package klv_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"jikim/ingest/metadata/footagetest"
	"jikim/ingest/metadata/klv"
)

func packet(items ...[]byte) []byte {
	body := bytes.Join(items, nil)
	return append(append([]byte(klv.Key), 0x82, byte(len(body)>>8), byte(len(body))), body...)
}

func item(tag byte, v []byte) []byte { return append([]byte{tag, byte(len(v))}, v...) }

func whole() []byte {
	degrees := func(v, span float64) int32 { return int32(v * (1<<32 - 2) / span) }
	lat, lon := degrees(37.5, 180), degrees(126.7, 360)
	return packet(
		item(2, binary.BigEndian.AppendUint64(nil, 1_790_000_000_000_000)),
		item(10, []byte("Predator")), item(11, []byte("EO Nose")),
		item(13, binary.BigEndian.AppendUint32(nil, uint32(lat))),
		item(14, binary.BigEndian.AppendUint32(nil, uint32(lon))),
		item(15, binary.BigEndian.AppendUint16(nil, 0xC221)))
}

func TestRead(t *testing.T) {
	s, ok := klv.Read(whole())
	if !ok || s.UTC.Unix() != 1_790_000_000 || s.Device() != "Predator / EO Nose" {
		t.Fatalf("%+v %v", s, ok)
	}
	if math.Abs(s.Sensor.Lat-37.5) > 1e-6 || math.Abs(s.Sensor.Lon-126.7) > 1e-6 || math.Abs(*s.Sensor.Alt-14190.7) > 0.1 {
		t.Errorf("%+v", s.Sensor)
	}
}

func TestErrorValueIsNoPlace(t *testing.T) {
	s, _ := klv.Read(packet(item(13, []byte{0x80, 0, 0, 0}), item(14, []byte{1, 2, 3, 4})))
	if s.Sensor.Valid() {
		t.Errorf("%+v", s.Sensor)
	}
}

func TestNotAPacket(t *testing.T) {
	for _, p := range [][]byte{nil, []byte(klv.Key), append([]byte(klv.Key), 0x85, 1, 2, 3, 4, 5), []byte("something else altogether")} {
		if _, ok := klv.Read(p); ok {
			t.Errorf("%x is taken for a packet", p)
		}
	}
}

func TestSize(t *testing.T) {
	p := whole()
	if n, ok := klv.Size(append(append([]byte{}, p...), "more"...)); !ok || n != len(p) {
		t.Errorf("%d %v, want %d", n, ok, len(p))
	}
	if _, ok := klv.Size([]byte("something else altogether")); ok {
		t.Error("something else has a size")
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "telemetry/klv/*") {
		f.Add(seed)
	}
	f.Add(whole())
	f.Fuzz(func(t *testing.T, p []byte) {
		_, ok := klv.Read(p)
		if n, sized := klv.Size(p); sized != ok || sized && n <= len(klv.Key) {
			t.Fatalf("a packet %v of %d bytes", ok, n)
		}
	})
}
