package profile

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// place is a path as the rules see it.
type place struct {
	whole  string // no slash at either end
	folder string // "" at the top
	stem   string // the name without its ending
	ending string // "" = the name has none
}

// read brings a path, as whatever system sent it, into the form the rules are
// written for.
func read(path string) place {
	path = norm.NFC.String(strings.ReplaceAll(path, `\`, "/"))
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	for len(segments) > 1 && segments[0] == "." {
		segments = segments[1:]
	}
	if len(segments) == 0 {
		return place{}
	}
	last := len(segments) - 1
	p := place{whole: upper(strings.Join(segments, "/")), stem: upper(segments[last])}
	p.folder = strings.TrimSuffix(p.whole[:len(p.whole)-len(p.stem)], "/")
	if dot := strings.LastIndexByte(p.stem, '.'); dot > 0 {
		p.stem, p.ending = p.stem[:dot], p.stem[dot+1:]
	}
	return p
}

// upper turns ASCII letters alone: a name that is not UTF-8 keeps its bytes, so
// that two of them never become one.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// base is the file's name as it was sent.
func base(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}
