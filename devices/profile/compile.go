package profile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// layout is a profile ready to be asked.
type layout struct {
	Profile
	roots  []where
	files  []rule
	ignore []where
}

// where is a pattern for a piece of a path.
type where struct {
	re    *regexp.Regexp
	holds string // what every such path holds: asked first, for it costs next to nothing
}

func (w *where) fits(path string) bool {
	return strings.Contains(path, w.holds) && w.re.MatchString(path)
}

type rule struct {
	FileRule
	name   *regexp.Regexp
	begins string         // what every such name begins with: asked first, as in where
	folder *regexp.Regexp // nil: any folder
}

// What stands around a pattern so that it fits a whole path.
const (
	itself    = "%s"
	aboveFile = "(?:.*/)?(?:%s)(?:/.*)?"
	endOfPath = "(?:.*/)?(?:%s)"
)

func compile(p Profile) (layout, error) {
	l := layout{Profile: p}
	var err error
	if l.roots, err = wholes(p.Roots, aboveFile); err != nil {
		return l, fmt.Errorf("profile %s: roots: %w", p.ID, err)
	}
	if l.ignore, err = wholes(p.Ignore, endOfPath); err != nil {
		return l, fmt.Errorf("profile %s: ignore: %w", p.ID, err)
	}
	for i, f := range p.Files {
		r, err := compileRule(f)
		if err != nil {
			return l, fmt.Errorf("profile %s: files[%d]: %w", p.ID, i, err)
		}
		l.files = append(l.files, r)
	}
	return l, nil
}

func compileRule(f FileRule) (r rule, err error) {
	r.FileRule = f
	if r.name, err = whole(f.Name, itself); err != nil {
		return r, err
	}
	r.begins = begins(f.Name)
	if f.Folder != "" {
		r.folder, err = whole(f.Folder, itself)
	}
	return r, err
}

func wholes(patterns []string, around string) (all []where, err error) {
	for _, p := range patterns {
		re, err := whole(p, around)
		if err != nil {
			return nil, err
		}
		all = append(all, where{re: re, holds: begins(p)})
	}
	return all, nil
}

// begins gives the letters with which all that a sound pattern fits begins.
func begins(pattern string) string {
	letters, _ := regexp.MustCompile(pattern).LiteralPrefix()
	return letters
}

// whole compiles a pattern so that it must fit everything around it. The
// pattern is compiled alone first: "a)(b" is none, though it were one in
// brackets.
func whole(pattern, around string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(pattern); err != nil {
		return nil, err
	}
	return regexp.Compile(`(?s)\A(?:` + fmt.Sprintf(around, pattern) + `)\z`)
}

// stands reports whether one of the root folders stands above the file.
func (l *layout) stands(at place) bool {
	return len(l.roots) == 0 || slices.ContainsFunc(l.roots, func(w where) bool { return w.fits(at.folder) })
}

func (l *layout) ignores(at place) bool {
	return slices.ContainsFunc(l.ignore, func(w where) bool { return w.fits(at.whole) })
}

// match gives what the first rule that fits says of the file.
func (l *layout) match(at place) (Match, bool) {
	for i := range l.files {
		if said, fits := l.files[i].read(at); fits {
			return Match{
				Profile: l.ID,
				Part:    l.files[i].Parts[at.ending],
				Key:     strings.Join([]string{l.ID, said.root, l.files[i].Family, said.key}, keySeparator),
				Chapter: said.chapter,
				Lens:    said.lens,
				Folder:  said.root,
			}, true
		}
	}
	return Match{}, false
}

// keySeparator stands between the parts of a key; no camera writes it in a name.
const keySeparator = "\x1f"

// said is what the named groups of a rule held.
type said struct {
	root, key, lens string
	keyed           bool // the key is not empty: a rule that finds none says nothing
	chapter         int
}

func (r *rule) read(at place) (s said, fits bool) {
	if _, fits := r.Parts[at.ending]; !fits || !strings.HasPrefix(at.stem, r.begins) {
		return s, false
	}
	name := r.name.FindStringSubmatchIndex(at.stem)
	if name == nil {
		return s, false
	}
	s.root, s.lens, s.chapter = at.folder, r.Lens, r.ChapterPlus
	if r.folder != nil {
		folder := r.folder.FindStringSubmatchIndex(at.folder)
		if folder == nil {
			return s, false
		}
		s.root = ""
		s.take(r, r.folder, at.folder, folder)
	}
	s.take(r, r.name, at.stem, name)
	return s, s.keyed
}

// take reads what the groups of re found in text; a group of an alternative that
// was not taken says nothing.
func (s *said) take(r *rule, re *regexp.Regexp, in string, found []int) {
	for i, group := range re.SubexpNames() {
		if found[2*i] < 0 {
			continue
		}
		text := in[found[2*i]:found[2*i+1]]
		switch group {
		case groupKey:
			s.key += keySeparator + text
			s.keyed = s.keyed || text != ""
		case groupRoot:
			s.root = strings.Trim(text, "/")
		case groupLens:
			s.lens = text
			if words, known := r.Lenses[text]; known {
				s.lens = words
			}
		case groupChapter:
			if n, err := strconv.ParseUint(text, 10, 31); err == nil {
				s.chapter = int(n) + r.ChapterPlus
			}
		}
	}
}

// What the named groups of a rule may be called.
const (
	groupKey     = "key"
	groupChapter = "chapter"
	groupLens    = "lens"
	groupRoot    = "root"
)
