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

// readFile reads a file of the corpus under a name: "" for its own.
func readFile(t testing.TB, path, name string) metadata.Report {
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
	if name == "" {
		name = filepath.Base(path)
	}
	return metadata.Read(f, info.Size(), name)
}

// floor is the share of the manifest's filled cells that the reader must give,
// in every column.
const floor = 0.98

// columns of the manifest that are judged; width and height, latitude and
// longitude together.
var columns = []string{
	"kind", "captured_at", "captured_at_utc", "gps_utc", "mvhd_create", "position", "altitude_m", "make", "model", "serial",
	"size", "rotation", "duration_s", "video_codec", "audio_codec", "telemetry",
}

// dispute is a cell in which the manifest and the reader differ, and why the
// reader is right to say what it says.
type dispute struct {
	file, column string
	ours         string // what the reader gives
	cameraName   string // the name the camera gave the file: under it the reader gives what the manifest has
	reason       string
}

var disputes = []dispute{
	{
		file: "video/camcorder/Pentax_header_only.avi", column: "captured_at", ours: "2009-10-27T12:14:34",
		reason: "the IDIT chunk reads 2009/10/27 12:14:34, and so does the maker note (Pentax Time 12:14:34); exiftool, from which the manifest has it, prints this form in whole minutes",
	},
	{
		file: "video/dashcam/Thinkware_F200PRO_front.mp4", column: "captured_at", ours: "2026-06-02T04:16:45.444Z",
		cameraName: "REC_2026_06_01_21_16_47_F.MP4",
		reason:     "the same moment; its zone is nowhere in the file, only in the name that the camera gave it",
	},
	{
		file: "video/dashcam/Neoline_Spectrum_front_phantom.mp4", column: "captured_at", cameraName: "INF20260520-214527-000042-F.mp4",
		reason: "the rows have a day and a time of day but no month and no year, and the container's dates are zero: these are only in the name that the camera gave it",
	},
	{
		file: "video/dashcam/Neoline_Spectrum_front_phantom.mp4", column: "captured_at_utc", cameraName: "INF20260520-214527-000042-F.mp4",
		reason: "as above",
	},
	{
		file: "photos/gopro/GoPro_HERO6_exiftool.jpg", column: "captured_at_utc", ours: "2017-10-03T14:58:29Z",
		reason: "the manifest leaves it open; the GPS stamp beside the local clock gives the zone, as the corpus's README says",
	},
	{
		file: "video/gopro/GoPro_Max_heromode.mp4", column: "altitude_m", ours: "-22.959",
		reason: "the manifest has the position of the user data, which has no altitude; the first GPS5 sample has one",
	},
	{
		file: "telemetry/nmea/Navman_MiVue150.NMEA", column: "altitude_m", ours: "13.900",
		reason: "the manifest has the RMC sentence, which has no altitude; the GGA sentence before it has one",
	},
}

func disputed(file, column string) *dispute {
	i := slices.IndexFunc(disputes, func(d dispute) bool { return d.file == file && d.column == column })
	if i < 0 {
		return nil
	}
	return &disputes[i]
}

type score struct{ right, wrong, missing, extra, disputed int }

// TestCorpus reads every row of the manifest and judges every filled cell. What
// the manifest leaves empty must stay empty, but for malformed files, of which it
// lists what exiftool could save.
func TestCorpus(t *testing.T) {
	dir := footagetest.Dir(t)
	scores := map[string]*score{}
	for _, column := range columns {
		scores[column] = &score{}
	}
	for _, want := range manifest(t, dir) {
		got := readFile(t, filepath.Join(dir, want["file"]), "")
		if strings.HasPrefix(want["expect"], "malformed") && len(got.Problems) == 0 && malformedMustSay(want["file"]) {
			t.Errorf("%s: malformed, but no problem is said", want["file"])
		}
		for column, v := range judgeRow(want, got) {
			if d := disputed(want["file"], column); d != nil {
				scores[column].disputed++
				settle(t, dir, want, v, *d)
				continue
			}
			scores[column].count(t, want, column, v)
		}
	}
	total := score{}
	for _, column := range columns {
		s := scores[column]
		s.report(t, column)
		total = score{total.right + s.right, total.wrong + s.wrong, total.missing + s.missing, total.extra + s.extra, total.disputed + s.disputed}
	}
	total.report(t, "all")
}

// settle checks that a disputed cell still is what the dispute says.
func settle(t *testing.T, dir string, want row, v verdict, d dispute) {
	t.Helper()
	t.Logf("disputed  %-16s %s: manifest %q, ours %q: %s", d.column, d.file, v.want, v.got, d.reason)
	if v.got != d.ours || v.kind == "right" {
		t.Errorf("%s: %s is %q (%s), the dispute says %q", d.file, d.column, v.got, v.kind, d.ours)
	}
	if d.cameraName == "" {
		return
	}
	named := judgeRow(want, readFile(t, filepath.Join(dir, d.file), d.cameraName))[d.column]
	if named.kind != "right" {
		t.Errorf("%s under the name %s: %s is %q, want %q", d.file, d.cameraName, d.column, named.got, named.want)
	}
}

func (s *score) count(t *testing.T, want row, column string, v verdict) {
	t.Helper()
	switch v.kind {
	case "right":
		s.right++
		return
	case "wrong":
		s.wrong++
	case "missing":
		s.missing++
	case "extra":
		if want["kind"] == "malformed" {
			return
		}
		s.extra++
		t.Errorf("%s of %s is %q, and the manifest says that the file does not say", column, want["file"], v.got)
	default:
		return
	}
	t.Logf("%-9s %-16s %s: want %q, got %q", v.kind, column, want["file"], v.want, v.got)
}

func (s score) report(t *testing.T, column string) {
	t.Helper()
	cells := s.right + s.wrong + s.missing
	share := float64(s.right) / math.Max(1, float64(cells))
	t.Logf("%-16s %3d of %3d cells (%.1f%%), wrong %d, missing %d, disputed %d", column, s.right, cells, 100*share, s.wrong, s.missing, s.disputed)
	if share < floor {
		t.Errorf("%s: %.3f of the manifest's cells, floor %.2f", column, share, floor)
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
		"kind":            judgeKind(want, got),
		"gps_utc":         judgeCandidate(want["gps_utc"], "exif:GPSDateTime", got),
		"mvhd_create":     judgeCandidate(mvhdDate(want["mvhd_create"]), "mp4:mvhd", got),
		"telemetry":       judgeTelemetry(want, got),
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

// judgeKind leaves out malformed files: the manifest calls them so whatever they
// are of.
func judgeKind(want row, got metadata.Report) verdict {
	if want["kind"] == "malformed" {
		return verdict{}
	}
	return compare(want["kind"], got.Kind, want["kind"] == got.Kind)
}

// mvhdDate rewrites the manifest's raw date; an unset one is none.
func mvhdDate(raw string) string {
	at, ok := clock.Parse(raw)
	if !ok {
		return ""
	}
	return at.String()
}

// judgeCandidate compares the digits of one candidate.
func judgeCandidate(want, source string, got metadata.Report) verdict {
	found := ""
	if got.Time != nil {
		for _, c := range got.Time.Candidates {
			if c.Source == source {
				found = c.Value
			}
		}
	}
	if want == "" {
		return verdict{} // the manifest has this of some files only
	}
	w, ok1 := clock.Parse(want)
	g, ok2 := clock.Parse(found)
	return compare(want, found, ok1 && ok2 && w.Wall.Equal(g.Wall))
}

// tracks are the sources of a track by the manifest's name of the telemetry.
var tracks = map[string]string{
	"dji srt": "srt", "gpmf": "gpmf", "tx3g NMEA": "nmea", "novatek freeGPS": "freegps", "ligogps trailer": "ligogps", "nmea": "nmea",
	"70mai V02": "70mai", "misb klv": "klv", "axis gpstrail json": "axis",
}

// judgeTelemetry compares the track's source and, where the manifest says how
// many entries there are, that there are no more fixes. Telemetry without one
// fix to be believed gives no track.
func judgeTelemetry(want row, got metadata.Report) verdict {
	name, count, _ := strings.Cut(want["telemetry"], ", ")
	source := tracks[name]
	if want["file"] == "telemetry/dji_srt/broken_empty.SRT" {
		source = ""
	}
	if got.Track == nil {
		return compare(source, "", source == "")
	}
	n, counted := strings.CutSuffix(count, " cues")
	most, err := strconv.Atoi(n)
	same := source == got.Track.Source && (!counted || err == nil && got.Track.Points <= most)
	return compare(source, got.Track.Source, same)
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
