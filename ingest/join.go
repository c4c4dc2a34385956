package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Layouts says by its path what a file of a card is; *profile.Set does.
type Layouts interface {
	Match(path string) (profile.Match, bool)
	// Continues says when a file goes on where another one ended; nil when the
	// names of that profile say everything.
	Continues(profile string) *profile.Continues
}

func (in *Intake) layouts(ctx context.Context) (Layouts, error) {
	if in.Layouts == nil {
		return profile.Builtin(), nil
	}
	return in.Layouts(ctx)
}

// place writes into the clip what its name says of its recording, and gives the
// card layout that says so; "" when none does.
func place(clip *footage.Clip, layouts Layouts, account string) (layout string) {
	m, known := layouts.Match(string(clip.SourcePath))
	if !known {
		return ""
	}
	clip.Part, clip.Chapter, clip.Lens = m.Part, m.Chapter, printable(m.Lens)
	clip.GroupKey = groupKey(*clip, account, m.Key)
	return m.Profile
}

// groupKey is by what the files of a recording find one another: the same card of
// the same device. Where nobody knows the device, only what was sent together
// counts: the same batch, or the same sender on one day.
func groupKey(clip footage.Clip, account, key string) string {
	whose := []string{"device", clip.Device}
	switch {
	case clip.Device != "":
	case clip.Batch != "":
		whose = []string{"batch", clip.Batch}
	default:
		whose = []string{"day", account, string(instant.DateOf(clip.CheckedInAt.Std()))}
	}
	sum := sha256.Sum256([]byte(strings.Join(append([]string{clip.Department, key}, whose...), "\x00")))
	return hex.EncodeToString(sum[:])
}

// joining finds the recording of a new clip of a card layout; nil when its name
// says nothing.
func joining(layout string, layouts Layouts, g ground) footage.Joining {
	if layout == "" {
		return nil
	}
	return func(r footage.Relatives, e *ledger.Entry, up *footage.Upload, clip *footage.Clip) ([]footage.Clip, error) {
		j := join{Relatives: r, ground: &g, layouts: layouts, layout: layout, goesOn: layouts.Continues(layout)}
		others, err := j.run(*clip)
		if err != nil {
			return nil, err
		}
		*clip = j.new.Clip
		tellReview(up, *clip)
		e.Facts = factsOf(*clip)
		j.tell(e.Facts, others)
		return others, nil
	}
}

// join is the search for one clip's recording.
type join struct {
	footage.Relatives
	ground  *ground
	layouts Layouts
	layout  string             // of the new clip
	goesOn  *profile.Continues // of that layout

	new   *file
	takes []*take // of the new clip's key
	mine  *take   // the one with the new clip
	far   []*take // of other keys, that change with it
	full  bool    // a recording it goes on with is full
}

// run settles the clip and gives the others that change with it.
func (j *join) run(clip footage.Clip) ([]footage.Clip, error) {
	j.new = &file{Clip: clip, stood: clip, purpose: clip.Purpose}
	j.new.own = j.new.stands()
	siblings, err := j.Siblings(clip.GroupKey, footage.MostFiles)
	if err != nil {
		return nil, err
	}
	if len(siblings) == footage.MostFiles {
		siblings, j.full = nil, true
	}
	files := []*file{j.new}
	for _, s := range siblings {
		files = append(files, j.ground.relative(s))
	}
	j.takes = takesOf(files)
	nameTakes(j.takes)
	j.mine = j.takes[slices.IndexFunc(j.takes, func(t *take) bool { return slices.Contains(t.files, j.new) })]
	for _, t := range j.takes {
		t.follow(j.takes)
	}
	if j.goesOn != nil {
		if err := j.reach(); err != nil {
			return nil, err
		}
	}
	others := j.changed()
	if j.full {
		j.new.Reasons = append(slices.Clip(j.new.Reasons),
			fmt.Sprintf("한 촬영으로는 파일을 %d개까지 묶으므로 이 파일은 따로 묶었습니다.", footage.MostFiles))
	}
	return others, nil
}

// changed decides anew about every file and gives those that are not as they
// were, the new one aside.
func (j *join) changed() (others []footage.Clip) {
	for _, t := range slices.Concat(j.takes, j.far) {
		for _, f := range t.files {
			f.Recording = t.id
			if f.decide(j.ground, j.new.CheckedInAt) && f != j.new {
				others = append(others, f.Clip)
			}
		}
	}
	slices.SortFunc(others, func(a, b footage.Clip) int { return strings.Compare(a.ID, b.ID) })
	return others
}

// mostTold bounds how many files an entry names.
const mostTold = 10

// tell writes into the facts of the entry which recording it is, and which other
// files have changed with it; their digests stand in the entry.
func (j *join) tell(facts map[string]string, others []footage.Clip) {
	if len(j.mine.files) > 1 || j.mine.id != j.new.ID {
		facts["recording"] = j.mine.id
	}
	if j.full {
		facts["recording_full"] = strconv.Itoa(footage.MostFiles)
	}
	if len(others) == 0 {
		return
	}
	var names []string
	for _, c := range others[:min(mostTold, len(others))] {
		names = append(names, c.FileName)
	}
	facts["also_changed"] = strings.Join(names, ", ")
	facts["also_changed_count"] = strconv.Itoa(len(others))
}
