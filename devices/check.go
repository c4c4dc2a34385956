package devices

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/devices/refuse"
)

// The longest texts, in characters.
const (
	longestID     = 64
	longestName   = 100
	longestDetail = 64 // position, phone, serial, maker, model, label, account
	longestReason = 500
)

// Check gives everything that is wrong with the registry, in the order of the
// lists; nil when nothing is. Each problem's Field is a path such as
// "purposes[2].retention" (counted from 0), its Sentence names the record and
// says what to do. Check expects a normalised registry and changes nothing.
func (r *Registry) Check() []*refuse.Error {
	c := newChecker(r)
	c.institution()
	for i, d := range r.Departments {
		c.department(i, d)
	}
	c.parents()
	for i, o := range r.Officers {
		c.officer(i, o)
	}
	c.terms()
	for i, p := range r.Purposes {
		c.purpose(i, p)
	}
	for i, d := range r.Devices {
		c.device(i, d)
	}
	return append(c.problems, profile.CheckAll(r.Profiles)...)
}

// checker walks a registry once and collects what is wrong.
type checker struct {
	r           *Registry
	problems    []*refuse.Error
	departments map[string]Department
	purposes    map[string]Purpose
	seen        map[string]string // "kind id" or "serial …" → path of the first that has it
}

func newChecker(r *Registry) *checker {
	c := &checker{
		r:           r,
		departments: make(map[string]Department, len(r.Departments)),
		purposes:    make(map[string]Purpose, len(r.Purposes)),
		seen:        make(map[string]string),
	}
	for _, d := range r.Departments {
		c.departments[d.ID] = d
	}
	for _, p := range r.Purposes {
		c.purposes[p.ID] = p
	}
	return c
}

func (c *checker) wrong(path, code, format string, args ...any) {
	c.problems = append(c.problems, refuse.Field(path, code, fmt.Sprintf(format, args...)))
}

func (c *checker) institution() {
	c.slug("institution.id", "기관", c.r.Institution.ID)
	c.text("institution.name", whose("기관", ""), "이름", c.r.Institution.Name, longestName, required)
}

func (c *checker) department(i int, d Department) {
	at := fmt.Sprintf("departments[%d]", i)
	c.id(at, "부서", d.ID)
	c.text(at+".name", whose("부서", d.ID), "이름", d.Name, longestName, required)
	if d.DefaultPurpose != "" {
		c.usable(at+".default_purpose", whose("부서", d.ID)+" 기본 목적", d.DefaultPurpose, d.ID)
	}
}

// deepest is how many departments may stand above one another; no local
// government has more.
const deepest = 20

// parents finds departments above that do not exist, and circles.
func (c *checker) parents() {
	for i, d := range c.r.Departments {
		if d.Parent == "" {
			continue
		}
		at := fmt.Sprintf("departments[%d].parent", i)
		if c.departmentExists(at, whose("부서", d.ID)+" 상위 부서", d.Parent) && !c.topped(d) {
			c.wrong(at, "department-circle",
				"%s 상위 부서를 따라가면 끝나지 않거나 %d단계를 넘습니다. 서로가 서로의 상위 부서인 곳을 바로잡으십시오.",
				whose("부서", d.ID), deepest)
		}
	}
}

// topped reports whether going up from d comes to an end.
func (c *checker) topped(d Department) bool {
	for range deepest {
		if d = c.departments[d.Parent]; d.Parent == "" {
			return true
		}
	}
	return false
}

func (c *checker) departmentExists(path, who, id string) bool {
	if _, ok := c.departments[id]; ok {
		return true
	}
	c.wrong(path, "unknown-department",
		"%s(%s)가 departments에 없습니다. 부서를 먼저 적거나 id를 바로잡으십시오.", who, id)
	return false
}

// usable checks that a purpose exists and that the department may use it.
func (c *checker) usable(path, who, id, department string) {
	p, ok := c.purposes[id]
	switch {
	case !ok:
		c.wrong(path, "unknown-purpose",
			"%s(%s)이 purposes에 없습니다. 목적을 먼저 적거나 id를 바로잡으십시오.", who, id)
	case p.Department != "" && p.Department != department:
		c.wrong(path, "purpose-elsewhere",
			"%s(%s)은 부서 %s만 쓰는 목적입니다. 이 부서의 목적을 적거나 목적의 department를 비우십시오.", who, id, p.Department)
	}
}

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (c *checker) slug(path, kind, id string) {
	if len(id) > longestID || !slug.MatchString(id) {
		c.wrong(path, "id-malformed",
			"%s id(%q)는 쓸 수 없습니다. 영문 소문자와 숫자를 붙임표(-)로 이어 %d자 안으로 적으십시오(예: park-2).", kind, id, longestID)
	}
}

// id checks form and uniqueness of a record's id.
func (c *checker) id(at, kind, id string) {
	c.slug(at+".id", kind, id)
	if first, taken := c.first(kind+" "+id, at+".id"); taken && id != "" {
		c.wrong(at+".id", "id-repeated", "%s id(%s)가 %s에 이미 있습니다. 서로 다른 id를 적으십시오.", kind, id, first)
	}
}

// first remembers where a key was seen first, and tells when it was before.
func (c *checker) first(key, path string) (string, bool) {
	if at, ok := c.seen[key]; ok {
		return at, true
	}
	c.seen[key] = path
	return path, false
}

const (
	required = true
	optional = false
)

// text checks a value people read. owner is in the possessive, see whose.
func (c *checker) text(path, owner, label, value string, longest int, must bool) {
	n := utf8.RuneCountInString(value)
	switch {
	case value == "" && must:
		c.wrong(path, "text-missing", "%s %s 비어 있습니다. 적어 넣으십시오.", owner, subject(label))
	case n > longest:
		c.wrong(path, "text-too-long", "%s %s %d자로 너무 깁니다. %d자 안으로 줄이십시오.", owner, subject(label), n, longest)
	case strings.ContainsFunc(value, invisible) || !utf8.ValidString(value):
		c.wrong(path, "text-unprintable", "%s %s에 줄바꿈이나 보이지 않는 문자가 들어 있습니다. 지우고 다시 적으십시오.", owner, label)
	}
}

// invisible characters could make two names look alike, or turn the direction
// of the text around them.
func invisible(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// date checks a day that may be left out; it reports whether the day is usable.
func (c *checker) date(path, owner, label string, d instant.Date) bool {
	if d == "" {
		return true
	}
	if parsed, err := instant.ParseDate(string(d)); err == nil && parsed == d {
		return true
	}
	c.wrong(path, "date-malformed", "%s %s에 적힌 날짜(%q)가 달력에 없습니다. 2026-10-03처럼 적으십시오.", owner, label, string(d))
	return false
}

// oneOf checks a value of a closed list.
func oneOf[T ~string](c *checker, path, owner, label string, value T, words []word[T]) {
	if !known(words, value) {
		c.wrong(path, "value-unknown", "%s %s에 적힌 값(%q)을 알 수 없습니다. 다음 가운데 하나를 적으십시오: %s.",
			owner, label, string(value), choices(words))
	}
}

// choices lists the permitted values: "worn(착용형), handheld(휴대형)".
func choices[T ~string](words []word[T]) string {
	var parts []string
	for _, w := range words {
		if w.value != "" {
			parts = append(parts, fmt.Sprintf("%s(%s)", string(w.value), w.korean))
		}
	}
	return strings.Join(parts, ", ")
}

// whose names the owner of a value: "부서 park의".
func whose(kind, id string) string {
	if id == "" {
		return kind + "의"
	}
	return kind + " " + id + "의"
}

// subject puts the particle of the subject after a Korean word: 이름이, 전화가.
func subject(word string) string {
	last, _ := utf8.DecodeLastRuneInString(word)
	if last >= '가' && last <= '힣' && (last-'가')%28 == 0 {
		return word + "가"
	}
	return word + "이"
}
