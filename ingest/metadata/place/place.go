// Package place has a position on Earth, a fix of it in time, and the track
// that many fixes make.
package place

import (
	"math"
	"strconv"
	"strings"
)

// Point is a position in WGS 84 degrees, with the altitude in metres above sea
// level when it is known.
type Point struct {
	Lat, Lon float64
	Alt      *float64
}

// nowhere is how near to 0,0 a position is taken for 0,0, in degrees: ten
// centimetres, more than is lost in writing one down.
const nowhere = 1e-6

// Valid reports whether p can be a place where something was filmed. 0,0 is
// how devices write "no fix", not the Gulf of Guinea.
func (p Point) Valid() bool {
	if math.IsNaN(p.Lat) || math.IsNaN(p.Lon) || math.Abs(p.Lat) < nowhere && math.Abs(p.Lon) < nowhere {
		return false
	}
	return math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180
}

// WithAlt gives p with an altitude in metres; impossible altitudes are left out.
func (p Point) WithAlt(m float64) Point {
	if math.IsNaN(m) || m < -1000 || m > 100_000 {
		return p
	}
	p.Alt = &m
	return p
}

// ISO6709 reads "+37.5070+126.7220+045.1/" and its degree-minute and
// degree-minute-second forms; a missing altitude or closing slash is accepted.
func ISO6709(s string) (Point, bool) {
	s = strings.TrimSpace(strings.Trim(s, "\x00"))
	if i := strings.IndexAny(s, "/C"); i >= 0 { // the coordinate reference system that may follow
		s = s[:i]
	}
	parts := signed(s)
	if len(parts) < 2 {
		return Point{}, false
	}
	lat, okLat := sexagesimal(parts[0], 2)
	lon, okLon := sexagesimal(parts[1], 3)
	p := Point{Lat: lat, Lon: lon}
	if !okLat || !okLon || !p.Valid() {
		return Point{}, false
	}
	if len(parts) > 2 {
		if alt, err := strconv.ParseFloat(parts[2], 64); err == nil {
			p = p.WithAlt(alt)
		}
	}
	return p, true
}

// signed cuts s before every sign.
func signed(s string) []string {
	var parts []string
	start := -1
	for i := 0; i < len(s) && len(parts) < 4; i++ {
		if s[i] == '+' || s[i] == '-' {
			if start >= 0 {
				parts = append(parts, s[start:i])
			}
			start = i
		}
	}
	if start >= 0 {
		parts = append(parts, s[start:])
	}
	return parts
}

// sexagesimal reads ±D…, ±DMM… or ±DMMSS… where degrees has that many digits.
func sexagesimal(s string, degrees int) (float64, bool) {
	if len(s) < 2 {
		return 0, false
	}
	whole := strings.IndexByte(s, '.')
	if whole < 0 {
		whole = len(s)
	}
	v, err := strconv.ParseFloat(s[1:], 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, false
	}
	switch digits := whole - 1; {
	case digits > degrees+2:
		d, rest := math.Floor(v/10000), math.Mod(v, 10000)
		v = d + math.Floor(rest/100)/60 + math.Mod(rest, 100)/3600
	case digits > degrees:
		v = math.Floor(v/100) + math.Mod(v, 100)/60
	}
	if s[0] == '-' {
		v = -v
	}
	return v, true
}
