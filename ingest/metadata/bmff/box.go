// Package bmff reads the ISO base media file format (ISO/IEC 14496-12) and its
// ancestor QuickTime: MP4, MOV, 3GP and, for pictures, HEIF. It walks boxes by
// their headers through a window and never loads a sample table whole, so that
// a recording of many gigabytes costs about ten reads. Camera firmware breaks
// the format in many small ways (short mvhd boxes, text without its header,
// bytes after the last box), which is why the walk is our own: what is
// readable is read, and the rest is said in problems.
package bmff

import (
	"encoding/binary"
	"errors"
	"io"

	"jikim/ingest/metadata/window"
)

const (
	maxBoxes   = 4000 // boxes looked at in one file
	maxTop     = 1024 // boxes looked at on the top level
	headerSize = 8
)

// Box is one box: its type and where its body lies.
type Box struct {
	Type      string // four bytes, as they stand
	Start     int64  // of the header
	Body, End int64  // of the contents; End is at most the end of the parent
	Overflows bool   // it claims to be longer than its parent
}

// errStop ends a walk early without being an error.
var errStop = errors.New("bmff: stop")

type walker struct {
	f      *window.File
	boxes  int
	broken bool // a box inside another claims to be longer than it
}

// each calls visit for the boxes between from and to. A header that cannot be
// one ends the walk; the bytes behind it are left alone.
func (w *walker) each(from, to int64, limit int, visit func(Box) error) error {
	for n := 0; from+headerSize <= to && n < limit; n++ {
		if w.boxes++; w.boxes > maxBoxes {
			return window.ErrBudget
		}
		b, ok, err := w.header(from, to)
		if err != nil || !ok {
			return err
		}
		if err := visit(b); err != nil {
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		}
		from = b.End
	}
	return nil
}

// header reads the box header at an offset; false when there is none.
func (w *walker) header(at, to int64) (Box, bool, error) {
	h, err := w.f.Head(at, 16)
	if err != nil || len(h) < headerSize {
		return Box{}, false, err
	}
	b := Box{Type: string(h[4:8]), Start: at, Body: at + headerSize}
	size := uint64(binary.BigEndian.Uint32(h))
	switch {
	case size == 0: // to the end
		size = uint64(to - at)
	case size == 1:
		if len(h) < 16 {
			return Box{}, false, nil
		}
		size, b.Body = binary.BigEndian.Uint64(h[8:]), at+16
	}
	if !plainType(h[4:8]) || size < uint64(b.Body-at) {
		padding := string(h[4:8]) == "\x00\x00\x00\x00"
		w.broken = w.broken || to < w.f.Size() && !padding // past the last box of the file anything may stand
		return Box{}, false, nil
	}
	if left := uint64(to - at); size > left {
		b.Overflows, size = true, left
		w.broken = true
	}
	b.End = at + int64(size)
	return b, b.Body <= b.End, nil
}

// plainType reports whether a box type can be one: printable, or the © of
// QuickTime, or the number of a key in an item list.
func plainType(t []byte) bool {
	if t[0] == 0 {
		return t[1] == 0 && (t[2] != 0 || t[3] != 0)
	}
	for _, c := range t {
		if c != 0xA9 && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}

// body gives at most n bytes of a box's contents.
func (w *walker) body(b Box, n int) ([]byte, error) {
	p, err := w.f.Head(b.Body, int(min(int64(n), b.End-b.Body)))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return p, err
}

func be16(p []byte, at int) int {
	if at+2 > len(p) {
		return 0
	}
	return int(binary.BigEndian.Uint16(p[at:]))
}

func be32(p []byte, at int) uint32 {
	if at+4 > len(p) {
		return 0
	}
	return binary.BigEndian.Uint32(p[at:])
}

func be64(p []byte, at int) uint64 {
	if at+8 > len(p) {
		return 0
	}
	return binary.BigEndian.Uint64(p[at:])
}
