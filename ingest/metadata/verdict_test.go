package metadata_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/clock"
)

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
