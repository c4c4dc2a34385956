package metadata

import (
	"io"

	"jikim/ingest/metadata/place"
	"jikim/ingest/metadata/sidecar"
)

// maxLog is how much of a text log is read for a report: a flight of an hour at
// 60 entries a second. ReadTrack reads to the end.
const maxLog = 64 << 20

// text gives a side-car as a stream, for a report up to maxLog.
func (r *reader) text() io.Reader {
	size := r.Bytes
	if size > maxLog && r.visit == nil {
		size = maxLog
		r.problem("기록이 너무 길어 앞부분만 읽었습니다.")
	}
	return r.f.Section(0, size)
}

func (r *reader) srt() error {
	course := r.course("srt")
	l, err := sidecar.ReadSRT(r.text(), course)
	r.duration(l.Duration)
	r.log(l, course, "srt", "srt")
	return err
}

func (r *reader) nmea() error {
	course := r.course("nmea")
	l, err := sidecar.ReadNMEA(r.text(), course)
	r.log(l, course, "nmea:RMC", "nmea")
	return err
}

func (r *reader) gpx() error {
	course := r.course("gpx")
	r.log(sidecar.ReadGPX(r.text(), course), course, "gpx:time", "gpx")
	return nil
}

func (r *reader) v02() error {
	course := r.course("70mai")
	l, shared, err := sidecar.ReadV02(r.text(), course)
	r.log(l, course, "70mai:log", "70mai")
	if shared {
		r.Location = nil // several recordings began in several places
	}
	return err
}

// maxTrail bounds the GPS trail of a body camera, which is one JSON value: some
// forty thousand fixes.
const maxTrail = 4 << 20

func (r *reader) axis() error {
	text, err := r.f.Head(0, maxTrail)
	if err != nil {
		return err
	}
	course := r.course("axis")
	l, err := sidecar.ReadAxis(text, course)
	r.log(l, course, "axis:gpstrail", "axis")
	return err
}

// log takes what a text log says. Its first clock reading is the start of the
// recording beside it.
func (r *reader) log(l sidecar.Log, course *place.Course, clockSource, trackSource string) {
	r.clockOf(l.Start, clockSource)
	if whole := r.visit != nil || r.Bytes <= maxLog; l.Broken && whole {
		r.problem("마지막 기록이 잘려 있습니다. 나머지는 읽었습니다.")
	}
	if r.trail(course, trackSource, true); l.LateFix {
		r.Location = nil // where it began is not known
	}
}
