package exif

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"jikim/ingest/metadata/footagetest"
)

type tag struct {
	id, typ uint16
	count   uint32
	value   []byte
}

func ascii(id uint16, s string) tag { return tag{id, 2, uint32(len(s) + 1), append([]byte(s), 0)} }

func short(id, v uint16) tag { return tag{id, 3, 1, binary.BigEndian.AppendUint16(nil, v)} }

func rational(id uint16, pairs ...uint32) tag {
	t := tag{id, 5, uint32(len(pairs) / 2), nil}
	for _, v := range pairs {
		t.value = binary.BigEndian.AppendUint32(t.value, v)
	}
	return t
}

// tiffOf writes a big-endian TIFF structure of three directories by the same
// writer that rebuilds them.
func tiffOf(main, exifTags, gps []tag) []byte {
	s := sieve{order: binary.BigEndian}
	for i, tags := range [][]tag{main, exifTags, gps} {
		for _, t := range tags {
			s.entries = append(s.entries, entry{dir: directory(i), tag: t.id, typ: t.typ, count: t.count, value: t.value})
		}
	}
	return s.rebuild()
}

func drone() []byte {
	return tiffOf(
		[]tag{ascii(0x010F, "DJI"), ascii(0x0110, "FC6310"), short(0x0112, 6), ascii(0x0132, "2026:10:04 09:00:00")},
		[]tag{ascii(0x9003, "2026:10:03 14:05:00"), ascii(0x9011, "+09:00"), ascii(0x9291, "125"), ascii(0xA431, "0K8TFBK0020618")},
		[]tag{
			ascii(1, "N"), rational(2, 37, 1, 30, 1, 36, 1), ascii(3, "E"), rational(4, 126, 1, 42, 1, 0, 1),
			{5, 1, 1, []byte{1}},
			rational(6, 605, 10), rational(7, 5, 1, 5, 1, 2, 1), ascii(0x1D, "2026:10:03"),
		})
}

func read(t *testing.T, p []byte) Facts {
	t.Helper()
	f, err := Read(bytes.NewReader(p), int64(len(p)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRead(t *testing.T) {
	f := read(t, drone())
	if f.Make != "DJI" || f.Model != "FC6310" || f.Serial != "0K8TFBK0020618" || f.Orientation != 6 || f.Damaged {
		t.Errorf("%+v", f)
	}
	if got := f.Original.String(); got != "2026-10-03T14:05:00.125+09:00" {
		t.Errorf("original %s", got)
	}
	if f.Modified.Zoned {
		t.Error("the offset of the capture was given to the edit")
	}
	if want := time.Date(2026, 10, 3, 5, 5, 2, 0, time.UTC); !f.GPSTime.Equal(want) {
		t.Errorf("GPS time %s, want %s", f.GPSTime, want)
	}
	if p := f.Point; p == nil || p.Lat != 37.51 || p.Lon != 126.7 || p.Alt == nil || *p.Alt != -60.5 {
		t.Errorf("point %+v, want 37.51, 126.7, below the sea", p)
	}
}

func TestOffsetTimeBelongsToTheEdit(t *testing.T) {
	f := read(t, tiffOf([]tag{ascii(0x0132, "2023:02:23 19:35:15")}, []tag{ascii(0x9003, "2018:03:31 17:17:34"), ascii(0x9010, "+08:00")}, nil))
	if f.Original.Zoned || !f.Modified.Zoned {
		t.Errorf("original %s, modified %s", f.Original, f.Modified)
	}
}

func TestScrubbedSerial(t *testing.T) {
	for _, serial := range []string{"0", "0000000", " ", ""} {
		if f := read(t, tiffOf(nil, []tag{ascii(0xA431, serial)}, nil)); f.Serial != "" {
			t.Errorf("serial %q is given as %q", serial, f.Serial)
		}
	}
}

func TestNoPlaceAtNullIsland(t *testing.T) {
	zero := []tag{ascii(1, "N"), rational(2, 0, 1, 0, 1, 0, 1), ascii(3, "E"), rational(4, 0, 1, 0, 1, 0, 1)}
	if f := read(t, tiffOf(nil, nil, zero)); f.Point != nil {
		t.Errorf("0,0 is given as %+v", f.Point)
	}
}

// TestBrokenTagsAreLeftOut: the rest of the file is still read.
func TestBrokenTagsAreLeftOut(t *testing.T) {
	for name, bad := range map[string]tag{
		"count that overflows 32 bits": {0x927C, 12, 0x2000_0001, []byte{0, 0, 0, 8}},
		"count of the largest number":  {0x927C, 7, 0xFFFF_FFFF, []byte{0, 0, 0, 8}},
		"value past the end":           {0x927C, 2, 200, []byte{0, 1, 0, 0}},
		"no count":                     {0x0002, 5, 0, nil},
		"unknown type":                 {0x927C, 99, 4, []byte{0, 0, 0, 8}},
	} {
		p := drone()
		// The bad tag takes the place of Make, the first entry of the main directory.
		binary.BigEndian.PutUint16(p[10:], bad.id)
		binary.BigEndian.PutUint16(p[12:], bad.typ)
		binary.BigEndian.PutUint32(p[14:], bad.count)
		copy(p[18:22], bad.value)
		f := read(t, p)
		if f.Model != "FC6310" || f.Original.IsZero() || f.Point == nil || !f.Damaged {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestLoopsEnd(t *testing.T) {
	// A main directory whose Exif pointer leads back to itself.
	p := tiffOf(nil, nil, nil)
	binary.BigEndian.PutUint32(p[18:], 8)
	f := read(t, p)
	if !f.Damaged {
		t.Error("a loop is not said to be damage")
	}
}

func TestDirectoryLongerThanTheFile(t *testing.T) {
	p := drone()
	binary.BigEndian.PutUint16(p[8:], 0xFFFF)
	if f := read(t, p); f.Make != "DJI" || !f.Damaged {
		t.Errorf("%+v", f)
	}
}

func TestLargestImageOfARawFile(t *testing.T) {
	p := tiffOf([]tag{short(0x0100, 160), short(0x0101, 120), {0xC612, 1, 4, []byte{1, 4, 0, 0}}}, nil, nil)
	if f := read(t, p); f.ImageWidth != 160 || f.ImageHeight != 120 || !f.DNG {
		t.Errorf("%+v", f)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "malformed/*.jpg", "photos/oddclock/*") {
		if _, tiff, found := bytes.Cut(seed, []byte("Exif\x00\x00")); found {
			f.Add(tiff)
		}
	}
	f.Add(drone())
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, p []byte) {
		s, err := strain(bytes.NewReader(p), int64(len(p)))
		if err != nil {
			return
		}
		if sound := s.rebuild(); len(sound) > maxTags*(12+maxValue)+64 {
			t.Fatalf("%d bytes rebuilt from %d", len(sound), len(p))
		}
		_, _ = Read(bytes.NewReader(p), int64(len(p)))
	})
}

func TestSerialInTheMakerNote(t *testing.T) {
	note := append([]byte("C813 054492921\x00\x00"), make([]byte, 100)...)
	for maker, want := range map[string]string{"EASTMAN KODAK COMPANY": "C813 054492921", "Canon": ""} {
		p := tiffOf([]tag{ascii(0x010F, maker)}, []tag{{0x927C, 7, uint32(len(note)), note}}, nil)
		if f := read(t, p); f.Serial != want || f.Damaged {
			t.Errorf("%s: serial %q, want %q; %+v", maker, f.Serial, want, f)
		}
	}
}
