package place_test

import (
	"testing"

	"jikim/ingest/metadata/place"
)

func TestZone(t *testing.T) {
	for name, c := range map[string]struct {
		lat, lon float64
		korea    bool
	}{
		"Seoul": {37.5665, 126.978, true}, "Busan": {35.1796, 129.0756, true}, "Jeju": {33.4996, 126.5312, true},
		"Marado": {33.119, 126.269, true}, "Ulleungdo": {37.4845, 130.9058, true}, "Dokdo": {37.2426, 131.8597, true},
		"Baengnyeongdo": {37.966, 124.72, true}, "Yeonpyeongdo": {37.667, 125.70, true}, "Gyodongdo": {37.79, 126.26, true},
		"Gageodo": {34.07, 125.12, true}, "Hongdo off Tongyeong": {34.535, 128.73, true}, "Goseong": {38.49, 128.42, true},
		"Cheorwon": {38.25, 127.22, true}, "Paju": {37.88, 126.76, true}, "Geomundo": {34.03, 127.31, true},
		"Pyongyang": {39.03, 125.75, false}, "Kaesong": {37.97, 126.55, false}, "Haeju": {38.04, 125.71, false},
		"Kumgang": {38.66, 128.10, false}, "Tsushima": {34.20, 129.29, false}, "Fukuoka": {33.59, 130.40, false},
		"Qingdao": {36.07, 120.38, false}, "Sydney": {-33.86, 151.21, false}, "no fix": {0, 0, false},
	} {
		zone, known := place.Zone(place.Point{Lat: c.lat, Lon: c.lon})
		if known != c.korea || known && zone.String() != "Asia/Seoul" {
			t.Errorf("%s: %v, want it in Korea: %v", name, zone, c.korea)
		}
	}
}
