package demo

import (
	"bytes"
	"context"
	"math"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/devices/instant"
	"jikim/ingest/metadata"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, instant.KST)

// scenes is one of each kind.
func scenes() map[string]scene {
	angry := newCounter(4, noon)
	angry.anger, angry.pair = 1, true
	way := route{{-100, -100}, {0, 50}, {100, 0}}
	return map[string]scene{
		"counter": angry,
		"town":    street{seed: 1, speed: 1.5, light: rgb(0x9cc6e4)},
		"country": street{seed: 1, speed: 5, country: true, light: rgb(0x9cc6e4)},
		"aerial":  aerial{way: way, seconds: 10},
		"thermal": aerial{way: way, seconds: 10, thermal: true, warm: []spot{{0, 50}}},
	}
}

// TestScenesMove: the same moment looks the same, another one does not.
func TestScenesMove(t *testing.T) {
	seen := map[string]string{}
	for name, s := range scenes() {
		picture := func(at time.Duration) string {
			c := newCanvas(filmWidth, filmHeight)
			s.paint(c, at)
			return string(c.Pix)
		}
		first := picture(2 * time.Second)
		if picture(2*time.Second) != first {
			t.Errorf("%s: the same moment looks different", name)
		}
		if picture(3*time.Second) == first {
			t.Errorf("%s: nothing moves", name)
		}
		if other, there := seen[first]; there {
			t.Errorf("%s looks like %s", name, other)
		}
		seen[first] = name
		for i := 3; i < len(first); i += 4 {
			if first[i] != 255 {
				t.Fatalf("%s: pixel %d is transparent", name, i/4)
			}
		}
	}
}

// TestEveryLetterIsThere: what is burned in can be read.
func TestEveryLetterIsThere(t *testing.T) {
	for _, text := range []string{drone1, drone2, drone3, cam1, cam2, cam3, cam4, cam5, ActionCamera, noon.Format(time.DateTime), "0123456789"} {
		for _, letter := range text {
			if _, there := glyphs[letter]; !there {
				t.Errorf("%q has a letter %q that is not drawn", text, letter)
			}
		}
	}
}

// TestCardsInOrder: whenever the story is told, every card came back before
// now, in order, and what is on it was filmed before (by the camera's clock).
func TestCardsInOrder(t *testing.T) {
	for _, now := range []time.Time{
		noon, time.Date(2027, 1, 1, 0, 0, 0, 0, instant.KST), time.Date(2028, 3, 1, 23, 59, 59, 0, instant.KST), time.Date(2026, 12, 31, 3, 0, 0, 0, instant.KST),
	} {
		seen := map[string]bool{}
		last := now.AddDate(0, 0, -61)
		for _, card := range Cards(now, true) {
			if !card.Returned.After(last) || card.Returned.After(now) || seen[card.ID] || len(card.Files) == 0 {
				t.Errorf("at %s: card %s of %s stands out of order", now, card.ID, card.Returned)
			}
			last, seen[card.ID] = card.Returned, true
			for _, f := range card.Files {
				name := card.ID + "/" + f.Path
				if seen[name] || path.Ext(f.Path) == "" || path.Clean(f.Path) != f.Path {
					t.Errorf("%s: a bad path", name)
				}
				seen[name] = true
			}
		}
	}
}

// make makes all files of a card that need no studio.
func (c Card) make(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, f := range c.Files {
		if ext := path.Ext(f.Path); ext == ".MP4" || ext == ".LRF" || ext == ".LRV" {
			continue
		}
		b, err := f.Make(t.Context(), Studio{})
		if err != nil {
			t.Fatal(err)
		}
		files[path.Base(f.Path)] = b
	}
	return files
}

func cardOf(t *testing.T, id string) Card {
	t.Helper()
	cards := Cards(noon, true)
	i := slices.IndexFunc(cards, func(c Card) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("no card %s", id)
	}
	return cards[i]
}

func near(a, b float64) bool { return math.Abs(a-b) < 2e-6 }

// TestSideCars: what is written beside a film says where the picture was taken.
func TestSideCars(t *testing.T) {
	d := &dji{serial: drone1, model: "M3E"}
	fl := flight{route{{-100, 50}, {0, 0}, {120, -80}}, 4, 30, 50}
	srt := fl.srt(noon)
	r := metadata.Read(bytes.NewReader(srt), int64(len(srt)), "a.SRT")
	lat, lon := degrees(fl.way[0])
	if r.Container != "srt" || r.Location == nil || !near(r.Location.Lat, lat) || !near(r.Location.Lon, lon) || *r.Location.AltM != groundM+30 ||
		r.CapturedAt != "2026-11-23T12:00:00+09:00" || r.Track.Points != 4*frameRate || len(r.Problems) > 0 {
		t.Errorf("the flight log reads as %+v", r)
	}
	var last metadata.Fix
	if _, err := metadata.ReadTrack(bytes.NewReader(srt), int64(len(srt)), "a.SRT", func(f metadata.Fix) error { last = f; return nil }); err != nil {
		t.Fatal(err)
	}
	if lat, lon = degrees(fl.way.at(1 - 1.0/(4*frameRate))); !near(last.Lat, lat) || !near(last.Lon, lon) {
		t.Errorf("the flight log ends at %+v, want %f %f", last, lat, lon)
	}
	log := nmea(fl.way, 6, noon)
	r = metadata.Read(bytes.NewReader(log), int64(len(log)), "a.GPS")
	lat, lon = degrees(fl.way[0])
	if r.Container != "nmea" || r.CapturedUTC != "2026-11-23T03:00:00Z" || !near(r.Location.Lat, lat) || !near(r.Location.Lon, lon) || r.Track.Points != 7 {
		t.Errorf("the receiver's log reads as %+v", r)
	}
	b, err := d.photo(noon, spot{100, -40}, 60).Make(t.Context(), Studio{})
	if err != nil {
		t.Fatal(err)
	}
	r = metadata.Read(bytes.NewReader(b), int64(len(b)), "a.JPG")
	lat, lon = degrees(spot{100, -40})
	if r.Make != "DJI" || r.Model != "M3E" || r.Serial != drone1 || r.CapturedAt != "2026-11-23T12:00:00+09:00" || r.Time.Confidence != "A" ||
		!near(r.Location.Lat, lat) || !near(r.Location.Lon, lon) || r.Width != 1024 || len(r.Problems) > 0 {
		t.Errorf("the photo reads as %+v", r)
	}
}

// TestSameCards: the same moment gives the same bytes.
func TestSameCards(t *testing.T) {
	for _, id := range []string{"survey", "festival", "ride", "patrol"} {
		card := cardOf(t, id)
		if diff := cmp.Diff(card.make(t), cardOf(t, id).make(t)); diff != "" {
			t.Errorf("%s differs: %.300s", id, diff)
		}
	}
}

// TestPictureAndLogAgree: no drone flies where its picture would stand still
// at the edge of the town.
func TestPictureAndLogAgree(t *testing.T) {
	for _, card := range Cards(noon, true) {
		files := card.make(t)
		for name, b := range files {
			var marginX, marginY float64
			switch path.Ext(name) {
			case ".SRT":
				marginX, marginY = filmWidth/2/perMetre, filmHeight/2/perMetre
			case ".JPG":
				marginX, marginY = 1024/2/perMetre, 768/2/perMetre
			default:
				continue
			}
			check := func(lat, lon float64) {
				y := (lat - middleLat) * metresPerDegree
				x := (lon - middleLon) * metresPerDegree * math.Cos(middleLat*math.Pi/180)
				if math.Abs(x) > townWidth/2-marginX+0.5 || math.Abs(y) > townHeight/2-marginY+0.5 {
					t.Errorf("%s/%s: taken at %.0f, %.0f, where the town ends", card.ID, name, x, y)
				}
			}
			if r := metadata.Read(bytes.NewReader(b), int64(len(b)), name); r.Kind == metadata.Photo {
				check(r.Location.Lat, r.Location.Lon)
				continue
			}
			_, err := metadata.ReadTrack(bytes.NewReader(b), int64(len(b)), name, func(f metadata.Fix) error {
				check(f.Lat, f.Lon)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// TestFilm: a film is one, and says what its camera says of it.
func TestFilm(t *testing.T) {
	s := OpenStudio(t.Context(), "ffmpeg")
	if !s.Films() {
		t.Fatal("ffmpeg is not there, or makes no H.264")
	}
	way := street{seed: 4, speed: 5, country: true, light: rgb(0x8fc0e8)}
	f := film{scene: way, seconds: 1, shown: noon, label: ActionCamera, created: asUTC(noon), labels: goProLabels("HERO11 Black", ActionCamera), hevc: s.HEVC()}
	codec := map[bool]string{true: "hevc", false: "h264"}[s.HEVC()]
	b, err := s.make(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r := metadata.Read(bytes.NewReader(b), int64(len(b)), "GX010001.MP4")
	if r.Kind != metadata.Video || r.DurationS != 1 || r.Width != filmWidth || r.VideoCodec != codec || r.AudioCodec != "aac" ||
		r.Make != "GoPro" || r.Model != "HERO11 Black" || r.Serial != ActionCamera || r.CapturedAt != "2026-11-23T12:00:00" || len(r.Problems) > 0 {
		t.Errorf("the action camera's film reads as %+v", r)
	}
	f.labels, f.hevc, f.small, f.created = droneLabels("M3E", spot{100, 50}), false, true, noon.UTC()
	if b, err = s.make(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	r = metadata.Read(bytes.NewReader(b), int64(len(b)), "DJI_20261123120000_0001_D.LRF")
	if lat, _ := degrees(spot{100, 50}); r.Width != 320 || r.VideoCodec != "h264" || r.Model != "M3E" || math.Abs(r.Location.Lat-lat) > 1e-4 ||
		r.CapturedAt != "2026-11-23T12:00:00+09:00" {
		t.Errorf("the drone's small copy reads as %+v", r)
	}
	again, err := s.make(t.Context(), f)
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("the same film has other bytes (%v)", err)
	}
}

func TestNoStudio(t *testing.T) {
	for _, name := range []string{"no-such-ffmpeg", "true"} {
		if program, err := exec.LookPath(name); (err == nil) != (name == "true") {
			t.Skip(program)
		}
		s := OpenStudio(t.Context(), name)
		if s.Films() || s.HEVC() {
			t.Errorf("%s makes films", name)
		}
		cards := Cards(noon, false)
		made, photos := s.Make(t.Context(), cards, 2), 0
		for i, card := range cards {
			for j, f := range card.Files {
				if made[i][j] == nil {
					continue
				}
				if r := <-made[i][j]; r.Err != nil || !strings.HasSuffix(f.Path, ".JPG") {
					t.Errorf("%s was made without a studio: %v", f.Path, r.Err)
				}
				photos++
			}
		}
		if photos != 5 {
			t.Errorf("%d photos", photos)
		}
	}
}

// TestMakeStops: nothing more is made when nobody waits for it.
func TestMakeStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	cards := []Card{cardOf(t, "survey")}
	for j, r := range (Studio{}).Make(ctx, cards, 1)[0] {
		if r == nil {
			continue
		}
		if got := <-r; got.Err == nil {
			t.Errorf("%s was made", cards[0].Files[j].Path)
		}
	}
}

// TestABrokenFilmIsSaid: what went wrong is told, and nobody waits for ever.
func TestABrokenFilmIsSaid(t *testing.T) {
	if _, err := exec.LookPath("false"); err != nil {
		t.Skip(err)
	}
	f := film{scene: aerial{way: route{{0, 0}, {1, 1}}, seconds: 1}, seconds: 1, shown: noon}
	if _, err := (Studio{ffmpeg: "false"}).make(t.Context(), f); err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("a film that could not be made: %v", err)
	}
	if _, err := withLabels([]byte("no movie at all"), box("udta")); err == nil {
		t.Error("labels were put into nothing")
	}
}
