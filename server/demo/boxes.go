package demo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Boxes of an MP4 file (ISO/IEC 14496-12 §4.2) that cameras put in and ffmpeg
// does not write: who made the film, and where.

func box(kind string, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(all)+8)), append([]byte(kind), all...)...)
}

// droneLabels is the user data of a DJI film: model and place, bare text.
func droneLabels(model string, at spot) []byte {
	lat, lon := degrees(at)
	return box("udta", box("\xa9mdl", []byte(model)), box("\xa9xyz", fmt.Appendf(nil, "%+.4f%+.4f/", lat, lon)))
}

// goProLabels is the user data of a GoPro film: its settings in GPMF, of which
// model and serial number say which camera it was.
func goProLabels(model, serial string) []byte {
	text := func(key, value string) []byte {
		b := append([]byte(key), 'c', 1)
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(value))), value...)
		return append(b, make([]byte, (4-len(b)%4)%4)...)
	}
	return box("udta", box("GPMF", text("MINF", model), text("CASN", serial)))
}

var errNoMovie = errors.New("demo: the film does not end with its moov box")

// withLabels puts user data into a film. Its moov box stands last, so that
// nothing before it moves.
func withLabels(movie, labels []byte) ([]byte, error) {
	if len(labels) == 0 {
		return movie, nil
	}
	for at := 0; at+8 <= len(movie); {
		size := int(binary.BigEndian.Uint32(movie[at:]))
		if size < 8 || at+size > len(movie) {
			break
		}
		if string(movie[at+4:at+8]) == "moov" && at+size == len(movie) {
			binary.BigEndian.PutUint32(movie[at:], uint32(size+len(labels)))
			return append(movie, labels...), nil
		}
		at += size
	}
	return nil, errNoMovie
}
