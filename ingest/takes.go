package ingest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/retention"
	"jikim/ingest/metadata"
)

const (
	// filmedWithin is how far apart the times of files of one recording may lie:
	// side-cars write local time where the picture has UTC, and nobody knows.
	filmedWithin = 24 * time.Hour
	// sentWithin is how far apart files of one recording may come in, of which
	// one has no time: as long as an upload that was cut off may be continued.
	sentWithin = 7 * 24 * time.Hour
)

// file is a clip while its recording is sought.
type file struct {
	footage.Clip              // as it will stand
	stood        footage.Clip // as it stands
	own          reading      // its capture time by itself, not that of another file it follows
	purpose      string       // its purpose by itself; "" = none
	settled      bool         // persons have decided about it
	timeOf       string       // where its time is from, when that is not itself; Korean
	purposeOf    string       // where its purpose is from, likewise
	against      string       // what speaks against its own time, Korean; "" = nothing
}

// reading is a capture time with its confidence.
type reading struct {
	at    instant.Time // not set when unknown
	grade string
}

// sound reports whether the time can carry a period.
func (r reading) sound() bool {
	return !r.at.IsZero() && (r.grade == metadata.ByStatement || r.grade == metadata.ByDriftCheck || r.grade == metadata.ByDevice)
}

func (f *file) stands() reading { return reading{f.CapturedAt, f.TimeConfidence} }

// relative makes a file of a clip that is there.
func (g *ground) relative(r footage.Relative) *file {
	f := &file{Clip: r.Clip, stood: r.Clip, settled: r.Settled, purpose: r.Purpose}
	f.own = f.stands()
	if r.Settled {
		return f
	}
	var report metadata.Report
	if json.Unmarshal([]byte(r.Metadata), &report) == nil && report.Time != nil {
		f.own = readingOf(report)
	}
	if f.weak() && f.stands() != f.own {
		f.timeOf = f.reasonOf(timeFollows, timeAgrees, timeGoesOn)
	}
	if g.purposeOf(r.Sent) == "" {
		f.purpose = "" // if it has one, it follows
		f.purposeOf = f.reasonOf(purposeFollows)
	}
	return f
}

// path tells files of a key apart: two of the same path cannot have been on a
// card at one time.
func (f *file) path() string {
	if len(f.SourcePath) > 0 {
		return strings.ToUpper(string(f.SourcePath))
	}
	return strings.ToUpper(f.FileName)
}

func (f *file) end() instant.Time {
	return f.own.at.Add(time.Duration(f.DurationS * float64(time.Second)))
}

// cameBefore reports whether the file was here before a time: then it is not its own.
func (f *file) cameBefore(at instant.Time) bool {
	return at.After(f.CheckedInAt.Add(retention.ClockTolerance))
}

// inOrder is the order of files in a recording: the leading one first.
func inOrder(a, b *file) int {
	return cmp.Or(
		cmp.Compare(rank(a.Part), rank(b.Part)), cmp.Compare(a.Chapter, b.Chapter), strings.Compare(a.Lens, b.Lens),
		strings.Compare(a.path(), b.path()), strings.Compare(a.SHA256, b.SHA256), strings.Compare(a.ID, b.ID))
}

func rank(p profile.Part) int { return slices.Index(profile.Parts(), p) }

// take is the files of one key that were filmed together.
type take struct {
	files      []*file
	paths      map[string]bool
	start, end instant.Time // of those that have a time
	recordings []string     // that its files are in already, oldest first
	id         string       // the recording it is
}

func (t *take) add(f *file) {
	t.files = append(t.files, f)
	t.paths[f.path()] = true
	if f.own.at.IsZero() {
		return
	}
	if t.start.IsZero() || f.own.at.Before(t.start) {
		t.start = f.own.at
	}
	if end := f.end(); end.After(t.end) {
		t.end = end
	}
}

func newTake(f *file) *take {
	t := &take{paths: map[string]bool{}}
	t.add(f)
	return t
}

// takesOf parts the files of one key into takes: a card that was formatted gives
// the same names again. It looks at nothing but what the files are by themselves,
// so that the order in which they came changes nothing. Those that have a time
// come first, in its order; the others go where they were sent.
func takesOf(files []*file) (takes []*take) {
	timeless := func(f *file) bool { return f.own.at.IsZero() }
	timed := slices.DeleteFunc(slices.Clone(files), timeless)
	slices.SortFunc(timed, func(a, b *file) int { return cmp.Or(cmp.Compare(a.own.at.Ms(), b.own.at.Ms()), inOrder(a, b)) })
	others := slices.DeleteFunc(slices.Clone(files), func(f *file) bool { return !timeless(f) })
	slices.SortFunc(others, func(a, b *file) int {
		return cmp.Or(cmp.Compare(a.CheckedInAt.Ms(), b.CheckedInAt.Ms()), inOrder(a, b))
	})
	for _, f := range append(timed, others...) {
		var best *take
		var least distance
		for _, t := range takes {
			if d, near := t.distance(f); near && !t.paths[f.path()] && (best == nil || d.less(least)) {
				best, least = t, d
			}
		}
		if best == nil {
			takes = append(takes, newTake(f))
			continue
		}
		best.add(f)
	}
	return takes
}

// distance is how far a file is from a take.
type distance struct {
	elsewhere bool          // it was not sent in the same batch; of files without a time
	apart     time.Duration // from where the take ends, or from the nearest check-in
	begun     time.Duration // from where the take begins
}

func (d distance) less(o distance) bool {
	if d.elsewhere != o.elsewhere {
		return o.elsewhere
	}
	return cmp.Or(cmp.Compare(d.apart, o.apart), cmp.Compare(d.begun, o.begun)) < 0
}

// distance reports also whether the file may belong to the take.
func (t *take) distance(f *file) (d distance, near bool) {
	if !f.own.at.IsZero() { // no take begins later: files come in order
		d = distance{apart: max(0, f.own.at.Sub(t.end)), begun: f.own.at.Sub(t.start)}
		return d, d.apart <= filmedWithin
	}
	if f.cameBefore(t.start) {
		return d, false
	}
	d = distance{elsewhere: true, apart: sentWithin + 1}
	for _, o := range t.files {
		if f.Batch != "" && f.Batch == o.Batch {
			d.elsewhere = false
		}
		d.apart = min(d.apart, f.CheckedInAt.Sub(o.CheckedInAt).Abs())
	}
	return d, d.apart <= sentWithin
}

// nameTakes finds which recording each take is: the oldest that its files are in
// already. Where the files of one recording turn out to be of several takes, the
// picture keeps it, for others may go on from it. A take that is new is called
// after the file of it that was registered first.
func nameTakes(takes []*take) {
	keeps := map[string]*take{}
	for _, t := range takes {
		for _, f := range t.files {
			id := f.stood.Recording
			if id != "" && (keeps[id] == nil || t.claim(id) > keeps[id].claim(id)) {
				keeps[id] = t
			}
		}
	}
	taken := map[string]bool{}
	for id, t := range keeps {
		t.recordings = append(t.recordings, id)
		taken[id] = true
	}
	for _, t := range takes {
		slices.Sort(t.recordings)
		if len(t.recordings) > 0 {
			t.id = t.recordings[0]
			continue
		}
		t.id = t.firstOf(taken)
		taken[t.id] = true
	}
}

// claim is how good the right of the take to a recording is: it has a picture of
// it, it has the file that is called so, it has anything of it. Of two that are
// as good the first take has it.
func (t *take) claim(id string) (claim int) {
	for _, f := range t.files {
		switch {
		case f.stood.Recording != id:
		case f.Part == profile.Main && !f.own.at.IsZero():
			return 3
		case f.ID == id:
			claim = 2
		default:
			claim = max(claim, 1)
		}
	}
	return claim
}

// firstOf is the id of the file that was registered first of those after which
// no other recording is called; "" when there is none.
func (t *take) firstOf(taken map[string]bool) string {
	files := slices.Clone(t.files)
	slices.SortFunc(files, func(a, b *file) int {
		return cmp.Or(cmp.Compare(a.CheckedInAt.Ms(), b.CheckedInAt.Ms()), strings.Compare(a.ID, b.ID))
	})
	for _, f := range files {
		if !taken[f.ID] {
			return f.ID
		}
	}
	return ""
}
