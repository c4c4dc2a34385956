package footage

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"jikim/devices/instant"
	"jikim/devices/profile"
)

// Companion reports whether a file only goes with the picture of its recording:
// a small copy, a thumbnail, a track, a sound, a log. Lists leave companions out.
func Companion(p profile.Part) bool {
	switch p {
	case profile.Proxy, profile.Thumbnail, profile.Track, profile.Sound, profile.Log:
		return true
	}
	return false
}

// Timeline is the files of one recording as they were filmed.
type Timeline struct {
	Start, End instant.Time // of all lanes; of the companions when there are no lanes; not set when unknown
	Lanes      []Lane       // by lens, the one without a name first
	Companions []Clip       // everything that is no moving picture, photos too: photos first, then by the order of parts
}

// Lane is what one lens filmed.
type Lane struct {
	Lens     string // Korean; "" = the only one, or the usual one
	Segments []Segment
	Missing  []int // chapters that should be there: between those that are, and before the first
}

// Segment is one file in its lane. Times are in seconds.
type Segment struct {
	Clip      string // id
	FileName  string
	Chapter   int          // 0 = its name does not say
	Start     instant.Time // not set when no start of its lane is known
	Offset    float64      // from the start of the timeline
	DurationS float64
	GapS      float64 // between the end of the one before and its start; negative = they overlap; 0 for the first
	Derived   bool    // its start is not its own: it stands where its neighbour in the lane lets it
}

// sameStart is how far apart two starts may be that were written as one.
const sameStart = time.Second

// TimelineOf puts the files of one recording in order. A file whose own start is
// not known, or is that of the chapter before it (GoPro writes the first start
// into all of them), starts where the one before ended.
func TimelineOf(members []Clip) Timeline {
	var t Timeline
	lenses := map[string][]Clip{}
	for _, c := range members {
		if c.Part == profile.Main || c.Part == "" {
			lenses[c.Lens] = append(lenses[c.Lens], c)
		} else {
			t.Companions = append(t.Companions, c)
		}
	}
	slices.SortFunc(t.Companions, byPart)
	t.Start, t.End = span(t.Companions)
	for lens, files := range lenses {
		t.Lanes = append(t.Lanes, laneOf(lens, files))
	}
	slices.SortFunc(t.Lanes, func(a, b Lane) int { return strings.Compare(a.Lens, b.Lens) })
	if len(t.Lanes) > 0 {
		t.measure()
	}
	return t
}

// byPart is the order of what goes with the pictures.
func byPart(a, b Clip) int {
	return cmp.Or(
		cmp.Compare(slices.Index(profile.Parts(), a.Part), slices.Index(profile.Parts(), b.Part)),
		cmp.Compare(a.Chapter, b.Chapter), strings.Compare(a.Lens, b.Lens),
		strings.Compare(a.FileName, b.FileName), strings.Compare(a.ID, b.ID))
}

// span gives the first start and the last end that are known.
func span(clips []Clip) (start, end instant.Time) {
	for _, c := range clips {
		start, end = widen(start, end, c.CapturedAt, c.DurationS)
	}
	return start, end
}

func widen(start, end, from instant.Time, seconds float64) (instant.Time, instant.Time) {
	if from.IsZero() {
		return start, end
	}
	if start.IsZero() || from.Before(start) {
		start = from
	}
	if to := after(from, seconds); end.IsZero() || to.After(end) {
		end = to
	}
	return start, end
}

func after(t instant.Time, seconds float64) instant.Time {
	return t.Add(time.Duration(math.Round(seconds*1000)) * time.Millisecond)
}

func laneOf(lens string, files []Clip) Lane {
	lane := Lane{Lens: lens}
	numbered := areChapters(files)
	slices.SortFunc(files, func(a, b Clip) int {
		if numbered {
			return cmp.Compare(a.Chapter, b.Chapter)
		}
		return cmp.Or(cmp.Compare(a.CapturedAt.Ms(), b.CapturedAt.Ms()), cmp.Compare(a.Chapter, b.Chapter),
			strings.Compare(a.FileName, b.FileName), strings.Compare(a.ID, b.ID))
	})
	if numbered {
		lane.Missing = missing(files)
	}
	var end, written instant.Time // of the one before; the last start that a file has itself
	for i, c := range files {
		s := Segment{Clip: c.ID, FileName: c.FileName, Chapter: c.Chapter, Start: c.CapturedAt, DurationS: c.DurationS}
		own := c.CapturedAt
		switch again := !written.IsZero() && own.Before(written.Add(sameStart)); {
		case i == 0:
		case own.IsZero() || again:
			s.Start, s.Derived = end, !end.IsZero()
		case !end.IsZero():
			s.GapS = own.Sub(end).Seconds()
		}
		if !own.IsZero() {
			written = own
		}
		if end = s.Start; !end.IsZero() {
			end = after(s.Start, s.DurationS)
		}
		lane.Segments = append(lane.Segments, s)
	}
	lane.deriveFirst()
	return lane
}

// deriveFirst lets what comes before the first known start end there.
func (l *Lane) deriveFirst() {
	for i := len(l.Segments) - 2; i >= 0; i-- {
		if s, next := &l.Segments[i], l.Segments[i+1]; s.Start.IsZero() && !next.Start.IsZero() {
			s.Start, s.Derived = after(next.Start, -s.DurationS), true
		}
	}
}

// areChapters reports whether the names of all files say which follows which.
func areChapters(files []Clip) bool {
	seen := map[int]bool{}
	for _, c := range files {
		if c.Chapter <= 0 || seen[c.Chapter] {
			return false
		}
		seen[c.Chapter] = true
	}
	return true
}

// mostMissing bounds how many missing chapters are named: a name may say 99.
const mostMissing = 100

func missing(files []Clip) (chapters []int) {
	next := 1
	for _, c := range files {
		for ; next < c.Chapter && len(chapters) < mostMissing; next++ {
			chapters = append(chapters, next)
		}
		next = c.Chapter + 1
	}
	return chapters
}

// measure says when the timeline begins and ends, and where in it each segment
// stands. A lane of which no start is known begins with the others.
func (t *Timeline) measure() {
	t.Start, t.End = instant.Time{}, instant.Time{}
	for _, lane := range t.Lanes {
		for _, s := range lane.Segments {
			t.Start, t.End = widen(t.Start, t.End, s.Start, s.DurationS)
		}
	}
	for _, lane := range t.Lanes {
		end := 0.0
		for i := range lane.Segments {
			s := &lane.Segments[i]
			if s.Start.IsZero() {
				s.Offset = end
			} else {
				s.Offset = s.Start.Sub(t.Start).Seconds()
			}
			end = s.Offset + s.DurationS
		}
	}
}
