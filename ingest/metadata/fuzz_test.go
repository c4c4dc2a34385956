package metadata_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/footagetest"
)

// counted counts what is read of a file.
type counted struct {
	io.ReaderAt
	bytes int64
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.bytes += int64(len(p))
	return c.ReaderAt.ReadAt(p, off)
}

// FuzzRead: whatever the bytes, a report comes back, it is of a known kind, it
// can be written down, and it did not read the file over and over.
func FuzzRead(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "malformed/*", "telemetry/*/*", "video/*/*.*", "photos/dji/*") {
		f.Add(seed)
	}
	movie := append(append(bytes.Clone(ftyp), moov(filmed, 0)...), box("mdat", make([]byte, 64))...)
	for _, seed := range [][]byte{
		movie,
		append(append(bytes.Clone(ftyp), moov(filmed, 1)...), box("mdat")...),
		box("ftyp", []byte("heic\x00\x00\x00\x00")),
		[]byte("\xFF\xD8\xFF\xE1\x00\x10Exif\x00\x00II*\x00\x08\x00\x00\x00\xFF\xC0\x00\x0B\x08\x01\xE0\x02\x80\x01\x01\x11\x00\xFF\xDA\x00\x02"),
		[]byte("II*\x00\x08\x00\x00\x00\x01\x00\x32\x01\x02\x00\x14\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x002026:10:03 14:05:00\x00"),
		[]byte("RIFF\x40\x00\x00\x00AVI LIST\x20\x00\x00\x00hdrlIDIT\x14\x00\x00\x002026/10/03 14:05:00\x00"),
		[]byte("\x1A\x45\xDF\xA3\x80\x18\x53\x80\x67\x88\x15\x49\xA9\x66\x83\x2A\xD7\xB1"),
		bytes.Repeat(append([]byte("\x47\x40\x00\x10\x00"), make([]byte, 183)...), 8),
		misbStream(inStep, 3, 0),
		[]byte("1\n00:00:00,000 --> 00:00:01,000\n2026-10-03 14:05:00.000\n[latitude: 37.5] [longitude: 126.7]\n\n"),
		[]byte("$GPRMC,050500.000,A,3730.0000,N,12642.0000,E,0.00,0.00,031026,,,A*72\n"),
		[]byte(`{"CoordinateEntries":[{"LocationWKT":"POINT(126.7 37.5)","SecondsFromStart":1,"Timestamp":"2026-10-03T05:05:00Z"}]}`),
		[]byte(`<?xml version="1.0"?><gpx><trk><trkseg><trkpt lat="37.5" lon="126.7"><time>2026-10-03T05:05:00Z</time></trkpt></trkseg></trk></gpx>`),
		[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0DIHDR\x00\x00\x00\x10\x00\x00\x00\x10"),
		[]byte("\x06\x0e\x2b\x34\x02\x0b\x01\x01\x0e\x01\x03\x01\x01\x00\x00\x00\x0a\x02\x08\x00\x04\x60\x50\x58\x4e\x01\x80"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		src := &counted{ReaderAt: bytes.NewReader(content)}
		got := metadata.Read(src, int64(len(content)), "20261003_140500.mp4")
		if !got.Known() {
			t.Fatalf("kind %q, container %q", got.Kind, got.Container)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatal(err)
		}
		if limit := 8*int64(len(content)) + 1<<20; src.bytes > limit {
			t.Fatalf("%d bytes read of a file of %d", src.bytes, len(content))
		}
		if l := got.Location; l != nil && (l.Lat < -90 || l.Lat > 90 || l.Lon < -180 || l.Lon > 180) {
			t.Fatalf("no place on Earth: %+v", l)
		}
	})
}

// FuzzReadTrack: whatever the bytes, every fix is a place on Earth, the path says
// how many there were, and the file was not read over and over.
func FuzzReadTrack(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "malformed/*", "telemetry/*/*", "video/dashcam/*.*", "video/gopro/*") {
		f.Add(seed)
	}
	f.Add(djiMovie(3))
	f.Add(misbStream(besideThePicture, 3, 0))
	f.Add(misbStream(inStep, 3, time.Second))
	f.Add(append(bytes.Clone(ftyp), moov(filmed, 0)...))
	f.Fuzz(func(t *testing.T, content []byte) {
		src := &counted{ReaderAt: bytes.NewReader(content)}
		points := 0
		path, err := metadata.ReadTrack(src, int64(len(content)), "INF20261003-140500-1-F.mp4", func(fix metadata.Fix) error {
			points++
			if !fix.Point().Valid() {
				t.Fatalf("no place on Earth: %+v", fix)
			}
			return nil
		})
		if err != nil || path.Points != points || (points > 0) != (path.Source != "") {
			t.Fatalf("%d fixes, %+v, %v", points, path, err)
		}
		if limit := 16*int64(len(content)) + 1<<20; src.bytes > limit {
			t.Fatalf("%d bytes read of a file of %d", src.bytes, len(content))
		}
	})
}
