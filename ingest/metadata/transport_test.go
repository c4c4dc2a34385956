package metadata_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/footagetest"
)

// How a drone's stream carries its MISB packets.
const (
	besideThePicture = 0x06 // each in a packet of its own, with its own clock only
	inStep           = 0x15 // in cells, with the picture's clock
)

// misbStream is what an enterprise drone sends: pictures of a second each and,
// delay after the first picture, a MISB packet with every one.
func misbStream(kind byte, seconds int, delay time.Duration) []byte {
	said := []byte("\x05\x04KLVA")
	pmt := append([]byte{0xE1, 0x01, 0xF0, 0, 0x1B, 0xE1, 0x01, 0xF0, 0, kind, 0xE1, 0x03, 0xF0, byte(len(said))}, said...)
	p := append(footagetest.TransportPacket(0, true, footagetest.Table(0, []byte{0, 1, 0xE1, 0x00})),
		footagetest.TransportPacket(0x100, true, footagetest.Table(2, pmt))...)
	for i := range seconds {
		at := time.Duration(i)*time.Second + delay
		packet := footagetest.MISB(filmed.Add(at).UnixMicro(), 37.5+float64(i)/1000, 126.7, 60+float64(i), "Predator")
		ticks := int64(90_000 * (10 + i))
		p = append(p, footagetest.TransportPackets(0x101, footagetest.PES(0xE0, ticks, make([]byte, 500)))...)
		pes := footagetest.PES(0xBD, -1, packet)
		if kind == inStep {
			pes = footagetest.PES(0xFC, ticks+delay.Milliseconds()*90, footagetest.Cell(packet))
		}
		p = append(p, footagetest.TransportPackets(0x103, pes)...)
	}
	return p
}

func TestMISBInATransportStream(t *testing.T) {
	for kind, offset := range map[byte]float64{besideThePicture: 0, inStep: 0.25} {
		stream := misbStream(kind, 20, 250*time.Millisecond)
		got := metadata.Read(bytes.NewReader(stream), int64(len(stream)), "feed.ts")
		start := "2026-10-03T14:05:00+09:00" // the place is in Korea
		if offset == 0 {
			start = "2026-10-03T14:05:00.250+09:00" // that the packet came late is not said
		}
		if got.Container != "mts" || got.VideoCodec != "h264" || got.Model != "Predator" || got.DurationS != 19 || len(got.Problems) > 0 {
			t.Errorf("%#x: %+v", kind, got)
		}
		if got.CapturedAt != start || got.Time.Source != "klv:timestamp" || got.Time.Confidence != metadata.ByStatement {
			t.Errorf("%#x: %s by %+v", kind, got.CapturedAt, got.Time)
		}
		if l := got.Location; l == nil || math.Abs(l.Lat-37.5) > 1e-6 || math.Abs(*l.AltM-60) > 1 || l.Source != "klv" {
			t.Errorf("%#x: location %+v", kind, l)
		}
		if tr := got.Track; tr == nil || tr.Points != 20 || tr.Source != "klv" {
			t.Errorf("%#x: track %+v", kind, tr)
		}
		fixes, path := follow(t, stream, "feed.ts")
		if len(fixes) != 20 || path.Cut || path.Source != "klv" || fixes[0].OffsetS != offset || fixes[19].OffsetS != 19+offset || fixes[19].UTC != filmed.Add(19*time.Second+250*time.Millisecond) {
			t.Errorf("%#x: %d fixes %+v, %+v", kind, len(fixes), fixes, path)
		}
	}
}

// TestLongMISBStream: a report looks at the beginning, the track is read to its
// end.
func TestLongMISBStream(t *testing.T) {
	stream := misbStream(inStep, 4000, 0)
	got := metadata.Read(bytes.NewReader(stream), int64(len(stream)), "feed.ts")
	if got.Track == nil || got.Track.Points != 0 || got.DurationS != 3999 {
		t.Errorf("%+v, %gs", got.Track, got.DurationS)
	}
	fixes, path := follow(t, stream, "feed.ts")
	if len(fixes) != 4000 || path.Cut || fixes[3999].OffsetS != 3999 {
		t.Errorf("%d fixes, %+v", len(fixes), path)
	}
	enough := errors.New("enough")
	_, err := metadata.ReadTrack(bytes.NewReader(stream), int64(len(stream)), "feed.ts", func(metadata.Fix) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("ended with %v", err)
	}
}

// TestOrdinaryStreamIsNotReadThrough for a track that it does not have.
func TestOrdinaryStreamIsNotReadThrough(t *testing.T) {
	stream := misbStream(0x81, 8000, 0) // a sound stream
	src := &counted{ReaderAt: bytes.NewReader(stream)}
	path, err := metadata.ReadTrack(src, int64(len(stream)), "00001.MTS", func(metadata.Fix) error { return nil })
	if err != nil || path.Points != 0 || src.bytes > 3<<20 {
		t.Errorf("%+v, %d of %d bytes read, %v", path, src.bytes, len(stream), err)
	}
}

func TestHostileMISBStreams(t *testing.T) {
	whole := misbStream(besideThePicture, 5, 0)
	nowhere := footagetest.TransportPackets(0x103, footagetest.PES(0xBD, -1, footagetest.MISB(0, 91, 200, 0, "\x1b[31m")))
	for name, c := range map[string]struct {
		stream []byte
		fixes  int
		says   string
	}{
		"cut in the midst of a packet": {whole[:len(whole)-100], 4, "잘려"},
		"cut at a packet":              {whole[:len(whole)-188], 4, ""},
		"a place that is none":         {append(bytes.Clone(whole), nowhere...), 5, ""},
		"bytes lost":                   {append(bytes.Clone(whole[:188*8]), whole[188*8+50:]...), 5, "잘려"},
		"a key and nothing else": {append(bytes.Clone(whole), footagetest.TransportPackets(0x103,
			footagetest.PES(0xBD, -1, []byte("\x06\x0e\x2b\x34\x02\x0b\x01\x01\x0e\x01\x03\x01\x01\x00\x00\x00")))...), 5, ""},
		"a packet that claims gigabytes": {append(bytes.Clone(whole), footagetest.TransportPackets(0x103,
			footagetest.PES(0xBD, -1, []byte("\x06\x0e\x2b\x34\x02\x0b\x01\x01\x0e\x01\x03\x01\x01\x00\x00\x00\x84\xFF\xFF\xFF\xFF\x02\x08")))...), 5, ""},
	} {
		fixes, path := follow(t, c.stream, "feed.ts")
		if len(fixes) != c.fixes {
			t.Errorf("%s: %d fixes, want %d", name, len(fixes), c.fixes)
		}
		if said := strings.Join(path.Problems, ""); !strings.Contains(said, c.says) || c.says == "" && said != "" {
			t.Errorf("%s: problems %q, want %q", name, said, c.says)
		}
	}
}
