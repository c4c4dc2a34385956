package metadata

import (
	"strings"
	"time"

	"jikim/ingest/metadata/bmff"
	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/djmd"
	"jikim/ingest/metadata/gpmf"
	"jikim/ingest/metadata/place"
	"jikim/ingest/metadata/sidecar"
)

// For a report as many samples of a telemetry track are read as the file's reads
// allow: of a short clip all, of a long one, whose samples lie far apart, those
// of the first half minute or so. ReadTrack reads them all.
const (
	maxSamples   = 4000
	enoughReads  = 48 // of the store, over the whole file
	textOfSample = 4096
)

// telemetry reads the telemetry that stands in a movie: GoPro's track and
// settings, DJI's, the rows of dash cameras, and text tracks. It reports whether
// a receiver was there but had no fix.
func (r *reader) telemetry(m bmff.Movie) (noFix bool) {
	settings := gpmf.Read(m.GoPro)
	if len(m.GoPro) > 0 {
		r.device("GoPro", settings.Model, settings.Serial)
	}
	for _, t := range m.Tracks {
		switch {
		case t.Codec == "gpmd":
			noFix = r.goPro(t)
		case t.Codec == "djmd":
			r.dji(t)
		case t.Codec == "ssmd":
			noFix = r.rows(t) || noFix
		case t.Handler == "sbtl" || t.Handler == "text" || t.Handler == "subt":
			r.captions(t)
		}
	}
	r.outsideTracks(m)
	return noFix
}

// samples gives the contents of a track's samples to take, of each at most limit
// bytes, and reports whether they were all that the track has.
func (r *reader) samples(t bmff.Track, limit int, take func(p []byte, s bmff.Sample)) (whole bool) {
	taken := 0
	total, err := t.EachSample(r.f, func(s bmff.Sample) error {
		if r.enough(taken) {
			return bmff.Stop
		}
		p, err := r.f.Piece(s.Offset, min(s.Size, limit))
		if err != nil {
			return err
		}
		taken++
		take(p, s)
		return r.stopped
	})
	if err != nil && r.stopped == nil {
		r.problem(whyUnread(err))
	}
	return taken == total
}

// enough reports whether a report has read enough of a track.
func (r *reader) enough(taken int) bool {
	return r.visit == nil && (taken >= maxSamples || r.f.Reads() >= enoughReads)
}

// goPro reads a GPMF track: device, and from the samples with a fix the path and
// the satellite time. Without a fix the receiver's coordinates jump about and
// are left out; its clock is kept as a weak witness.
func (r *reader) goPro(t bmff.Track) (noFix bool) {
	course := r.course("gpmf")
	var unlocked time.Time
	whole := r.samples(t, gpmfOfSample, func(p []byte, s bmff.Sample) {
		payload := gpmf.Read(p)
		r.device("GoPro", first(payload.Model, payload.Device), payload.Serial)
		if !payload.Locked && payload.HasGPS {
			noFix = course.Count() == 0
			if unlocked.IsZero() && !payload.UTC.IsZero() {
				unlocked = payload.UTC.Add(-s.At)
			}
		}
		spread(course, payload, s)
	})
	if start := course.Start(); !start.IsZero() {
		r.candidate(clock.UTC(start), "gpmf:GPSU", ZoneGPS, MeansStart)
	} else if !unlocked.IsZero() {
		r.candidate(clock.UTC(unlocked), "gpmf:no-lock", ZoneGPS, MeansStart)
		r.problem("GPS가 위성을 잡지 못해 위치를 쓸 수 없습니다.")
	}
	r.trail(course, "gpmf", whole)
	return noFix && course.Count() == 0
}

// gpmfOfSample bounds one payload; cameras write some ten thousand bytes a
// second.
const gpmfOfSample = 1 << 20

// spread passes on the fixes of a payload, evenly over its time.
func spread(course *place.Course, payload gpmf.Payload, s bmff.Sample) {
	for i, f := range payload.Fixes {
		into := s.Length * time.Duration(i) / time.Duration(len(payload.Fixes))
		fix := place.Fix{Point: f.Point, UTC: f.UTC, At: s.At + into}
		if fix.UTC.IsZero() && !payload.UTC.IsZero() {
			fix.UTC = payload.UTC.Add(into)
		}
		course.Add(fix)
	}
}

// dji reads the timed metadata of DJI's newer cameras: device, path and, of a few
// models, satellite time.
func (r *reader) dji(t bmff.Track) {
	course := r.course("djmd")
	var messages djmd.Reader
	whole := r.samples(t, djmdOfSample, func(p []byte, s bmff.Sample) {
		m := messages.Read(p)
		if m.Serial != "" || m.Model != "" {
			r.device("DJI", m.Model, m.Serial)
		}
		course.Add(place.Fix{Point: m.Point, UTC: m.UTC, At: s.At})
	})
	if start := course.Start(); !start.IsZero() {
		r.candidate(clock.UTC(start), "djmd:GPSDateTime", ZoneGPS, MeansStart)
	}
	r.trail(course, "djmd", whole)
}

// djmdOfSample bounds one message; the first, with the clip's settings, is the
// longest.
const djmdOfSample = 64 << 10

// captions reads a text track: NMEA sentences, which some dash cameras keep
// there, or the flight log of DJI's older drones, whose clock is the drone's.
func (r *reader) captions(t bmff.Track) {
	nmea, flight := r.course("nmea"), r.course("dji-text")
	var begun clock.Stamp
	whole := r.samples(t, textOfSample, func(p []byte, s bmff.Sample) {
		text := caption(p)
		if fix, ok := sidecar.RMC(text); ok {
			fix.At = s.At
			nmea.Add(fix)
			return
		}
		if nmea.Count() > 0 {
			return
		}
		stamp, point := sidecar.Caption(text)
		if begun.IsZero() && !stamp.IsZero() {
			begun = stamp.Add(-s.At)
		}
		flight.Add(place.Fix{Point: point, At: s.At})
	})
	if start := nmea.Start(); !start.IsZero() {
		r.candidate(clock.UTC(start), "nmea:RMC", ZoneGPS, MeansStart)
	} else {
		r.candidate(begun, "mp4:text", ZoneAssumed, MeansStart)
	}
	r.trail(nmea, "nmea", whole)
	r.trail(flight, "dji-text", whole)
}

// caption takes off the length that stands before the text of a sample.
func caption(p []byte) string {
	if len(p) >= 2 && p[0] < ' ' {
		p = p[2:]
	}
	return strings.ToValidUTF8(string(p), "")
}
