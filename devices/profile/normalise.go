package profile

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Normalise brings a profile into the one form that is stored: Hangul composed,
// as names are before they are compared, no blanks around what people read, and
// empty lists none. It changes p, but no list that p shares with another.
func (p *Profile) Normalise() {
	p.ID, p.Title = tidy(p.ID), tidy(p.Title)
	p.Roots, p.Ignore = composed(p.Roots), composed(p.Ignore)
	var files []FileRule
	for _, f := range p.Files {
		f.Name, f.Folder = norm.NFC.String(f.Name), norm.NFC.String(f.Folder)
		f.Family, f.Lens = tidy(f.Family), tidy(f.Lens)
		var lenses map[string]string
		for in, words := range f.Lenses {
			if lenses == nil {
				lenses = make(map[string]string, len(f.Lenses))
			}
			lenses[norm.NFC.String(in)] = tidy(words)
		}
		f.Lenses = lenses
		files = append(files, f)
	}
	p.Files = files
}

func tidy(text string) string { return strings.TrimSpace(norm.NFC.String(text)) }

func composed(patterns []string) (all []string) {
	for _, p := range patterns {
		all = append(all, norm.NFC.String(p))
	}
	return all
}
