// Package djmd reads the timed metadata that DJI's newer drones and action
// cameras keep in a track of the movie (sample format "djmd"): protobuf messages
// (without a published schema), one a frame. Which field holds what depends on
// the protocol the message names; fields of protocols that are not in the table
// are not guessed at, but for serial and model, which stand in the same place in
// all of them. The positions are those of the aircraft or camera; nothing is
// read of where the operator stands.
package djmd

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"

	"jikim/ingest/metadata/place"
)

// Sample is what one message says. Anything not said is zero.
type Sample struct {
	Model, Serial string
	Point         place.Point // not Valid without a fix
	UTC           time.Time   // satellite time; few models write it
}

// layout is where a protocol keeps position, altitude and time.
type layout struct{ position, altitude, clock string }

var (
	camera   = layout{"3-4-2-1", "3-4-2-2", "3-4-2-6-1"}
	aircraft = layout{"3-3-4-1", "3-3-4-2", ""}
	goggles  = layout{"3-4-4-1", "3-4-4-2", ""}
)

// layouts by the name of the protocol, field 1-1-1.
var layouts = map[string]layout{
	"dvtm_ac203": camera, "dvtm_ac204": camera, // Osmo Action 4, 5
	"dvtm_wm265e": aircraft, "dvtm_pm320": aircraft, "dvtm_Mini4_Pro": aircraft, // Mavic 3, Matrice 30, Mini 4 Pro
	"dvtm_AVATA2": goggles, "dvtm_dji_neo": goggles, // Avata 2, Neo
}

// Reader reads the samples of one track in order: the protocol is named in the
// first and holds for the rest. The zero Reader is ready.
type Reader struct {
	layout layout
}

// Read reads one sample as far as it is well-formed.
func (r *Reader) Read(p []byte) Sample {
	m := message{fields: map[string][]byte{}, numbers: map[string]uint64{}}
	m.walk(p, "", 0)
	name := strings.TrimSuffix(text(m.fields["1-1-1"]), ".proto")
	if l, known := layouts[name]; known {
		r.layout = l
	}
	s := Sample{Model: text(m.fields["1-1-10"]), Serial: text(m.fields["1-1-5"])}
	if r.layout.position == "" {
		return s
	}
	s.Point = r.point(m)
	if r.layout.clock != "" {
		s.UTC = moment(text(m.fields[r.layout.clock]))
	}
	return s
}

// point reads units (0 radians, 1 degrees), latitude and longitude, and the
// altitude in millimetres.
func (r *Reader) point(m message) place.Point {
	at := r.layout.position
	lat, okLat := m.numbers[at+"-2"]
	lon, okLon := m.numbers[at+"-3"]
	if !okLat || !okLon {
		return place.Point{}
	}
	p := place.Point{Lat: math.Float64frombits(lat), Lon: math.Float64frombits(lon)}
	if m.numbers[at+"-1"] == 0 {
		p.Lat, p.Lon = p.Lat*180/math.Pi, p.Lon*180/math.Pi
	}
	if alt, ok := m.numbers[r.layout.altitude]; ok {
		p = p.WithAlt(float64(int64(alt)) / 1000)
	}
	return p
}

func moment(s string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006:01:02 15:04:05", "2006-01-02T15:04:05Z"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1990 {
			return t
		}
	}
	return time.Time{}
}

// Bounds on one message.
const (
	maxDepth  = 6
	maxFields = 2000
	maxText   = 64
)

// message holds the fields of a protobuf message by their path, "3-4-2-1". Of a
// field that is repeated the first counts.
type message struct {
	fields  map[string][]byte // of those of variable length
	numbers map[string]uint64 // varints, and the bits of fixed numbers
	seen    int
}

// walk reads the fields of a message. Without a schema it cannot be known
// whether bytes are a text or a message, so they are read as both; what is no
// message comes to an end soon.
func (m *message) walk(p []byte, path string, depth int) {
	for len(p) > 0 {
		key, n := binary.Uvarint(p)
		if n <= 0 || key>>3 == 0 || key>>3 > 1000 {
			return
		}
		if m.seen++; m.seen > maxFields {
			return
		}
		p = p[n:]
		at := path + strconv.FormatUint(key>>3, 10)
		size, ok := m.take(p, at, int(key&7), depth)
		if !ok {
			return
		}
		p = p[size:]
	}
}

// take reads one value of a wire type and gives the bytes it takes up.
func (m *message) take(p []byte, at string, wire, depth int) (int, bool) {
	switch wire {
	case 0:
		v, n := binary.Uvarint(p)
		m.number(at, v)
		return n, n > 0
	case 1:
		if len(p) < 8 {
			return 0, false
		}
		m.number(at, binary.LittleEndian.Uint64(p))
		return 8, true
	case 5:
		if len(p) < 4 {
			return 0, false
		}
		m.number(at, uint64(binary.LittleEndian.Uint32(p)))
		return 4, true
	case 2:
		size, n := binary.Uvarint(p)
		if n <= 0 || size > uint64(len(p)-n) {
			return 0, false
		}
		body := p[n : n+int(size)]
		if _, there := m.fields[at]; !there {
			m.fields[at] = body
		}
		if depth < maxDepth {
			m.walk(body, at+"-", depth+1)
		}
		return n + int(size), true
	}
	return 0, false
}

func (m *message) number(at string, v uint64) {
	if _, there := m.numbers[at]; !there {
		m.numbers[at] = v
	}
}

// text gives printable bytes as a text; anything else is none.
func text(p []byte) string {
	if len(p) > maxText {
		return ""
	}
	for _, c := range p {
		if c < ' ' || c > '~' {
			return ""
		}
	}
	return strings.TrimSpace(string(p))
}
