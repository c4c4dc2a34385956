package place_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jikim/ingest/metadata/place"
)

func TestSimplifyKeepsCorners(t *testing.T) {
	var line []place.Point // east, then north, then back: two corners
	for i := range 100 {
		line = append(line, place.Point{Lat: 37.5, Lon: 126.7 + float64(i)*1e-4})
	}
	for i := 1; i < 100; i++ {
		line = append(line, place.Point{Lat: 37.5 + float64(i)*1e-4, Lon: 126.7099})
	}
	for i := 1; i < 100; i++ {
		line = append(line, place.Point{Lat: 37.5099, Lon: 126.7099 - float64(i)*1e-4})
	}
	if got := place.Simplify(line, 4); !slices.Equal(got, []int{0, 99, 198, 297}) {
		t.Errorf("%v, want the ends and the corners", got)
	}
}

func TestSimplifyAcrossTheDateLine(t *testing.T) {
	line := []place.Point{{Lat: 10, Lon: 179.99}, {Lat: 10.00001, Lon: -179.995}, {Lat: 10.01, Lon: -179.99}, {Lat: 10, Lon: -179.98}}
	if got := place.Simplify(line, 3); !slices.Equal(got, []int{0, 2, 3}) {
		t.Errorf("%v", got)
	}
}

// TestSimplify: whatever the line, no more than asked, in order, with its ends,
// and the whole line when it is short enough.
func TestSimplify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		point := rapid.Custom(func(t *rapid.T) place.Point {
			return place.Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, "lon")}
		})
		line := rapid.SliceOfN(point, 0, 300).Draw(t, "line")
		most := rapid.IntRange(2, 100).Draw(t, "most")
		got := place.Simplify(line, most)
		if want := min(len(line), most); len(got) != want || !slices.IsSorted(got) {
			t.Fatalf("%d of %d, want %d: %v", len(got), len(line), want, got)
		}
		if n := len(got); n > 0 && (got[0] != 0 || got[n-1] != len(line)-1) {
			t.Fatalf("ends: %v of %d", got, len(line))
		}
	})
}

func TestDistance(t *testing.T) {
	seoul, busan := place.Point{Lat: 37.5665, Lon: 126.978}, place.Point{Lat: 35.1796, Lon: 129.0756}
	if d := place.Distance(seoul, busan) / 1000; math.Abs(d-325) > 2 {
		t.Errorf("Seoul to Busan: %.1f km, want 325", d)
	}
	if d := place.Distance(place.Point{Lat: 0, Lon: 179.999}, place.Point{Lat: 0, Lon: -179.999}); math.Abs(d-222) > 2 {
		t.Errorf("across the date line: %.1f m, want 222", d)
	}
}
