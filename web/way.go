package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// fix is one place of a way.
type fix struct {
	At       float64 // seconds since the recording began
	Lat, Lon float64 // degrees, WGS 84
	Alt      float64 // metres above sea level; of use only when the way is high
	Gone     float64 // metres from the start, along the way
}

// way is where a recording went: its fixes in the order of time.
type way struct {
	Fixes []fix
	High  bool // every fix has an altitude
}

// maxWay is the longest outline read, in bytes: five hundred fixes take a
// tenth of it.
const maxWay = 1 << 20

var errWay = errors.New("web: not the outline of a track")

// readWay reads the outline of a track: a GeoJSON Feature with a LineString, a
// Point or a null geometry, whose property offset_s gives the seconds of each
// position.
func readWay(r io.Reader) (way, error) {
	var feature struct {
		Geometry *struct {
			Type        string          `json:"type"`
			Coordinates json.RawMessage `json:"coordinates"`
		} `json:"geometry"`
		Properties struct {
			Seconds []float64 `json:"offset_s"`
		} `json:"properties"`
	}
	if err := json.NewDecoder(io.LimitReader(r, maxWay)).Decode(&feature); err != nil {
		return way{}, fmt.Errorf("%w: %w", errWay, err)
	}
	if feature.Geometry == nil {
		return way{}, nil
	}
	var line [][]float64
	raw := feature.Geometry.Coordinates
	switch feature.Geometry.Type {
	case "Point":
		raw = append(append([]byte{'['}, raw...), ']')
	case "LineString":
	default:
		return way{}, fmt.Errorf("%w: a %q", errWay, feature.Geometry.Type)
	}
	if err := json.Unmarshal(raw, &line); err != nil {
		return way{}, fmt.Errorf("%w: %w", errWay, err)
	}
	return wayOf(line, feature.Properties.Seconds)
}

func wayOf(line [][]float64, seconds []float64) (way, error) {
	if len(line) != len(seconds) {
		return way{}, fmt.Errorf("%w: %d positions at %d times", errWay, len(line), len(seconds))
	}
	w := way{High: len(line) > 0}
	for i, p := range line {
		if len(p) < 2 || math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 || i > 0 && seconds[i] < seconds[i-1] {
			return way{}, fmt.Errorf("%w: position %d is %v at %g s", errWay, i, p, seconds[i])
		}
		f := fix{At: seconds[i], Lon: p[0], Lat: p[1]}
		if w.High = w.High && len(p) > 2; w.High {
			f.Alt = p[2]
		}
		if i > 0 {
			before := w.Fixes[i-1]
			f.Gone = before.Gone + metres(before, f)
		}
		w.Fixes = append(w.Fixes, f)
	}
	return w, nil
}

// earth is the mean radius in metres (IUGG).
const earth = 6_371_008.8

// metres is how far two places lie apart on a sphere (haversine).
func metres(a, b fix) float64 {
	const rad = math.Pi / 180
	half := func(degrees float64) float64 { s := math.Sin(degrees * rad / 2); return s * s }
	h := half(b.Lat-a.Lat) + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*half(b.Lon-a.Lon)
	return 2 * earth * math.Asin(math.Sqrt(min(h, 1)))
}

func (w way) first() fix { return w.Fixes[0] }
func (w way) last() fix  { return w.Fixes[len(w.Fixes)-1] }

// lasts is the time between the first fix and the last, in seconds.
func (w way) lasts() float64 { return w.last().At - w.first().At }

// highest is the first of the highest fixes.
func (w way) highest() fix {
	top := w.first()
	for _, f := range w.Fixes {
		if f.Alt > top.Alt {
			top = f
		}
	}
	return top
}

// at is where the way was at a second between its first and its last.
func (w way) at(second float64) fix {
	before := w.first()
	for _, f := range w.Fixes[1:] {
		if f.At >= second {
			return between(before, f, second)
		}
		before = f
	}
	return before
}

func between(a, b fix, second float64) fix {
	if b.At <= a.At {
		return b
	}
	part := (second - a.At) / (b.At - a.At)
	mix := func(from, to float64) float64 { return from + (to-from)*part }
	return fix{
		At: second, Lat: mix(a.Lat, b.Lat), Lon: turned(mix(0, turned(b.Lon-a.Lon)) + a.Lon),
		Alt: mix(a.Alt, b.Alt), Gone: mix(a.Gone, b.Gone),
	}
}

// turned brings a longitude, or the difference of two, between -180 and 180.
func turned(degrees float64) float64 {
	switch {
	case degrees > 180:
		return degrees - 360
	case degrees < -180:
		return degrees + 360
	}
	return degrees
}

// steps are seconds between the lines of a table of places.
var steps = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600}

// maxLines is how long such a table gets.
const maxLines = 40

// lines gives the way in even steps, its first and its last fix among them, and
// how many seconds a step is.
func (w way) lines() (step float64, lines []fix) {
	step = steps[len(steps)-1]
	for _, s := range steps {
		if w.lasts()/s <= maxLines-2 {
			step = s
			break
		}
	}
	lines = append(lines, w.first())
	for at := (math.Floor(w.first().At/step) + 1) * step; at < w.last().At && len(lines) < maxLines; at += step {
		lines = append(lines, w.at(at))
	}
	if len(w.Fixes) > 1 {
		lines = append(lines, w.last())
	}
	return step, lines
}
