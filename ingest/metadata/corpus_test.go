package metadata_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/footagetest"
)

type row map[string]string

func manifest(t testing.TB, dir string) []row {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "manifest.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, record := range records[1:] {
		r := row{}
		for i, name := range records[0] {
			r[name] = record[i]
		}
		rows = append(rows, r)
	}
	return rows
}

func readFile(t testing.TB, path string) metadata.Report {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return metadata.Read(f, info.Size(), filepath.Base(path))
}

// floors are the shares of the manifest's values that the reader must give, and
// the number of values that it may give although the manifest has none.
var floors = map[string]struct {
	share float64
	extra int
}{
	"captured_at":     {0.93, 0},
	"captured_at_utc": {0.95, 1}, // HERO6 still: its zone follows from the GPS stamp, see the corpus's README
	"position":        {1, 0},
	"altitude_m":      {1, 2}, // GoPro MAX: from GPMF, where exiftool took the altitude-less ©xyz; MiVue: from GGA
	"make":            {1, 0},
	"model":           {1, 0},
	"serial":          {0.87, 0},
	"size":            {1, 0},
	"rotation":        {1, 0},
	"duration_s":      {1, 0},
	"video_codec":     {1, 0},
	"audio_codec":     {1, 0},
}

type score struct{ right, wrong, missing, extra int }

func TestCorpus(t *testing.T) {
	dir := footagetest.Dir(t)
	scores := map[string]*score{}
	for column := range floors {
		scores[column] = &score{}
	}
	for _, want := range manifest(t, dir) {
		got := readFile(t, filepath.Join(dir, want["file"]))
		if strings.HasPrefix(want["expect"], "malformed") && len(got.Problems) == 0 && malformedMustSay(want["file"]) {
			t.Errorf("%s: malformed, but no problem is said", want["file"])
		}
		for column, verdict := range judgeRow(want, got) {
			s := scores[column]
			if verdict.kind == "extra" && want["kind"] == "malformed" {
				continue // of a damaged file the manifest lists what exiftool found; we may save more
			}
			switch verdict.kind {
			case "right":
				s.right++
			case "wrong":
				s.wrong++
			case "missing":
				s.missing++
			case "extra":
				s.extra++
			}
			if verdict.kind != "right" && verdict.kind != "" {
				t.Logf("%-9s %-16s %s: want %q, got %q", verdict.kind, column, want["file"], verdict.want, verdict.got)
			}
		}
	}
	var columns []string
	for column := range scores {
		columns = append(columns, column)
	}
	slices.Sort(columns)
	for _, column := range columns {
		s, floor := scores[column], floors[column]
		share := float64(s.right) / math.Max(1, float64(s.right+s.wrong+s.missing))
		t.Logf("%-16s right %2d  wrong %d  missing %d  (%.0f%%)  not in the manifest %d", column, s.right, s.wrong, s.missing, 100*share, s.extra)
		if share < floor.share {
			t.Errorf("%s: %.2f of the manifest's values, floor %.2f", column, share, floor.share)
		}
		if s.extra > floor.extra {
			t.Errorf("%s: %d values the manifest says the file does not say, allowed %d", column, s.extra, floor.extra)
		}
	}
}

// malformedMustSay leaves out the three malformed files whose damage does not
// touch what we read.
func malformedMustSay(file string) bool {
	return !strings.HasSuffix(file, "mp4_invalid_userdata.mp4") && !strings.HasSuffix(file, "exif_infinite_loop.jpg") &&
		!strings.HasSuffix(file, "mapillary_corrupt_exif.jpg")
}

type verdict struct{ kind, want, got string }

func compare(want, got string, same bool) verdict {
	v := verdict{want: want, got: got}
	switch {
	case want == "" && got == "":
	case want == "":
		v.kind = "extra"
	case got == "":
		v.kind = "missing"
	case same:
		v.kind = "right"
	default:
		v.kind = "wrong"
	}
	return v
}

func judgeRow(want row, got metadata.Report) map[string]verdict {
	position, wantPosition, alt := "", "", ""
	samePlace := false
	if want["lat"] != "" {
		wantPosition = want["lat"] + "," + want["lon"]
	}
	if l := got.Location; l != nil {
		position = fmt.Sprintf("%.7f,%.7f", l.Lat, l.Lon)
		samePlace = near(l.Lat, want["lat"], 1e-4) && near(l.Lon, want["lon"], 1e-4)
		if l.AltM != nil {
			alt = fmt.Sprintf("%.3f", *l.AltM)
		}
	}
	wantAlt := want["altitude_m"]
	if wantPosition == "" {
		wantAlt = "" // an altitude without a position is not reported
	}
	size, wantSize := "", ""
	if got.Width > 0 {
		size = fmt.Sprintf("%dx%d", got.Width, got.Height)
	}
	if want["width"] != "" {
		wantSize = want["width"] + "x" + want["height"]
	}
	turn, wantTurn := "", rotation(want["rotation"])
	if got.Rotation != nil && (*got.Rotation != 0 || wantTurn != "") {
		turn = strconv.Itoa(*got.Rotation)
	}
	duration := ""
	if got.DurationS > 0 {
		duration = fmt.Sprintf("%.3f", got.DurationS)
	}
	return map[string]verdict{
		"captured_at":     compare(want["captured_at"], got.CapturedAt, sameReading(want["captured_at"], got, want)),
		"captured_at_utc": compare(want["captured_at_utc"], got.CapturedUTC, sameMoment(want["captured_at_utc"], got.CapturedUTC, tolerance(want))),
		"position":        compare(wantPosition, position, samePlace),
		"altitude_m":      compare(wantAlt, alt, got.Location != nil && got.Location.AltM != nil && near(*got.Location.AltM, wantAlt, 1)),
		"make":            compare(want["make"], got.Make, want["make"] == got.Make),
		"model":           compare(want["model"], got.Model, want["model"] == got.Model),
		"serial":          compare(want["serial"], got.Serial, want["serial"] == got.Serial),
		"size":            compare(wantSize, size, size == wantSize),
		"rotation":        compare(wantTurn, turn, turn == wantTurn),
		"duration_s":      compare(want["duration_s"], duration, near(got.DurationS, want["duration_s"], 0.1)),
		"video_codec":     compare(want["video_codec"], got.VideoCodec, want["video_codec"] == got.VideoCodec),
		"audio_codec":     compare(want["audio_codec"], got.AudioCodec, want["audio_codec"] == got.AudioCodec),
	}
}

func rotation(s string) string {
	if s == "EXIF Orientation 6" {
		return "90"
	}
	return s
}

func near(got float64, want string, tolerance float64) bool {
	v, err := strconv.ParseFloat(want, 64)
	return err == nil && math.Abs(got-v) <= tolerance
}

func tolerance(want row) time.Duration {
	if strings.Contains(want["file"], "GoPro_Max") {
		return 20 * time.Second
	}
	return time.Second
}

// sameReading compares digits and, where the manifest has one, the offset. Where
// the manifest has none but the reader found one, only the digits count.
func sameReading(want string, got metadata.Report, r row) bool {
	w, ok := clock.Parse(want)
	g, ok2 := clock.Parse(got.CapturedAt)
	if !ok || !ok2 || w.Zoned && (!g.Zoned || g.Offset != w.Offset) {
		return false
	}
	return w.Wall.Sub(g.Wall).Abs() <= tolerance(r)
}

func sameMoment(want, got string, tolerance time.Duration) bool {
	w, err1 := time.Parse(time.RFC3339, want)
	g, err2 := time.Parse(time.RFC3339, got)
	return err1 == nil && err2 == nil && w.Sub(g).Abs() <= tolerance
}
