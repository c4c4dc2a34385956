package ingest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/retention"
	"jikim/ingest/metadata"
)

// sheet is one file of a card, as it is sent.
type sheet struct {
	path    string
	at      time.Duration // after noon of the day before; of a grade that is a time
	grade   string        // "" = X: no time
	seconds float64
	bytes   int64
	sent    string        // purpose
	in      time.Duration // when it is checked in, after the evening
	batch   string
	device  string // "" = bc-1, "-" = unknown
	from    string // account
	sha     string
}

var (
	yesterday = time.Date(2026, 10, 4, 3, 0, 0, 0, time.UTC)
	tonight   = instant.Of(time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC))
)

// shelf is what is registered. It implements footage.Relatives.
type shelf struct {
	ground  ground
	clips   map[string]footage.Clip
	sent    map[string]string
	settled map[string]bool
	asked   []string
}

func newShelf() *shelf {
	purposes := []devices.Purpose{
		{ID: "complaint", Name: "민원 응대", Retention: devices.Retention{Days: 30}, Version: 2},
		{ID: "patrol", Name: "순찰", Retention: devices.Retention{Days: 60}, Version: 1},
	}
	return &shelf{
		ground: ground{
			device: devices.Device{ID: "bc-1", Purpose: "complaint"}, known: true, purposes: purposes, fallback: purposes[0], minimumStay: 72 * time.Hour,
		},
		clips: map[string]footage.Clip{}, sent: map[string]string{}, settled: map[string]bool{},
	}
}

func (s *shelf) find(is func(c footage.Clip) bool) (found []footage.Relative) {
	for _, id := range slices.Sorted(maps.Keys(s.clips)) {
		c := s.clips[id]
		if is(c) && (c.State == footage.Registered || c.State == footage.Review) {
			found = append(found, footage.Relative{Clip: c, Sent: s.sent[id], Settled: s.settled[id]})
		}
	}
	return found
}

func (s *shelf) Siblings(key string, limit int) ([]footage.Relative, error) {
	s.asked = append(s.asked, "siblings")
	found := s.find(func(c footage.Clip) bool { return c.GroupKey == key })
	return found[:min(limit, len(found))], nil
}

func (s *shelf) Members(ids []string, limit int) ([]footage.Relative, error) {
	s.asked = append(s.asked, "members")
	found := s.find(func(c footage.Clip) bool { return slices.Contains(ids, c.Recording) })
	return found[:min(limit, len(found))], nil
}

func (s *shelf) Size(ids []string, limit int) (int, error) {
	s.asked = append(s.asked, "size")
	return min(limit, len(s.find(func(c footage.Clip) bool { return slices.Contains(ids, c.Recording) }))), nil
}

func (s *shelf) Neighbours(device string, from, to instant.Time, limit int) (near []footage.Clip, err error) {
	s.asked = append(s.asked, "neighbours")
	for _, r := range s.find(func(c footage.Clip) bool { return c.Device == device && c.Part == profile.Main }) {
		if at := cmp.Or(r.CapturedAt, r.CheckedInAt); !at.Before(from) && !at.After(to) {
			near = append(near, r.Clip)
		}
	}
	slices.SortFunc(near, func(a, b footage.Clip) int { return cmp.Compare(b.CapturedAt.Ms(), a.CapturedAt.Ms()) })
	return near[:min(limit, len(near))], nil
}

// described is what a file is before its recording is known.
func described(g *ground, id string, f sheet) footage.Clip {
	c := footage.Clip{
		ID: id, FileName: f.path[strings.LastIndexByte(f.path, '/')+1:], SourcePath: []byte(f.path), Department: "minwon", Device: cmp.Or(f.device, "bc-1"),
		Batch: f.batch, SHA256: f.sha, Bytes: cmp.Or(f.bytes, 1000), DurationS: f.seconds, CheckedInAt: tonight.Add(f.in),
	}
	if f.device == "-" {
		c.Device = ""
	}
	report := metadata.Report{Kind: metadata.Video, Time: &metadata.TimeEvidence{Confidence: cmp.Or(f.grade, metadata.Implausible)}}
	if f.grade != "" {
		report.CapturedUTC = yesterday.Add(f.at).Format(time.RFC3339Nano)
	}
	whole, _ := json.Marshal(report) // nothing in it can fail
	c.Metadata = string(whole)
	r := readingOf(report)
	c.CapturedAt, c.TimeConfidence = r.at, r.grade
	place(&c, profile.Builtin(), cmp.Or(f.from, "dock-1"))
	c.Purpose = g.purposeOf(f.sent)
	facts, _ := g.facts(c)
	retention.Apply(&c, retention.Decide(facts))
	return c
}

// checkIn registers a file as the database would.
func (s *shelf) checkIn(id string, f sheet) *join {
	g := s.ground
	if f.device == "-" {
		g.device, g.known, g.usual = devices.Device{}, false, g.device.Purpose
	}
	c := described(&g, id, f)
	s.asked, s.sent[id] = nil, f.sent
	j := &join{Relatives: s, ground: &g, layouts: profile.Builtin()}
	if m, known := profile.Builtin().Match(f.path); known {
		j.layout, j.goesOn = m.Profile, profile.Builtin().Continues(m.Profile)
		others, err := j.run(c)
		if err != nil {
			panic(err)
		}
		for _, o := range others {
			s.clips[o.ID] = o
		}
		c = j.new.Clip
	}
	s.clips[id] = c
	return j
}

func (s *shelf) all(files ...sheet) *shelf {
	for _, f := range files {
		s.checkIn(fmt.Sprintf("%03d", len(s.clips)), f)
	}
	return s
}

// words writes what is registered, recording by recording, so that the names of
// clips and recordings do not matter.
func (s *shelf) words(why bool) string {
	recordings := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(s.clips)) {
		c := s.clips[id]
		line := fmt.Sprintf("%s %s %s", c.FileName, c.TimeConfidence, c.CapturedAt)
		if c.CapturedAt.IsZero() {
			line = c.FileName + " " + c.TimeConfidence
		}
		line += fmt.Sprintf(" | %s %s until %s, due %s", c.State, c.Purpose, c.ExpiresOn, c.DueAt)
		if why {
			line += "\n      " + strings.Join(append(slices.Clone(c.Reasons), c.Doubts...), "\n      ")
		}
		recordings[c.Recording] = append(recordings[c.Recording], line)
	}
	var said []string
	for _, lines := range recordings {
		slices.Sort(lines)
		said = append(said, "  "+strings.Join(lines, "\n  "))
	}
	slices.Sort(said)
	return strings.Join(said, "\n  --\n") + "\n"
}

// groups names the files of each recording.
func (s *shelf) groups() string {
	recordings := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(s.clips)) {
		c := s.clips[id]
		recordings[c.Recording] = append(recordings[c.Recording], c.FileName)
	}
	var said []string
	for _, names := range recordings {
		slices.Sort(names)
		said = append(said, strings.Join(names, " "))
	}
	slices.Sort(said)
	return strings.Join(said, " | ")
}
