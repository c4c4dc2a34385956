package exif

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// rebuild writes the sound entries of the main, Exif and GPS directories as a
// new, small, well-formed TIFF structure: the only thing goexif ever sees.
func (s *sieve) rebuild() []byte {
	mainTags, exifTags, gpsTags := s.of(mainDir), s.of(exifDir), s.of(gpsDir)
	const header = 8
	exifAt := uint32(header + dirSize(len(mainTags)+2))
	gpsAt := exifAt + uint32(dirSize(len(exifTags)))
	valuesAt := gpsAt + uint32(dirSize(len(gpsTags)))

	mainTags = append(mainTags, s.pointer(tagExifIFD, exifAt), s.pointer(tagGPSIFD, gpsAt))
	slices.SortStableFunc(mainTags, func(a, b entry) int { return cmp.Compare(a.tag, b.tag) })

	var dirs, values bytes.Buffer
	if s.order == binary.BigEndian {
		dirs.WriteString("MM\x00*")
	} else {
		dirs.WriteString("II*\x00")
	}
	s.put32(&dirs, header)
	for _, tags := range [][]entry{mainTags, exifTags, gpsTags} {
		s.writeDir(&dirs, &values, valuesAt, tags)
	}
	return append(dirs.Bytes(), values.Bytes()...)
}

func dirSize(tags int) int { return 2 + 12*tags + 4 }

// of gives the entries of a directory that hold a value. Those that lead to
// other directories stay behind, wherever they stand: goexif follows each one it
// knows, from any directory, and there is nothing sound where they lead.
func (s *sieve) of(dir directory) []entry {
	var tags []entry
	for _, e := range s.entries {
		if e.dir == dir && !slices.Contains(pointers, e.tag) {
			tags = append(tags, e)
		}
	}
	return tags
}

func (s *sieve) pointer(tag uint16, to uint32) entry {
	value := make([]byte, 4)
	s.order.PutUint32(value, to)
	return entry{tag: tag, typ: 4, count: 1, value: value}
}

func (s *sieve) writeDir(dirs, values *bytes.Buffer, valuesAt uint32, tags []entry) {
	s.put16(dirs, uint16(len(tags)))
	for _, e := range tags {
		s.put16(dirs, e.tag)
		s.put16(dirs, e.typ)
		s.put32(dirs, e.count)
		if len(e.value) <= 4 {
			dirs.Write(e.value)
			dirs.Write(make([]byte, 4-len(e.value)))
			continue
		}
		s.put32(dirs, valuesAt+uint32(values.Len()))
		values.Write(e.value)
	}
	s.put32(dirs, 0) // no next directory: loops cannot pass
}

func (s *sieve) put16(b *bytes.Buffer, v uint16) {
	var p [2]byte
	s.order.PutUint16(p[:], v)
	b.Write(p[:])
}

func (s *sieve) put32(b *bytes.Buffer, v uint32) {
	var p [4]byte
	s.order.PutUint32(p[:], v)
	b.Write(p[:])
}
