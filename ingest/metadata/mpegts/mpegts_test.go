package mpegts

import (
	"bytes"
	"testing"

	"jikim/ingest/metadata/footagetest"
	"jikim/ingest/metadata/window"
)

// sei is a camera data message: the date in BCD, zone +09:00, a maker.
func sei() []byte {
	p := append([]byte{0, 0, 1, nalSEI, 5, 40}, mdpm...)
	p = append(p, 3)
	p = append(p, 0x18, 0x12, 0x20, 0x26, 0x10)
	p = append(p, 0x19, 0x03, 0x14, 0x05, 0x00)
	return append(p, 0xE0, 0x01, 0x08, 0, 0)
}

func stream() []byte {
	return bytes.Join([][]byte{
		footagetest.TransportPacket(0, true, footagetest.Table(0, []byte{0, 1, 0xE1, 0x00})),
		footagetest.TransportPacket(0x100, true, footagetest.Table(2, []byte{0xE1, 0x01, 0xF0, 0, 0x1B, 0xE1, 0x01, 0xF0, 0, 0x81, 0xE1, 0x02, 0xF0, 0})),
		footagetest.TransportPacket(0x101, true, footagetest.PES(0xE0, 90_000, sei())),
		footagetest.TransportPacket(0x101, true, footagetest.PES(0xE0, 10*90_000, nil)),
	}, nil)
}

func TestRead(t *testing.T) {
	p := stream()
	f, whole, err := Read(window.Open(bytes.NewReader(p), int64(len(p))), nil)
	if err != nil || !whole {
		t.Fatal(whole, err)
	}
	if f.VideoCodec != "h264" || f.AudioCodec != "ac3" || f.Duration.Seconds() != 9 || f.Make != "Sony" {
		t.Errorf("%+v", f)
	}
	if got := f.Recorded.String(); got != "2026-10-03T14:05:00+09:00" {
		t.Errorf("recorded %s", got)
	}
}

func TestTimeCodePackets(t *testing.T) {
	var p []byte
	for at, whole := 0, stream(); at < len(whole); at += packetSize {
		p = append(append(p, 0, 0, 0, 0), whole[at:at+packetSize]...)
	}
	f, _, err := Read(window.Open(bytes.NewReader(p), int64(len(p))), nil)
	if err != nil || f.VideoCodec != "h264" || f.Duration.Seconds() != 9 {
		t.Errorf("%+v, %v", f, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "video/camcorder/*.mts") {
		f.Add(seed)
	}
	f.Add(stream())
	f.Fuzz(func(t *testing.T, p []byte) {
		_, _, _ = Read(window.Open(bytes.NewReader(p), int64(len(p))), nil)
	})
}

func FuzzPictureSize(f *testing.F) {
	f.Add([]byte{0x64, 0, 0x28, 0xAC, 0xD9, 0x40, 0x78, 0x02, 0x27, 0xE5})
	f.Fuzz(func(t *testing.T, p []byte) {
		if w, h := spsSize(p); w < 0 || h < 0 || w > 16384 || h > 16384 {
			t.Fatalf("%d by %d", w, h)
		}
	})
}
