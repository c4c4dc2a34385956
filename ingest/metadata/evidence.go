package metadata

import (
	"strings"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/ingest/metadata/clock"
)

// Zone bases: how the zone of a clock reading is known.
const (
	ZoneStated  = "stated"  // the file states an offset with the reading
	ZoneGPS     = "gps"     // satellite time, or derived from it or from the position
	ZoneProfile = "profile" // the maker or the registered device is known to write so
	ZoneAssumed = "assumed" // nothing vouches for it
)

// Meanings: which end of the recording a reading marks.
const (
	MeansStart   = "start"
	MeansEnd     = "end"
	MeansUnknown = "unknown"
)

// Confidences: how far the chosen time can be trusted.
const (
	ByStatement  = "A" // GPS time, or an offset stated with the reading
	ByDriftCheck = "B" // the device's clock, its drift measured at the dock
	ByDevice     = "C" // the device's clock alone
	ByName       = "D" // the file name alone
	Implausible  = "X" // cannot be true, or nothing was found
)

// Candidate is one clock reading found in or on a file.
type Candidate struct {
	Value   string `json:"value"`  // RFC 3339; without an offset when the zone is not known
	Source  string `json:"source"` // where it stands: exif:DateTimeOriginal, mp4:mvhd, gpmf:GPSU, name …
	Zone    string `json:"zone"`
	Meaning string `json:"meaning"`
}

// TimeEvidence is what was chosen of the candidates and why.
type TimeEvidence struct {
	Confidence string      `json:"confidence"`
	Source     string      `json:"source,omitempty"`
	Zone       string      `json:"zone,omitempty"`
	Meaning    string      `json:"meaning,omitempty"`
	Why        string      `json:"why"` // Korean, for a person who knows nothing of metadata
	Candidates []Candidate `json:"candidates,omitempty"`

	// Contradictions are Korean sentences, one for each thing found that does not
	// agree with what was chosen, or that cannot be true.
	Contradictions []string `json:"contradictions,omitempty"`

	// Drift is how wrong the device's clock was found to be; nil when nobody looked.
	Drift *Drift `json:"drift,omitempty"`

	start clock.Stamp // the chosen start of filming; zero when there is none
}

// Start is the chosen start of filming: the digits and, when known, the offset.
// Zero when nothing could be chosen, and after a trip through JSON (the report
// beside it has it written out).
func (e TimeEvidence) Start() clock.Stamp { return e.start }

// Context is what is known beside the file when its time is chosen. The zero
// Context knows nothing.
type Context struct {
	DeviceClock devices.ClockPolicy // how the registered device writes its times
	BoughtOn    instant.Date        // nothing was filmed earlier; "" when not known
	Now         time.Time           // the clock on the wall at check-in; zero when not known
	Checks      []ClockCheck        // looks at the device's clock, the one that counts before others first
	Duration    time.Duration       // playing time; 0 when not known
	Position    *Position           // where filming began; nil when not known
}

// reading is a candidate understood.
type reading struct {
	Candidate
	stamp    clock.Stamp
	rank     int
	doubt    doubt
	moved    bool        // the meaning was end, and the duration has been taken off
	driven   *correction // how a measured error of the clock was set right; nil when none was
	compared bool        // the zone was found by the look at the clock
	zoned    bool        // the zone was found in the name
	placed   bool        // the zone was found by the position
	shown    bool        // a reading in UTC is given in the time of its place
	reread   bool        // as UTC it would lie ahead of now: taken for the device's local clock
}

// Ranks, best first.
const (
	rankGPS      = iota // satellite time with a fix
	rankStated          // the offset stands with the reading
	rankCamera          // written by the camera when it was filmed
	rankMovie           // the container's own date: start, end or last save
	rankUnlocked        // the GPS receiver's clock without a fix
	rankName            // the file's name
	rankWritten         // when the file was last edited: a witness, never chosen
)

// ranks of sources whose reading has no stated offset.
var ranks = map[string]int{
	"gpmf:GPSU": rankGPS, "gpmf:GPS9": rankGPS, "nmea:RMC": rankGPS, "klv:timestamp": rankGPS,
	"axis:gpstrail": rankGPS, "gpx:time": rankGPS, "djmd:GPSDateTime": rankGPS, "ssmd": rankGPS, "70mai:log": rankGPS,
	"exif:DateTimeOriginal": rankCamera, "exif:DateTimeDigitized": rankCamera, "srt": rankCamera,
	"riff:IDIT": rankCamera, "h264:MDPM": rankCamera, "quicktime:creationdate": rankCamera,
	"mp4:date": rankCamera, "mp4:day": rankCamera, "ligogps": rankCamera, "freegps": rankCamera, "mp4:text": rankCamera,
	"mp4:mvhd": rankMovie, "mp4:tkhd": rankMovie, "mp4:mdhd": rankMovie, "mkv:DateUTC": rankMovie,
	"gpmf:no-lock": rankUnlocked, "exif:GPSDateTime": rankUnlocked,
	"xmp:CreateDate": rankMovie, "riff:ICRD": rankMovie, "exif:ModifyDate": rankWritten,
	"name": rankName,
}

// read understands a candidate under the device's clock policy; false when its
// value is not a clock reading.
func read(c Candidate, ctx Context) (reading, bool) {
	stamp, ok := clock.Parse(c.Value)
	if !ok {
		return reading{}, false
	}
	r := reading{Candidate: c, stamp: stamp, rank: rankWritten}
	source, _, _ := strings.Cut(c.Source, "+")
	if rank, known := ranks[source]; known {
		r.rank = rank
	}
	if c.Zone == ZoneStated && stamp.Zoned && r.rank == rankCamera {
		r.rank = rankStated
	}
	if c.Zone == ZoneAssumed {
		r.applyPolicy(ctx)
	}
	return r, true
}

// applyPolicy gives a reading nobody vouches for the zone of the registered
// device. A movie date that was taken for UTC because the format says so is
// reread: many cameras write their local clock there.
func (r *reading) applyPolicy(ctx Context) {
	switch ctx.DeviceClock {
	case devices.ClockKST:
		_, offset := r.stamp.Wall.In(instant.KST).Zone() // Korea had summer time in 1987 and 1988
		r.stamp, r.Zone = r.stamp.In(offset), ZoneProfile
	case devices.ClockUTC:
		r.stamp, r.Zone = r.stamp.In(0), ZoneProfile
	}
}

// moment is the reading as a moment, taken as UTC where the zone is not known.
func (r reading) moment() time.Time {
	t, known := r.stamp.Moment()
	if !known {
		return r.stamp.Wall
	}
	return t
}
