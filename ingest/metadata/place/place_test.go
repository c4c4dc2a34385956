package place_test

import (
	"math"
	"testing"
	"time"

	"jikim/ingest/metadata/place"
)

func TestISO6709(t *testing.T) {
	for in, want := range map[string][3]float64{
		"+37.5070+126.7220+045.100/":    {37.507, 126.722, 45.1},
		"+37.5070+126.7220/":            {37.507, 126.722, math.NaN()},
		"+40.7922-73.9584":              {40.7922, -73.9584, math.NaN()},
		"-33.8568+151.2153-002.5CRSWGS": {-33.8568, 151.2153, -2.5},
		"+3730.42+12643.32/":            {37.507, 126.722, math.NaN()},
		"+373025.2+1264319.2/":          {37.507, 126.722, math.NaN()},
	} {
		p, ok := place.ISO6709(in)
		if !ok || math.Abs(p.Lat-want[0]) > 1e-9 || math.Abs(p.Lon-want[1]) > 1e-9 || (p.Alt == nil) != math.IsNaN(want[2]) || p.Alt != nil && *p.Alt != want[2] {
			t.Errorf("%q: %+v %v", in, p, ok)
		}
	}
	for _, in := range []string{"", "/", "+0+0/", "+91.0+010.0/", "+37.5", "37.5+126.7", "+-+-", "+abc+def"} {
		if p, ok := place.ISO6709(in); ok {
			t.Errorf("%q is taken for %+v", in, p)
		}
	}
}

func TestStart(t *testing.T) {
	noon := time.Date(2026, 10, 3, 3, 0, 0, 0, time.UTC)
	here := place.Point{Lat: 37.5, Lon: 126.7}
	fix := func(at, utc time.Duration) place.Fix { return place.Fix{Point: here, At: at, UTC: noon.Add(utc)} }
	start := func(fixes []place.Fix) time.Time {
		var c place.Course
		for _, f := range fixes {
			c.Add(f)
		}
		return c.Start()
	}
	for name, c := range map[string]struct {
		fixes []place.Fix
		want  time.Duration
	}{
		"fix from the first second":  {[]place.Fix{fix(0, 0), fix(10*time.Second, 10*time.Second)}, 0},
		"fix after half a minute":    {[]place.Fix{fix(30*time.Second, 0), fix(60*time.Second, 30*time.Second)}, -30 * time.Second},
		"time table ten times slow":  {[]place.Fix{fix(10*time.Second, 0), fix(110*time.Second, 10*time.Second)}, -time.Second},
		"first fix without a clock":  {[]place.Fix{{Point: here}, fix(time.Second, time.Second)}, 0},
		"satellite clock that jumps": {[]place.Fix{fix(10*time.Second, 0), fix(20*time.Second, -time.Hour)}, -10 * time.Second},
	} {
		if got := start(c.fixes); !got.Equal(noon.Add(c.want)) {
			t.Errorf("%s: %s, want %s", name, got, noon.Add(c.want))
		}
	}
	if got := start([]place.Fix{{Point: here}}); !got.IsZero() {
		t.Errorf("no clock at all: %s", got)
	}
}

func FuzzISO6709(f *testing.F) {
	f.Add("+37.5070+126.7220+045.100/")
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := place.ISO6709(s); ok && !p.Valid() {
			t.Fatalf("%q gives %+v", s, p)
		}
	})
}
