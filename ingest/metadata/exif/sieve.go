// Package exif reads what a photo says of itself in its TIFF structure (EXIF
// 2.32, TIFF 6.0). The reading itself is goexif's; what goexif is given has
// passed the sieve first, because a file of 6 kB can make it ask for 51 GB,
// which no recover() catches, and because it throws a whole file away for one
// bad tag.
package exif

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	maxTags  = 2000 // entries looked at in one file, over all directories
	maxDirs  = 32   // directories walked
	maxValue = 4096 // bytes of one value that are kept; larger ones (maker notes, thumbnails) are not needed
)

// ErrNotTIFF says that there is no TIFF header.
var ErrNotTIFF = errors.New("exif: no TIFF header")

// Directory names the directory a tag was found in.
type directory int

const (
	mainDir directory = iota // IFD0
	exifDir
	gpsDir
	imageDir // SubIFDs of a raw file: the full-size image
)

// Tags that lead from one directory to another.
const (
	tagSubIFDs = 0x014A
	tagExifIFD = 0x8769
	tagGPSIFD  = 0x8825
	tagInterop = 0xA005
)

var pointers = []uint16{tagSubIFDs, tagExifIFD, tagGPSIFD, tagInterop}

// entry is one sound tag: its value lies whole inside the file.
type entry struct {
	dir   directory
	at    int // which SubIFD, for imageDir
	tag   uint16
	typ   uint16
	count uint32
	value []byte // in the file's byte order
}

// sieve walks the directories of a TIFF structure with 64-bit bounds and keeps
// the entries that are sound.
type sieve struct {
	src     io.ReaderAt
	size    int64
	order   binary.ByteOrder
	entries []entry
	seen    map[int64]bool
	tags    int
	subDirs int
	note    []byte // the beginning of the maker note
	bad     int    // entries that were left out because they are broken
	stopped bool   // a limit was reached
}

const (
	typeLong = 4
	typeIFD  = 13

	tagMakerNote = 0x927C
	noteHead     = 32 // bytes of a maker note that are looked at
)

var valueSize = map[uint16]int64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}

func strain(src io.ReaderAt, size int64) (*sieve, error) {
	s := &sieve{src: src, size: size, seen: map[int64]bool{}}
	head := make([]byte, 8)
	if err := s.read(head, 0); err != nil {
		return nil, ErrNotTIFF
	}
	switch string(head[:4]) {
	case "II*\x00":
		s.order = binary.LittleEndian
	case "MM\x00*":
		s.order = binary.BigEndian
	default:
		return nil, ErrNotTIFF
	}
	// Only the first directory: IFD1 is the thumbnail and says nothing of the photo.
	if err := s.walk(mainDir, 0, int64(s.order.Uint32(head[4:]))); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *sieve) walk(dir directory, at int, off int64) error {
	if s.seen[off] || len(s.seen) >= maxDirs {
		s.stopped = true
		return nil
	}
	s.seen[off] = true
	var n [2]byte
	if err := s.read(n[:], off); err != nil {
		return fmt.Errorf("exif: directory at %d: %w", off, err)
	}
	for i := range int64(s.order.Uint16(n[:])) {
		if s.tags++; s.tags > maxTags {
			s.stopped = true
			return nil
		}
		raw := make([]byte, 12)
		if err := s.read(raw, off+2+12*i); err != nil {
			s.bad++
			return nil // the directory runs over the end: keep what came before
		}
		s.take(dir, at, raw)
	}
	return nil
}

func (s *sieve) take(dir directory, at int, raw []byte) {
	e := entry{dir: dir, at: at, tag: s.order.Uint16(raw), typ: s.order.Uint16(raw[2:]), count: s.order.Uint32(raw[4:])}
	if e.typ == typeIFD { // a LONG that points to a directory (TIFF technical note 1); goexif knows only LONG
		e.typ = typeLong
	}
	length := valueSize[e.typ] * int64(e.count) // 64 bits: cannot overflow
	switch {
	case e.tag == tagMakerNote && dir == exifDir && length > noteHead:
		s.note = make([]byte, noteHead)
		if s.read(s.note, int64(s.order.Uint32(raw[8:]))) != nil {
			s.note = nil
			s.bad++
		}
		return
	case length == 0:
		s.bad++
		return
	case length <= 4:
		e.value = raw[8 : 8+length]
	case length > maxValue:
		if int64(s.order.Uint32(raw[8:]))+length > s.size {
			s.bad++
		}
		return
	default:
		e.value = make([]byte, length)
		if err := s.read(e.value, int64(s.order.Uint32(raw[8:]))); err != nil {
			s.bad++
			return
		}
	}
	s.entries = append(s.entries, e)
	s.descend(e)
}

// descend follows the tags that point to further directories.
func (s *sieve) descend(e entry) {
	if e.dir != mainDir || e.typ != typeLong {
		return
	}
	var err error
	switch e.tag {
	case tagExifIFD:
		err = s.walk(exifDir, 0, int64(s.order.Uint32(e.value)))
	case tagGPSIFD:
		err = s.walk(gpsDir, 0, int64(s.order.Uint32(e.value)))
	case tagSubIFDs:
		for i := 0; i+4 <= len(e.value) && err == nil; i += 4 {
			s.subDirs++
			err = s.walk(imageDir, s.subDirs, int64(s.order.Uint32(e.value[i:])))
		}
	}
	if err != nil {
		s.bad++
	}
}

func (s *sieve) read(p []byte, off int64) error {
	if off < 0 || off+int64(len(p)) > s.size {
		return io.ErrUnexpectedEOF
	}
	n, err := s.src.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// find gives the first sound entry of a tag; nil when there is none.
func (s *sieve) find(dir directory, tag uint16) *entry {
	for i := range s.entries {
		if s.entries[i].dir == dir && s.entries[i].tag == tag {
			return &s.entries[i]
		}
	}
	return nil
}

// whole gives an entry's i-th integer (BYTE, SHORT, LONG).
func (s *sieve) whole(e *entry, i int) (int, bool) {
	if e == nil {
		return 0, false
	}
	size := int(valueSize[e.typ])
	if (i+1)*size > len(e.value) {
		return 0, false
	}
	v := e.value[i*size:]
	switch e.typ {
	case 1:
		return int(v[0]), true
	case 3:
		return int(s.order.Uint16(v)), true
	case 4:
		return int(s.order.Uint32(v)), true
	}
	return 0, false
}
