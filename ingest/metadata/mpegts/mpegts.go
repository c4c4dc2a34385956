// Package mpegts reads MPEG transport streams (ISO/IEC 13818-1) as camcorders
// write them (.MTS, .m2ts) and enterprise drones stream them (.ts): codecs, size,
// playing time, the date that AVCHD hides in the H.264 stream and no container
// field has, and the packets of the metadata stream beside the picture.
package mpegts

import (
	"bytes"
	"errors"
	"io"
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
	Clipped                bool // the last packet is not whole
	Metadata               bool // a stream beside the picture says that it carries metadata
}

const (
	packetSize = 188
	headBytes  = 2 << 20   // read from the beginning at most, for tables, size and date
	headPiece  = 64 << 10  // of it at once
	tailBytes  = 256 << 10 // read from the end, for the last time stamp
	enough     = 4         // pictures whose time stamps hold the earliest or the latest
	maxLooked  = 32        // pictures that are looked through: a camera says the date with every half second
	ofPicture  = 16 << 10  // bytes of each, where size and date stand before the picture itself
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
	pictures int // whose time stamps were read
	data     []*data
	take     func(Packet) error // wants the metadata packets; nil when nobody does
	err      error              // with which take ended the reading
}

// Read reads the beginning and the end of a stream. take, which may be nil, gets
// the metadata packets of the beginning; whole says that this was all of the
// stream. The error is one of the file.
func Read(f *window.File, take func(Packet) error) (facts Facts, whole bool, err error) {
	head, err := f.Head(0, packetSize)
	if err != nil || len(head) < packetSize {
		return Facts{}, true, err
	}
	step, at := shape(head)
	r := newReader(take)
	begun, err := r.beginning(f, step, at)
	if err != nil {
		return r.facts, false, err
	}
	r.flush()
	if begun < f.Size() {
		if err := r.end(f, begun, step, at); err != nil {
			return r.facts, false, err
		}
	}
	r.facts.Clipped = f.Size()%int64(step) != 0
	if r.timed && r.last > r.first {
		r.facts.Duration = r.last - r.first
	}
	return r.facts, begun >= f.Size(), nil
}

// beginning reads from the start until nothing more is expected there, and gives
// how far that was.
func (r *reader) beginning(f *window.File, step, at int) (int64, error) {
	limit := min(f.Size(), headBytes)
	off := int64(at)
	room := make([]byte, min(headPiece/int64(step)*int64(step), f.Size()))
	for off < limit && !r.satisfied() {
		piece := room[:min(int64(len(room)), limit-off)]
		if _, err := f.ReadAt(piece, off); err != nil {
			return off, err
		}
		rest := r.packets(piece, step, true)
		if len(rest) == len(piece) {
			off = limit // less than a packet is left
			break
		}
		off += int64(len(piece) - len(rest))
	}
	r.look()
	return off, nil
}

// satisfied reports that the beginning has said all it can.
func (r *reader) satisfied() bool {
	switch {
	case r.pictures < enough || len(r.data) > 0:
		return false
	case r.facts.VideoCodec == "h264" && r.pictures < maxLooked:
		return r.facts.Width > 0 && !r.facts.Recorded.IsZero()
	}
	return true
}

// end reads the last packets, for the last time stamp.
func (r *reader) end(f *window.File, begun int64, step, at int) error {
	from := max(f.Size()-tailBytes, begun)
	from = (from-int64(at))/int64(step)*int64(step) + int64(at)
	tail, err := f.Head(from, int(f.Size()-from))
	if err != nil {
		return err
	}
	r.take = nil
	r.packets(tail, step, false)
	return nil
}

func newReader(take func(Packet) error) *reader {
	return &reader{pmt: map[int]bool{}, videoPID: -1, take: take}
}

// scanned is how much of a stream is gone through at once.
const scanned = 256 << 10

// Scan goes through a whole stream and gives its metadata packets to take, in
// order. It ends with the error of take, or of the file.
func Scan(f *window.File, take func(Packet) error) error {
	head, err := f.Head(0, packetSize)
	if err != nil {
		return err
	}
	step, at := shape(head)
	r := newReader(take)
	stream := f.Section(int64(at), f.Size())
	piece := make([]byte, scanned/step*step)
	kept := 0
	for r.err == nil {
		n, err := io.ReadFull(stream, piece[kept:])
		rest := r.packets(piece[:kept+n], step, false)
		kept = copy(piece, rest)
		if err != nil {
			r.flush()
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return r.err
			}
			return err
		}
	}
	return r.err
}

// shape tells packets of 188 bytes from those of 192 that begin with a time code.
func shape(head []byte) (step, at int) {
	if len(head) > 0 && head[0] == 0x47 {
		return packetSize, 0
	}
	return packetSize + 4, 4
}

// packets goes through whole packets and gives what is left behind the last.
func (r *reader) packets(p []byte, step int, collect bool) (rest []byte) {
	for len(p) >= packetSize && r.err == nil {
		if p[0] != 0x47 {
			p = p[resync(p, step):]
			continue
		}
		r.packet(p[:packetSize], collect)
		p = p[min(step, len(p)):]
	}
	return p
}

// resync finds where packets begin again after bytes were lost: at the next sync
// byte that has another one packet later, or none of which that can be told.
func resync(p []byte, step int) int {
	for at := 1; at < len(p); at++ {
		if p[at] == 0x47 && (at+step >= len(p) || p[at+step] == 0x47) {
			return at
		}
	}
	return len(p)
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
	default:
		for _, d := range r.data {
			if d.pid == pid {
				r.piece(d, payload, begins)
			}
		}
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

// streams reads a program map table: the first picture, the first sound, and
// what may carry metadata.
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
		said := p[at+5:]
		said = said[:min(int(p[at+3]&0x0F)<<8+int(p[at+4]), len(said))]
		if kind == privateData || kind == metadataInPES {
			r.follow(pid, kind, said)
		}
		at += 5 + len(said)
	}
}

// picture takes the time stamp of a PES packet and, from the beginning of the
// file, its contents.
func (r *reader) picture(p []byte, begins, collect bool) {
	if begins {
		r.look()
		if !bytes.HasPrefix(p, []byte{0, 0, 1}) || len(p) < 14 {
			return
		}
		if p[7]&0x80 != 0 {
			r.stamp(presentation(p[9:14]))
		}
		p = p[min(len(p), 9+int(p[8])):]
	}
	if collect {
		r.video = append(r.video, p[:min(len(p), ofPicture-len(r.video))]...)
	}
}

// look searches the beginning of a picture for what is still wanted of it.
func (r *reader) look() {
	if r.facts.VideoCodec == "h264" && len(r.video) > 0 {
		r.facts.readH264(r.video)
	}
	r.video = r.video[:0]
}

// presentation reads a presentation time, 33 bits of 90 kHz.
func presentation(p []byte) time.Duration {
	v := uint64(p[0]>>1&7)<<30 | uint64(p[1])<<22 | uint64(p[2]>>1)<<15 | uint64(p[3])<<7 | uint64(p[4]>>1)
	return time.Duration(v * 100_000 / 9) // nanoseconds
}

// turn is how long the presentation clock runs until it begins anew: 26 hours and
// a half, from wherever it began.
const turn = time.Duration((1 << 33) * 100_000 / 9)

// since is how long after the first picture a presentation time lies.
func (r *reader) since(at time.Duration) time.Duration {
	switch d := at - r.first; {
	case d < -turn/2:
		return d + turn
	case d > turn/2:
		return d - turn
	default:
		return d
	}
}

// stamp takes the presentation time of a picture. Pictures are not in order: the
// earliest and the latest count.
func (r *reader) stamp(at time.Duration) {
	if !r.timed {
		r.first, r.last, r.timed = at, at, true
	}
	r.pictures++
	at = r.first + r.since(at)
	r.first, r.last = min(r.first, at), max(r.last, at)
}
