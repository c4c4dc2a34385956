package profile

import "sync"

// Set is the profiles that are tried, one after another. It is safe for use by
// several goroutines.
type Set struct {
	layouts []layout // an institution's own, then what is known of makers, then same-stem
}

// Match is what the name of one file says.
type Match struct {
	Profile string // id of the profile
	Part    Part
	Key     string // all files of a recording have it, and no other file of the card: profile, shared folder, family and keys of the name. Not for people.
	Chapter int    // place among the files that follow one another, from 1; 0 = the name does not say
	Lens    string // Korean words; "" = one picture, or the usual one
	Folder  string // the folder the files of the recording share, "/" between and in upper case; "" = none or any
}

// Builtin gives the profiles that come with the program.
func Builtin() *Set { return builtin() }

var builtin = sync.OnceValue(func() *Set { return &Set{layouts: makers()} })

// New gives a set that tries an institution's own profiles first, then those
// that come with the program. An own profile with the id of one of those takes
// its place. What CheckAll would refuse is refused.
func New(own []Profile) (*Set, error) {
	if problems := CheckAll(own); len(problems) > 0 {
		return nil, problems[0]
	}
	s := &Set{}
	replaced := map[string]bool{}
	for _, p := range own {
		l, err := compile(p)
		if err != nil {
			return nil, err
		}
		s.layouts = append(s.layouts, l)
		replaced[p.ID] = true
	}
	for _, l := range makers() {
		if !replaced[l.ID] {
			s.layouts = append(s.layouts, l)
		}
	}
	return s, nil
}

// Match says what a file is, by its path alone: as it was sent, with / or \.
// It answers false for a file of no known layout and for one that is no footage.
func (s *Set) Match(path string) (Match, bool) {
	v := s.look(path)
	return v.match, v.known
}

// Continues says when a file of the profile goes on where another one ended;
// nil when its names say everything, or there is no such profile.
func (s *Set) Continues(profile string) *Continues {
	if l := s.layout(profile); l != nil {
		return l.Continues
	}
	return nil
}

func (s *Set) layout(id string) *layout {
	for i := range s.layouts {
		if s.layouts[i].ID == id {
			return &s.layouts[i]
		}
	}
	return nil
}

// verdict is what is to be done with a file: with those of its key, left out
// because of why, or neither.
type verdict struct {
	match Match
	known bool
	why   string
}

func (s *Set) look(path string) verdict {
	at := read(path)
	if why := noFootage(at); why != "" {
		return verdict{why: why}
	}
	for i := range s.layouts {
		l := &s.layouts[i]
		if !l.stands(at) {
			continue
		}
		if l.ignores(at) && !pictures[at.ending] {
			return verdict{why: l.Title + "의 색인·설정 파일이며 촬영물이 아닙니다."}
		}
		if m, ok := l.match(at); ok {
			return verdict{match: m, known: true}
		}
	}
	return verdict{}
}
