package metadata

import (
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/klv"
	"jikim/ingest/metadata/place"
	"jikim/ingest/metadata/sidecar"
	"jikim/ingest/metadata/window"
)

// maxLog is how much of a text log is read: a flight of an hour at 60 entries a
// second.
const maxLog = 64 << 20

// whole reads a side-car into memory, up to maxLog.
func (r *reader) whole() ([]byte, error) {
	size := r.Bytes
	if size > maxLog {
		size = maxLog
		r.problem("기록이 너무 길어 앞부분만 읽었습니다.")
	}
	text := make([]byte, 0, size)
	for int64(len(text)) < size {
		piece, err := r.f.Head(int64(len(text)), int(min(size-int64(len(text)), window.MaxPiece)))
		if err != nil {
			return text, err
		}
		text = append(text, piece...)
	}
	return text, nil
}

func (r *reader) srt() error {
	text, err := r.whole()
	l := sidecar.ReadSRT(text)
	r.duration(l.Duration)
	r.log(l, "srt", "srt")
	if l.Broken {
		r.problem("마지막 기록이 잘려 있습니다. 나머지는 읽었습니다.")
	}
	return err
}

func (r *reader) nmea() error {
	text, err := r.whole()
	r.log(sidecar.ReadNMEA(text), "nmea:RMC", "nmea")
	return err
}

func (r *reader) gpx() error {
	text, err := r.whole()
	l := sidecar.ReadGPX(text)
	r.log(l, "gpx:time", "gpx")
	if l.Broken {
		r.problem("마지막 기록이 잘려 있습니다. 나머지는 읽었습니다.")
	}
	return err
}

func (r *reader) axis() error {
	text, err := r.whole()
	if err != nil {
		return err
	}
	l, err := sidecar.ReadAxis(text)
	r.log(l, "axis:gpstrail", "axis")
	return err
}

// log takes what a text log says. Its first clock reading is the start of the
// recording beside it.
func (r *reader) log(l sidecar.Log, clockSource, trackSource string) {
	zone := ZoneAssumed
	if l.Start.Zoned {
		zone = ZoneGPS
	}
	r.candidate(l.Start, clockSource, zone, MeansStart)
	if r.trail(l.Fixes, trackSource, true); l.LateFix {
		r.Location = nil // where it began is not known
	}
	if r.Track != nil && !l.Start.Zoned {
		r.Track.StartUTC = ""
	}
}

// klv reads a MISB ST 0601 packet.
func (r *reader) klv() error {
	p, err := r.f.Head(0, 64<<10)
	if err != nil {
		return err
	}
	set, ok := klv.Read(p)
	if !ok {
		r.problem("MISB 기록의 구조가 손상되어 읽지 못했습니다.")
		return nil
	}
	r.device("", set.Device(), "")
	if !set.UTC.IsZero() {
		r.candidate(clock.UTC(set.UTC.Truncate(time.Millisecond)), "klv:timestamp", ZoneStated, MeansStart)
	}
	if set.Sensor.Valid() {
		r.trail([]place.Fix{{Point: set.Sensor, UTC: set.UTC}}, "klv", true)
	}
	return nil
}
