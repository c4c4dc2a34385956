package web_test

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"jikim/devices/refuse"
)

var pagesToSee = map[string][]string{
	"":            {"/sign-in", "/nowhere"},
	"uploader":    {"/upload", "/password", "/due", "/account", "/account/security", "/account/security/app", "/account/sign-ins"},
	"admin":       {"/people", "/people/new", "/people/dock", "/people/dock/post", "/people/admin", "/tokens", "/tokens/new", "/grants", "/sign-ins"},
	"responsible": {"/clips", "/clips/" + minwonClip, "/clips/" + overdue, "/clips/" + gone, "/review", "/review/" + overdue, "/due", "/due/confirm?clip=" + gone, "/ledger", "/registry", "/board", "/holds", "/holds?state=released", "/due?month=2026-12", "/due?day=2026-10-12", "/due/hold?clip=" + minwonClip},
}

var unsafeMarkup = regexp.MustCompile(`(?i)<style|style=|\son[a-z]+=|javascript:|<script(?:[^>]*)>[^<]`)

func TestEveryPageIsFramedSafely(t *testing.T) {
	s := newSite(t)
	for name, paths := range pagesToSee {
		b := s.as(t, name)
		for _, path := range paths {
			a := b.get(path)
			for header, want := range map[string]string{
				"Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
				"X-Content-Type-Options":  "nosniff",
				"Referrer-Policy":         "same-origin",
				"Cache-Control":           "no-store",
			} {
				if got := a.Header.Get(header); !strings.HasPrefix(got, want) {
					t.Errorf("%s: %s is %q", path, header, got)
				}
			}
			if found := unsafeMarkup.FindString(a.body); found != "" {
				t.Errorf("%s has %q, which the policy forbids", path, found)
			}
			a.holds(`<html lang="ko">`, `<a class="skip" href="#main">`, `<main id="main"`, "<h1>", "한빛시")
			if strings.Contains(a.body, "ZgotmplZ") {
				t.Errorf("%s has an unsafe value", path)
			}
		}
	}
}

var stylesheet = regexp.MustCompile(`href="(/static/dist/app\.[0-9a-f]{16}\.css)"`)

func TestAssetsAreKeptForEverUnderTheirHash(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	found := stylesheet.FindStringSubmatch(b.get("/sign-in").body)
	if found == nil {
		t.Fatal("no stylesheet with its hash")
	}
	a := b.get(found[1]).status(http.StatusOK)
	if a.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%v", a.Header)
	}
	b.get("/static/app.css").status(http.StatusNotFound)
	b.get("/static/../web.go").status(http.StatusNotFound)
}

func TestOtherSitesCannotSendForms(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/sign-out", nil)
		req.Header.Set(header, value)
		b.do(req).status(http.StatusForbidden).says("다른 사이트의 화면에서 보낸 요청")
	}
	b.get("/clips").status(http.StatusOK)
}

func TestErrorPages(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	b.get("/nowhere").status(404).says("찾을 수 없습니다", "없는 화면입니다")
	b.get("/clips/nobody").status(404)
	b.post("/clips").status(405).says("할 수 없는 요청입니다")
	b.postRaw("/clips/"+minwonClip+"/holds", "reason="+strings.Repeat("가", 70_000)).status(413).says("보낸 내용이 너무 깁니다")

	s.records.Fault = refuse.New(refuse.Unavailable, "away", "데이터베이스에 연결할 수 없습니다. 잠시 뒤 다시 시도하세요.")
	if a := b.get("/clips").status(503).says("데이터베이스에 연결할 수 없습니다"); a.Header.Get("Retry-After") == "" {
		t.Error("503 does not say when to come back")
	}
}

var reference = regexp.MustCompile(`참조 번호: ([A-Z2-7]{8})`)

func TestAFaultIsShownAsANumberAndLoggedOnce(t *testing.T) {
	for name, fault := range map[string]func(*site){
		"error": func(s *site) { s.records.Fault = errors.New("disk on fire at sector 7") },
		"panic": func(s *site) { s.records.panics = true },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			b := s.as(t, "responsible")
			s.log.Reset()
			fault(s)
			a := b.get("/clips").status(500).says("처리하지 못했습니다").saysNot("disk on fire", "a page broke")
			found := reference.FindStringSubmatch(a.text())
			if found == nil {
				t.Fatal(a.text())
			}
			if n := strings.Count(s.log.String(), found[1]); n != 1 {
				t.Errorf("the reference stands %d times in the log:\n%s", n, s.log)
			}
		})
	}
}

func TestTheLogHoldsNobody(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	to := b.post("/clips/"+minwonClip+"/views", "reason", "민원 확인").Header.Get("Location")
	b.get(to)
	b.get("/clips?q=홍길동")
	for _, secret := range []string{"responsible", "127.0.0.1", "홍", "%ED", minwonClip, strings.TrimPrefix(to, "/clips/"+minwonClip+"/watch/")} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, s.log)
		}
	}
	if !strings.Contains(s.log.String(), "route=/clips/:id/watch/:token status=200") {
		t.Errorf("no line for the page:\n%s", s.log)
	}
}

var menuLink = regexp.MustCompile(`<a [^>]*>.*?</a>`)

func TestEveryPageIsInTheMenuOfWhoMayReachIt(t *testing.T) {
	s := newSite(t)
	for name, want := range map[string]string{
		"dock": "업로드 · 반납", "uploader": "업로드 · 반납 영상 목록 보류", "reviewer": "영상 목록 확인 필요 1건 보류",
		"responsible": "현황판 영상 목록 확인 필요 1건 보류 파기 예정 관리대장 등록부", "auditor": "현황판 영상 목록 보류 파기 예정 관리대장 등록부 권한 기록 접속기록",
		"admin": "현황판 관리대장 등록부 사용자 토큰 권한 기록 접속기록",
	} {
		body := s.as(t, name).get("/password").body
		_, nav, _ := strings.Cut(body, `<nav class="menu"`)
		nav, _, _ = strings.Cut(nav, "</nav>")
		var links []string
		for _, link := range menuLink.FindAllString(nav, -1) {
			links = append(links, tags.ReplaceAllString(link, ""))
		}
		if got := strings.Join(links, " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestStartByRole(t *testing.T) {
	s := newSite(t)
	for name, want := range map[string]string{
		"dock": "/upload", "uploader": "/upload", "reviewer": "/clips", "responsible": "/due", "auditor": "/ledger", "admin": "/people",
	} {
		s.as(t, name).get("/").leadsTo(want)
		s.as(t, name).get(want).status(200)
	}
	s.browser(t).get("/").leadsTo("/sign-in")
}
