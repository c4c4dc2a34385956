package bmff_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jikim/ingest/metadata/bmff"
	"jikim/ingest/metadata/footagetest"
	"jikim/ingest/metadata/window"
)

// still is a HEIF picture in the making: item 1, the primary, and item 2 that
// says it is its thumbnail.
type still struct {
	refs   []byte // of item 2
	config []byte // hvcC
	rot    byte
	length uint32 // of item 2 as iloc has it; 0 = as it is
	item   []byte
}

func (s still) file() []byte {
	head := box("ftyp", []byte("heic\x00\x00\x00\x00"))
	length := s.length
	if length == 0 {
		length = uint32(len(s.item))
	}
	meta := func(at uint32) []byte {
		return box("meta", n32(0),
			box("iref", n32(0), box("thmb", s.refs)),
			box("pitm", n32(0), []byte{0, 1}),
			box("iloc", n32(0), []byte{0x44, 0, 0, 1}, []byte{0, 2, 0, 0, 0, 1}, n32(at, length)),
			box("iprp",
				box("ipco", box("hvcC", s.config), box("irot", []byte{s.rot})),
				box("ipma", n32(0, 1), []byte{0, 2, 2, 0x81, 2})))
	}
	m := meta(uint32(len(head)+len(meta(0))) + 8)
	return append(append(head, m...), box("mdat", s.item)...)
}

// config makes hvcC: units of four bytes' length, and these parameter sets.
func config(sets ...string) []byte {
	p := append(make([]byte, 21), 0xFC|3, byte(len(sets)))
	for i, set := range sets {
		p = append(p, byte(32+i), 0, 1)
		p = append(binary.BigEndian.AppendUint16(p, uint16(len(set))), set...)
	}
	return p
}

func thumbnail(t testing.TB, p []byte) bmff.Thumbnail {
	t.Helper()
	got, err := bmff.ReadThumbnail(window.Open(bytes.NewReader(p), int64(len(p))))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestThumbnail(t *testing.T) {
	ofPrimary := []byte{0, 2, 0, 1, 0, 1}
	item := append(n32(5), "slice"...)
	whole := still{refs: ofPrimary, config: config("vps", "sps", "pps"), rot: 3, item: item}
	const start = "\x00\x00\x00\x01"
	stream := start + "vps" + start + "sps" + start + "pps" + start + "slice"
	with := func(change func(s *still)) still { s := whole; change(&s); return s }
	for name, c := range map[string]struct {
		still still
		want  bmff.Thumbnail
	}{
		"turned":                     {whole, bmff.Thumbnail{HEVC: []byte(stream), Rotation: 90}},
		"of several pictures":        {with(func(s *still) { s.refs = []byte{0, 2, 0, 2, 0, 9, 0, 1} }), bmff.Thumbnail{HEVC: []byte(stream), Rotation: 90}},
		"upright, two slices":        {with(func(s *still) { s.rot, s.item = 0, append(item, item...) }), bmff.Thumbnail{HEVC: []byte(stream + start + "slice")}},
		"cut off in its last slice":  {with(func(s *still) { s.item = append(item, 0, 0, 0, 9, 'x') }), bmff.Thumbnail{HEVC: []byte(stream), Rotation: 90}},
		"of another picture":         {with(func(s *still) { s.refs = []byte{0, 2, 0, 1, 0, 9} }), bmff.Thumbnail{}},
		"reference cut short":        {with(func(s *still) { s.refs = []byte{0, 2, 0, 1} }), bmff.Thumbnail{}},
		"no parameter sets":          {with(func(s *still) { s.config = nil }), bmff.Thumbnail{}},
		"parameter sets cut short":   {with(func(s *still) { s.config = s.config[:len(s.config)-1] }), bmff.Thumbnail{}},
		"an item nobody has":         {with(func(s *still) { s.refs = []byte{0, 7, 0, 1, 0, 1} }), bmff.Thumbnail{}},
		"behind the end of the file": {with(func(s *still) { s.length = 100 }), bmff.Thumbnail{}},
		"a unit of no length":        {with(func(s *still) { s.item = append(item, 0, 0, 0, 0) }), bmff.Thumbnail{HEVC: []byte(stream), Rotation: 90}},
		"larger than any":            {with(func(s *still) { s.length = 1 << 30 }), bmff.Thumbnail{}},
	} {
		if diff := cmp.Diff(c.want, thumbnail(t, c.still.file())); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if got := thumbnail(t, heif([]byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"))); got.HEVC != nil {
		t.Errorf("a picture without a thumbnail has one: %+v", got)
	}
}

func FuzzThumbnail(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "malformed/*.heic", "photos/phone/*") {
		f.Add(seed)
	}
	f.Add(still{refs: []byte{0, 2, 0, 1, 0, 1}, config: config("vps"), item: append(n32(5), "slice"...)}.file())
	f.Fuzz(func(t *testing.T, p []byte) {
		got, _ := bmff.ReadThumbnail(window.Open(bytes.NewReader(p), int64(len(p))))
		if len(got.HEVC) > 0 && !bytes.HasPrefix(got.HEVC, []byte{0, 0, 0, 1}) || len(got.HEVC) > 6*len(p) || got.Rotation%90 != 0 {
			t.Errorf("%d bytes of %d, turned by %d", len(got.HEVC), len(p), got.Rotation)
		}
	})
}
