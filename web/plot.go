package web

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A plot is a way or places drawn on empty ground, in Go: what a page shows
// without a script, without a ground map, and on paper.

// px is a coordinate of a drawing, written to a tenth.
type px float64

func (p px) String() string { return strconv.FormatFloat(math.Round(float64(p)*10)/10, 'f', -1, 64) }

// spot is a point of a drawing.
type spot struct{ X, Y px }

// Sizes of the plan, in units of its viewBox.
const (
	planWidth, planHeight = 640.0, 360.0
	planMargin            = 52.0 // room for the words beside the marks
	// planSpan is the least ground that is drawn, in metres: the noise of a
	// standing camera must not look like a journey.
	planSpan = 40.0
)

// plan is the ground seen from above, north up.
type plan struct {
	Line       string // path data; "" for one place
	Start, End spot   // equal for one place
	Scale      scale
}

// planOf draws a way of at least one fix.
func planOf(w way) plan {
	g := groundUnder(w.Fixes)
	p := plan{Start: g.spot(w.first()), End: g.spot(w.last()), Scale: g.scale()}
	if len(w.Fixes) > 1 {
		p.Line = pathData(w.Fixes, g.spot)
	}
	return p
}

// pathData is the line through all fixes; steps too small to see are left out.
func pathData(fixes []fix, place func(fix) spot) string {
	var b strings.Builder
	var drawn string
	for i, f := range fixes {
		s := place(f)
		at := s.X.String() + " " + s.Y.String()
		switch {
		case i == 0:
			b.WriteString("M" + at)
		case at != drawn || i == len(fixes)-1:
			b.WriteString("L" + at)
		}
		drawn = at
	}
	return b.String()
}

// ground lays places flat around their middle: true to scale there, and
// everywhere that a recording goes.
type ground struct {
	lat, lon float64 // the middle, degrees
	unit     float64 // units of the drawing to a metre
}

const metresPerDegree = earth * math.Pi / 180

// flat gives metres east and north of the middle.
func (g ground) flat(f fix) (east, north float64) {
	return turned(f.Lon-g.lon) * metresPerDegree * math.Cos(g.lat*math.Pi/180), (f.Lat - g.lat) * metresPerDegree
}

func (g ground) spot(f fix) spot {
	east, north := g.flat(f)
	return spot{px(planWidth/2 + east*g.unit), px(planHeight/2 - north*g.unit)}
}

// groundUnder is the ground on which all fixes find room.
func groundUnder(fixes []fix) ground {
	first := fixes[0]
	south, north, west, east := first.Lat, first.Lat, 0.0, 0.0
	for _, f := range fixes {
		beside := turned(f.Lon - first.Lon)
		south, north, west, east = min(south, f.Lat), max(north, f.Lat), min(west, beside), max(east, beside)
	}
	g := ground{lat: (south + north) / 2, lon: turned(first.Lon + (west+east)/2)}
	wide := (east - west) * metresPerDegree * math.Cos(g.lat*math.Pi/180)
	high := (north - south) * metresPerDegree
	g.unit = min((planWidth-2*planMargin)/max(wide, planSpan), (planHeight-2*planMargin)/max(high, planSpan))
	return g
}

// scale is a bar of a round length.
type scale struct {
	Width px
	Text  string // "50 m", "2 km"
}

// scaleWidth is the longest bar.
const scaleWidth = planWidth / 4

func (g ground) scale() scale {
	length := 1.0
	for _, next := range []float64{1, 2, 5} {
		for power := 1.0; power <= 1e6; power *= 10 {
			if l := next * power; l*g.unit <= scaleWidth {
				length = max(length, l)
			}
		}
	}
	text := strconv.FormatFloat(length, 'f', 0, 64) + " m"
	if length >= 1000 {
		text = strconv.FormatFloat(length/1000, 'f', 0, 64) + " km"
	}
	return scale{px(length * g.unit), text}
}

// Sizes of the height profile.
const (
	profileWidth, profileHeight = 640.0, 140.0
	profileLeft, profileRight   = 60.0, 12.0
	profileTop, profileBottom   = 14.0, 28.0
	// profileSpan is the least difference in height that fills the profile.
	profileSpan = 10.0
)

// heights is the altitude over the time of a way.
type heights struct {
	Line        string  // path data
	Low, High   float64 // metres, of the lower and the upper edge
	From, To    float64 // seconds, of the left and the right edge
	Left, Right px
	Top, Bottom px
}

// heightsOf draws the heights of a way; nil when there is nothing to draw.
func heightsOf(w way) *heights {
	if !w.High || len(w.Fixes) < 2 || w.lasts() <= 0 {
		return nil
	}
	low := slices.MinFunc(w.Fixes, func(a, b fix) int { return cmp.Compare(a.Alt, b.Alt) }).Alt
	high := w.highest().Alt
	if spare := profileSpan - (high - low); spare > 0 {
		low, high = low-spare/2, high+spare/2
	}
	p := &heights{
		Low: math.Floor(low), High: math.Ceil(high), From: w.first().At, To: w.last().At,
		Left: profileLeft, Right: profileWidth - profileRight, Top: profileTop, Bottom: profileHeight - profileBottom,
	}
	p.Line = pathData(w.Fixes, func(f fix) spot {
		along := (f.At - p.From) / (p.To - p.From)
		up := (f.Alt - p.Low) / (p.High - p.Low)
		return spot{p.Left + px(along)*(p.Right-p.Left), p.Bottom - px(up)*(p.Bottom-p.Top)}
	})
	return p
}

// knot is a place of a plan, or several too close to draw apart.
type knot struct {
	spot
	Members []int // of what was drawn
	Radius  px
}

// knotReach is how close places are drawn as one.
const knotReach = 36.0

// knotsOf draws places; those near the first of a knot belong to it, and it is
// drawn in their middle. Order is that of the places.
func knotsOf(places []fix) ([]knot, scale) {
	g := groundUnder(places)
	var knots []knot
	var firsts []spot
	for i, f := range places {
		s := g.spot(f)
		at := slices.IndexFunc(firsts, func(first spot) bool { return math.Hypot(float64(s.X-first.X), float64(s.Y-first.Y)) < knotReach })
		if at < 0 {
			at = len(knots)
			knots, firsts = append(knots, knot{}), append(firsts, s)
		}
		k := &knots[at]
		n := px(len(k.Members))
		k.spot = spot{(k.X*n + s.X) / (n + 1), (k.Y*n + s.Y) / (n + 1)}
		k.Members = append(k.Members, i)
	}
	for i := range knots {
		knots[i].Radius = px(16 + 4*math.Min(3, math.Log10(float64(len(knots[i].Members)))))
	}
	return knots, g.scale()
}
