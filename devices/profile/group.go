package profile

import (
	"cmp"
	"slices"
	"strings"
)

// File is one file of a card or of a folder somebody sends.
type File struct {
	Path  string // from the top of the card, as it stands there
	Bytes int64
}

// Listing is what a card holds.
type Listing struct {
	Recordings []Recording // by the path of their leading file
	Skipped    []Skip      // by path
}

// Recording is the files that are one recording, the leading one first.
type Recording struct {
	Profile string // "" when the layout is not known; the recording then is one file
	Title   string // of the profile
	Key     string // see Match.Key; "" when the layout is not known
	Name    string // of the leading file, as it stands on the card
	Files   []Member
}

// Member is one file of a recording.
type Member struct {
	File
	Part    Part
	Chapter int
	Lens    string
}

// Skip is a file that is no footage.
type Skip struct {
	File
	Why string // Korean, a sentence
}

// Group says which files are one recording. Every file is in exactly one
// recording or skipped with a reason; the order of files does not matter.
func (s *Set) Group(files []File) Listing {
	files = slices.Clone(files)
	slices.SortFunc(files, byPath)
	var l Listing
	known := map[string]int{} // Key → its place in l.Recordings
	for _, f := range files {
		v := s.look(f.Path)
		switch at, begun := known[v.match.Key]; {
		case v.why != "":
			l.Skipped = append(l.Skipped, Skip{File: f, Why: v.why})
		case !v.known:
			l.Recordings = append(l.Recordings, Recording{Files: []Member{{File: f}}})
		case begun:
			l.Recordings[at].Files = append(l.Recordings[at].Files, member(f, v.match))
		default:
			known[v.match.Key] = len(l.Recordings)
			l.Recordings = append(l.Recordings, Recording{
				Profile: v.match.Profile, Title: s.layout(v.match.Profile).Title, Key: v.match.Key,
				Files: []Member{member(f, v.match)},
			})
		}
	}
	for i := range l.Recordings {
		r := &l.Recordings[i]
		slices.SortStableFunc(r.Files, byRank)
		r.Name = base(r.Files[0].Path)
	}
	slices.SortStableFunc(l.Recordings, func(a, b Recording) int { return byPath(a.Files[0].File, b.Files[0].File) })
	return l
}

func member(f File, m Match) Member {
	return Member{File: f, Part: m.Part, Chapter: m.Chapter, Lens: m.Lens}
}

func byPath(a, b File) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Bytes, b.Bytes))
}

// byRank puts the leading file first; files of a rank stand by their path already.
func byRank(a, b Member) int {
	return cmp.Or(
		cmp.Compare(slices.Index(parts, a.Part), slices.Index(parts, b.Part)),
		strings.Compare(a.Lens, b.Lens),
		cmp.Compare(a.Chapter, b.Chapter),
		cmp.Compare(rawness(a.Path), rawness(b.Path)),
	)
}

// rawness lets the photo that anybody can look at stand before its raw form.
func rawness(path string) int {
	switch read(path).ending {
	case "JPG", "JPEG", "HEIC", "INSP":
		return 0
	default:
		return 1
	}
}
