package bmff

import (
	"slices"

	"jikim/ingest/metadata/window"
)

// Thumbnail is the small picture that a HEIF file keeps of its primary item
// (ISO/IEC 23008-12 §6.4.4), where it is coded in HEVC.
type Thumbnail struct {
	HEVC     []byte `json:"hevc,omitempty"`     // byte stream (Rec. ITU-T H.265 Annex B): parameter sets, then the picture
	Rotation int    `json:"rotation,omitempty"` // clockwise degrees to display
}

const (
	maxThumbnail = 512 << 10 // bytes; those of telephones have a hundredth of it
	maxConfig    = 16 << 10  // bytes of parameter sets
)

// ReadThumbnail finds the thumbnail; the zero Thumbnail when there is none that
// can be read.
func ReadThumbnail(f *window.File) (Thumbnail, error) {
	w := &walker{f: f}
	h := heif{places: map[uint32][2]int64{}, uses: map[uint32][]int{}}
	var refs []Box
	err := w.each(0, f.Size(), maxTop, func(b Box) error {
		if b.Type != "meta" {
			return nil
		}
		err := w.each(b.Body+4, b.End, maxBoxes, func(b Box) error {
			if b.Type == "iref" {
				refs = append(refs, b)
			}
			return h.inMeta(w, b)
		})
		if err != nil {
			return err
		}
		return errStop
	})
	if err != nil || len(refs) == 0 {
		return Thumbnail{}, err
	}
	item, err := h.thumbnail(w, refs[0])
	if err != nil {
		return Thumbnail{}, err
	}
	return h.picture(w, item)
}

// thumbnail finds the item that says it is one of the primary item, in iref
// (ISO/IEC 14496-12 §8.11.12); 0 when none does.
func (h *heif) thumbnail(w *walker, refs Box) (item uint32, err error) {
	p, err := w.body(refs, 4)
	if err != nil || len(p) < 4 {
		return 0, err
	}
	wide := 2
	if p[0] > 0 {
		wide = 4
	}
	err = w.each(refs.Body+4, refs.End, maxItems, func(b Box) error {
		if b.Type != "thmb" || item != 0 {
			return nil
		}
		p, err := w.body(b, 256)
		c := cursor{p: p}
		from := uint32(c.take(wide))
		for n := c.take(2); n > 0 && !c.short; n-- {
			if c.take(wide) == uint64(h.primary) && !c.short {
				item = from
			}
		}
		return err
	})
	return item, err
}

// picture gives the item as a byte stream.
func (h *heif) picture(w *walker, item uint32) (t Thumbnail, err error) {
	place, is := h.places[item]
	if !is || place[1] > maxThumbnail || place[0]+place[1] > w.f.Size() {
		return t, nil
	}
	var sets []byte
	width := 0
	for _, n := range h.uses[item] {
		if n < 1 || n > len(h.props) {
			continue
		}
		switch prop := h.props[n-1]; {
		case prop.kind == "hvcC":
			p, err := w.body(prop.box, maxConfig)
			if err != nil {
				return t, err
			}
			sets, width = parameterSets(p)
		case prop.kind == "irot" && len(prop.data) >= 1:
			t.Rotation = (4 - int(prop.data[0]&3)) % 4 * 90 // irot counts anticlockwise
		}
	}
	if width == 0 {
		return Thumbnail{}, nil
	}
	p, err := w.f.Bytes(place[0], int(place[1]))
	if err != nil {
		return Thumbnail{}, err
	}
	t.HEVC = slices.Concat(sets, units(&cursor{p: p}, width, -1))
	return t, nil
}

// parameterSets reads hvcC (ISO/IEC 14496-15 §8.3.3.1): the parameter sets as a
// byte stream, and how many bytes give the length of each unit of the picture;
// 0 when it is not whole.
func parameterSets(p []byte) (stream []byte, width int) {
	if len(p) < 23 {
		return nil, 0
	}
	c := cursor{p: p[22:]}
	for n := c.take(1); n > 0 && !c.short; n-- {
		c.take(1)
		stream = append(stream, units(&c, 2, int(c.take(2)))...)
	}
	if c.short {
		return nil, 0
	}
	return stream, int(p[21]&3) + 1
}

// units takes so many units, each behind its length, and puts the start code of
// a byte stream before each instead; -1 takes all there are.
func units(c *cursor, width, count int) (stream []byte) {
	for ; count != 0 && len(c.p) > 0; count-- {
		n := c.take(width)
		if c.short || n == 0 || n > uint64(len(c.p)) {
			c.short = true
			return stream
		}
		stream = append(append(stream, 0, 0, 0, 1), c.p[:n]...)
		c.p = c.p[n:]
	}
	c.short = c.short || count > 0
	return stream
}
