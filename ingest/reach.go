package ingest

import (
	"slices"
	"strings"
	"time"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
)

const (
	// longestFile is how long before a file the one may have begun that it goes on.
	longestFile = 6 * time.Hour
	// mostNeighbours bounds how many files of a device are looked at on each side.
	mostNeighbours = 16
)

// reach joins the new clip's take with those that it goes on or that go on with
// it, under the oldest of their names, and lets them bear one another out.
func (j *join) reach() error {
	near, err := j.neighbours()
	if err != nil {
		return err
	}
	near, err = j.fitting(near)
	if err != nil {
		return err
	}
	ids := append(slices.Clone(j.mine.recordings), recordings(near)...)
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil
	}
	borne := j.mine.sound() || slices.ContainsFunc(near, isSound)
	wants := slices.ContainsFunc(near, func(c footage.Clip) bool { return !isSound(c) })
	grew := len(j.mine.recordings) > 0 && !j.mine.wasSound() // others may hang on it
	if len(ids) > 1 || borne && (wants || grew) {
		if err := j.load(ids); err != nil {
			return err
		}
	}
	borne = len(near)+len(j.far) > 0 && (borne || slices.ContainsFunc(j.far, (*take).sound))
	for _, t := range slices.Concat(j.takes, j.far) {
		if t != j.mine && !slices.Contains(ids, t.id) {
			continue
		}
		if t.id = ids[0]; borne {
			t.bear()
		}
	}
	return nil
}

func isSound(c footage.Clip) bool { return reading{c.CapturedAt, c.TimeConfidence}.sound() }

func recordings(clips []footage.Clip) (ids []string) {
	for _, c := range clips {
		ids = append(ids, c.Recording)
	}
	return ids
}

// wasSound reports whether a time of the take carried a period before.
func (t *take) wasSound() bool {
	return slices.ContainsFunc(t.files, func(f *file) bool { return f.stood.Recording != "" && isSound(f.stood) })
}

// neighbours gives the files of other names that the new one goes on, and those
// that go on with it. A time that was borrowed from another file tells nothing of
// where a file goes on.
func (j *join) neighbours() (near []footage.Clip, err error) {
	c := j.new.Clip
	if c.Part != profile.Main || c.Device == "" || c.CapturedAt.IsZero() || c.CapturedAt != j.new.own.at {
		return nil, nil
	}
	found, err := j.Neighbours(c.Device, c.CapturedAt.Add(-longestFile), c.CapturedAt.Add(j.gap()), mostNeighbours)
	if err != nil {
		return nil, err
	}
	if end := endOf(c); end.After(c.CapturedAt) {
		after, err := j.Neighbours(c.Device, end.Add(-j.gap()), end.Add(j.gap()), mostNeighbours)
		if err != nil {
			return nil, err
		}
		found = append(found, after...)
	}
	for _, n := range found {
		if (j.follows(n, c) || j.follows(c, n)) && j.alike(n, c) && j.ground.relative(footage.Relative{Clip: n}).own.at == n.CapturedAt {
			near = append(near, n)
		}
	}
	return near, nil
}

func (j *join) gap() time.Duration { return time.Duration(j.goesOn.GapS * float64(time.Second)) }

func endOf(c footage.Clip) instant.Time {
	return c.CapturedAt.Add(time.Duration(c.DurationS * float64(time.Second)))
}

// alike reports whether n could be the same picture going on: of the same card
// layout, through the same lens.
func (j *join) alike(n, c footage.Clip) bool {
	if n.Recording == "" || n.GroupKey == c.GroupKey || n.Department != c.Department || n.Lens != c.Lens {
		return false
	}
	m, known := j.layouts.Match(string(n.SourcePath))
	return known && m.Profile == j.layout
}

// follows reports whether b begins where a ended, and a is a file the camera
// would end there.
func (j *join) follows(a, b footage.Clip) bool {
	if a.CapturedAt.IsZero() || b.CapturedAt.IsZero() || a.DurationS <= 0 || a.Bytes < j.goesOn.MinBytes {
		return false
	}
	return b.CapturedAt.Sub(endOf(a)).Abs() <= j.gap()
}

// fitting leaves out what would make the recording too large.
func (j *join) fitting(near []footage.Clip) (fit []footage.Clip, err error) {
	ids := slices.Clone(j.mine.recordings)
	for _, n := range near {
		if slices.Contains(ids, n.Recording) {
			fit = append(fit, n)
			continue
		}
		size, err := j.Size(append(slices.Clone(ids), n.Recording), footage.MostFiles)
		if err != nil {
			return nil, err
		}
		if size >= footage.MostFiles {
			j.full = true
			continue
		}
		ids, fit = append(ids, n.Recording), append(fit, n)
	}
	return fit, nil
}

// load reads the files of other keys that are in these recordings. What is of
// one key and one recording was parted into takes before.
func (j *join) load(ids []string) error {
	members, err := j.Members(ids, footage.MostFiles)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, t := range j.takes {
		for _, f := range t.files {
			known[f.ID] = true
		}
	}
	takes := map[string]*take{}
	for _, m := range members {
		if known[m.ID] {
			continue
		}
		f := j.ground.relative(m)
		at := strings.Join([]string{m.GroupKey, m.Recording}, "\x00")
		if t := takes[at]; t != nil {
			t.add(f)
			continue
		}
		takes[at] = newTake(f)
		takes[at].id = m.Recording
		j.far = append(j.far, takes[at])
	}
	return nil
}
