// Package gpmf reads GoPro's telemetry (the GPMF format: four-byte keys, a type,
// a structure size and a repeat count, values padded to four bytes). Only what
// says who, where and when is read.
package gpmf

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"time"

	"jikim/ingest/metadata/place"
)

// Payload is what one sample of telemetry, or the settings in the user data,
// says. Anything not said is zero.
type Payload struct {
	Device string // DVNM: "Hero6 Black"
	Model  string // MINF
	Serial string // CASN
	HasGPS bool
	Locked bool      // a two- or three-dimensional fix
	UTC    time.Time // of the first GPS sample; plausible but wrong when not Locked
	Point  place.Point
	Fixes  []Fix // every sample with a fix, evenly spread over the payload's time
}

// Fix is one GPS sample with a fix.
type Fix struct {
	place.Point
	UTC time.Time // only in the form in which each sample has its own clock
}

const (
	maxDepth = 6
	maxItems = 20_000
	header   = 8
)

// Read reads a payload as far as it is well-formed.
func Read(p []byte) Payload {
	r := reader{}
	r.walk(p, 0)
	return r.out
}

type reader struct {
	out   Payload
	items int
	// of the stream being read
	scale  []float64
	fix    uint32
	hasFix bool
	utc    time.Time
}

func (r *reader) walk(p []byte, depth int) {
	for len(p) >= header && depth < maxDepth {
		if r.items++; r.items > maxItems {
			return
		}
		key, kind, size := string(p[:4]), p[4], int(p[5])
		length := size * int(binary.BigEndian.Uint16(p[6:8]))
		if key == "\x00\x00\x00\x00" || length > len(p)-header {
			return
		}
		value := p[header : header+length]
		switch {
		case kind == 0:
			if key == "STRM" {
				r.scale, r.fix, r.hasFix, r.utc = nil, 0, false, time.Time{}
			}
			r.walk(value, depth+1)
		default:
			r.take(key, kind, size, value)
		}
		p = p[min(len(p), header+(length+3)&^3):]
	}
}

func (r *reader) take(key string, kind byte, size int, v []byte) {
	switch key {
	case "DVNM":
		r.out.Device = first(r.out.Device, v)
	case "MINF":
		r.out.Model = first(r.out.Model, v)
	case "CASN":
		r.out.Serial = first(r.out.Serial, v)
	case "GPSF":
		if len(v) >= 4 {
			r.fix, r.hasFix = binary.BigEndian.Uint32(v), true
		}
	case "GPSU":
		if t, err := time.Parse("060102150405.000", text(v)); err == nil {
			r.utc = t
		}
	case "SCAL":
		r.scale = numbers(kind, v)
	case "GPS5":
		r.gps5(v)
	case "GPS9":
		r.gps9(size, v)
	}
}

// gps5 reads latitude, longitude, altitude, two speeds: the fix and the time
// stand beside them in the stream and hold for all samples of the payload.
func (r *reader) gps5(v []byte) {
	if r.out.Locked || len(v) < 20 || !usable(r.scale, 5) {
		return
	}
	r.out.HasGPS, r.out.UTC = true, r.utc
	r.out.Locked = r.hasFix && r.fix >= 2
	r.out.Point = point(v, r.scale)
	for ; r.out.Locked && len(v) >= 20; v = v[20:] {
		r.keep(Fix{Point: point(v, r.scale)})
	}
}

// gps9 reads the form of HERO11 and later: each sample has its own days since
// 2000, seconds of the day, precision and fix.
func (r *reader) gps9(size int, v []byte) {
	if r.out.Locked || size != 32 || len(v) < 32 || !usable(r.scale, 9) {
		return
	}
	r.out.HasGPS = true
	for ; len(v) >= 32; v = v[32:] {
		f := Fix{Point: point(v, r.scale), UTC: gps9Time(v, r.scale)}
		locked := float64(binary.BigEndian.Uint16(v[30:]))/r.scale[8] >= 2
		if !r.out.Locked && (locked || r.out.UTC.IsZero()) {
			r.out.Point, r.out.UTC = f.Point, f.UTC
		}
		if r.out.Locked = r.out.Locked || locked; locked {
			r.keep(f)
		}
	}
}

func (r *reader) keep(f Fix) {
	if f.Valid() {
		r.out.Fixes = append(r.out.Fixes, f)
	}
}

// usable reports whether the first n scales are there and none is zero.
func usable(scale []float64, n int) bool {
	return len(scale) >= n && !slices.Contains(scale[:n], 0)
}

func scaled(v []byte, scale []float64, i int) float64 {
	return float64(int32(binary.BigEndian.Uint32(v[4*i:]))) / scale[i]
}

func point(v []byte, scale []float64) place.Point {
	return place.Point{Lat: scaled(v, scale, 0), Lon: scaled(v, scale, 1)}.WithAlt(scaled(v, scale, 2))
}

func gps9Time(v []byte, scale []float64) time.Time {
	days, seconds := scaled(v, scale, 5), scaled(v, scale, 6)
	if days <= 0 || days >= 40_000 || seconds < 0 || seconds >= 86_401 {
		return time.Time{}
	}
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	return epoch.AddDate(0, 0, int(days)).Add(time.Duration(math.Round(seconds*1000)) * time.Millisecond)
}

// numbers reads the values of SCAL, which are short or long.
func numbers(kind byte, v []byte) []float64 {
	var n []float64
	switch kind {
	case 's', 'S':
		for ; len(v) >= 2 && len(n) < 16; v = v[2:] {
			n = append(n, float64(int16(binary.BigEndian.Uint16(v))))
		}
	case 'l', 'L':
		for ; len(v) >= 4 && len(n) < 16; v = v[4:] {
			n = append(n, float64(int32(binary.BigEndian.Uint32(v))))
		}
	}
	return n
}

func first(old string, v []byte) string {
	if old != "" {
		return old
	}
	return text(v)
}

func text(v []byte) string {
	s := strings.TrimSpace(strings.TrimRight(string(v), "\x00"))
	for _, c := range s {
		if c < ' ' || c > '~' {
			return ""
		}
	}
	return s
}
