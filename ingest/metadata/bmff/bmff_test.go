package bmff_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/ingest/metadata/bmff"
	"jikim/ingest/metadata/footagetest"
	"jikim/ingest/metadata/window"
)

func box(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), kind...), body...)
}

func n32(v ...uint32) []byte {
	var p []byte
	for _, n := range v {
		p = binary.BigEndian.AppendUint32(p, n)
	}
	return p
}

func movie(t *testing.T, p []byte) bmff.Movie {
	t.Helper()
	m, err := bmff.Read(window.Open(bytes.NewReader(p), int64(len(p))))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDates(t *testing.T) {
	for in, want := range map[bmff.Date]string{
		0:                       "",
		1790000000 + 2082844800: "2026-09-21T14:13:20Z", // from 1904
		1790000000:              "2026-09-21T14:13:20Z", // from 1970, as some firmware writes
		1:                       "1970-01-01T00:00:01Z", // a clock that was never set
	} {
		got := ""
		if at, ok := in.Time(); ok {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%d: %q, want %q", in, got, want)
		}
	}
}

func TestUserDataForms(t *testing.T) {
	m := movie(t, box("moov", box("udta",
		box("\xa9xyz", []byte{0, 18, 0x15, 0xc7}, []byte("+37.5070+126.7220/")), // QuickTime text
		box("\xa9mdl", []byte("FC3682\x00\x00\x00")),                            // without its header
		box("date", []byte("2026-10-03T14:05:00+0900")),
		box("loci", n32(0), []byte{0x15, 0xc7}, []byte("부평\x00"), []byte{0}, n32(126<<16|0x8000, 37<<16|0x8000, 45<<16), []byte("earth\x00\x00")),
	)))
	want := map[string]string{"\xa9xyz": "+37.5070+126.7220/", "\xa9mdl": "FC3682", "date": "2026-10-03T14:05:00+0900"}
	if diff := cmp.Diff(want, m.Text); diff != "" {
		t.Error(diff)
	}
	if m.Location != "+37.500000+126.500000+45.000/" {
		t.Errorf("loci %q", m.Location)
	}
}

func TestKeys(t *testing.T) {
	key := "com.apple.quicktime.creationdate"
	value := "2026-10-03T14:05:00+0900"
	keys := box("keys", n32(0, 1), box("mdta", []byte(key)))
	list := box("ilst", box("\x00\x00\x00\x01", box("data", n32(1, 0), []byte(value))))
	handler := box("hdlr", n32(0, 0), []byte("mdta"), make([]byte, 13))
	for name, meta := range map[string][]byte{
		"QuickTime": box("meta", handler, keys, list),
		"ISO":       box("meta", n32(0), handler, keys, list),
	} {
		if m := movie(t, box("moov", meta)); m.Text[key] != value {
			t.Errorf("%s: %v", name, m.Text)
		}
	}
}

// samplesOf gives up to limit samples of a track, and how many it has.
func samplesOf(t bmff.Track, f *window.File, limit int) (samples []bmff.Sample, total int, err error) {
	total, err = t.EachSample(f, func(s bmff.Sample) error {
		if len(samples) == limit {
			return bmff.Stop
		}
		samples = append(samples, s)
		return nil
	})
	return samples, total, err
}

func TestSamples(t *testing.T) {
	payloads := [][]byte{[]byte("first"), []byte("second one"), []byte("third")}
	head := box("ftyp", []byte("mp42"))
	at := uint32(len(head) + 8)
	stbl := box("stbl",
		box("stts", n32(0, 1, 3, 500)),
		box("stsc", n32(0, 2, 1, 2, 1, 2, 1, 1)), // two in the first chunk, one in the second
		box("stsz", n32(0, 0, 3, 5, 10, 5)),
		box("stco", n32(0, 2, at, at+15)))
	trak := box("trak", box("mdia", box("mdhd", n32(0, 0, 0, 1000, 1500, 0)), box("minf", stbl)))
	p := append(append(head, box("mdat", payloads...)...), box("moov", trak)...)
	m := movie(t, p)
	samples, total, err := samplesOf(m.Tracks[0], window.Open(bytes.NewReader(p), int64(len(p))), 10)
	if err != nil || total != 3 || len(samples) != 3 {
		t.Fatalf("%v of %d, %v", samples, total, err)
	}
	for i, s := range samples {
		if got := p[s.Offset : s.Offset+int64(s.Size)]; !bytes.Equal(got, payloads[i]) || s.At != time.Duration(i)*500*time.Millisecond {
			t.Errorf("%d: %q at %s", i, got, s.At)
		}
	}
}

func TestHostileSampleTable(t *testing.T) {
	stbl := box("stbl",
		box("stts", n32(0, 1, 0xFFFFFFFF, 1)), box("stsc", n32(0, 1, 1, 0xFFFFFFFF, 1)),
		box("stsz", n32(0, 0xFFFFFFFF, 0xFFFFFFFF)), box("stco", n32(0, 0xFFFFFFFF, 8)))
	p := box("moov", box("trak", box("mdia", box("mdhd", n32(0, 0, 0, 1000, 1500, 0)), box("minf", stbl))))
	samples, _, err := samplesOf(movie(t, p).Tracks[0], window.Open(bytes.NewReader(p), int64(len(p))), 1000)
	if len(samples) > 0 || err != nil {
		t.Errorf("%v, %v", samples, err)
	}
}

// heif makes a picture of two items: the primary, 4032 by 3024 and turned, and
// its Exif.
func heif(tiff []byte) []byte {
	head := box("ftyp", []byte("heic\x00\x00\x00\x00"))
	meta := func(exifAt uint32) []byte {
		return box("meta", n32(0),
			box("pitm", n32(0), []byte{0, 1}),
			box("iinf", n32(0), []byte{0, 2},
				box("infe", n32(2<<24), []byte{0, 1, 0, 0}, []byte("hvc1\x00")),
				box("infe", n32(2<<24), []byte{0, 2, 0, 0}, []byte("Exif\x00"))),
			box("iloc", n32(0), []byte{0x44, 0, 0, 1}, []byte{0, 2, 0, 0, 0, 1}, n32(exifAt, uint32(4+len(tiff)))),
			box("iprp",
				box("ipco", box("ispe", n32(0, 64, 64)), box("ispe", n32(0, 4032, 3024)), box("irot", []byte{3})),
				box("ipma", n32(0, 1), []byte{0, 1, 2, 2, 0x83})))
	}
	m := meta(uint32(len(head)+len(meta(0))) + 8)
	return append(append(head, m...), box("mdat", n32(0), tiff)...)
}

func TestStill(t *testing.T) {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	p := heif(tiff)
	s, err := bmff.ReadStill(window.Open(bytes.NewReader(p), int64(len(p))))
	if err != nil || s.Width != 4032 || s.Height != 3024 || s.Rotation == nil || *s.Rotation != 90 || s.Damaged {
		t.Fatalf("%+v, %v", s, err)
	}
	if got := p[s.ExifAt : s.ExifAt+s.ExifSize]; !bytes.Equal(got, tiff) {
		t.Errorf("Exif item %q", got)
	}
}

func FuzzMovie(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "malformed/*.mp4", "malformed/*.MP4", "video/dashcam/*.mp4", "video/gopro/*.mp4", "video/phone/*") {
		f.Add(seed)
	}
	f.Add(box("moov", box("udta", box("\xa9xyz", []byte{0, 18, 0x15, 0xc7}, []byte("+37.5070+126.7220/")))))
	f.Add(box("moov", box("trak", box("mdia", box("mdhd", n32(0, 0, 0, 1000, 1500, 0)), box("minf", box("stbl",
		box("stts", n32(0, 1, 3, 500)), box("stsc", n32(0, 1, 1, 3, 1)), box("stsz", n32(0, 4, 3)), box("stco", n32(0, 1, 8))))))))
	f.Fuzz(func(t *testing.T, p []byte) {
		w := window.Open(bytes.NewReader(p), int64(len(p)))
		m, _ := bmff.Read(w)
		for _, track := range m.Tracks {
			samples, _, _ := samplesOf(track, w, 50)
			for _, s := range samples {
				if s.Offset < 0 || s.Size < 0 || s.Offset+int64(s.Size) > int64(len(p)) {
					t.Fatalf("%+v lies outside", s)
				}
			}
		}
	})
}

func FuzzStill(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "malformed/*.heic", "photos/phone/*") {
		f.Add(seed)
	}
	f.Add(heif([]byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00")))
	f.Fuzz(func(t *testing.T, p []byte) {
		s, _ := bmff.ReadStill(window.Open(bytes.NewReader(p), int64(len(p))))
		if s.ExifSize > 0 && (s.ExifAt < 0 || s.ExifAt+s.ExifSize > int64(len(p))) {
			t.Fatalf("%+v lies outside", s)
		}
	})
}
