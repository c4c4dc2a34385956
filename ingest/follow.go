package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/retention"
	"jikim/ingest/metadata"
)

// Where a time or a purpose is from that is not the file's own.
const (
	timeFollows    = "같은 촬영의 파일 %s의 촬영 시각을 따릅니다."
	timeAgrees     = "파일 이름의 시각이 같은 촬영의 파일 %s의 촬영 시각과 맞습니다."
	timeGoesOn     = "이어 찍은 앞뒤 파일의 촬영 시각과 이어지므로 파일 이름의 시각을 따릅니다."
	purposeFollows = "촬영 목적은 같은 촬영의 파일 %s의 것을 따릅니다."
)

// agreement is how far the time in a file's name may be from the time of its
// recording and still be borne out by it.
const agreement = time.Minute

// follow settles what a file of the take does not know by itself from what the
// others know. A file whose time can carry a period is never changed; what
// persons have corrected is left to persons. takes are all of the same key.
func (t *take) follow(takes []*take) {
	lead := t.lead()
	if lead == nil {
		t.letGo(takes)
	}
	t.followTime(lead)
	t.followPurpose(takes)
	t.compare(takes)
}

// followTime: pictures follow the best time there is, what goes with a picture
// follows that picture.
func (t *take) followTime(lead *file) {
	for _, f := range t.files {
		if lead != nil && f.weak() && !footage.Companion(f.Part) {
			f.adopt(lead, lead.own)
		}
	}
	for _, f := range t.files {
		if !f.weak() || !footage.Companion(f.Part) {
			continue
		}
		if m := t.pictureOf(f); m != nil && m.stands().sound() {
			f.adopt(m, m.stands())
		} else if lead != nil {
			f.adopt(lead, lead.own)
		}
	}
}

// reasonOf gives the sentence of one of these forms among the reasons that stand.
func (f *file) reasonOf(forms ...string) string {
	for _, form := range forms {
		before, after, _ := strings.Cut(form, "%s")
		for _, reason := range f.stood.Reasons {
			if reason == form || strings.HasPrefix(reason, before) && strings.HasSuffix(reason, after) && after != "" {
				return reason
			}
		}
	}
	return ""
}

// letGo takes back a time that a file has from one that now is of another take.
// One that it has from a file that is destroyed it keeps.
func (t *take) letGo(takes []*take) {
	for _, o := range takes {
		for _, f := range t.files {
			if o != t && f.weak() && f.stands() != f.own && slices.ContainsFunc(o.files, f.hasFrom) {
				f.CapturedAt, f.TimeConfidence, f.timeOf = f.own.at, f.own.grade, ""
			}
		}
	}
}

// hasFrom reports whether the time that stands can be from another file: from
// its own, or what goes with a picture from that which the picture has itself.
func (f *file) hasFrom(o *file) bool {
	stood := reading{o.stood.CapturedAt, o.stood.TimeConfidence}
	switch {
	case f.timeOf == timeGoesOn:
		return false
	case footage.Companion(f.Part) && o.Part == profile.Main && f.stands() == stood:
		return true
	}
	return o.own.sound() && (f.stands() == o.own || f.agrees(o.own) && f.stands() == reading{f.own.at, o.own.grade})
}

// agrees reports whether a picture's own time is that of another file, as
// exactly as cameras keep time: then it is when it began itself.
func (f *file) agrees(r reading) bool {
	return !footage.Companion(f.Part) && !f.own.at.IsZero() && f.own.at.Sub(r.at).Abs() <= agreement
}

// weak reports whether the file's own time carries no period, and it is for us
// to find another.
func (f *file) weak() bool { return !f.own.sound() && !f.settled }

// adopt gives the file the time of another. A picture whose name has a time that
// fits keeps it: that is when it began itself.
func (f *file) adopt(from *file, r reading) {
	if f.cameBefore(r.at) {
		return
	}
	if f.agrees(r) {
		f.CapturedAt, f.TimeConfidence = f.own.at, r.grade
		f.timeOf = fmt.Sprintf(timeAgrees, from.FileName)
		return
	}
	f.CapturedAt, f.TimeConfidence = r.at, r.grade
	f.timeOf = fmt.Sprintf(timeFollows, from.FileName)
}

// lead is the file whose time the others follow: one that a person has
// corrected, else the best grade, else the first; nil when no time carries.
func (t *take) lead() *file {
	var lead *file
	for _, f := range t.files {
		if f.own.sound() && (lead == nil || before(f, lead)) {
			lead = f
		}
	}
	return lead
}

func before(a, b *file) bool {
	if a.settled != b.settled {
		return a.settled
	}
	return cmp.Or(strings.Compare(a.own.grade, b.own.grade), inOrder(a, b)) < 0
}

// pictureOf is the main file that a companion goes with: that of its chapter and
// lens, as far as the names say.
func (t *take) pictureOf(companion *file) *file {
	var best *file
	apart := func(f *file) int {
		n := 0
		if f.Chapter != companion.Chapter {
			n += 2
		}
		if f.Lens != companion.Lens {
			n++
		}
		return n
	}
	for _, f := range t.files {
		if f.Part == profile.Main && (best == nil || cmp.Or(cmp.Compare(apart(f), apart(best)), inOrder(f, best)) < 0) {
			best = f
		}
	}
	return best
}

// bear lets a recording that other files continue bear out the times in its
// pictures' names: they go on where a file with a good time ended.
func (t *take) bear() {
	for _, f := range t.files {
		if f.weak() && f.Part == profile.Main && !f.own.at.IsZero() && !f.stands().sound() {
			f.CapturedAt, f.TimeConfidence = f.own.at, metadata.ByDevice
			f.timeOf = timeGoesOn
		}
	}
	t.followTime(nil)
}

// sound reports whether a time of the take, own or followed, carries a period.
func (t *take) sound() bool {
	return slices.ContainsFunc(t.files, func(f *file) bool { return f.stands().sound() })
}

// followPurpose: a file without a purpose follows the first that has one. One
// that it has from a file that now is of another take it gives back.
func (t *take) followPurpose(takes []*take) {
	giver := t.giver()
	for _, f := range t.files {
		switch {
		case f.purpose != "" || f.settled:
		case giver != nil:
			f.Purpose = giver.purpose
			f.purposeOf = fmt.Sprintf(purposeFollows, giver.FileName)
		case f.purposeFromElsewhere(t, takes):
			f.Purpose, f.purposeOf = "", ""
		}
	}
}

func (f *file) purposeFromElsewhere(mine *take, takes []*take) bool {
	gave := func(o *file) bool {
		return o.purpose == f.Purpose && f.purposeOf == fmt.Sprintf(purposeFollows, o.FileName)
	}
	return slices.ContainsFunc(takes, func(t *take) bool { return t != mine && slices.ContainsFunc(t.files, gave) })
}

func (t *take) giver() (giver *file) {
	for _, f := range t.files {
		if f.purpose != "" && (giver == nil || inOrder(f, giver) < 0) {
			giver = f
		}
	}
	return giver
}

// compare says of a picture and what goes with it that their good times cannot
// both be true; which of them is wrong, persons decide. What was said of another
// picture, before this one came, is taken back.
func (t *take) compare(takes []*take) {
	for _, f := range t.files {
		if !footage.Companion(f.Part) || !f.own.sound() {
			continue
		}
		for _, o := range takes {
			for _, m := range o.files {
				if said := f.contradicts(m); said != "" {
					f.Reasons = slices.DeleteFunc(slices.Clone(f.Reasons), func(reason string) bool { return reason == said })
				}
			}
		}
		if m := t.pictureOf(f); m != nil {
			f.against = f.contradicts(m)
		}
	}
}

// contradicts says that the times of a companion and its picture cannot both be
// true; "" when they can.
func (f *file) contradicts(m *file) string {
	apart := max(m.own.at.Sub(f.own.at), f.own.at.Sub(m.end()))
	if m.Part != profile.Main || f.Chapter != m.Chapter || !m.own.sound() || apart <= retention.ClockTolerance {
		return ""
	}
	return fmt.Sprintf("같은 촬영의 파일 %s의 촬영 시각(%s)과 %s 어긋납니다. 기기 시계와 시간대를 확인하십시오.",
		m.FileName, m.own.at.Korean(), hours(m.own.at.Sub(f.own.at).Abs()))
}

// hours says a length of time: "9시간", "8시간 59분", "25분".
func hours(d time.Duration) string {
	h, m := int(d.Hours()), int(d.Minutes())%60
	switch {
	case h == 0:
		return fmt.Sprintf("%d분", m)
	case m == 0:
		return fmt.Sprintf("%d시간", h)
	}
	return fmt.Sprintf("%d시간 %d분", h, m)
}

// decide settles retention anew where the file follows others now in another
// way than it did, and reports whether anything of its record changes. The
// minimum stay begins again: what waited must not end on the spot.
func (f *file) decide(g *ground, now instant.Time) (changed bool) {
	if f.followsAnew() {
		changed = f.decideAnew(g, now)
	}
	if f.against != "" && !slices.Contains(f.Reasons, f.against) {
		f.Reasons = append(slices.Clip(f.Reasons), f.against)
	}
	return changed || f.Recording != f.stood.Recording || !slices.Equal(f.Reasons, f.stood.Reasons)
}

func (f *file) followsAnew() bool {
	if f.stands() != (reading{f.stood.CapturedAt, f.stood.TimeConfidence}) || f.Purpose != f.stood.Purpose {
		return true
	}
	return slices.ContainsFunc(f.because(), func(why string) bool { return !slices.Contains(f.stood.Reasons, why) })
}

func (f *file) because() []string {
	return slices.DeleteFunc([]string{f.purposeOf, f.timeOf}, func(why string) bool { return why == "" })
}

// decideAnew is false when a purpose of the file is no more: only a person can
// settle that.
func (f *file) decideAnew(g *ground, now instant.Time) bool {
	was, had := g.facts(f.stood)
	is, has := g.facts(f.Clip)
	if !had || !has {
		f.CapturedAt, f.TimeConfidence, f.Purpose = f.stood.CapturedAt, f.stood.TimeConfidence, f.stood.Purpose
		return false
	}
	settled := retention.Decide(was).Doubts
	others := slices.DeleteFunc(slices.Clone(f.stood.Doubts), func(doubt string) bool { return slices.Contains(settled, doubt) })
	is.Because, is.StaysFrom = f.because(), now.Std()
	retention.Apply(&f.Clip, retention.Decide(is))
	doubtMore(&f.Clip, others)
	return true
}
