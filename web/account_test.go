package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"jikim/web/access"
	"jikim/web/access/accesstest"
)

const institutionSite = "https://jikim.hanbit.example"

func newSecondSite(t *testing.T, asked access.SecondFactor) *site {
	return newSiteWith(t, func(s *access.Settings) { s.SecondFactor, s.Site = asked, institutionSite })
}

var appKey = regexp.MustCompile(`<dd class="mono">([A-Z2-7 ]+)</dd>`)

// app is an authenticator app that was told its key by the page.
type app struct {
	site *site
	key  string
}

// code is what it shows now; the clock goes on first, for a code is good once.
func (a app) code(t *testing.T) string {
	t.Helper()
	a.site.clock.Wind(31 * time.Second)
	code, err := totp.GenerateCode(a.key, a.site.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// setUpApp registers an authenticator app and gives the recovery codes too.
func (b *browser) setUpApp() (app, []string) {
	b.t.Helper()
	shown := b.get("/account/security/app").status(200)
	found := appKey.FindStringSubmatch(shown.body)
	if found == nil {
		b.t.Fatalf("no key:\n%s", shown.text())
	}
	a := app{b.site, strings.ReplaceAll(found[1], " ", "")}
	done := b.post("/account/security/app", "code", a.code(b.t), "label", "업무용 휴대전화", "password", password).status(200).says("다시 보여 주지 않습니다")
	var codes []string
	for _, m := range recoveryCode.FindAllStringSubmatch(done.body, -1) {
		codes = append(codes, m[1])
	}
	return a, codes
}

// appOf is the ID of somebody's authenticator app.
func (s *site) appOf(t *testing.T, name string) string {
	t.Helper()
	factors, err := s.records.Factors(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range factors {
		if f.Kind == access.TOTP {
			return f.ID
		}
	}
	t.Fatal("no app")
	return ""
}

var recoveryCode = regexp.MustCompile(`<li class="mono">([a-z2-7-]{19})</li>`)

func TestSignInWithAnApp(t *testing.T) {
	s := newSecondSite(t, access.SecondOff)
	b := s.as(t, "reviewer")
	other := s.as(t, "reviewer")
	phone, codes := b.setUpApp()
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	b.get("/clips").status(200) // this browser goes on
	other.get("/clips").leadsTo("/sign-in?next=%2Fclips")

	next := s.browser(t)
	next.post("/sign-in", "name", "reviewer", "password", password, "next", "/clips?q=a").leadsTo("/sign-in/second?next=%2Fclips%3Fq%3Da")
	next.get("/clips").leadsTo("/sign-in?next=%2Fclips") // half is not in
	next.get("/sign-in/second?next=%2Fclips").status(200).says("인증 앱에 지금 보이는 여섯 자리").holds(`name="next" value="/clips"`)
	next.post("/sign-in/second", "code", "").status(422).says("확인 코드를 입력하세요")
	for _, wrong := range []string{"000000", "<script>", "😀", strings.Repeat("1", 3000)} {
		a := next.post("/sign-in/second", "code", wrong, "next", "/clips").status(422).says("확인 코드가 맞지 않거나")
		if strings.Contains(a.body, wrong) {
			t.Errorf("%.10q comes back in the page", wrong)
		}
	}
	next.post("/sign-in/second", "code", phone.code(t), "next", "//evil.example").leadsTo("/clips")

	lost := s.browser(t)
	lost.post("/sign-in", "name", "reviewer", "password", password).leadsTo("/sign-in/second")
	lost.post("/sign-in/second", "code", strings.ToUpper(codes[0])).leadsTo("/clips")
	lost.get("/account").says("남은 복구 코드 9개", "비밀번호 + 복구 코드")
	lost.post("/sign-out")
	lost.post("/sign-in", "name", "reviewer", "password", password)
	lost.post("/sign-in/second", "code", codes[0]).status(422)
	s.clock.Wind(11 * time.Minute)
	lost.follow(lost.post("/sign-in/second", "code", codes[1])).says("처음부터 다시 로그인하세요")
	s.browser(t).get("/sign-in/second").leadsTo("/sign-in")
}

func TestTheInstitutionAsksForASecondStep(t *testing.T) {
	s := newSecondSite(t, access.SecondAdmin)
	s.as(t, "reviewer").get("/clips").status(200)
	b := s.browser(t)
	b.post("/sign-in", "name", "admin", "password", password, "next", "/people").leadsTo("/account/security")
	b.get("/account/security").says("이 기관은 2단계 인증을 요구합니다")
	for _, path := range []string{"/people", "/ledger", "/registry"} {
		b.get(path).leadsTo("/account/security")
	}
	b.post("/people/dock/disable").leadsTo("/account/security")
	b.setUpApp()
	b.get("/people").status(200)

	remove := "/account/security/" + s.appOf(t, "admin") + "/remove"
	b.post(remove, "password", "").status(422).says("지금 쓰는 비밀번호를 입력하세요")
	b.post(remove, "password", "아닌 비밀번호").status(422).says("지금 쓰는 비밀번호가 맞지 않습니다")
	b.follow(b.post(remove, "password", password)).says("아직 등록한 것이 없습니다")
	b.get("/people").leadsTo("/account/security") // asked for again at once
}

func TestNonsenseAtEnrolment(t *testing.T) {
	s := newSecondSite(t, access.SecondOff)
	b := s.as(t, "dock")
	first := appKey.FindString(b.get("/account/security/app").body)
	b.post("/account/security/app").status(422).says("여섯 자리를 입력하세요", "비밀번호를 입력하세요")
	again := b.post("/account/security/app", "code", "123456", "label", "<b>🚁</b>", "password", password).status(422).says("확인 코드가 맞지 않습니다").holds("&lt;b&gt;🚁")
	if appKey.FindString(again.body) != first {
		t.Error("a mistake changes the key the app was told")
	}
	b.post("/account/security/app", "code", "123456", "label", strings.Repeat("가", 41), "password", password).status(422).says("40자까지")
	b.post("/account/security/passkeys", "password", password).status(422).says("브라우저가 패스키를 만들지 않았습니다")
	b.post("/account/security/passkeys", "password", password, "response", "{nonsense").status(422).says("패스키를 확인하지 못했습니다")
	b.post("/account/security/codes", "password", password).status(409).says("먼저 인증 앱이나 패스키를 등록하세요")
	b.post("/account/security/someone-elses/remove", "password", password).status(404)
}

// A second step of somebody else is not there.
func TestAnothersSecondStepIsHidden(t *testing.T) {
	s := newSecondSite(t, access.SecondOff)
	s.as(t, "reviewer").setUpApp()
	b := s.as(t, "dock")
	b.post("/account/security/"+s.appOf(t, "reviewer")+"/remove", "password", password).status(404)
	if left, _ := s.records.Factors(t.Context(), "reviewer"); len(left) != 2 {
		t.Errorf("left: %+v", left)
	}
}

// options asks for a challenge as a page's script does.
func (b *browser) options(path string) []byte {
	b.t.Helper()
	return []byte(b.post(path).status(200).body)
}

func TestPasskeysOnPages(t *testing.T) {
	s := newSecondSite(t, access.SecondOff)
	key := accesstest.NewAuthenticator(t)
	b := s.as(t, "reviewer")
	b.get("/account/security").holds(`data-passkey="create"`)
	made := key.Create(b.options("/account/security/passkeys/options"), institutionSite)
	b.post("/account/security/passkeys", "response", made, "label", "보안 키", "password", password).status(200).says("복구 코드", "2단계 인증을 등록했습니다")
	b.get("/account/security").says("패스키: 보안 키", "10개 남았습니다")

	second := s.browser(t)
	second.post("/sign-in", "name", "reviewer", "password", password).leadsTo("/sign-in/second")
	second.get("/sign-in/second").says("패스키로 확인").holds(`data-options="/sign-in/second/options"`)
	second.post("/sign-in/second", "response", "{}").status(422).says("패스키를 확인하지 못했습니다")
	second.post("/sign-in/second", "response", key.Get(second.options("/sign-in/second/options"), institutionSite)).leadsTo("/clips")

	alone := s.browser(t)
	answer := key.Get(alone.options("/sign-in/passkey/options"), institutionSite)
	s.browser(t).post("/sign-in/passkey", "response", answer).status(422) // another browser's challenge
	alone.post("/sign-in/passkey", "response", answer, "next", "/clips?q=b").leadsTo("/clips?q=b")
	alone.post("/sign-in/passkey", "response", answer).status(422) // answered once
	alone.get("/account").says("이번 로그인 패스키")
	alone.post("/sign-in/passkey").status(422)
	var refused map[string]string
	if err := json.Unmarshal(s.browser(t).options("/sign-in/second/options"), &refused); err != nil || refused["refused"] == "" {
		t.Errorf("a second step of nobody: %v, %v", refused, err)
	}
}

func TestOnesOwnAccount(t *testing.T) {
	s := newSite(t)
	b, elsewhere := s.as(t, "reviewer"), s.as(t, "reviewer")
	b.get("/account").status(200).says("홍검토", "접근권한자(검토)", "민원과", "사유를 남기고 영상 보기", "성공").saysNot("사용자 계정 관리하기")
	b.follow(b.post("/account/sessions/end")).says("다른 곳에서 한 로그인을 모두 끝냈습니다")
	elsewhere.get("/clips").leadsTo("/sign-in?next=%2Fclips")
	b.get("/password").holds(`data-shortest="10"`, `data-name="reviewer"`)
	b.post("/password", "old", password, "new", password, "again", password).status(422).says("지금 쓰는 것과 같은 비밀번호입니다")
	if a := b.get("/account/security"); a.StatusCode != http.StatusOK || strings.Contains(a.body, "data-passkey=") {
		t.Error("passkeys are offered where they do not work")
	}
}
