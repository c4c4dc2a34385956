package web

import (
	"bytes"
	"flag"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jikim/devices/instant"
	"jikim/footage"
)

var update = flag.Bool("update", false, "write the golden files anew; look at them before committing")

// mapPart is parts/map.html by itself.
func mapPart(t *testing.T) *template.Template {
	t.Helper()
	words := template.FuncMap{
		"asset": func(name string) string { return "/static/" + name },
		"count": count, "moment": instant.Time.Korean,
	}
	part, err := template.New("map.html").Funcs(words).ParseFS(embedded, "templates/parts/map.html")
	if err != nil {
		t.Fatal(err)
	}
	return part
}

func draw(t *testing.T, name string, v any) string {
	t.Helper()
	var out bytes.Buffer
	if err := mapPart(t).ExecuteTemplate(&out, name, v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden.html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-golden +now; run with -update to accept)\n%s", diff)
	}
}

func TestMapOfAWay(t *testing.T) {
	golden(t, "map-way", draw(t, "map", (&site{}).mapOf("DJI_0001.MP4", "/api/v1/views/t/track", "player", readRound(t))))
}

func TestMapOfOnePlace(t *testing.T) {
	w := way{Fixes: []fix{{Lat: 37.5, Lon: 126.7}}}
	got := draw(t, "map", (&site{}).mapOf(`"><script>.JPG`, "/unused", "", w))
	golden(t, "map-place", got)
	if strings.Contains(got, "<script>") || strings.Contains(got, "/unused") {
		t.Error("a name got out of its attribute, or a track is promised")
	}
	if v := (&site{}).mapOf("", "", "", way{}); v != nil {
		t.Errorf("a map of nothing: %+v", v)
	}
}

func TestMapOfManyPlaces(t *testing.T) {
	at := func(id string, lat, lon float64) footage.Clip {
		return footage.Clip{
			ID: id, FileName: id + ".MP4", Lat: &lat, Lon: &lon,
			CapturedAt: instant.Of(time.Date(2026, 10, 3, 14, 5, 0, 0, instant.KST)),
		}
	}
	clips := []footage.Clip{
		at("one", 37.55, 126.97), at("two", 37.5501, 126.9701), {ID: "nowhere", FileName: "nowhere.MP4"}, at("far", 37.56, 126.99),
	}
	v := (&site{}).placesOf(clips, "search")
	if len(v.Knots) != 2 || v.Knots[0].Count != 2 || v.Knots[0].Only != nil || v.Knots[1].Only.Clip.ID != "far" {
		t.Errorf("%+v", v.Knots)
	}
	golden(t, "map-places", draw(t, "map-places", v))
	if v := (&site{}).placesOf(clips[2:3], ""); v != nil {
		t.Errorf("a map of nowhere: %+v", v)
	}
}

var coordinate = regexp.MustCompile(`-?[0-9.]+(e[+-]?\d+)?`)

func TestAnyWayStaysInItsDrawing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyWay(t)
		p := planOf(w)
		check := func(line string, width, height float64) {
			for i, s := range coordinate.FindAllString(line, -1) {
				v, err := strconv.ParseFloat(s, 64)
				if most := []float64{width, height}[i%2]; err != nil || v < 0 || v > most {
					t.Fatalf("%s of %s leaves %g by %g", s, line, width, height)
				}
			}
		}
		check(p.Line, planWidth, planHeight)
		if p.Scale.Width < 1 || p.Scale.Width > scaleWidth {
			t.Fatalf("a scale bar of %s: %s", p.Scale.Width, p.Scale.Text)
		}
		if h := heightsOf(w); h != nil {
			check(h.Line, profileWidth, profileHeight)
		}
	})
}

func TestScaleBarIsTrue(t *testing.T) {
	for span, want := range map[float64]string{0.0001: "20 m", 0.005: "200 m", 0.2: "10 km", 3: "200 km"} {
		w, err := wayOf([][]float64{{127, 37.5}, {127, 37.5 + span}}, []float64{0, 1})
		if err != nil {
			t.Fatal(err)
		}
		p := planOf(w)
		if p.Scale.Text != want {
			t.Errorf("%g° of latitude: a bar of %s, want %s", span, p.Scale.Text, want)
		}
	}
}
