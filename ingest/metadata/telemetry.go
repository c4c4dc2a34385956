package metadata

import (
	"time"

	"jikim/ingest/metadata/bmff"
	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/gpmf"
	"jikim/ingest/metadata/place"
	"jikim/ingest/metadata/sidecar"
)

// maxSamples is how many samples of a telemetry track are read: enough for the
// first fix and, of a short clip, for the whole track. Each may cost one read
// of the store.
const maxSamples = 40

// telemetry reads the telemetry that stands in a movie: GoPro's track and
// settings, and NMEA in a subtitle track. It reports whether a receiver was
// there but had no fix.
func (r *reader) telemetry(m bmff.Movie) (noFix bool) {
	settings := gpmf.Read(m.GoPro)
	if len(m.GoPro) > 0 {
		r.device("GoPro", settings.Model, settings.Serial)
	}
	for _, t := range m.Tracks {
		switch {
		case t.Codec == "gpmd":
			noFix = r.goPro(t)
		case t.Handler == "sbtl" || t.Handler == "text":
			r.subtitles(t)
		}
	}
	return noFix
}

// goPro reads a GPMF track: device, and from the samples with a fix the path and
// the satellite time. Without a fix the receiver's coordinates jump about and
// are left out; its clock is kept as a weak witness.
func (r *reader) goPro(t bmff.Track) (noFix bool) {
	samples, total, err := t.Samples(r.f, maxSamples)
	if err != nil {
		r.problem(whyUnread(err))
	}
	var fixes []place.Fix
	var unlocked time.Time
	for _, s := range samples {
		raw, err := r.f.Bytes(s.Offset, s.Size)
		if err != nil {
			r.problem("영상의 부가 기록(GPMF)이 일부 빠져 있습니다.")
			break
		}
		p := gpmf.Read(raw)
		r.device("GoPro", first(p.Model, p.Device), p.Serial)
		switch {
		case p.Locked && p.Point.Valid():
			fixes = append(fixes, place.Fix{Point: p.Point, UTC: p.UTC, At: s.At})
		case p.HasGPS:
			noFix = len(fixes) == 0
			if unlocked.IsZero() && !p.UTC.IsZero() {
				unlocked = p.UTC.Add(-s.At)
			}
		}
	}
	if start := place.Start(fixes); !start.IsZero() {
		r.candidate(clock.UTC(start), "gpmf:GPSU", ZoneGPS, MeansStart)
	} else if !unlocked.IsZero() {
		r.candidate(clock.UTC(unlocked), "gpmf:no-lock", ZoneGPS, MeansStart)
		r.problem("GPS가 위성을 잡지 못해 위치를 쓸 수 없습니다.")
	}
	r.trail(fixes, "gpmf", len(samples) == total)
	return noFix && len(fixes) == 0
}

// subtitles looks for NMEA sentences in a text track, where some dash cameras
// keep them.
func (r *reader) subtitles(t bmff.Track) {
	samples, total, err := t.Samples(r.f, 10*maxSamples)
	if err != nil {
		r.problem(whyUnread(err))
	}
	var fixes []place.Fix
	for _, s := range samples {
		raw, err := r.f.Bytes(s.Offset, min(s.Size, 4096))
		if err != nil {
			break
		}
		if fix, ok := sidecar.RMC(string(raw)); ok {
			fix.At = s.At
			fixes = append(fixes, fix)
		}
	}
	if start := place.Start(fixes); !start.IsZero() {
		r.candidate(clock.UTC(start), "nmea:RMC", ZoneGPS, MeansStart)
	}
	r.trail(fixes, "nmea", len(samples) == total)
}
