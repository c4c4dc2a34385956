package bmff

import "jikim/ingest/metadata/window"

// Still is what a HEIF picture (ISO/IEC 23008-12) says of its primary item.
type Still struct {
	Brand         string
	Width, Height int  // ispe of the primary item, before turning
	Rotation      *int // clockwise degrees to display, from irot; nil when not said
	ExifAt        int64
	ExifSize      int64 // bytes of the TIFF structure; 0 when there is no Exif item
	HasMeta       bool
	Damaged       bool // a box claims more than its parent or the file has
}

// extents of items beyond these are not looked at.
const (
	maxItems = 4096
	maxProps = 1024
)

type heif struct {
	primary uint32
	exif    uint32
	places  map[uint32][2]int64 // offset and length of an item's first extent
	props   []property
	uses    map[uint32][]int // property numbers, from 1, of an item
}

type property struct {
	kind string
	box  Box
	data []byte // of those that describe the picture
}

// ReadStill walks the meta box of a HEIF file.
func ReadStill(f *window.File) (Still, error) {
	var s Still
	w := &walker{f: f}
	h := heif{places: map[uint32][2]int64{}, uses: map[uint32][]int{}}
	err := w.each(0, f.Size(), maxTop, func(b Box) error {
		switch b.Type {
		case "ftyp":
			p, err := w.body(b, 4)
			s.Brand = string(p)
			return err
		case "meta":
			s.HasMeta = true
			if err := w.each(b.Body+4, b.End, maxBoxes, func(b Box) error { return h.inMeta(w, b) }); err != nil {
				return err
			}
		}
		_, err := f.Glance(b.End, 16) // what follows matters only for whether it is all there
		return err
	})
	if err != nil {
		return s, err
	}
	s.Damaged = w.broken
	h.describe(&s)
	return s, h.locate(f, &s)
}

func (h *heif) inMeta(w *walker, b Box) error {
	switch b.Type {
	case "pitm":
		p, err := w.body(b, 8)
		if len(p) >= 6 {
			h.primary = uint32(be16(p, 4))
			if p[0] > 0 {
				h.primary = be32(p, 4)
			}
		}
		return err
	case "iinf":
		return h.readInfo(w, b)
	case "iloc":
		p, err := w.body(b, 512<<10)
		h.readPlaces(p)
		return err
	case "iprp":
		return w.each(b.Body, b.End, 16, func(b Box) error { return h.inProperties(w, b) })
	}
	return nil
}

// readInfo finds the item of type Exif.
func (h *heif) readInfo(w *walker, b Box) error {
	p, err := w.body(b, 8)
	if err != nil || len(p) < 6 {
		return err
	}
	from := b.Body + 6
	if p[0] > 0 {
		from += 2
	}
	return w.each(from, b.End, maxItems, func(b Box) error {
		p, err := w.body(b, 16)
		if err != nil || b.Type != "infe" || len(p) < 12 {
			return err
		}
		id, kind := uint32(be16(p, 4)), string(p[8:12])
		if p[0] == 3 && len(p) >= 14 {
			id, kind = be32(p, 4), string(p[10:14])
		}
		if kind == "Exif" && h.exif == 0 {
			h.exif = id
		}
		return nil
	})
}

// readPlaces reads iloc (ISO/IEC 14496-12 §8.11.3): the first extent of every
// item that lies in the file itself.
func (h *heif) readPlaces(p []byte) {
	c := cursor{p: p}
	version := c.take(1)
	c.take(3)
	sizes := c.take(2)
	offsetSize, lengthSize := int(sizes>>12), int(sizes>>8&15)
	baseSize, indexSize := int(sizes>>4&15), 0
	if version > 0 {
		indexSize = int(sizes & 15)
	}
	wide := 2
	if version == 2 {
		wide = 4
	}
	n := c.take(wide)
	for i := uint64(0); i < n && i < maxItems && !c.short; i++ {
		id := uint32(c.take(wide))
		method := uint64(0)
		if version > 0 {
			method = c.take(2) & 15
		}
		c.take(2)
		base := c.take(baseSize)
		extents := c.take(2)
		for e := uint64(0); e < extents && !c.short; e++ {
			c.take(indexSize)
			offset, length := c.take(offsetSize), c.take(lengthSize)
			if e == 0 && method == 0 && !c.short && base < 1<<40 && offset < 1<<40 && length < 1<<32 {
				h.places[id] = [2]int64{int64(base + offset), int64(length)}
			}
		}
	}
}

func (h *heif) inProperties(w *walker, b Box) error {
	switch b.Type {
	case "ipco":
		return w.each(b.Body, b.End, maxProps, func(b Box) error {
			prop := property{kind: b.Type, box: b}
			var err error
			if b.Type == "ispe" || b.Type == "irot" {
				prop.data, err = w.body(b, 16)
			}
			h.props = append(h.props, prop)
			return err
		})
	case "ipma":
		p, err := w.body(b, 256<<10)
		h.readUses(p)
		return err
	}
	return nil
}

// readUses reads ipma: which properties belong to which item.
func (h *heif) readUses(p []byte) {
	c := cursor{p: p}
	version, flags := c.take(1), c.take(3)
	wideID, wideIndex := 2, 1
	if version > 0 {
		wideID = 4
	}
	mask := uint64(0x7F)
	if flags&1 != 0 {
		wideIndex, mask = 2, 0x7FFF
	}
	n := c.take(4)
	for i := uint64(0); i < n && i < maxItems && !c.short; i++ {
		id := uint32(c.take(wideID))
		count := c.take(1)
		for range count {
			h.uses[id] = append(h.uses[id], int(c.take(wideIndex)&mask))
		}
	}
}

// describe takes the size and the turn of the primary item.
func (h *heif) describe(s *Still) {
	for _, n := range h.uses[h.primary] {
		if n < 1 || n > len(h.props) {
			continue
		}
		switch prop := h.props[n-1]; {
		case prop.kind == "ispe" && len(prop.data) >= 12:
			width, height := be32(prop.data, 4), be32(prop.data, 8)
			if width < 1<<20 && height < 1<<20 {
				s.Width, s.Height = int(width), int(height)
			}
		case prop.kind == "irot" && len(prop.data) >= 1:
			degrees := (4 - int(prop.data[0]&3)) % 4 * 90 // irot counts anticlockwise
			s.Rotation = &degrees
		}
	}
}

// locate finds the TIFF structure in the Exif item, behind its four-byte offset
// (ISO/IEC 23008-12 §A.2.1).
func (h *heif) locate(f *window.File, s *Still) error {
	extent, ok := h.places[h.exif]
	if !ok || h.exif == 0 || extent[1] < 12 || extent[0]+extent[1] > f.Size() {
		return nil
	}
	p, err := f.Bytes(extent[0], 4)
	if err != nil {
		return err
	}
	skip := int64(be32(p, 0)) + 4
	if skip >= extent[1] {
		return nil
	}
	s.ExifAt, s.ExifSize = extent[0]+skip, extent[1]-skip
	return nil
}

// cursor takes big-endian numbers of any width from bytes.
type cursor struct {
	p     []byte
	short bool // there was less than was asked for
}

func (c *cursor) take(n int) uint64 {
	if n > len(c.p) || n > 8 {
		c.short, c.p = true, nil
		return 0
	}
	v := uint64(0)
	for _, b := range c.p[:n] {
		v = v<<8 | uint64(b)
	}
	c.p = c.p[n:]
	return v
}
