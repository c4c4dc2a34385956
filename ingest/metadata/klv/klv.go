// Package klv reads the UAS Datalink Local Set (MISB ST 0601) that enterprise
// drones stream: key, length, value, with time in UTC microseconds.
package klv

import (
	"encoding/binary"
	"strings"
	"time"

	"jikim/ingest/metadata/place"
)

// Key is the universal label of the local set.
const Key = "\x06\x0e\x2b\x34\x02\x0b\x01\x01\x0e\x01\x03\x01\x01\x00\x00\x00"

// Set is what one packet says. Anything not said is zero.
type Set struct {
	UTC      time.Time // tag 2
	Platform string    // tag 10
	Camera   string    // tag 11
	Sensor   place.Point
}

// Device joins platform and camera: "Predator / EO Nose".
func (s Set) Device() string {
	return strings.Trim(s.Platform+" / "+s.Camera, " /")
}

// Tags that are read (ST 0601.8 §8).
const (
	tagTime     = 2
	tagPlatform = 10
	tagCamera   = 11
	tagLat      = 13
	tagLon      = 14
	tagAlt      = 15
)

// Size is the length in bytes of the packet with which p begins, key and length
// included; false when it begins with none.
func Size(p []byte) (int, bool) {
	if len(p) < len(Key) || string(p[:len(Key)]) != Key {
		return 0, false
	}
	n, rest, ok := length(p[len(Key):])
	return len(p) - len(rest) + n, ok
}

// Read reads the first packet in p; false when there is none.
func Read(p []byte) (Set, bool) {
	var s Set
	if len(p) < len(Key) || string(p[:len(Key)]) != Key {
		return s, false
	}
	p = p[len(Key):]
	n, p, ok := length(p)
	if !ok {
		return s, false
	}
	p = p[:min(n, len(p))]
	var lat, lon, alt *float64
	for len(p) >= 2 {
		tag, after := number(p)
		size, rest, ok := length(after)
		if !ok || size > len(rest) {
			break
		}
		v := rest[:size]
		switch {
		case tag == tagTime && size == 8:
			if us := binary.BigEndian.Uint64(v); us < 1<<53 {
				s.UTC = time.UnixMicro(int64(us)).UTC()
			}
		case tag == tagPlatform:
			s.Platform = text(v)
		case tag == tagCamera:
			s.Camera = text(v)
		case tag == tagLat && size == 4:
			lat = signed(v, 180)
		case tag == tagLon && size == 4:
			lon = signed(v, 360)
		case tag == tagAlt && size == 2:
			m := float64(binary.BigEndian.Uint16(v))*19900/65535 - 900
			alt = &m
		}
		p = rest[size:]
	}
	if lat != nil && lon != nil {
		s.Sensor = place.Point{Lat: *lat, Lon: *lon}
		if alt != nil {
			s.Sensor = s.Sensor.WithAlt(*alt)
		}
	}
	return s, true
}

// signed maps an int32 onto a range of degrees about zero; the least value
// means "error".
func signed(v []byte, span float64) *float64 {
	n := int32(binary.BigEndian.Uint32(v))
	if n == -1<<31 {
		return nil
	}
	degrees := float64(n) * span / (1<<32 - 2)
	return &degrees
}

// number reads the number of a tag (BER-OID, ITU-T X.690 §8.19): seven bits a
// byte, the last of which has its top bit clear. The local set has none of more
// than two bytes.
func number(p []byte) (tag int, rest []byte) {
	if p[0] >= 0x80 && p[1] < 0x80 {
		return int(p[0]&0x7F)<<7 | int(p[1]), p[2:]
	}
	return int(p[0]), p[1:]
}

// length reads a BER length (ITU-T X.690 §8.1.3), short or long form.
func length(p []byte) (int, []byte, bool) {
	if len(p) == 0 {
		return 0, nil, false
	}
	if p[0] < 0x80 {
		return int(p[0]), p[1:], true
	}
	n := int(p[0] & 0x7F)
	if n == 0 || n > 4 || len(p) < 1+n {
		return 0, nil, false
	}
	v := 0
	for _, b := range p[1 : 1+n] {
		v = v<<8 | int(b)
	}
	return v, p[1+n:], true
}

func text(v []byte) string {
	for _, c := range v {
		if c < ' ' || c > '~' {
			return ""
		}
	}
	return strings.TrimSpace(string(v[:min(len(v), 127)]))
}
