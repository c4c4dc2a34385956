// Package riff reads AVI and WAV files: RIFF chunks, little-endian.
package riff

import (
	"encoding/binary"
	"strings"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/window"
)

// Facts is what a RIFF file says. Anything not said is zero.
type Facts struct {
	Width, Height          int
	Duration               time.Duration
	VideoCodec, AudioCodec string      // as ffprobe prints them
	Digitized              clock.Stamp // IDIT: the camera's local clock
	Created                clock.Stamp // ICRD
	Software               string      // ISFT: often all that names the camera
	Clipped                bool        // a chunk claims more than the file has
	Unclosed               bool        // the pictures are there, but not how many: the recording was not ended
	rate                   uint32      // bytes of sound per second
}

const (
	maxChunks = 500
	maxDepth  = 4
)

type walker struct {
	f      *window.File
	facts  Facts
	chunks int
	stream string // type of the stream header last seen

	pictures bool // there is a list of pictures
}

// Read walks the chunks of a file up to the pictures, and past them by their
// length.
func Read(f *window.File) (Facts, error) {
	w := &walker{f: f}
	err := w.walk(12, f.Size(), 0)
	w.facts.Unclosed = w.pictures && w.facts.Duration == 0
	return w.facts, err
}

func (w *walker) walk(at, end int64, depth int) error {
	for at+8 <= end && depth < maxDepth {
		if w.chunks++; w.chunks > maxChunks {
			return nil
		}
		h, err := w.f.Head(at, 12)
		if err != nil || len(h) < 8 {
			return err
		}
		id, size := string(h[:4]), int64(binary.LittleEndian.Uint32(h[4:]))
		body, last := at+8, at+8+size
		if last > end {
			last = end
			w.facts.Clipped = w.facts.Clipped || id != "LIST" || depth == 0
		}
		switch {
		case (id == "LIST" || id == "RIFF") && len(h) == 12:
			kind := string(h[8:12])
			if w.pictures = w.pictures || kind == "movi"; kind == "movi" && size == 0 {
				return nil // never closed: what follows are the pictures themselves
			} else if kind != "movi" {
				err = w.walk(body+4, last, depth+1)
			}
		default:
			err = w.chunk(id, body, last-body)
		}
		if err != nil {
			return err
		}
		at = last + size&1
	}
	return nil
}

func (w *walker) chunk(id string, at, size int64) error {
	if !known[id] {
		if id == "data" && w.facts.rate > 0 {
			w.facts.Duration = seconds(float64(size) / float64(w.facts.rate))
		}
		return nil
	}
	p, err := w.f.Head(at, int(min(size, 512)))
	if err != nil {
		return err
	}
	switch id {
	case "avih":
		w.header(p)
	case "strh":
		w.streamHeader(p)
	case "strf":
		w.format(p)
	case "fmt ":
		w.sound(p)
	case "IDIT":
		w.facts.Digitized, _ = clock.Parse(text(p))
	case "ICRD":
		w.facts.Created, _ = clock.Parse(text(p))
	case "ISFT":
		w.facts.Software = text(p)
	}
	return nil
}

var known = map[string]bool{"avih": true, "strh": true, "strf": true, "fmt ": true, "IDIT": true, "ICRD": true, "ISFT": true}

// header reads avih: microseconds a frame, frames, size.
func (w *walker) header(p []byte) {
	if len(p) < 40 {
		return
	}
	frame, frames := u32(p, 0), u32(p, 16)
	w.facts.Duration = seconds(float64(frame) * float64(frames) / 1e6)
	w.facts.Width, w.facts.Height = int(u32(p, 32)), int(u32(p, 36))
}

// streamHeader reads strh; the length of the video stream is more exact than
// avih's.
func (w *walker) streamHeader(p []byte) {
	if len(p) < 36 {
		return
	}
	w.stream = string(p[:4])
	if w.stream != "vids" {
		return
	}
	w.facts.VideoCodec = videoCodecs[strings.ToUpper(string(p[4:8]))]
	scale, rate, length := u32(p, 20), u32(p, 24), u32(p, 32)
	if scale > 0 && rate > 0 && length > 0 {
		w.facts.Duration = seconds(float64(length) * float64(scale) / float64(rate))
	}
}

func (w *walker) format(p []byte) {
	switch w.stream {
	case "auds":
		w.sound(p)
	case "vids":
		if len(p) >= 20 && w.facts.VideoCodec == "" {
			w.facts.VideoCodec = videoCodecs[strings.ToUpper(string(p[16:20]))]
		}
	}
}

var videoCodecs = map[string]string{
	"MJPG": "mjpeg", "H264": "h264", "AVC1": "h264", "X264": "h264", "HEVC": "hevc", "H265": "hevc",
	"XVID": "mpeg4", "DIVX": "mpeg4", "DX50": "mpeg4", "FMP4": "mpeg4", "DVSD": "dvvideo",
}

// sound reads WAVEFORMATEX.
func (w *walker) sound(p []byte) {
	if len(p) < 16 {
		return
	}
	w.facts.rate = u32(p, 8)
	bits := binary.LittleEndian.Uint16(p[14:])
	switch format := binary.LittleEndian.Uint16(p); {
	case format == 1 && bits == 8:
		w.facts.AudioCodec = "pcm_u8"
	case format == 1 && bits == 16:
		w.facts.AudioCodec = "pcm_s16le"
	case format == 1 && bits == 24:
		w.facts.AudioCodec = "pcm_s24le"
	default:
		w.facts.AudioCodec = soundCodecs[format]
	}
}

var soundCodecs = map[uint16]string{
	2: "adpcm_ms", 3: "pcm_f32le", 6: "pcm_alaw", 7: "pcm_mulaw", 0x11: "adpcm_ima_wav", 0x55: "mp3", 0xFF: "aac", 0x2000: "ac3",
}

func u32(p []byte, at int) uint32 { return binary.LittleEndian.Uint32(p[at:]) }

func seconds(s float64) time.Duration {
	if s <= 0 || s > 100*24*3600 {
		return 0
	}
	return time.Duration(s * float64(time.Second))
}

func text(p []byte) string {
	s, _, _ := strings.Cut(string(p), "\x00")
	return strings.TrimSpace(s)
}
