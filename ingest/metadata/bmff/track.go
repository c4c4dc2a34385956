package bmff

import "math"

func (t *Track) read(w *walker, b Box) error {
	return w.each(b.Body, b.End, maxBoxes, func(b Box) error {
		switch b.Type {
		case "tkhd":
			return t.readTkhd(w, b)
		case "mdia", "minf", "stbl":
			return t.read(w, b)
		case "mdhd":
			return t.readMdhd(w, b)
		case "hdlr":
			return t.readHdlr(w, b)
		case "stsd":
			return t.readStsd(w, b)
		case "stts":
			t.tables.stts = b
		case "stsc":
			t.tables.stsc = b
		case "stsz":
			t.tables.stsz = b
		case "stco", "co64":
			t.tables.chunks = b
		}
		return nil
	})
}

func (t *Track) readTkhd(w *walker, b Box) error {
	p, err := w.body(b, 104)
	if err != nil || len(p) < 24 {
		return err
	}
	t.Disabled = p[3]&1 == 0
	matrix := 40
	t.Created = Date(be32(p, 4))
	if p[0] == 1 {
		t.Created, matrix = Date(be64(p, 4)), 52
	}
	if len(p) >= matrix+36 {
		t.Rotation = turn(p[matrix:])
	}
	return nil
}

// turn reads a display matrix (16.16 fixed point) as clockwise degrees. A matrix
// that is not a quarter turn, or is all zero, gives none.
func turn(m []byte) *int {
	a, b := int32(be32(m, 0)), int32(be32(m, 4))
	c, d := int32(be32(m, 12)), int32(be32(m, 16))
	if a == 0 && b == 0 && c == 0 && d == 0 {
		return nil
	}
	angle := math.Atan2(float64(b), float64(a)) * 180 / math.Pi
	quarter := int(math.Round(angle/90)) * 90
	if math.Abs(angle-float64(quarter)) > 1 {
		return nil
	}
	degrees := (quarter + 360) % 360
	return &degrees
}

func (t *Track) readMdhd(w *walker, b Box) error {
	p, err := w.body(b, 32)
	if err != nil || len(p) < 20 {
		return err
	}
	created, scale, duration := timing(p)
	t.MediaCreated, t.Timescale, t.Duration = created, scale, length(duration, scale)
	return nil
}

// readHdlr keeps the media handler, which comes first; a QuickTime minf box has
// a data handler of its own.
func (t *Track) readHdlr(w *walker, b Box) error {
	p, err := w.body(b, 12)
	if err == nil && len(p) == 12 && t.Handler == "" {
		t.Handler = string(p[8:12])
	}
	return err
}

// readStsd reads the first sample description.
func (t *Track) readStsd(w *walker, b Box) error {
	if b.End-b.Body < 16 || t.Codec != "" {
		return nil
	}
	// The entry is read by hand: some sample formats are not printable ("ms\0\2").
	p, err := w.f.Head(b.Body+8, int(min(b.End-b.Body-8, 512)))
	if err != nil || len(p) < 16 {
		return err
	}
	t.Codec = string(p[4:8])
	entry := p[8:]
	switch t.Handler {
	case "vide":
		t.Width, t.Height = be16(entry, 24), be16(entry, 26)
		t.Object = objectType(entry, 78)
	case "soun":
		t.Bits = be16(entry, 18)
		t.Object = t.soundObject(entry)
	}
	return nil
}

// soundObject finds the object type behind a sound description of version 0, 1
// or 2, where QuickTime may wrap it in a wave box.
func (t *Track) soundObject(entry []byte) byte {
	from := 28
	switch be16(entry, 8) {
	case 1:
		from = 44
	case 2:
		from = 64
		if t.Bits = int(be32(entry, 48)); t.Bits > 64 {
			t.Bits = 0
		}
	}
	return objectType(entry, from)
}

// objectType finds an esds box among the boxes from an offset on (also inside
// wave) and reads the object type of its decoder configuration.
func objectType(entry []byte, from int) byte {
	for from+headerSize <= len(entry) {
		size, kind := int(be32(entry, from)), string(entry[from+4:from+8])
		if kind == "wave" {
			from += headerSize
			continue
		}
		if kind == "esds" {
			return esdsObject(entry[from+headerSize:])
		}
		if size < headerSize || size > len(entry) {
			return 0
		}
		from += size
	}
	return 0
}

// esdsObject walks ES_Descriptor (3) to DecoderConfigDescriptor (4), ISO/IEC
// 14496-1 §7.2.6.
func esdsObject(p []byte) byte {
	at := 4
	at, ok := descriptor(p, at, 3)
	if !ok || at+3 > len(p) {
		return 0
	}
	flags := p[at+2]
	at += 3
	if flags&0x80 != 0 {
		at += 2
	}
	if flags&0x40 != 0 && at < len(p) {
		at += 1 + int(p[at])
	}
	if flags&0x20 != 0 {
		at += 2
	}
	at, ok = descriptor(p, at, 4)
	if !ok || at >= len(p) {
		return 0
	}
	return p[at]
}

// descriptor steps over a tag and its length of one to four bytes.
func descriptor(p []byte, at int, tag byte) (int, bool) {
	if at >= len(p) || p[at] != tag {
		return 0, false
	}
	at++
	for range 4 {
		if at >= len(p) {
			return 0, false
		}
		more := p[at]&0x80 != 0
		at++
		if !more {
			break
		}
	}
	return at, true
}
