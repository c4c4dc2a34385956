package mpegts

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"

	"jikim/ingest/metadata/clock"
)

// NAL unit types (ITU-T H.264 table 7-1).
const (
	nalSEI = 6
	nalSPS = 7
)

// mdpm is the identifier of the camera data that AVCHD writes in SEI messages.
const mdpm = "\x17\xEE\x8C\x60\xF8\x4D\x11\xD9\x8C\xD6\x08\x00\x20\x0C\x9A\x66MDPM"

// readH264 looks through a byte stream (Annex B) for size and camera data.
func (f *Facts) readH264(stream []byte) {
	start := []byte{0, 0, 1}
	i := bytes.Index(stream, start)
	for i >= 0 && (f.Width == 0 || f.Recorded.IsZero()) {
		stream = stream[i+3:]
		i = bytes.Index(stream, start)
		unit := stream
		if i >= 0 {
			unit = stream[:i]
		}
		if len(unit) < 4 {
			continue
		}
		switch unit[0] & 0x1F {
		case nalSPS:
			if f.Width == 0 {
				f.Width, f.Height = spsSize(plain(unit[1:]))
			}
		case nalSEI:
			if at := bytes.Index(unit, []byte(mdpm[:16])); at >= 0 {
				f.cameraData(plain(unit[at:]))
			}
		}
	}
}

// plain takes out the emulation prevention bytes.
func plain(p []byte) []byte {
	return bytes.ReplaceAll(p, []byte{0, 0, 3}, []byte{0, 0})
}

var makers = map[uint16]string{0x0103: "Panasonic", 0x0108: "Sony", 0x1011: "Canon", 0x1104: "JVC"}

// cameraData reads MDPM: a count, then tags of one byte with four bytes each, in
// rising order.
func (f *Facts) cameraData(p []byte) {
	if !bytes.HasPrefix(p, []byte(mdpm)) || len(p) < len(mdpm)+1 {
		return
	}
	count := int(p[len(mdpm)])
	p = p[len(mdpm)+1:]
	tags := map[byte][]byte{}
	for ; count > 0 && len(p) >= 5; count-- {
		tags[p[0]] = p[1:5]
		p = p[5:]
	}
	if day, hour := tags[0x18], tags[0x19]; day != nil && hour != nil {
		f.Recorded = recorded(day, hour)
	}
	if maker := tags[0xE0]; maker != nil {
		f.Make = makers[binary.BigEndian.Uint16(maker)]
	}
	model := string(tags[0xE4]) + string(tags[0xE5]) + string(tags[0xE6])
	if model, _, _ = strings.Cut(model, "\x00"); !strings.ContainsFunc(model, func(r rune) bool { return r < ' ' || r > '~' }) {
		f.Model = strings.TrimSpace(model)
	}
}

// recorded reads the date in BCD, with the zone as hours and a half; a zone byte
// of zero is how cameras leave it unset.
func recorded(day, hour []byte) clock.Stamp {
	var n [7]int
	for i, b := range append(append([]byte{}, day[1:]...), hour...) {
		if b>>4 > 9 || b&15 > 9 {
			return clock.Stamp{}
		}
		n[i] = int(b>>4)*10 + int(b&15)
	}
	if n[2] < 1 || n[2] > 12 || n[3] < 1 || n[3] > 31 || n[4] > 23 || n[5] > 59 || n[6] > 59 {
		return clock.Stamp{}
	}
	at := clock.Local(time.Date(n[0]*100+n[1], time.Month(n[2]), n[3], n[4], n[5], n[6], 0, time.UTC))
	if zone := day[0]; zone != 0 && zone&0x80 == 0 {
		offset := int(zone>>1&15)*3600 + int(zone&1)*1800
		if zone&0x20 != 0 {
			offset = -offset
		}
		at = at.In(offset)
	}
	return at
}

// spsSize reads the picture size from a sequence parameter set (§7.3.2.1.1),
// less its cropping.
func spsSize(p []byte) (width, height int) {
	b := bits{p: p}
	profile := b.take(8)
	b.take(16)
	b.exp()
	chroma := uint(1)
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128:
		if chroma = b.exp(); chroma == 3 {
			b.take(1)
		}
		b.exp()
		b.exp()
		b.take(1)
		if b.take(1) == 1 {
			return 0, 0 // scaling lists: no camera of ours writes them
		}
	}
	b.exp()
	switch b.exp() {
	case 0:
		b.exp()
	case 1:
		return 0, 0
	}
	b.exp()
	b.take(1)
	w, h := (b.exp()+1)*16, (b.exp()+1)*16
	frames := b.take(1)
	if frames == 0 {
		b.take(1)
		h *= 2
	}
	b.take(1)
	if b.take(1) == 1 {
		unitX, unitY := uint(2), uint(2)*(2-frames)
		if chroma == 3 || chroma == 0 {
			unitX = 1
		}
		if chroma != 1 {
			unitY /= 2
		}
		left, right, top, bottom := b.exp(), b.exp(), b.exp(), b.exp()
		w -= min(w, unitX*(left+right))
		h -= min(h, unitY*(top+bottom))
	}
	if b.short || w > 16384 || h > 16384 {
		return 0, 0
	}
	return int(w), int(h)
}

// bits takes bits from the top of bytes.
type bits struct {
	p     []byte
	at    uint
	short bool
}

func (b *bits) take(n uint) uint {
	v := uint(0)
	for range n {
		if b.at/8 >= uint(len(b.p)) {
			b.short = true
			return 0
		}
		v = v<<1 | uint(b.p[b.at/8]>>(7-b.at%8)&1)
		b.at++
	}
	return v
}

// exp takes an Exp-Golomb number (§9.1).
func (b *bits) exp() uint {
	zeros := uint(0)
	for b.take(1) == 0 {
		if zeros++; zeros > 24 || b.short {
			b.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + b.take(zeros)
}
