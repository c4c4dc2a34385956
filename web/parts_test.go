package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestThePageOfPartsIsForDevelopersOnly(t *testing.T) {
	s := newSite(t)
	s.browser(t).get("/parts").status(http.StatusNotFound).says("없는 화면입니다")
	s.parts = true
	a := s.browser(t).get("/parts").status(http.StatusOK).
		says("화면 부품", "총 1,234건", "하루 등록", "홍보담당관 22건", "383.7GB", "2026년 10월", "열람 사유가 너무 짧습니다").
		holds(`aria-describedby="wrong-reason-error"`, `<dialog id="example-dialog"`, "&lt;script&gt;")
	if found := unsafeMarkup.FindString(a.body); found != "" {
		t.Errorf("%q", found)
	}
}

// maxPage is how heavy a page may be without what is played on it: its own
// markup, the stylesheets, scripts and icons it names, as they are stored.
const maxPage = 300 << 10

var named = regexp.MustCompile(`(?:href|src|data-icons)="(/static/[^"#]+)`)

func TestPagesAreLight(t *testing.T) {
	s := newSite(t)
	s.parts = true
	for name, paths := range pagesToSee {
		b := s.as(t, name)
		for _, path := range append(paths, "/parts", "/help") {
			a := b.get(path)
			weight, seen := len(a.body), map[string]bool{}
			for _, found := range named.FindAllStringSubmatch(a.body, -1) {
				if !seen[found[1]] {
					seen[found[1]] = true
					weight += len(b.get(found[1]).status(http.StatusOK).body)
				}
			}
			if weight > maxPage {
				t.Errorf("%s weighs %d bytes, more than %d", path, weight, maxPage)
			}
		}
	}
}

var (
	iconUsed = regexp.MustCompile(`icon "([a-z-]+)"|empty "([a-z-]+)"`)
	iconInJS = regexp.MustCompile(`icon\('([a-z-]+)'\)|icon: '([a-z-]+)'`)
	iconMade = regexp.MustCompile(`<symbol id="([a-z-]+)"`)
)

// A template names its icons where a person may come only years later.
func TestEveryIconNamedIsDrawn(t *testing.T) {
	sprite, err := os.ReadFile("static/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, found := range iconMade.FindAllStringSubmatch(string(sprite), -1) {
		if drawn[found[1]] {
			t.Errorf("%s is drawn twice", found[1])
		}
		drawn[found[1]] = true
	}
	count := 0
	check := func(pattern string, named *regexp.Regexp) {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range files {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range named.FindAllStringSubmatch(string(body), -1) {
				count++
				if icon := strings.Join(found[1:], ""); !drawn[icon] {
					t.Errorf("%s names the icon %q, which is not drawn", name, icon)
				}
			}
		}
	}
	check("templates/*.html", iconUsed)
	check("templates/parts/*.html", iconUsed)
	check("src/*/*.js", iconInJS)
	if count < 20 {
		t.Errorf("only %d icons found", count)
	}
}
