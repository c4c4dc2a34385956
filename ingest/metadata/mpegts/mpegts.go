// Package mpegts reads MPEG transport streams (ISO/IEC 13818-1) as camcorders
// write them (.MTS, .m2ts): codecs, size, playing time, and the date that AVCHD
// hides in the H.264 stream and no container field has.
package mpegts

import (
	"bytes"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/window"
)

// Facts is what a stream says. Anything not said is zero.
type Facts struct {
	VideoCodec, AudioCodec string // as ffprobe prints them
	Width, Height          int
	Duration               time.Duration
	Recorded               clock.Stamp // MDPM; zoned when the camera knows its zone
	Make, Model            string
}

const (
	packetSize = 188
	headBytes  = 2 << 20   // read from the beginning, for tables, size and date
	tailBytes  = 512 << 10 // read from the end, for the last time stamp
	maxVideo   = 512 << 10 // of the picture stream that is looked through
)

var videoTypes = map[byte]string{0x01: "mpeg1video", 0x02: "mpeg2video", 0x10: "mpeg4", 0x1B: "h264", 0x24: "hevc"}

var audioTypes = map[byte]string{0x03: "mp2", 0x04: "mp2", 0x0F: "aac", 0x11: "aac_latm", 0x80: "pcm_bluray", 0x81: "ac3", 0x87: "eac3"}

type reader struct {
	facts    Facts
	pmt      map[int]bool
	videoPID int
	video    []byte
	first    time.Duration
	last     time.Duration
	timed    bool
}

// Read reads the beginning and the end of a stream.
func Read(f *window.File) (Facts, error) {
	head, err := f.Head(0, headBytes)
	if err != nil {
		return Facts{}, err
	}
	if len(head) < packetSize {
		return Facts{}, nil
	}
	step, at := shape(head)
	r := reader{pmt: map[int]bool{}, videoPID: -1}
	r.packets(head[at:], step, true)
	if from := max(f.Size()-tailBytes, int64(len(head))); from < f.Size() {
		from = (from-int64(at))/int64(step)*int64(step) + int64(at)
		tail, err := f.Head(from, int(f.Size()-from))
		if err != nil {
			return r.facts, err
		}
		r.packets(tail, step, false)
	}
	if r.timed && r.last > r.first {
		r.facts.Duration = r.last - r.first
	}
	if r.facts.VideoCodec == "h264" {
		r.facts.readH264(r.video)
	}
	return r.facts, nil
}

// shape tells packets of 188 bytes from those of 192 that begin with a time code.
func shape(head []byte) (step, at int) {
	if len(head) > 0 && head[0] == 0x47 {
		return packetSize, 0
	}
	return packetSize + 4, 4
}

func (r *reader) packets(p []byte, step int, collect bool) {
	for ; len(p) >= packetSize; p = p[min(step, len(p)):] {
		if p[0] == 0x47 {
			r.packet(p[:packetSize], collect)
		}
	}
}

func (r *reader) packet(p []byte, collect bool) {
	pid := int(p[1]&0x1F)<<8 | int(p[2])
	begins := p[1]&0x40 != 0
	payload := p[4:]
	switch p[3] >> 4 & 3 {
	case 0, 2: // no payload
		return
	case 3:
		skip := 1 + int(payload[0])
		if skip > len(payload) {
			return
		}
		payload = payload[skip:]
	}
	switch {
	case pid == 0 && begins:
		r.programs(section(payload))
	case r.pmt[pid] && begins:
		r.streams(section(payload))
	case pid == r.videoPID:
		r.picture(payload, begins, collect)
	}
}

// section steps over the pointer before a table.
func section(p []byte) []byte {
	if len(p) == 0 || 1+int(p[0]) > len(p) {
		return nil
	}
	p = p[1+int(p[0]):]
	if len(p) < 12 {
		return nil
	}
	length := 3 + int(p[1]&0x0F)<<8 + int(p[2]) - 4 // without the CRC
	return p[:min(max(length, 0), len(p))]
}

// programs reads the program association table.
func (r *reader) programs(p []byte) {
	for at := 8; at+4 <= len(p); at += 4 {
		if number := int(p[at])<<8 | int(p[at+1]); number != 0 && len(r.pmt) < 16 {
			r.pmt[int(p[at+2]&0x1F)<<8|int(p[at+3])] = true
		}
	}
}

// streams reads a program map table: the first picture and the first sound.
func (r *reader) streams(p []byte) {
	if len(p) < 12 {
		return
	}
	at := 12 + int(p[10]&0x0F)<<8 + int(p[11])
	for at+5 <= len(p) {
		kind, pid := p[at], int(p[at+1]&0x1F)<<8|int(p[at+2])
		if name := videoTypes[kind]; name != "" && r.videoPID < 0 {
			r.facts.VideoCodec, r.videoPID = name, pid
		}
		if name := audioTypes[kind]; name != "" && r.facts.AudioCodec == "" {
			r.facts.AudioCodec = name
		}
		at += 5 + int(p[at+3]&0x0F)<<8 + int(p[at+4])
	}
}

// picture takes the time stamp of a PES packet and, from the beginning of the
// file, its contents.
func (r *reader) picture(p []byte, begins, collect bool) {
	if begins {
		if !bytes.HasPrefix(p, []byte{0, 0, 1}) || len(p) < 14 {
			return
		}
		if p[7]&0x80 != 0 {
			r.stamp(p[9:14])
		}
		p = p[min(len(p), 9+int(p[8])):]
	}
	if collect && len(r.video) < maxVideo {
		r.video = append(r.video, p...)
	}
}

// stamp reads a presentation time, 33 bits of 90 kHz. Pictures are not in
// order: the earliest and the latest count.
func (r *reader) stamp(p []byte) {
	v := uint64(p[0]>>1&7)<<30 | uint64(p[1])<<22 | uint64(p[2]>>1)<<15 | uint64(p[3])<<7 | uint64(p[4]>>1)
	at := time.Duration(float64(v) / 90000 * float64(time.Second))
	if !r.timed {
		r.first, r.last, r.timed = at, at, true
	}
	r.first, r.last = min(r.first, at), max(r.last, at)
}
