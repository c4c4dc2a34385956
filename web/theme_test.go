package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheLookIsChosenWithoutScripts(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.get("/sign-in").holds(`<html lang="ko">`, `name="theme" value="" aria-pressed="true"`)
	b.post("/theme", "theme", "contrast", "back", "/sign-in?next=%2Fclips").leadsTo("/sign-in?next=%2Fclips")
	b.get("/sign-in").holds(`<html lang="ko" data-theme="contrast">`, `name="theme" value="contrast" aria-pressed="true"`)
	b.get("/nowhere").status(404).holds(`data-theme="contrast"`)
	b.post("/theme", "theme", "", "back", "/help").leadsTo("/help")
	b.get("/help").holds(`<html lang="ko">`)
}

func TestNonsenseIsNoLook(t *testing.T) {
	s := newSite(t)
	for _, value := range nonsense {
		b := s.browser(t)
		if a := b.post("/theme", "theme", value, "back", value); a.StatusCode >= 500 || strings.Contains(a.Header.Get("Location"), "//") {
			t.Errorf("%q: %s, to %s", value, a.Status, a.Header.Get("Location"))
		}
		b.get("/sign-in").holds(`<html lang="ko">`)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/sign-in", nil)
	req.Header.Set("Cookie", `jikim_theme="><script>`)
	s.browser(t).do(req).holds(`<html lang="ko">`)
}

// A form that answers a mistake is no address to come back to: the page it
// stood on is.
func TestTheLookComesBackToThePageOfAForm(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	path := "/clips/" + minwonClip
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path+"/views", strings.NewReader("reason="))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Referer", s.URL+path)
	b.do(req).status(422).holds(`name="back" value="` + path + `"`)
	req, _ = http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path+"/views", strings.NewReader("reason="))
	req.Header.Set("Referer", "https://elsewhere.example/clips")
	b.do(req).holds(`name="back" value="/"`)
}

func TestTheTrailLeadsBackThroughTheMenu(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	for path, want := range map[string]string{
		"/clips":                    "처음 보기 영상 목록",
		"/clips/" + minwonClip:      "처음 보기 영상 목록 민원_0001.MP4",
		"/due/confirm?clip=" + gone: "처음 파기 파기 예정 파기 확인",
	} {
		_, trail, _ := strings.Cut(b.get(path).body, `<nav class="trail"`)
		trail, _, _ = strings.Cut("<"+trail, "</nav>")
		if got := strings.Join(strings.Fields(tags.ReplaceAllString(trail, " ")), " "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	b.get("/clips/" + minwonClip).holds(`<a href="/clips" aria-current="page">`)
	if trail := b.get("/password").body; strings.Contains(trail, `class="trail"`) {
		t.Error("a page outside the menu has a trail")
	}
}

func TestHelpSaysWhatEachPageIsFor(t *testing.T) {
	s := newSite(t)
	s.browser(t).get("/help").says("로그인하면", "시스템 관리자에게")
	s.as(t, "dock").get("/help").says("업로드", "카메라의 카드나 파일을 올립니다").saysNot("관리대장 누가 언제")
}
