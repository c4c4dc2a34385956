package place

import "math"

// earthRadius in metres, the mean of the ellipsoid's.
const earthRadius = 6_371_008.8

// Distance is the way from a to b along the ground, in metres, on a sphere
// (off by at most 0.6 %).
func Distance(a, b Point) float64 {
	latA, latB := radians(a.Lat), radians(b.Lat)
	dLat, dLon := latB-latA, radians(b.Lon-a.Lon)
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(latA)*math.Cos(latB)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }
