package metadata_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/footagetest"
)

// follow reads a whole track.
func follow(t *testing.T, content []byte, name string) ([]metadata.Fix, metadata.Path) {
	t.Helper()
	var fixes []metadata.Fix
	path, err := metadata.ReadTrack(bytes.NewReader(content), int64(len(content)), name, func(f metadata.Fix) error {
		fixes = append(fixes, f)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if path.Points != len(fixes) {
		t.Errorf("%s: %d points said, %d given", name, path.Points, len(fixes))
	}
	return fixes, path
}

// TestTracksOfTheCorpus: of every file with a track each fix is given, in order
// and where the report says that it begins; of every other none.
func TestTracksOfTheCorpus(t *testing.T) {
	dir := footagetest.Dir(t)
	want := map[string]int{ // fixes, by hand or by another reader
		"video/gopro/GoPro_Max_heromode.mp4":                        191,
		"video/gopro/GoPro_HERO6_trimmed_mvhd0.mp4":                 36,
		"video/gopro/GoPro_HERO8_trimmed_nolock.mp4":                0,
		"video/dashcam/VIOFO_A119Mini2_coldstart.mp4":               4,
		"video/dashcam/Neoline_Spectrum_front_phantom.mp4":          0,
		"video/dashcam/Beferich_J18_ligogps_trailer.mp4":            180,
		"video/dashcam/70mai_multi/GPSData000001.txt":               6,
		"telemetry/dji_srt/air2s.srt":                               17,
		"telemetry/dji_srt/neo2_clip_nogps.SRT":                     3,
		"telemetry/dji_srt/broken_incomplete.SRT":                   19,
		"telemetry/dji_srt/p4_rtk.SRT":                              55,
		"telemetry/bodycam/axis_bodyworn_gpstrail_doc_example.json": 5,
		"telemetry/klv/MISB_ST0601_DynamicConstant.bin":             1,
		"photos/dji/DJI_FC300S_brighton_0018.JPG":                   0,
		"video/phone/iPhone6_with_gps.mov":                          0,
	}
	for _, row := range manifest(t, dir) {
		content, err := os.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(row["file"])
		report := metadata.Read(bytes.NewReader(content), int64(len(content)), name)
		fixes, path := follow(t, content, name)
		if n, said := want[row["file"]]; said && n != len(fixes) {
			t.Errorf("%s: %d fixes, want %d", row["file"], len(fixes), n)
		}
		if (report.Track == nil) != (len(fixes) == 0) {
			t.Errorf("%s: report has track %+v, %d fixes", row["file"], report.Track, len(fixes))
			continue
		}
		for i, f := range fixes {
			if f.Source != report.Track.Source || path.Source != f.Source {
				t.Fatalf("%s: source %s of a track of %s", row["file"], f.Source, report.Track.Source)
			}
			if i > 0 && f.OffsetS < fixes[i-1].OffsetS {
				t.Errorf("%s: fix %d lies %gs before the one ahead of it", row["file"], i, fixes[i-1].OffsetS-f.OffsetS)
				break
			}
		}
		if len(fixes) > 0 && (fixes[0].Lat != report.Track.First.Lat || report.Track.Points != 0 && report.Track.Points != len(fixes)) {
			t.Errorf("%s: begins at %+v, report %+v", row["file"], fixes[0], report.Track)
		}
	}
}

// TestLongTrack: of a track far longer than a report looks at, every fix is
// given, and memory does not grow with it.
func TestLongTrack(t *testing.T) {
	f := actionCamera(900, 5<<20)
	n, last := 0, -1.0
	path, err := metadata.ReadTrack(f, f.size, "GX010001.MP4", func(fix metadata.Fix) error {
		if n++; fix.OffsetS <= last {
			t.Fatalf("fix %d at %gs after one at %gs", n, fix.OffsetS, last)
		}
		last = fix.OffsetS
		return nil
	})
	if err != nil || n != 900 || path.Points != 900 || path.Cut || path.Source != "gpmf" || path.StartUTC != "2026-10-03T05:05:00Z" {
		t.Errorf("%d fixes, %+v, %v", n, path, err)
	}
}

// long is a flight log of any length that is never held in memory.
type long struct{ entries int }

const entrySize = 128

func (l long) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		i := int((off + int64(done)) / entrySize)
		entry := fmt.Sprintf("%d\n%02d:%02d:%02d,000 --> 99:00:00,000\n2026-10-03 14:05:00\n[latitude: 37.%06d] [longitude: 126.7]", i%10_000_000+1, i/3600, i/60%60, i%60, i%1_000_000)
		entry += strings.Repeat(" ", entrySize-2-len(entry)) + "\n\n"
		done += copy(p[done:], entry[(off+int64(done))%entrySize:])
	}
	return done, nil
}

func TestMemoryOfALongLog(t *testing.T) {
	l := long{entries: 150_000}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	most := uint64(0)
	n := 0
	path, err := metadata.ReadTrack(l, int64(l.entries)*entrySize, "DJI_0001.SRT", func(metadata.Fix) error {
		if n++; n%25_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			most = max(most, after.HeapAlloc)
		}
		return nil
	})
	if err != nil || path.Points != l.entries {
		t.Fatalf("%+v, %v", path, err)
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d MiB held for a log of %d MiB", grown>>20, int64(l.entries)*entrySize>>20)
	}
}

func TestVisitorEndsTheTrack(t *testing.T) {
	enough := errors.New("enough")
	f := actionCamera(100, 1<<20)
	n := 0
	_, err := metadata.ReadTrack(f, f.size, "GX010001.MP4", func(metadata.Fix) error {
		if n++; n == 10 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 10 {
		t.Errorf("%d fixes, %v", n, err)
	}
}

func TestStoreThatFailsUnderATrack(t *testing.T) {
	f := actionCamera(100, 1<<20)
	if _, err := metadata.ReadTrack(broken{f}, f.size, "GX010001.MP4", func(metadata.Fix) error { return nil }); err == nil {
		t.Error("a store that failed is no error")
	}
}

// TestHomeIsNotPartOfTheTrack: the place of the operator is never given.
func TestHomeIsNotPartOfTheTrack(t *testing.T) {
	text := "1\n00:00:00,000 --> 00:00:01,000\nHOME(126.71,37.51) 2026.10.3 14:05:00\nGPS(126.7,37.5,16) Hb:1.9\n\n" +
		"2\n00:00:01,000 --> 00:00:02,000\nHOME(126.71,37.51) 2026.10.3 14:05:01\n\n"
	fixes, _ := follow(t, []byte(text), "DJI_0001.SRT")
	if len(fixes) != 1 || fixes[0].Lon != 126.7 {
		t.Errorf("%+v", fixes)
	}
}

func TestOutline(t *testing.T) {
	var o metadata.Outline
	for i := range 100_000 {
		turn := float64(i) / 100_000 * 2 * math.Pi
		alt := 100.0
		o.Add(metadata.Fix{OffsetS: float64(i), Lat: 37.5 + 0.01*math.Sin(turn), Lon: 126.7 + 0.01*math.Cos(turn), AltM: &alt, Source: "srt"})
	}
	fixes := o.Fixes()
	if len(fixes) != metadata.MapPoints || fixes[0].OffsetS != 0 || fixes[len(fixes)-1].OffsetS != 99_999 {
		t.Fatalf("%d fixes from %g to %g", len(fixes), fixes[0].OffsetS, fixes[len(fixes)-1].OffsetS)
	}
	for i := 1; i < len(fixes); i++ {
		if step := fixes[i].OffsetS - fixes[i-1].OffsetS; step <= 0 || step > 2000 {
			t.Errorf("a circle drawn with a step of %g at %d", step, i)
		}
	}
	var b bytes.Buffer
	if err := o.GeoJSON(&b); err != nil {
		t.Fatal(err)
	}
	var feature struct {
		Type     string
		Geometry struct {
			Type        string
			Coordinates [][3]float64
		}
	}
	if err := json.Unmarshal(b.Bytes(), &feature); err != nil || feature.Type != "Feature" || feature.Geometry.Type != "LineString" ||
		len(feature.Geometry.Coordinates) != metadata.MapPoints {
		t.Fatalf("%s of %d, %v", feature.Geometry.Type, len(feature.Geometry.Coordinates), err)
	}
	if c := feature.Geometry.Coordinates[0]; math.Abs(c[0]-126.71) > 1e-9 || c[1] != 37.5 || c[2] != 100 {
		t.Errorf("begins at %v", c)
	}
}

func TestGeoJSONOfLittle(t *testing.T) {
	var none, one metadata.Outline
	one.Add(metadata.Fix{OffsetS: 1.5, Lat: 37.5, Lon: 126.7, Source: "klv"})
	for want, o := range map[string]*metadata.Outline{
		`{"type":"Feature","geometry":null,"properties":{"offset_s":[]}}` + "\n":                                                          &none,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[126.7,37.5]},"properties":{"source":"klv","offset_s":[1.5]}}` + "\n": &one,
	} {
		var b bytes.Buffer
		if err := o.GeoJSON(&b); err != nil || b.String() != want {
			t.Errorf("%s, %v", b.String(), err)
		}
	}
}

func TestLines(t *testing.T) {
	var b bytes.Buffer
	l := metadata.NewLines(&b)
	alt := 45.1
	for _, f := range []metadata.Fix{
		{OffsetS: 0.5, UTC: filmed.Add(500 * time.Millisecond), Lat: 37.5, Lon: 126.7, AltM: &alt, Source: "gpmf"},
		{OffsetS: 1, Lat: 37.6, Lon: 126.8, Source: "gpmf"},
	} {
		if err := l.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	want := `{"offset_s":0.5,"utc":"2026-10-03T05:05:00.5Z","lat":37.5,"lon":126.7,"alt_m":45.1,"source":"gpmf"}
{"offset_s":1,"lat":37.6,"lon":126.8,"source":"gpmf"}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
