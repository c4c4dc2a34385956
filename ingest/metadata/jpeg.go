package metadata

import (
	"bytes"
	"encoding/binary"
)

// maxSegments bounds the walk over a JPEG's header; thermal cameras write a few
// hundred.
const maxSegments = 2000

// jpeg walks the segments before the picture data (ISO/IEC 10918-1 Annex B):
// EXIF and XMP in APP1, the size in SOF. Large segments of other kinds are
// stepped over without being read.
func (r *reader) jpeg() error {
	at := int64(2)
	var packets app1
	defer func() { r.xmp(packets.xmp) }() // after EXIF, which holds where both speak
	for range maxSegments {
		h, err := r.f.Glance(at, 4)
		if err != nil || len(h) < 4 {
			return r.endOfJPEG(err)
		}
		marker := h[1]
		switch {
		case h[0] != 0xFF:
			r.problem("JPEG의 구조가 손상되어 일부만 읽었습니다.")
			return nil
		case marker == 0xFF: // fill byte
			at++
			continue
		case marker == 0xD8 || marker == 0x01 || marker >= 0xD0 && marker <= 0xD7:
			at += 2
			continue
		case marker == 0xDA: // the picture
			return r.endOfJPEG(r.pictureEnds(at + 2))
		case marker == 0xD9: // the end
			return r.endOfJPEG(nil)
		}
		length := int64(binary.BigEndian.Uint16(h[2:]))
		if length < 2 {
			r.problem("JPEG의 구조가 손상되어 일부만 읽었습니다.")
			return nil
		}
		switch {
		case isSOF(marker):
			if err := r.jpegSize(at); err != nil {
				return err
			}
		case marker == 0xE1:
			if err := packets.take(r, at+4, min(length-2, r.Bytes-at-4)); err != nil {
				return err
			}
		}
		at += 2 + length
	}
	return nil
}

// endOfJPEG says so when the picture itself was never reached.
func (r *reader) endOfJPEG(err error) error {
	if err == nil && r.Width == 0 {
		r.problem("사진의 그림 부분이 없습니다. 파일이 중간에 잘려 있습니다.")
	}
	return err
}

const (
	lookedBehind = 8 << 10 // bytes of a JPEG's end that are looked at
	leastPicture = 64      // bytes of which a picture that is all looked at has more
	surely       = 6       // how many bytes of 255 tell a picture from anything else
)

// pictureEnds says so when the picture, whose scan begins at an offset with its
// length, goes on to the end of the file without its end marker. What stands
// behind a picture may be anything; only what can be nothing but a picture is
// taken for one.
func (r *reader) pictureEnds(at int64) error {
	head, err := r.f.Head(at, 2)
	if err != nil || len(head) < 2 {
		return err
	}
	begin := at + int64(binary.BigEndian.Uint16(head))
	from := max(begin, r.Bytes-lookedBehind)
	if from >= r.Bytes {
		return nil
	}
	tail, err := r.f.Piece(from, int(r.Bytes-from))
	if err != nil {
		return err
	}
	stuffed, pure := pictureBytes(tail)
	if pure && (stuffed >= surely || from == begin && len(tail) >= leastPicture) {
		r.problem("사진의 끝이 없습니다. 파일이 중간에 잘려 있습니다.")
	}
	return nil
}

// pictureBytes counts the bytes of 255 in the compressed data of a picture, each
// of which is followed by a zero or is of a restart marker (ISO/IEC 10918-1
// §B.1.1.5); pure is false when p holds anything else.
func pictureBytes(p []byte) (stuffed int, pure bool) {
	for i := bytes.IndexByte(p, 0xFF); i >= 0 && i+1 < len(p); i = bytes.IndexByte(p, 0xFF) {
		if next := p[i+1]; next != 0 && (next < 0xD0 || next > 0xD7) {
			return stuffed, false
		}
		stuffed++
		p = p[i+2:]
	}
	return stuffed, true
}

// isSOF reports whether a marker begins a frame: SOF0 to SOF15 but for DHT, JPG
// and DAC.
func isSOF(marker byte) bool {
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
}

func (r *reader) jpegSize(at int64) error {
	p, err := r.f.Bytes(at+5, 4)
	if err != nil {
		return err
	}
	r.size(int(binary.BigEndian.Uint16(p[2:])), int(binary.BigEndian.Uint16(p)))
	return nil
}

// app1 is what the APP1 segments of a photo held.
type app1 struct {
	exif bool
	xmp  []byte
}

// take reads one APP1 segment; of each kind the first counts.
func (a *app1) take(r *reader, at, size int64) error {
	p, err := r.f.Head(at, int(min(max(size, 0), int64(len(xmpHeader)))))
	if err != nil {
		return err
	}
	switch { // thermal cameras keep their pictures in others
	case !a.exif && bytes.HasPrefix(p, []byte(exifHeader)):
		a.exif = true
		header := int64(len(exifHeader))
		r.exif(at+header, size-header)
	case a.xmp == nil && bytes.HasPrefix(p, []byte(xmpHeader)):
		a.xmp, err = r.f.Head(at+int64(len(xmpHeader)), int(size)-len(xmpHeader))
	}
	return err
}

const (
	exifHeader = "Exif\x00\x00"
	xmpHeader  = "http://ns.adobe.com/xap/1.0/\x00"
)
