package metadata

import (
	"slices"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

// Choose decides when filming began. It is pure: the same candidates and the
// same context give the same answer. The order: satellite time, a reading with
// its offset, the camera's clock, the container's date, the file name; within
// the camera's and the container's readings the zone is sought from satellite
// time or the name, and a date that is the end of the recording is moved back.
func Choose(candidates []Candidate, ctx Context) TimeEvidence {
	evidence := TimeEvidence{Confidence: Implausible, Candidates: candidates}
	sound, doubtful, written := sift(candidates, ctx)
	evidence.Drift = ctx.drift(false)
	switch {
	case len(sound) > 0:
		evidence, best := settle(evidence, sound, doubtful, ctx)
		others := slices.Concat(sound[1:], written)
		evidence.Drift = ctx.drift(best.driven != nil)
		evidence.Contradictions = slices.Concat(contradictions(best, others, doubtful, ctx), ctx.unusedChecks(best))
		return evidence
	case len(doubtful) > 0:
		evidence.Contradictions = slices.Concat(implausible(doubtful[1:], ctx), ctx.unusedChecks(doubtful[0]))
		return distrust(evidence, doubtful[0].corrected(ctx), ctx)
	}
	evidence.Why = "파일 안에도 이름에도 촬영 시각이 없습니다. 담당자가 확인해 주십시오."
	if len(written) > 0 {
		evidence.Why = "파일이 마지막으로 고쳐진 일시만 있고 촬영 시각이 없습니다. 담당자가 확인해 주십시오."
	}
	return evidence
}

// sift understands the candidates and parts them, best first: those that can be
// the time of filming, those that cannot, and those of a later edit.
func sift(candidates []Candidate, ctx Context) (sound, doubtful, written []reading) {
	var all []reading
	for _, c := range candidates {
		if r, ok := read(c, ctx); ok {
			r.reconsider(ctx)
			all = append(all, r)
		}
	}
	for _, r := range all {
		if r.doubt = r.judge(ctx); r.doubt == none && r.rolledOver(all) {
			r.doubt = rollover
		}
		switch {
		case r.rank == rankWritten:
			written = append(written, r)
		case r.doubt == none:
			sound = append(sound, r)
		default:
			doubtful = append(doubtful, r)
		}
	}
	byRank := func(a, b reading) int { return a.rank - b.rank }
	slices.SortStableFunc(sound, byRank)
	slices.SortStableFunc(doubtful, byRank)
	return sound, doubtful, written
}

// distrust records a reading that cannot be true. A clock that stood at its
// reset value says nothing at all, so it is not given as a capture time.
func distrust(evidence TimeEvidence, r reading, ctx Context) TimeEvidence {
	evidence.Source, evidence.Zone, evidence.Meaning = r.Source, r.Zone, r.Meaning
	evidence.Why = whyDoubt(r, ctx)
	if r.doubt != reset {
		evidence.start = r.stamp
	}
	return evidence
}

func settle(evidence TimeEvidence, sound, doubtful []reading, ctx Context) (TimeEvidence, reading) {
	best := sound[0]
	var notes []string
	switch best.rank {
	case rankGPS:
		notes = best.zoneFromCamera(sound[1:])
	case rankStated:
		// digits and offset stand together: nothing to relate them to
	default:
		notes = best.relate(sound[1:], ctx)
	}
	best = best.corrected(ctx)
	if note := best.zoneFromPlace(ctx); note != "" {
		notes = append(notes, note)
	}
	evidence.Confidence = confidence(best)
	if misplaced(best, ctx.Position) {
		evidence.Confidence = ByDevice
	}
	evidence.Source, evidence.Zone, evidence.Meaning = best.Source, best.Zone, best.Meaning
	evidence.start = best.stamp
	evidence.Why = why(best, evidence.Confidence, notes, doubtful)
	return evidence, best
}

func confidence(r reading) string {
	switch {
	case r.rank == rankGPS || r.rank == rankStated || r.rank == rankCamera && r.Zone == ZoneGPS && !r.placed:
		return ByStatement
	case r.rank == rankName:
		return ByName
	case r.driven != nil && (r.Zone != ZoneAssumed || r.zoned):
		return ByDriftCheck
	}
	return ByDevice
}

// zoneFromCamera gives satellite time the zone in which the camera's own clock
// stood, so that the local date is right.
func (r *reading) zoneFromCamera(others []reading) []string {
	if r.stamp.Offset != 0 {
		return nil // the record shows its zone itself
	}
	for _, o := range others {
		if o.rank == rankGPS || o.Zone == ZoneProfile && o.stamp.Offset == 0 {
			continue
		}
		if offset, ok := zoneBetween(o.stamp.Wall, r.moment(), 0); ok && offset != 0 {
			moment := r.moment()
			r.stamp = clock.At(moment, offset)
			return []string{noteCameraZone(o, offset, o.stamp.Wall.Sub(moment)-time.Duration(offset)*time.Second)}
		}
	}
	return nil
}

// relate compares a reading of the device's clock with what else is known:
// satellite time, the file's name.
func (r *reading) relate(others []reading, ctx Context) []string {
	var notes []string
	if note := r.zoneFromSatellites(others); note != "" {
		notes = append(notes, note)
	}
	if note := r.compareName(others, ctx); note != "" {
		notes = append(notes, note)
	}
	if r.Meaning == MeansEnd && !r.moved && ctx.Duration > 0 {
		r.toStart(ctx.Duration)
	}
	return notes
}

// zoneFromSatellites finds the zone of a local reading from a satellite time in
// the same file, by the difference.
func (r *reading) zoneFromSatellites(others []reading) string {
	if r.stamp.Zoned {
		return ""
	}
	for _, o := range others {
		if o.Source != "exif:GPSDateTime" {
			continue
		}
		if offset, ok := zoneBetween(r.stamp.Wall, o.moment(), 0); ok {
			r.stamp, r.Zone = r.stamp.In(offset), ZoneGPS
			return noteSatelliteZone(offset)
		}
	}
	return ""
}

// reconsider rereads a container's date that was taken for UTC only because the
// format says so, when that would lie ahead of now: many cameras write their
// local clock there, and east of Greenwich that is the future.
func (r *reading) reconsider(ctx Context) {
	if r.rank != rankMovie || r.Zone != ZoneAssumed || !r.stamp.Zoned || r.judge(ctx) != future {
		return
	}
	local := *r
	local.stamp, local.reread = clock.Local(r.stamp.Wall), true
	if local.judge(ctx) == none {
		*r = local
	}
}

// zoneFromPlace uses the position where the file has one: a local reading is
// taken for the time of the place, and a reading in UTC is shown in it.
func (r *reading) zoneFromPlace(ctx Context) string {
	if ctx.Position == nil || r.rank == rankStated {
		return ""
	}
	zone, known := place.Zone(place.Point{Lat: ctx.Position.Lat, Lon: ctx.Position.Lon})
	if !known {
		return ""
	}
	if moment, is := r.stamp.Moment(); is {
		if r.stamp.Offset == 0 {
			_, offset := moment.In(zone).Zone()
			r.stamp, r.shown = clock.At(moment, offset), true
		}
		return ""
	}
	w := r.stamp.Wall
	_, offset := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, zone).Zone()
	r.stamp, r.Zone, r.placed = r.stamp.In(offset), ZoneGPS, true
	return notePlace
}

// compareName uses the time in the file's name, which nearly every camera takes
// from its local clock when recording starts, to tell what a container's date
// is: local or UTC, start or end.
func (r *reading) compareName(others []reading, ctx Context) string {
	i := slices.IndexFunc(others, func(o reading) bool { return o.rank == rankName })
	if i < 0 || r.rank != rankMovie {
		return ""
	}
	name := others[i]
	start, isStart := zoneBetween(name.stamp.Wall, r.stamp.Wall, nameTolerance)
	end, isEnd := zoneBetween(name.stamp.Wall, r.stamp.Wall.Add(-ctx.Duration), nameTolerance)
	offset := start
	switch {
	case isStart && r.mayDiffer(name, start):
		r.Meaning = MeansStart
	case isEnd && ctx.Duration > 2*nameTolerance && r.mayDiffer(name, end):
		offset = end
		r.toStart(ctx.Duration)
	default:
		return ""
	}
	return r.zoneFromName(name, offset)
}

// mayDiffer reports whether the container's date can be so far from the name:
// not at all when it is known to be local or the name to be UTC, by exactly the
// registered zone when there is one.
func (r *reading) mayDiffer(name reading, offset int) bool {
	switch {
	case offset == 0:
		return true
	case !r.stamp.Zoned || name.Zone == ZoneProfile && name.stamp.Offset == 0:
		return false
	case r.Zone == ZoneProfile && r.stamp.Offset != 0:
		return offset == r.stamp.Offset
	}
	return true
}

// zoneFromName draws the zone from the difference between the name and the
// container's date. No difference means that the date is the local clock too;
// a difference that is a zone means that it is UTC, also when the device is
// registered as one that writes Korean time: nine hours are not given away.
func (r *reading) zoneFromName(name reading, offset int) string {
	switch {
	case name.Zone == ZoneProfile && name.stamp.Zoned && name.stamp.Offset == 0:
		r.Zone = ZoneProfile
	case offset == 0 && r.Zone == ZoneAssumed:
		r.stamp = clock.Local(r.stamp.Wall)
		return noteNameLocal(r.moved)
	case offset != 0:
		r.stamp, r.zoned = clock.At(r.stamp.Wall, offset), true
		return noteNameZone(offset, r.moved)
	}
	return noteNameAgrees(r.moved)
}

// toStart moves a reading that marks the end back by the playing time.
func (r *reading) toStart(duration time.Duration) {
	r.stamp, r.Meaning, r.moved = r.stamp.Add(-duration), MeansEnd, true
}

const (
	maxClockError = 5 * time.Minute // of a camera clock against satellite time
	nameTolerance = 3 * time.Second // of a name against a date of the same clock
)

// zoneBetween gives the offset, in seconds, of the zone in which a clock showed
// wall at the moment utc: the zone nearest to the difference. False when what is
// left over is more than tolerance (0: maxClockError).
func zoneBetween(wall, utc time.Time, tolerance time.Duration) (int, bool) {
	if tolerance == 0 {
		tolerance = maxClockError
	}
	difference := wall.Sub(utc)
	zone := nearestZone(difference)
	return int(zone / time.Second), (difference - zone).Abs() <= tolerance
}

// halfZones are the offsets in use, in minutes, that are no whole hours, but for
// those of a few hundred people: a clock that is a quarter of an hour wrong must
// not find a zone for itself.
var halfZones = []int{-570, -210, -150, 210, 270, 330, 345, 390, 570, 630}

// nearestZone gives the offset from UTC nearest to d that is in use.
func nearestZone(d time.Duration) time.Duration {
	nearest := min(max(d.Round(time.Hour), -12*time.Hour), 14*time.Hour)
	for _, minutes := range halfZones {
		if zone := time.Duration(minutes) * time.Minute; (d - zone).Abs() < (d - nearest).Abs() {
			nearest = zone
		}
	}
	return nearest
}
