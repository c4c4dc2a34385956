// Package metadata reads what a file of footage says of itself: what it is, how
// long and how large, with what it was taken, where, and when. A capture time
// is treated as evidence: every clock reading found is a candidate, one is
// chosen with a confidence and a reason in words, and a reading whose zone is
// not known is never passed off as a moment.
//
// Files are judged by their content, never by their name, read through a small
// window (package window), and may be hostile: nothing a file says of itself
// makes its reader allocate or loop without bound. Package child reads them in
// a process of its own besides. The package knows nothing of storage, of the
// registry or of retention; the file's modification time is not looked at.
package metadata

import (
	"slices"
	"time"

	"jikim/ingest/metadata/clock"
)

// Kinds of file.
const (
	Video     = "video"
	Photo     = "photo"
	Telemetry = "telemetry" // a side-car: flight log, GPS trail
	Audio     = "audio"
	Other     = "other"
)

// Report is one line of `jikim inspect --json`. What the file does not say is
// absent, never zero.
type Report struct {
	File        string        `json:"file"`             // filled by the caller; Read puts the name it was given
	SHA256      string        `json:"sha256,omitempty"` // filled by the caller
	Bytes       int64         `json:"bytes"`
	Kind        string        `json:"kind"`      // Video, Photo, Telemetry, Audio, Other
	Container   string        `json:"container"` // mp4, mov, 3gp, avi, mkv, mts, jpeg, heic, tiff, dng, png, srt, gpx, nmea, other
	MIME        string        `json:"mime,omitempty"`
	DurationS   float64       `json:"duration_s,omitempty"` // seconds, rounded to milliseconds
	Width       int           `json:"width,omitempty"`      // stored size, pixels, before Rotation
	Height      int           `json:"height,omitempty"`
	Rotation    *int          `json:"rotation,omitempty"` // clockwise degrees to display: 0, 90, 180, 270
	VideoCodec  string        `json:"video_codec,omitempty"`
	AudioCodec  string        `json:"audio_codec,omitempty"`
	Make        string        `json:"make,omitempty"`
	Model       string        `json:"model,omitempty"`
	Serial      string        `json:"serial,omitempty"`
	CapturedAt  string        `json:"captured_at,omitempty"`     // start of filming, with an offset only where one is known
	CapturedUTC string        `json:"captured_at_utc,omitempty"` // the same moment in UTC; absent when the zone is not known
	Time        *TimeEvidence `json:"time,omitempty"`
	Location    *Location     `json:"location,omitempty"`
	Track       *Track        `json:"track,omitempty"`
	Problems    []string      `json:"problems,omitempty"` // Korean sentences

	// Companions are what the files say that lie beside this one and belong to the
	// same recording, told apart by their names. Filled by the caller; nothing of
	// them goes into what this file says of itself.
	Companions []Companion `json:"companions,omitempty"`
}

// Location is where the recording began, WGS 84.
type Location struct {
	Lat    float64  `json:"lat"`
	Lon    float64  `json:"lon"`
	AltM   *float64 `json:"alt_m,omitempty"` // metres above sea level
	Source string   `json:"source"`          // exif:GPS, xmp:drone-dji, mp4:xyz, mp4:loci, gpmf, srt, nmea …
}

// Track is the path a recording holds. It may be a person's path or an
// operator's position: show it only to who may see the recording.
type Track struct {
	Points   int       `json:"points,omitempty"` // absent when a long recording was only sampled
	Source   string    `json:"source"`
	First    *Position `json:"first,omitempty"`
	StartUTC string    `json:"start_utc,omitempty"`
}

// Position is a point of a track.
type Position struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Moment is the chosen start of filming; false when there is none or its zone is
// not known.
func (r *Report) Moment() (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, r.CapturedUTC)
	return t, err == nil
}

// Settle chooses the capture time anew, with what the caller knows of the device
// and the clock on the wall: Read, which knows neither, has chosen by the file
// alone. The context's Duration and Position are
// filled from the report.
func (r *Report) Settle(ctx Context) {
	var candidates []Candidate
	if r.Time != nil {
		candidates = r.Time.Candidates
	}
	ctx.Duration = time.Duration(r.DurationS * float64(time.Second))
	if l := r.Location; l != nil {
		ctx.Position = &Position{Lat: l.Lat, Lon: l.Lon}
	}
	evidence := Choose(candidates, ctx)
	r.CapturedAt, r.CapturedUTC, r.Time = "", "", &evidence
	if evidence.start.IsZero() {
		return
	}
	r.CapturedAt = evidence.start.String()
	if moment, known := evidence.start.Moment(); known {
		r.CapturedUTC = clock.UTC(moment).String()
	}
}

// Known reports whether kind and container are of those this package gives: a
// check for reports that come from a child process.
func (r *Report) Known() bool {
	return slices.Contains([]string{Video, Photo, Telemetry, Audio, Other}, r.Kind) &&
		slices.Contains([]string{
			"mp4", "mov", "3gp", "avi", "mkv", "mts", "jpeg", "heic", "tiff", "dng", "png",
			"srt", "gpx", "nmea", "other",
		}, r.Container)
}
