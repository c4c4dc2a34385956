package metadata

import (
	"io"
	"time"

	"jikim/ingest/metadata/place"
	"jikim/ingest/metadata/window"
)

// Fix is one position of a track, WGS 84.
type Fix struct {
	OffsetS float64   `json:"offset_s"`        // seconds since the start of the recording
	UTC     time.Time `json:"utc,omitzero"`    // satellite time; absent where the track has only the device's clock
	Lat     float64   `json:"lat"`             // degrees
	Lon     float64   `json:"lon"`             // degrees
	AltM    *float64  `json:"alt_m,omitempty"` // metres above sea level
	Source  string    `json:"source"`          // as Track.Source
}

// At is the fix's time since the start of the recording.
func (f Fix) At() time.Duration { return time.Duration(f.OffsetS * float64(time.Second)) }

// Point is where the fix is.
func (f Fix) Point() place.Point { return place.Point{Lat: f.Lat, Lon: f.Lon, Alt: f.AltM} }

func fixOf(f place.Fix, source string) Fix {
	fix := Fix{OffsetS: round(f.At.Seconds(), 1e3), UTC: f.UTC.Round(time.Millisecond), Lat: round(f.Lat, 1e7), Lon: round(f.Lon, 1e7), Source: source}
	if f.Alt != nil {
		alt := round(*f.Alt, 1e3)
		fix.AltM = &alt
	}
	return fix
}

// Path is what a track says beside its fixes.
type Path struct {
	Points   int       `json:"points"`
	Source   string    `json:"source,omitempty"` // gpmf, djmd, dji-text, srt, nmea, gpx, axis, 70mai, freegps, ligogps, ssmd, klv; "" when there is no track
	First    *Position `json:"first,omitempty"`
	StartUTC string    `json:"start_utc,omitempty"`
	Cut      bool      `json:"cut,omitempty"`      // the file or the limits ended before the track did
	Problems []string  `json:"problems,omitempty"` // Korean sentences
}

// trackLimits are for reading a track to its end: its samples are small and lie
// all over the recording.
var trackLimits = window.Limits{Block: 16 << 10, Reads: TrackReads, Bytes: 3 << 30}

// TrackReads is how often the file underneath is asked at most for one track: a
// day of telemetry, a sample a second.
const TrackReads = 200_000

// ReadTrack reads the whole track of a recording or of its side-car and gives
// every fix to visit, in the order of the recording. Nothing is kept: the memory
// it takes does not grow with the track. Only positions of the camera are given,
// never the home point or the place of the operator. A file without a track
// gives a Path without points. The error is that of visit, or of the store.
func ReadTrack(r io.ReaderAt, size int64, name string, visit func(Fix) error) (Path, error) {
	f := window.OpenWithin(r, size, trackLimits)
	points := 0
	rd := &reader{f: f, name: name, visit: func(f Fix) error {
		points++
		return visit(f)
	}}
	rd.Bytes = max(size, 0)
	rd.open()
	path := Path{Points: points, Problems: rd.Problems}
	if t := rd.Track; t != nil {
		path.Source, path.First, path.StartUTC, path.Cut = t.Source, t.First, t.StartUTC, t.Points == 0
	}
	if rd.stopped != nil {
		return path, rd.stopped
	}
	return path, f.Fault()
}
