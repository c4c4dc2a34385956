package profile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// layout is a profile ready to be asked.
type layout struct {
	Profile
	roots  []*regexp.Regexp
	files  []rule
	ignore []*regexp.Regexp
}

type rule struct {
	FileRule
	name   *regexp.Regexp
	begins string         // what every such name begins with: asked first, for it costs nothing
	folder *regexp.Regexp // nil: any folder
}

func compile(p Profile) (layout, error) {
	l := layout{Profile: p}
	var err error
	if l.roots, err = wholes(p.Roots, "(?:.*/)?(?:%s)(?:/.*)?"); err != nil {
		return l, fmt.Errorf("profile %s: roots: %w", p.ID, err)
	}
	if l.ignore, err = wholes(p.Ignore, "(?:.*/)?(?:%s)"); err != nil {
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
	if r.name, err = whole(f.Name, "%s"); err != nil {
		return r, err
	}
	r.begins, _ = regexp.MustCompile(f.Name).LiteralPrefix()
	if f.Folder != "" {
		r.folder, err = whole(f.Folder, "%s")
	}
	return r, err
}

func wholes(patterns []string, around string) (all []*regexp.Regexp, err error) {
	for _, p := range patterns {
		re, err := whole(p, around)
		if err != nil {
			return nil, err
		}
		all = append(all, re)
	}
	return all, nil
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
	for _, root := range l.roots {
		if root.MatchString(at.folder) {
			return true
		}
	}
	return len(l.roots) == 0
}

func (l *layout) ignores(at place) bool {
	for _, ignore := range l.ignore {
		if ignore.MatchString(at.whole()) {
			return true
		}
	}
	return false
}

// match gives what the first rule that fits says of the file.
func (l *layout) match(at place) (Match, bool) {
	for i := range l.files {
		if said, fits := l.files[i].read(at); fits {
			return Match{
				Profile: l.ID,
				Part:    l.files[i].Part,
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
	if !strings.HasPrefix(at.name, r.begins) {
		return s, false
	}
	name := r.name.FindStringSubmatch(at.name)
	if name == nil {
		return s, false
	}
	s.root, s.lens, s.chapter = at.folder, r.Lens, r.ChapterPlus
	if r.folder != nil {
		folder := r.folder.FindStringSubmatch(at.folder)
		if folder == nil {
			return s, false
		}
		s.root = ""
		s.take(r, r.folder.SubexpNames(), folder)
	}
	s.take(r, r.name.SubexpNames(), name)
	return s, s.keyed
}

func (s *said) take(r *rule, groups, found []string) {
	for i, group := range groups {
		text := found[i]
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
