package media_test

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jikim/footage"
	"jikim/ingest/media"
	"jikim/ingest/metadata"
)

// photograph makes a HEIC photo whose primary item no ffmpeg reads and whose
// thumbnail is a picture of 64 × 48, turned a quarter.
func photograph(t *testing.T) []byte {
	t.Helper()
	var sets, picture []byte
	n := byte(0)
	stream := generate(t, "a.hevc", "-f", "lavfi", "-i", "testsrc2=s=64x48", "-frames:v", "1", "-c:v", "libx265", "-x265-params", "log-level=error:info=0", "-pix_fmt", "yuv420p")
	for unit := range bytes.SplitSeq(bytes.ReplaceAll(stream, []byte{0, 0, 0, 1}, []byte{0, 0, 1}), []byte{0, 0, 1}) {
		if len(unit) == 0 {
			continue
		}
		if kind := unit[0] >> 1 & 63; kind >= 32 && kind <= 34 {
			n++
			sets = append(binary.BigEndian.AppendUint16(append(sets, kind, 0, 1), uint16(len(unit))), unit...)
		} else if kind < 32 {
			picture = append(binary.BigEndian.AppendUint32(picture, uint32(len(unit))), unit...)
		}
	}
	box := func(kind string, parts ...[]byte) []byte {
		body := bytes.Join(parts, nil)
		return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), []byte(kind), body)
	}
	zero := make([]byte, 4)
	head := box("ftyp", []byte("heic"), zero, []byte("mif1heic"))
	meta := func(at uint32) []byte {
		return box("meta", zero,
			box("hdlr", zero, zero, []byte("pict"), make([]byte, 13)),
			box("pitm", zero, []byte{0, 1}),
			box("iinf", zero, []byte{0, 1}, box("infe", []byte{2, 0, 0, 0, 0, 1, 0, 0}, []byte("grid\x00"))),
			box("iref", zero, box("thmb", []byte{0, 2, 0, 1, 0, 1})),
			box("iloc", zero, []byte{0x44, 0, 0, 1, 0, 2, 0, 0, 0, 1}, binary.BigEndian.AppendUint32(nil, at), binary.BigEndian.AppendUint32(nil, uint32(len(picture)))),
			box("iprp",
				box("ipco", box("hvcC", make([]byte, 21), []byte{0xFF, n}, sets), box("irot", []byte{3})),
				box("ipma", zero, []byte{0, 0, 0, 1, 0, 2, 2, 1, 2})))
	}
	m := meta(uint32(len(head)+len(meta(0))) + 8)
	return slices.Concat(head, m, box("mdat", picture))
}

func TestAHEICPhotoHasThePosterOfItsThumbnail(t *testing.T) {
	h := newHouse(t)
	h.checkIn("clip-1", "photo", photograph(t), report{"container": "heic", "width": 4032, "height": 3024})
	h.run()
	size, err := jpeg.DecodeConfig(bytes.NewReader(h.content(h.derivative("clip-1", media.Poster))))
	if err != nil || size.Width != 48 || size.Height != 64 {
		t.Errorf("%d × %d, %v", size.Width, size.Height, err)
	}
}

// A thumbnail that is none is as good as none: the photo's own failure is told.
func TestAHEICPhotoWhoseThumbnailIsNone(t *testing.T) {
	for name, spoil := range map[string]func(h *house, photo []byte){
		"garbled":              func(_ *house, photo []byte) { clear(photo[bytes.Index(photo, []byte("mdat"))+8:]) },
		"its reader dies":      func(h *house, _ []byte) { h.maker.Child = dying(h.t) },
		"ffmpeg gives no JPEG": func(h *house, _ []byte) { h.maker.FFmpeg = fake(h.t, "echo hello") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.t = t
			photo := photograph(t)
			spoil(h, photo)
			h.checkIn("clip-1", "photo", photo, report{"container": "heic", "width": 4032, "height": 3024})
			h.run()
			if d := h.derivative("clip-1", media.Poster); d.State != footage.Failed || !strings.Contains(d.Detail, "원본은 그대로") || h.todo("clip-1") || h.blobs() != "clip-1" {
				t.Errorf("%q: %s; vault has %s", d.State, d.Detail, h.blobs())
			}
		})
	}
}

// TestHEICPhotosOfTheCorpus: the photos of telephones have a poster, turned as
// the picture itself says.
func TestHEICPhotosOfTheCorpus(t *testing.T) {
	h := newHouse(t)
	upright := 0
	for _, path := range corpus(t, "photos/phone") {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read := metadata.Read(bytes.NewReader(content), int64(len(content)), filepath.Base(path))
		var r report
		if err := remarshal(read, &r); err != nil {
			t.Fatal(err)
		}
		id := "clip-" + strings.ToLower(filepath.Base(path))
		h.checkIn(id, "photo", content, r)
		h.run()
		size, err := jpeg.DecodeConfig(bytes.NewReader(h.content(h.derivative(id, media.Poster))))
		if err != nil {
			t.Fatal(err)
		}
		long, short := max(size.Width, size.Height), min(size.Width, size.Height)
		if want := read.Height * long / read.Width; short < want-8 || short > want+8 {
			t.Errorf("%s is %d × %d, stored as %d × %d", id, size.Width, size.Height, read.Width, read.Height)
		}
		if size.Height > size.Width {
			upright++
		}
	}
	if upright != 1 { // one of them was held upright and says so with irot
		t.Errorf("%d posters are upright", upright)
	}
}
