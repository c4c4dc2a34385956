package web

import (
	"fmt"
	"math"
	"strconv"

	"jikim/footage"
)

// groundView is what every map stands on.
type groundView struct {
	Tiles       string // address of the ground map; "" = empty ground
	Attribution string // whom it is owed to
	Bounds      string // where it ends: west,south,east,north in degrees
}

func (s *site) ground() groundView {
	t := s.Tiles
	if t == nil {
		return groundView{}
	}
	h := t.head
	return groundView{t.address(), t.attribution, fmt.Sprintf("%g,%g,%g,%g", h.west, h.south, h.east, h.north)}
}

// mapView is one recording's way, for the template "map" (parts/map.html). It
// draws and tells everything by itself; the script puts a map in the drawing's
// place that moves with the picture.
type mapView struct {
	groundView
	Name    string // of the recording
	Track   string // address of the outline for the script; "" = there is but one place
	Media   string // id of the video or audio element the map moves with; "" = none
	Way     way
	Plan    plan
	Profile *heights // nil: no altitudes
	Step    float64  // seconds between Lines
	Lines   []fix
}

// mapOf makes the map of a way; nil when it has no fixes.
func (s *site) mapOf(name, track, media string, w way) *mapView {
	if len(w.Fixes) == 0 {
		return nil
	}
	v := &mapView{groundView: s.ground(), Name: name, Media: media, Way: w, Plan: planOf(w), Profile: heightsOf(w)}
	if len(w.Fixes) > 1 {
		v.Track = track
	}
	v.Step, v.Lines = w.lines()
	return v
}

// What the template says of them.
func (v *mapView) Start() fix      { return v.Way.first() }
func (v *mapView) End() fix        { return v.Way.last() }
func (v *mapView) Length() string  { return metresText(v.Way.last().Gone) }
func (v *mapView) Lasts() string   { return seconds(v.Way.lasts()) }
func (v *mapView) Highest() fix    { return v.Way.highest() }
func (v *mapView) Moves() bool     { return len(v.Way.Fixes) > 1 }
func (v *mapView) StepIs() string  { return seconds(v.Step) }
func (v *mapView) Stands() bool    { return v.Way.last().Gone < 1 }
func (f fix) Place() string        { return placeText(f.Lat) + ", " + placeText(f.Lon) }
func (f fix) Latitude() string     { return placeText(f.Lat) }
func (f fix) Longitude() string    { return placeText(f.Lon) }
func (f fix) Clock() string        { return clockText(f.At) }
func (f fix) Height() string       { return metresText(f.Alt) }
func (f fix) Walked() string       { return metresText(f.Gone) }
func (s spot) Left() px            { return s.X - 6 }
func (s spot) Above() px           { return s.Y - 6 }
func (s spot) Before() px          { return s.X - 12 }
func (s spot) Beyond() px          { return s.X + 12 }
func (s spot) Base() px            { return s.Y + 5 }
func (p heights) Lowest() string   { return metresText(p.Low) }
func (p heights) Topmost() string  { return metresText(p.High) }
func (p heights) Begins() string   { return clockText(p.From) }
func (p heights) Finishes() string { return clockText(p.To) }

// placeText writes degrees to about a metre.
func placeText(degrees float64) string { return strconv.FormatFloat(degrees, 'f', 5, 64) }

// metresText writes whole metres: "1,234 m", "-5 m".
func metresText(m float64) string {
	n := int(math.Round(m))
	if n < 0 {
		return "-" + count(-n) + " m"
	}
	return count(n) + " m"
}

// clockText writes the time of a player: "0:05", "1:02:03".
func clockText(s float64) string {
	if text := duration(s); text != "" {
		return text
	}
	return "0:00"
}

// placesView is where clips were filmed, for the template "map-places"
// (parts/map.html).
type placesView struct {
	groundView
	Form   string // id of the form whose fields south, west, north and east the script may fill; "" = none
	Places []placeView
	Knots  []knotView
	Scale  scale
}

// placeView is one clip on a map.
type placeView struct {
	fix
	Clip footage.Clip
}

type knotView struct {
	knot
	Only  *placeView // the place, when it is alone
	Count int
}

// placesOf makes a map of the clips that have a place; nil when none has.
func (s *site) placesOf(clips []footage.Clip, form string) *placesView {
	v := &placesView{groundView: s.ground(), Form: form}
	var fixes []fix
	for _, c := range clips {
		if c.Lat != nil && c.Lon != nil {
			f := fix{Lat: *c.Lat, Lon: *c.Lon}
			v.Places, fixes = append(v.Places, placeView{f, c}), append(fixes, f)
		}
	}
	if len(fixes) == 0 {
		return nil
	}
	var knots []knot
	knots, v.Scale = knotsOf(fixes)
	for _, k := range knots {
		shown := knotView{knot: k, Count: len(k.Members)}
		if shown.Count == 1 {
			shown.Only = &v.Places[k.Members[0]]
		}
		v.Knots = append(v.Knots, shown)
	}
	return v
}
