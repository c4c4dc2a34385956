package place

import (
	"time"

	"jikim/devices/instant"
)

// korea is the Republic of Korea with its islands and the sea around them, as
// longitude and latitude, coarse to some kilometres. That is enough: on the other
// side of each of its borders the clock shows the same time today.
//
// It is the only zone that is known by position. A table of the whole world
// would be several megabytes in the program, tens in the memory of a server that
// is to stay small, and come under a database licence of its own, for footage
// that the institutions who use this film at home. Elsewhere the zone is not
// known, and that is said.
var korea = [][2]float64{
	{124.45, 37.70},
	{124.50, 38.03},
	{124.86, 38.02},
	{125.03, 37.72},
	{125.55, 37.65},
	{125.66, 37.70},
	{125.90, 37.70},
	{126.05, 37.77},
	{126.20, 37.84},
	{126.42, 37.84},
	{126.55, 37.79},
	{126.67, 37.79},
	{126.67, 37.95},
	{126.90, 38.12},
	{127.05, 38.27},
	{127.40, 38.33},
	{127.80, 38.33},
	{128.10, 38.31},
	{128.30, 38.48},
	{128.36, 38.62},
	{128.80, 38.63},
	{130.80, 38.00},
	{132.10, 37.60},
	{132.10, 36.90},
	{130.20, 36.20},
	{129.90, 35.50},
	{129.25, 34.90},
	{128.95, 34.50},
	{128.20, 33.90},
	{127.30, 33.00},
	{126.00, 32.90},
	{124.80, 33.60},
	{124.80, 36.50},
}

// Zone gives the time zone in which a point lies, when it is known.
func Zone(p Point) (*time.Location, bool) {
	if p.Valid() && within(p, korea) {
		return instant.KST, true
	}
	return nil, false
}

// within counts how often a line from p to the east crosses the border.
func within(p Point, border [][2]float64) bool {
	inside := false
	j := len(border) - 1
	for i := range border {
		a, b := border[i], border[j]
		if (a[1] > p.Lat) != (b[1] > p.Lat) && p.Lon < (b[0]-a[0])*(p.Lat-a[1])/(b[1]-a[1])+a[0] {
			inside = !inside
		}
		j = i
	}
	return inside
}
