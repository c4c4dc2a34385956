package web

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const round = `{"type":"Feature","geometry":{"type":"LineString","coordinates":
[[126.97000,37.55000,30],[126.97100,37.55000,45.5],[126.97100,37.55080,80],[126.97040,37.55100,62],[126.97000,37.55000,31]]},
"properties":{"source":"srt","offset_s":[0,12,30.5,41,65]}}`

func readRound(t *testing.T) way {
	t.Helper()
	w, err := readWay(strings.NewReader(round))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWay(t *testing.T) {
	w := readRound(t)
	if len(w.Fixes) != 5 || !w.High || w.lasts() != 65 || w.highest().At != 30.5 {
		t.Errorf("%+v", w)
	}
	// A degree of latitude is 111.195 km; of longitude here, 79.3 % of that.
	if got := w.Fixes[1].Gone; math.Abs(got-88.16) > 0.05 {
		t.Errorf("the first leg is %g m", got)
	}
	if got := w.Fixes[2].Gone - w.Fixes[1].Gone; math.Abs(got-88.96) > 0.05 {
		t.Errorf("the second leg is %g m", got)
	}
	if f := w.at(6); math.Abs(f.Lon-126.9705) > 1e-9 || math.Abs(f.Alt-37.75) > 1e-9 || math.Abs(f.Gone-44.08) > 0.05 {
		t.Errorf("after six seconds at %+v", f)
	}
	if step, lines := w.lines(); step != 2 || len(lines) != 34 || lines[0] != w.first() || lines[33] != w.last() || lines[1].At != 2 {
		t.Errorf("every %g s: %d lines, the second at %g", step, len(lines), lines[1].At)
	}
}

func TestWayOfLittle(t *testing.T) {
	none, err := readWay(strings.NewReader(`{"type":"Feature","geometry":null,"properties":{"offset_s":[]}}`))
	if err != nil || len(none.Fixes) != 0 || none.High {
		t.Errorf("%+v, %v", none, err)
	}
	one, err := readWay(strings.NewReader(`{"type":"Feature","geometry":{"type":"Point","coordinates":[126.7,37.5]},"properties":{"source":"klv","offset_s":[1.5]}}`))
	if err != nil || len(one.Fixes) != 1 || one.High || one.lasts() != 0 {
		t.Errorf("%+v, %v", one, err)
	}
	if step, lines := one.lines(); step != 1 || len(lines) != 1 {
		t.Errorf("%g, %v", step, lines)
	}
	for name, bad := range map[string]string{
		"nothing":           ``,
		"no JSON":           `경로`,
		"a polygon":         `{"geometry":{"type":"Polygon","coordinates":[]}}`,
		"times missing":     `{"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{"offset_s":[1]}}`,
		"times backwards":   `{"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{"offset_s":[2,1]}}`,
		"half a position":   `{"geometry":{"type":"Point","coordinates":[1]},"properties":{"offset_s":[1]}}`,
		"beyond the pole":   `{"geometry":{"type":"Point","coordinates":[1,91]},"properties":{"offset_s":[1]}}`,
		"words for numbers": `{"geometry":{"type":"Point","coordinates":["1","2"]},"properties":{"offset_s":[1]}}`,
	} {
		if w, err := readWay(strings.NewReader(bad)); err == nil {
			t.Errorf("%s: %+v", name, w)
		}
	}
}

// anyWay is a way of any shape, anywhere.
func anyWay(t *rapid.T) way {
	n := rapid.IntRange(1, 60).Draw(t, "fixes")
	line, seconds, at := make([][]float64, n), make([]float64, n), 0.0
	for i := range n {
		at += rapid.Float64Range(0, 500).Draw(t, "later")
		seconds[i] = at
		line[i] = []float64{
			rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-400, 9000).Draw(t, "alt"),
		}
	}
	w, err := wayOf(line, seconds)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAnyWayHasATable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyWay(t)
		step, lines := w.lines()
		if step <= 0 || len(lines) > maxLines+1 || lines[0] != w.first() || lines[len(lines)-1] != w.last() {
			t.Fatalf("every %g s: %d lines of %d fixes", step, len(lines), len(w.Fixes))
		}
		for i, f := range lines {
			if math.IsNaN(f.Lat+f.Lon+f.Alt+f.Gone) || math.Abs(f.Lon) > 180 || math.Abs(f.Lat) > 90 {
				t.Fatalf("line %d is %+v", i, f)
			}
			if i > 0 && (f.At < lines[i-1].At || f.Gone < lines[i-1].Gone) {
				t.Fatalf("line %d, %+v, comes before %+v", i, f, lines[i-1])
			}
		}
	})
}

func TestAcrossTheDateLine(t *testing.T) {
	w, err := wayOf([][]float64{{179.9, 10}, {-179.9, 10}}, []float64{0, 10})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.last().Gone; math.Abs(got-21_900) > 10 {
		t.Errorf("%g m", got)
	}
	if f := w.at(7.5); math.Abs(f.Lon+179.95) > 1e-9 {
		t.Errorf("at %g", f.Lon)
	}
	p := planOf(w)
	if p.Start.X.String() != "52" || p.End.X.String() != "588" {
		t.Errorf("drawn from %s to %s", p.Start.X, p.End.X)
	}
}
