package metadata

import (
	"time"

	"jikim/ingest/metadata/bmff"
	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/dashcam"
	"jikim/ingest/metadata/gpmf"
	"jikim/ingest/metadata/place"
	"jikim/ingest/metadata/sidecar"
)

// Of a telemetry track as many samples are read as the file's reads allow: of a
// short clip all, of a long one, whose samples lie far apart, those of the first
// half minute or so.
const (
	maxSamples   = 4000
	enoughReads  = 48 // of the store, over the whole file
	textOfSample = 4096
)

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
	r.outsideTracks(m)
	return noFix
}

// outsideTracks reads the GPS records of dash cameras, which stand in boxes of
// their own or behind the last one.
func (r *reader) outsideTracks(m bmff.Movie) {
	var blocks [][]byte
	for _, at := range m.FreeGPS {
		block, err := r.f.Head(at+8, dashcam.FreeGPSSize)
		if err != nil {
			return
		}
		blocks = append(blocks, block)
	}
	l := dashcam.FreeGPS(blocks)
	source := "freegps"
	if l.Start.IsZero() && m.Trailer > 0 {
		trailer, err := r.f.Head(m.Trailer, dashcam.TrailerSize)
		if err != nil {
			return
		}
		l, source = dashcam.Trailer(trailer), "ligogps"
	}
	zone := ZoneAssumed
	if l.Start.Zoned {
		zone = ZoneGPS
	}
	r.candidate(l.Start, source, zone, MeansStart)
	r.trail(l.Fixes, source, len(m.FreeGPS) < bmff.MaxFreeGPS)
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
	whole := len(samples) == total
	for _, s := range samples {
		if r.f.Reads() >= enoughReads {
			whole = false
			break
		}
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
	r.trail(fixes, "gpmf", whole)
	return noFix && len(fixes) == 0
}

// subtitles looks for NMEA sentences in a text track, where some dash cameras
// keep them.
func (r *reader) subtitles(t bmff.Track) {
	samples, total, err := t.Samples(r.f, maxSamples)
	if err != nil {
		r.problem(whyUnread(err))
	}
	var fixes []place.Fix
	whole := len(samples) == total
	for _, s := range samples {
		raw, err := r.f.Bytes(s.Offset, min(s.Size, textOfSample))
		if err != nil || r.f.Reads() >= enoughReads {
			whole = false
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
	r.trail(fixes, "nmea", whole)
}
