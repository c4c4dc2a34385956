package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAPageKnowsWhenItsSessionEnds(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	b.get("/clips").holds(`data-session-left="1800"`, `data-session-extendable="true"`, `data-session-account="reviewer"`, `data-session-warning="120"`)
	s.clock.Wind(25 * time.Minute)
	b.get("/session").status(200).holds(`"left":300,"extendable":true,"account":"reviewer","warning":120`)
	b.get("/session").holds(`"left":300,`) // asking is no use
	b.post("/session").status(200).holds(`"left":1800,`)
	s.clock.Wind(30*time.Minute - 300*time.Millisecond)
	b.get("/session").holds(`"left":1,`) // who is still in is not told to be out
	s.clock.Wind(time.Second)
	b.get("/session").status(200).holds(`"left":0,`)
	b.post("/session").status(http.StatusUnauthorized)
	if a := s.browser(t).get("/sign-in"); strings.Contains(a.body, "data-session-left") {
		t.Error("nobody's session ends")
	}
	s.as(t, "dock").get("/upload").holds(`data-session-left="28800"`)
}

func TestWhatWasTypedSurvivesTheSession(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	s.clock.Wind(31 * time.Minute)
	hold := []string{"basis", "evidence", "reason", "고소 <준비> 🚁", "until", ""}
	b.follow(b.post("/clips/"+minwonClip+"/holds", hold...)).says("입력한 내용은 그대로 두었습니다", "로그인")
	if strings.Contains(s.records.Acts(t), "clip.held") {
		t.Fatal("it was done for nobody")
	}
	b.post("/sign-in", "name", "reviewer", "password", password, "next", "/clips").leadsTo("/kept")
	b.get("/").leadsTo("/kept")
	b.get("/kept").status(200).says("아직 아무것도 저장되지 않았습니다", "사유 고소 <준비> 🚁").
		holds(`action="/clips/`+minwonClip+`/holds"`, `name="reason" value="고소 &lt;준비&gt; 🚁"`)
	if strings.Contains(s.records.Acts(t), "clip.held") {
		t.Fatal("it was sent by itself")
	}
	b.follow(b.post("/clips/"+minwonClip+"/holds", hold...)).says("고소 <준비> 🚁")
	b.get("/kept").leadsTo("/clips")
	b.get("/").leadsTo("/clips")
}

func TestAKeptFormIsDropped(t *testing.T) {
	s := newSite(t)
	for name, then := range map[string]func(b *browser){
		"by the person":       func(b *browser) { b.as("reviewer"); b.get("/kept").status(200); b.post("/kept/drop").leadsTo("/clips") },
		"by somebody else":    func(b *browser) { b.as("responsible"); b.post("/sign-out"); b.as("reviewer") },
		"after half an hour":  func(b *browser) { s.clock.Wind(31 * time.Minute); b.as("reviewer") },
		"by signing out":      func(b *browser) { b.as("reviewer"); b.post("/sign-out"); b.as("reviewer") },
		"with a wrong kept/x": func(b *browser) { b.as("reviewer"); b.get("/kept/x").status(404); b.post("/kept/drop") },
	} {
		b := s.as(t, "reviewer")
		s.clock.Wind(31 * time.Minute)
		b.post("/clips/"+minwonClip+"/holds", "reason", "고소").leadsTo("/sign-in")
		then(b)
		if a := b.get("/kept"); a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %s", name, a.Status)
		}
	}
}

// as signs name in, in this browser.
func (b *browser) as(name string) {
	b.t.Helper()
	b.post("/sign-in", "name", name, "password", password).status(http.StatusSeeOther)
}

func TestPasswordsAreNeverKept(t *testing.T) {
	s := newSite(t)
	for path, fields := range map[string][]string{
		"/password":              {"old", "지금 비밀번호", "new", "다음 비밀번호", "again", "다음 비밀번호"},
		"/account/security/app":  {"code", "123456", "password", "지금 비밀번호"},
		"/account/security/key":  {"response", "{}"},
		"/clips/x/holds":         {"reason", "고소", "password", "실수로 넣음"},
		"/account/security/x/no": {"password", ""},
	} {
		b := s.as(t, "reviewer")
		s.clock.Wind(31 * time.Minute)
		b.post(path, fields...)
		b.as("reviewer")
		b.get("/kept").leadsTo("/clips")
	}
}

// A script's request is answered to the script, and signing out too late is
// nothing to come back to.
func TestOnlyFormsOfPeopleAreKept(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	s.clock.Wind(31 * time.Minute)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/clips/"+minwonClip+"/holds", strings.NewReader("reason=x"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Mode", "cors")
	b.do(req).status(http.StatusUnauthorized)
	b.post("/sign-out").status(http.StatusUnauthorized)
	b.postRaw("/clips/"+minwonClip+"/holds", "reason="+strings.Repeat("가", 70_000)).status(http.StatusRequestEntityTooLarge)
	b.as("reviewer")
	b.get("/kept").leadsTo("/clips")
	s.browser(t).post("/clips/"+minwonClip+"/holds", "reason", "누구의 것도 아님").status(http.StatusUnauthorized)
}

// A session that cannot be read is answered as any other fault.
func TestASessionThatCannotBeRead(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	s.clock.Wind(time.Minute)
	s.records.SessionFault = errors.New("disk on fire")
	a := b.get("/clips").status(http.StatusInternalServerError).says("처리하지 못했습니다", "시스템 관리자에게 알려 주세요").saysNot("fire")
	a.holds(`<html lang="ko">`, "한빛시")
	if !strings.Contains(s.log.String(), "disk on fire") {
		t.Error("nobody is told why")
	}
}
