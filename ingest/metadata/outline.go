package metadata

import (
	"bufio"
	"encoding/json"
	"io"

	"jikim/ingest/metadata/place"
)

// MapPoints is the most points an outline has: what a map draws at once.
const MapPoints = 500

// crowd is how many fixes an Outline holds before it thins them, thinned to how
// many it leaves.
const (
	crowd   = 16_384
	thinned = 4096
)

// Outline keeps the shape of a track for a map while its fixes go by, in memory
// that does not grow with the track. The zero Outline is ready.
type Outline struct{ fixes []Fix }

// Add takes the next fix.
func (o *Outline) Add(f Fix) {
	if o.fixes = append(o.fixes, f); len(o.fixes) >= crowd {
		o.fixes = simplify(o.fixes, thinned)
	}
}

// Fixes gives at most MapPoints fixes whose line strays least from the track,
// its first and its last among them.
func (o *Outline) Fixes() []Fix { return simplify(o.fixes, MapPoints) }

func simplify(fixes []Fix, most int) []Fix {
	line := make([]place.Point, len(fixes))
	for i, f := range fixes {
		line[i] = f.Point()
	}
	kept := place.Simplify(line, most)
	out := make([]Fix, len(kept))
	for i, at := range kept {
		out[i] = fixes[at]
	}
	return out
}

// GeoJSON writes the outline as one Feature (RFC 7946): a LineString of
// longitude, latitude and, where every fix has one, altitude; a Point when there
// is but one. Its properties give the source, and for each position the seconds
// since the recording began. An outline without fixes has a null geometry.
func (o *Outline) GeoJSON(w io.Writer) error {
	type geometry struct {
		Type        string `json:"type"`
		Coordinates any    `json:"coordinates"`
	}
	type properties struct {
		Source  string    `json:"source,omitempty"`
		Seconds []float64 `json:"offset_s"`
	}
	feature := struct {
		Type       string     `json:"type"`
		Geometry   *geometry  `json:"geometry"`
		Properties properties `json:"properties"`
	}{Type: "Feature", Properties: properties{Seconds: []float64{}}}
	fixes := o.Fixes()
	line := coordinates(fixes)
	switch len(fixes) {
	case 0:
	case 1:
		feature.Geometry = &geometry{"Point", line[0]}
	default:
		feature.Geometry = &geometry{"LineString", line}
	}
	for _, f := range fixes {
		feature.Properties.Source = f.Source
		feature.Properties.Seconds = append(feature.Properties.Seconds, f.OffsetS)
	}
	return json.NewEncoder(w).Encode(feature)
}

func coordinates(fixes []Fix) [][]float64 {
	high := true
	for _, f := range fixes {
		high = high && f.AltM != nil
	}
	line := make([][]float64, len(fixes))
	for i, f := range fixes {
		line[i] = []float64{f.Lon, f.Lat}
		if high {
			line[i] = append(line[i], *f.AltM)
		}
	}
	return line
}

// Lines writes a track whole, as it is kept beside its recording: one JSON
// object a line and fix, in the order of the recording (media type
// application/jsonl). Flush it at the end.
type Lines struct {
	out *bufio.Writer
	enc *json.Encoder
}

// NewLines writes to w.
func NewLines(w io.Writer) *Lines {
	out := bufio.NewWriter(w)
	return &Lines{out: out, enc: json.NewEncoder(out)}
}

// Write writes one fix.
func (l *Lines) Write(f Fix) error { return l.enc.Encode(f) }

// Flush writes what is still held back.
func (l *Lines) Flush() error { return l.out.Flush() }
