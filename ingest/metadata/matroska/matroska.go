// Package matroska reads the head of a Matroska or WebM file (RFC 9559): EBML
// elements with variable-length ids and sizes.
package matroska

import (
	"encoding/binary"
	"math"
	"strings"
	"time"

	"jikim/ingest/metadata/window"
)

// Facts is what the head of a file says. Anything not said is zero.
type Facts struct {
	Width, Height          int
	Duration               time.Duration
	VideoCodec, AudioCodec string    // as ffprobe prints them
	Date                   time.Time // DateUTC, which is UTC by the format
	WebM                   bool
	HasTracks              bool
}

// Element ids.
const (
	idHeader    = 0x1A45DFA3
	idDocType   = 0x4282
	idSegment   = 0x18538067
	idInfo      = 0x1549A966
	idScale     = 0x2AD7B1
	idDuration  = 0x4489
	idDate      = 0x4461
	idTracks    = 0x1654AE6B
	idEntry     = 0xAE
	idCodec     = 0x86
	idVideo     = 0xE0
	idWidth     = 0xB0
	idHeight    = 0xBA
	idCluster   = 0x1F43B675
	maxElements = 4000
)

// epoch of DateUTC.
var epoch = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

type walker struct {
	f        *window.File
	facts    Facts
	scale    float64 // nanoseconds per unit
	units    float64
	elements int
	codec    string
	done     bool
}

// Read walks the elements up to the first cluster of pictures.
func Read(f *window.File) (Facts, error) {
	w := &walker{f: f, scale: 1e6}
	err := w.walk(0, f.Size(), 0)
	if d := w.units * w.scale; d > 0 && d < 1e17 {
		w.facts.Duration = time.Duration(d)
	}
	return w.facts, err
}

func (w *walker) walk(at, end int64, depth int) error {
	for at < end && depth < 5 && !w.done {
		if w.elements++; w.elements > maxElements {
			return nil
		}
		h, err := w.f.Head(at, 12)
		if err != nil {
			return err
		}
		id, n := number(h, true)
		if n == 0 {
			return nil
		}
		size, m := number(h[n:], false)
		if m == 0 {
			return nil
		}
		body := at + int64(n+m)
		last := end // an unknown size runs to the end of the parent
		if size != 1<<(7*m)-1 && size < uint64(end-min(body, end)) {
			last = body + int64(size)
		}
		if err := w.element(id, body, last, depth); err != nil {
			return err
		}
		at = last
	}
	return nil
}

func (w *walker) element(id uint64, body, end int64, depth int) error {
	switch id {
	case idHeader, idSegment, idInfo, idVideo:
		return w.walk(body, end, depth+1)
	case idTracks:
		w.facts.HasTracks = true
		return w.walk(body, end, depth+1)
	case idEntry:
		w.codec = ""
		return w.walk(body, end, depth+1)
	case idCluster:
		w.done = true
		return nil
	}
	if !wanted[id] {
		return nil
	}
	p, err := w.f.Head(body, int(min(end-body, 64)))
	if err != nil {
		return err
	}
	w.value(id, p)
	return nil
}

var wanted = map[uint64]bool{idDocType: true, idScale: true, idDuration: true, idDate: true, idCodec: true, idWidth: true, idHeight: true}

func (w *walker) value(id uint64, p []byte) {
	switch id {
	case idDocType:
		w.facts.WebM = string(p) == "webm"
	case idScale:
		w.scale = float64(whole(p))
	case idDuration:
		w.units = float(p)
	case idDate:
		if len(p) == 8 {
			w.facts.Date = epoch.Add(time.Duration(int64(binary.BigEndian.Uint64(p))))
		}
	case idCodec:
		w.setCodec(strings.TrimRight(string(p), "\x00"))
	case idWidth:
		w.facts.Width = first(w.facts.Width, whole(p))
	case idHeight:
		w.facts.Height = first(w.facts.Height, whole(p))
	}
}

func (w *walker) setCodec(id string) {
	name := codecs[id]
	if name == "" && strings.HasPrefix(id, "A_AAC") {
		name = "aac"
	}
	if strings.HasPrefix(id, "V_") && w.facts.VideoCodec == "" {
		w.facts.VideoCodec = name
	}
	if strings.HasPrefix(id, "A_") && w.facts.AudioCodec == "" {
		w.facts.AudioCodec = name
	}
}

var codecs = map[string]string{
	"V_MPEG4/ISO/AVC": "h264", "V_MPEGH/ISO/HEVC": "hevc", "V_VP8": "vp8", "V_VP9": "vp9", "V_AV1": "av1",
	"V_MJPEG": "mjpeg", "V_MPEG4/ISO/ASP": "mpeg4", "V_MPEG2": "mpeg2video",
	"A_OPUS": "opus", "A_VORBIS": "vorbis", "A_AC3": "ac3", "A_EAC3": "eac3", "A_FLAC": "flac", "A_MPEG/L3": "mp3",
	"A_PCM/INT/LIT": "pcm_s16le",
}

// number reads an EBML number of one to eight bytes; an id keeps its length
// marker. It gives 0 bytes when there is none.
func number(p []byte, keepMarker bool) (uint64, int) {
	if len(p) == 0 || p[0] == 0 {
		return 0, 0
	}
	n := 1
	for mask := byte(0x80); p[0]&mask == 0; mask >>= 1 {
		n++
	}
	if n > len(p) || keepMarker && n > 4 {
		return 0, 0
	}
	v := uint64(p[0])
	if !keepMarker {
		v &= 1<<(8-n) - 1
	}
	for _, b := range p[1:n] {
		v = v<<8 | uint64(b)
	}
	return v, n
}

func whole(p []byte) int {
	if len(p) > 6 {
		return 0
	}
	v := 0
	for _, b := range p {
		v = v<<8 | int(b)
	}
	return v
}

func float(p []byte) float64 {
	switch len(p) {
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(p)))
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(p))
	}
	return 0
}

func first(a, b int) int {
	if a != 0 || b > 1<<20 {
		return a
	}
	return b
}
