package profile

import (
	"fmt"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jikim/devices/refuse"
)

// What an institution's own profiles may ask for. RE2 never runs away, but every
// file of a card is held against every rule; no institution has so many cameras.
const (
	mostProfiles   = 50
	mostRules      = 30   // of a profile
	mostPatterns   = 50   // of Roots and of Ignore
	mostLenses     = 50   // of a rule
	longestPattern = 300  // bytes
	longestProgram = 1000 // instructions that a pattern is compiled to
	longestTitle   = 100  // characters
	longestWord    = 40   // characters of a lens or family
	longestID      = 64
	longestGapS    = 600
)

// CheckAll gives everything that is wrong with an institution's own profiles,
// in their order; nil when nothing is. Each problem's Field is a path such as
// "profiles[0].files[2].name" (counted from 0), its Sentence says what to do.
func CheckAll(own []Profile) []*refuse.Error {
	c := &checker{}
	if len(own) > mostProfiles {
		c.wrong("", "profile-too-many", "기종 설정이 %d개로 너무 많습니다. %d개까지 적을 수 있습니다. 쓰지 않는 설정을 지우십시오.", len(own), mostProfiles)
		return c.problems
	}
	seen := map[string]int{}
	for i := range own {
		c.at, c.id = fmt.Sprintf("profiles[%d]", i), own[i].ID
		if first, taken := seen[own[i].ID]; taken {
			c.wrong(".id", "id-repeated", "기종 설정 id(%s)가 profiles[%d].id에 이미 있습니다. 서로 다른 id를 적으십시오.", own[i].ID, first)
		} else {
			seen[own[i].ID] = i
		}
		c.profile(&own[i])
	}
	return c.problems
}

// checker walks profiles once and collects what is wrong.
type checker struct {
	at, id   string // of the profile it is at
	problems []*refuse.Error
}

// wrong notes a problem; path goes on from the profile.
func (c *checker) wrong(path, code, format string, args ...any) {
	field := c.at + path
	if c.at == "" {
		field = "profiles"
	}
	c.problems = append(c.problems, refuse.Field(field, code, fmt.Sprintf(format, args...)))
}

// whose names the owner of a value: "기종 설정 han-cam의".
func (c *checker) whose() string { return strings.TrimSpace("기종 설정 "+c.id) + "의" }

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (c *checker) profile(p *Profile) {
	if len(p.ID) > longestID || !slug.MatchString(p.ID) {
		c.wrong(".id", "id-malformed",
			"기종 설정 id(%q)는 쓸 수 없습니다. 영문 소문자와 숫자를 붙임표(-)로 이어 %d자 안으로 적으십시오(예: han-cam).", p.ID, longestID)
	}
	if p.Title == "" {
		c.wrong(".title", "text-missing", "%s 이름(title)이 비어 있습니다. 화면에 보일 기종 이름을 적으십시오.", c.whose())
	}
	c.words(".title", "이름(title)", p.Title, longestTitle)
	c.patterns(".roots", "roots", p.Roots)
	c.patterns(".ignore", "ignore", p.Ignore)
	switch {
	case len(p.Files) == 0:
		c.wrong(".files", "profile-no-files", "%s files가 비어 있습니다. 파일 이름의 규칙을 하나 이상 적으십시오.", c.whose())
	case len(p.Files) > mostRules:
		c.wrong(".files", "profile-too-many", "%s files가 %d개로 너무 많습니다. %d개까지 적을 수 있습니다.", c.whose(), len(p.Files), mostRules)
	default:
		for i := range p.Files {
			c.rule(fmt.Sprintf(".files[%d]", i), &p.Files[i])
		}
	}
	c.continues(p.Continues)
}

func (c *checker) rule(at string, r *FileRule) {
	name := c.pattern(at+".name", "name", r.Name)
	folder := []string(nil)
	if r.Folder != "" {
		folder = c.pattern(at+".folder", "folder", r.Folder)
	}
	c.groups(at+".name", name, groupKey, groupChapter, groupLens)
	c.groups(at+".folder", folder, groupKey, groupChapter, groupLens, groupRoot)
	if name != nil && !slices.Contains(name, groupKey) && !slices.Contains(folder, groupKey) {
		c.wrong(at+".name", "profile-no-key",
			"%s 규칙에 묶음 이름 key가 없어 어느 파일들이 같은 촬영인지 알 수 없습니다. 같은 촬영의 파일이 함께 갖는 부분을 (?P<key>…)로 감싸십시오.", c.whose())
	}
	c.parts(at+".parts", r.Parts)
	c.words(at+".family", "family", r.Family, longestWord)
	c.words(at+".lens", "lens", r.Lens, longestWord)
	c.lenses(at+".lenses", r.Lenses)
	if r.ChapterPlus < -100 || r.ChapterPlus > 100 {
		c.wrong(at+".chapter_plus", "number-out-of-range", "%s chapter_plus(%d)는 -100에서 100까지의 수여야 합니다.", c.whose(), r.ChapterPlus)
	}
}

// ending is what stands behind the last dot of a name.
var ending = regexp.MustCompile(`^[A-Z0-9]{0,10}$`)

func (c *checker) parts(at string, said map[string]Part) {
	if len(said) == 0 {
		c.wrong(at, "text-missing", "%s parts가 비어 있습니다. 확장자마다 그 파일이 무엇인지 {MP4: main, GPS: track}처럼 적으십시오.", c.whose())
	}
	for _, e := range slices.Sorted(maps.Keys(said)) {
		if !ending.MatchString(e) {
			c.wrong(at, "ending-malformed", "%s parts에 적힌 확장자(%q)는 쓸 수 없습니다. 점 없이 대문자로 MP4처럼 적으십시오.", c.whose(), e)
		}
		if !slices.Contains(parts, said[e]) {
			c.wrong(at, "value-unknown", "%s parts에 적힌 값(%q)을 알 수 없습니다. 다음 가운데 하나를 적으십시오: %s.", c.whose(), string(said[e]), choices())
		}
	}
}

func (c *checker) lenses(at string, lenses map[string]string) {
	if len(lenses) > mostLenses {
		c.wrong(at, "profile-too-many", "%s lenses가 %d개로 너무 많습니다. %d개까지 적을 수 있습니다.", c.whose(), len(lenses), mostLenses)
		return
	}
	for _, in := range slices.Sorted(maps.Keys(lenses)) {
		c.words(at, "lenses", in, longestWord)
		c.words(at, "lenses", lenses[in], longestWord)
	}
}

func (c *checker) continues(f *Continues) {
	if f == nil {
		return
	}
	if inside := f.GapS > 0 && f.GapS <= longestGapS; !inside { // so that NaN is outside too
		c.wrong(".continues.gap_s", "number-out-of-range",
			"%s 이어 찍기 간격(gap_s)은 0보다 크고 %d보다 크지 않은 초여야 합니다. 2처럼 적으십시오.", c.whose(), longestGapS)
	}
	if f.MinBytes < 0 {
		c.wrong(".continues.min_bytes", "number-out-of-range", "%s min_bytes는 0보다 작을 수 없습니다. 바이트 수를 적거나 지우십시오.", c.whose())
	}
}

func (c *checker) patterns(at, label string, patterns []string) {
	if len(patterns) > mostPatterns {
		c.wrong(at, "profile-too-many", "%s %s가 %d개로 너무 많습니다. %d개까지 적을 수 있습니다.", c.whose(), label, len(patterns), mostPatterns)
		return
	}
	for i, p := range patterns {
		path := fmt.Sprintf("%s[%d]", at, i)
		c.groups(path, c.pattern(path, label, p))
	}
}

// pattern checks a regular expression and gives the names of its groups; nil
// when it is not sound.
func (c *checker) pattern(at, label, pattern string) []string {
	if pattern == "" {
		c.wrong(at, "text-missing", "%s %s가 비어 있습니다. 파일 이름의 규칙을 정규표현식으로 적으십시오.", c.whose(), label)
		return nil
	}
	if len(pattern) > longestPattern {
		c.wrong(at, "pattern-too-long", "%s %s가 %d바이트로 너무 깁니다. %d바이트 안으로 줄이거나 규칙을 나누십시오.", c.whose(), label, len(pattern), longestPattern)
		return nil
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		c.wrong(at, "pattern-malformed",
			"%s %s(%q)는 정규표현식(RE2)이 아닙니다. 괄호의 짝과 점 앞의 역빗금(\\.)을 살펴보십시오.", c.whose(), label, pattern)
		return nil
	}
	if lower(tree) {
		c.wrong(at, "pattern-lower-case",
			"%s %s(%q)에 소문자가 있어 맞는 이름이 없습니다. 이름을 대문자로 바꾸어 견주므로 대문자로 적으십시오.", c.whose(), label, pattern)
	}
	groups := tree.CapNames()
	if program, err := syntax.Compile(tree.Simplify()); err != nil || len(program.Inst) > longestProgram {
		c.wrong(at, "pattern-too-large", "%s %s(%q)는 되풀이가 너무 많습니다. {…} 안의 수를 줄이십시오.", c.whose(), label, pattern)
		return nil
	}
	return groups[1:]
}

// lower reports whether the pattern asks for a small letter, which no name has.
func lower(tree *syntax.Regexp) bool {
	small := func(r rune) bool { return 'a' <= r && r <= 'z' }
	if tree.Op == syntax.OpLiteral && tree.Flags&syntax.FoldCase == 0 && slices.ContainsFunc(tree.Rune, small) {
		return true
	}
	return slices.ContainsFunc(tree.Sub, lower)
}

// groups refuses names of groups that mean nothing here.
func (c *checker) groups(at string, found []string, allowed ...string) {
	for _, g := range found {
		switch {
		case g == "" || slices.Contains(allowed, g):
		case len(allowed) == 0:
			c.wrong(at, "pattern-group", "%s 이 규칙에는 묶음 이름(%s)을 쓸 수 없습니다. 이름을 지우십시오.", c.whose(), g)
		default:
			c.wrong(at, "pattern-group", "%s 규칙에 적힌 묶음 이름(%s)을 알 수 없습니다. 여기에는 %s만 쓸 수 있습니다.", c.whose(), g, strings.Join(allowed, ", "))
		}
	}
}

// words checks a value people read.
func (c *checker) words(at, label, value string, longest int) {
	hidden := func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }
	switch n := utf8.RuneCountInString(value); {
	case n > longest:
		c.wrong(at, "text-too-long", "%s %s의 글이 %d자로 너무 깁니다. %d자 안으로 줄이십시오.", c.whose(), label, n, longest)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, hidden):
		c.wrong(at, "text-unprintable", "%s %s에 줄바꿈이나 보이지 않는 문자가 들어 있습니다. 지우고 다시 적으십시오.", c.whose(), label)
	}
}
