package metadata_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jikim/ingest/metadata"
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
