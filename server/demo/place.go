package demo

import "math"

// The invented town 한빛시 lies on the open sea, so that no real place is shown:
// its middle is at these degrees (WGS 84).
const (
	middleLat = 36.45
	middleLon = 125.60
	groundM   = 38.0 // metres above sea level
)

// metresPerDegree of latitude; of longitude times the cosine of the latitude.
const metresPerDegree = 111_195.0

// degrees gives the position of a point of the town, which has metres east and
// north of the middle.
func degrees(p spot) (lat, lon float64) {
	return middleLat + p.y/metresPerDegree, middleLon + p.x/(metresPerDegree*math.Cos(middleLat*math.Pi/180))
}

// route is a way through the town: the points it passes, in metres.
type route []spot

// at is the place after a part of the way, from 0 to 1, on a smooth curve
// through all points (Catmull–Rom). It starts and ends slowly.
func (r route) at(part float64) spot {
	part = min(max(part, 0), 1)
	part = 0.8*part + 0.2*part*part*(3-2*part)
	legs := len(r) - 1
	leg := min(int(part*float64(legs)), legs-1)
	t := part*float64(legs) - float64(leg)
	p := func(i int) spot { return r[min(max(leg+i, 0), legs)] }
	curve := func(a, b, c, d float64) float64 {
		return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
	}
	a, b, c, d := p(-1), p(0), p(1), p(2)
	return spot{curve(a.x, b.x, c.x, d.x), curve(a.y, b.y, c.y, d.y)}
}
