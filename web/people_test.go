package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"jikim/footage/ledger"
	"jikim/web/access"
)

// given takes the secret a page shows once.
func (a answer) given() string {
	a.t.Helper()
	found := secretShown.FindStringSubmatch(a.status(http.StatusOK).body)
	if found == nil {
		a.t.Fatalf("%s shows no secret:\n%s", a.what, a.text())
	}
	return found[1]
}

var secretShown = regexp.MustCompile(`id="secret">([^<]+)<`)

func TestAPersonIsAdded(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "admin")
	fields := []string{"name", "Hong.GD", "display", "홍길동", "role", "reviewer", "department", "minwon"}
	b.post("/people", fields...).status(200).
		says("아직 저장하지 않았습니다", "사유를 남기고 영상 보기", "민원과", "접근권한자(검토)").saysNot("사용자 계정 관리하기")
	if strings.Contains(s.records.Acts(t), "hong.gd") || len(s.records.Entries(t)) != len(people)+1 {
		t.Fatalf("the preview changed something: %s", s.records.Acts(t))
	}
	b.post("/people", append(fields, "step", "edit")...).status(200).holds(`value="Hong.GD"`, `value="reviewer" aria-describedby="role-reviewer-can" checked`)
	password := b.post("/people", append(fields, "step", "save")...).says("hong.gd", "다시 보여 주지 않습니다").given()
	b.post("/people", append(fields, "step", "save")...).status(http.StatusConflict).says("같은 로그인 이름을 쓰는 사용자가 이미 있습니다")
	b.get("/people/hong.gd").status(200).says("홍길동", "첫 비밀번호", "계정 추가", "접근권한자(검토)(민원과)", "admin").saysNot(password)

	person := s.browser(t)
	person.post("/sign-in", "name", "hong.gd", "password", password).leadsTo("/password")
	person.get("/clips").leadsTo("/password")
}

func TestNonsenseAboutAPerson(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "admin")
	entries := len(s.records.Entries(t))
	for name, c := range map[string]struct {
		fields   []string
		sentence string
		kept     string
	}{
		"empty":           {nil, "로그인 이름은 글자나 숫자로 시작해", `name="name"`},
		"too long":        {[]string{"name", strings.Repeat("a", 65), "role", "admin"}, "2자에서 64자까지", strings.Repeat("a", 65)},
		"script":          {[]string{"name", "<script>alert(1)</script>", "role", "admin"}, "글자·숫자와 . _ @ -", "&lt;script&gt;"},
		"emoji":           {[]string{"name", "🚁🚁", "role", "admin"}, "글자·숫자와 . _ @ -", "🚁🚁"},
		"display":         {[]string{"name", "hong", "display", strings.Repeat("홍", 41), "role", "admin"}, "40자까지", strings.Repeat("홍", 41)},
		"no role":         {[]string{"name", "hong", "display", "홍길동"}, "없는 역할입니다", `value="홍길동"`},
		"made-up role":    {[]string{"name", "hong", "role", "root"}, "없는 역할입니다", `value="hong"`},
		"a token's role":  {[]string{"name", "hong", "role", "agent"}, "토큰에만 줄 수 있는 역할", `value="hong"`},
		"no department":   {[]string{"name", "hong", "role", "reviewer"}, "부서가 필요합니다", `value="hong"`},
		"strange address": {[]string{"name", "hong", "role", "reviewer", "department", "../other"}, "등록되지 않은 부서입니다", `value="hong"`},
		"taken":           {[]string{"name", " Dock ", "role", "admin"}, "이미 있습니다", `name="name"`},
	} {
		for _, step := range []string{"", "save"} {
			a := b.post("/people", append([]string{"step", step}, c.fields...)...)
			if a.StatusCode != http.StatusUnprocessableEntity && a.StatusCode != http.StatusConflict {
				t.Errorf("%s (%s): %s", name, step, a.Status)
			}
			a.says(c.sentence).holds(c.kept)
			if strings.Contains(a.body, "<script>alert") {
				t.Errorf("%s: what was typed is markup", name)
			}
		}
	}
	if n := len(s.records.Entries(t)); n != entries {
		t.Errorf("%d entries more", n-entries)
	}
	b.get("/people/" + strings.Repeat("x", 3000)).status(404)
	b.get("/people/%00").status(404).says("그런 사용자가 없습니다")
	b.get("/people?role=root&department=x&state=y&q="+strings.Repeat("q", 200)).status(422).says("없는 역할입니다", "등록된 부서가 아닙니다", "없는 상태입니다", "너무 깁니다")
}

func TestThePostOfAPersonChanges(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "admin")
	reviewer := s.as(t, "reviewer")
	reviewer.get("/clips/" + minwonClip).status(200)
	fields := []string{"display", "홍검토", "role", "responsible", "department", "hongbo"}
	b.get("/people/reviewer/post").status(200).holds(`value="reviewer" aria-describedby="role-reviewer-can" checked`, `value="minwon" selected`)
	b.post("/people/reviewer/post", fields...).status(200).
		says("접근권한자(검토) → 관리책임자", "민원과 → 홍보담당관", "민원과의 영상은 더 이상 볼 수 없습니다", "새로 할 수 있는 일 파기 보류 풀기", "더 이상 할 수 없는 일 없습니다")
	reviewer.get("/clips/" + minwonClip).status(200)
	b.follow(b.post("/people/reviewer/post", append(fields, "step", "save")...)).says("접근권한자(검토)(민원과) → 관리책임자(홍보담당관)")
	reviewer.get("/clips/" + minwonClip).status(404)
	reviewer.get("/due").status(200)
	b.post("/people/reviewer/post", "role", "reviewer", "step", "save").status(422).says("부서가 필요합니다")
	b.post("/people/admin/post", "role", "auditor", "step", "save").status(409).says("스스로 바꿀 수 없습니다")
}

func TestActsOnAPerson(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "admin")
	dock := s.as(t, "dock")
	b.follow(b.post("/people/dock/disable")).says("사용 정지")
	dock.get("/upload").leadsTo("/sign-in?next=%2Fupload")
	b.follow(b.post("/people/dock/enable")).says("사용 중")
	guesser := s.browser(t)
	for range 5 {
		guesser.post("/sign-in", "name", "dock", "password", "틀린 비밀번호").status(422)
	}
	b.get("/people/dock").says("잠김", "잠금 풀기", "틀려서 잠김")
	b.follow(b.post("/people/dock/unlock")).saysNot("잠금 풀기")
	dock = s.as(t, "dock")
	b.follow(b.post("/people/dock/sessions/end")).says("이 사용자의 로그인을 모두 끝냈습니다")
	dock.get("/upload").leadsTo("/sign-in?next=%2Fupload")
	password := b.post("/people/dock/password").says("본인에게 직접 알려 주세요").given()
	s.browser(t).post("/sign-in", "name", "dock", "password", password).leadsTo("/password")
	b.follow(b.post("/people/dock/second-factor/reset")).says("2단계 인증을 모두 지웠습니다")
	b.get("/people/dock").says("관리자가 비밀번호를 다시 정함", "관리자가 잠금을 풂", "사용 정지", "다시 사용", "로그인을 모두 끝냄", "관리자가 2단계 인증을 모두 지움")

	b.post("/people/admin/disable").status(409).says("스스로 바꿀 수 없습니다")
	b.post("/people/admin/second-factor/reset").status(409).says("내 계정의 2단계 인증 화면에서")
	b.post("/people/admin/password").leadsTo("/password")
	b.post("/people/admin/sessions/end").leadsTo("/account")
	b.get("/people").status(200)
	b.post("/people/nobody/disable").status(404)
}

func TestPeopleAreFound(t *testing.T) {
	s := newSite(t)
	for i := range 60 {
		s.records.Put(&access.Account{Name: "p" + string(rune('a'+i/26)) + string(rune('a'+i%26)), Display: "여럿", Role: access.Dock, Department: "hongbo", Disabled: i%2 == 0})
	}
	b := s.as(t, "admin")
	first := b.get("/people?q=여럿").status(200).says("총 60명", "다음 50명").holds(`href="/people/paa"`)
	if strings.Contains(first.body, `"/people/pcb"`) {
		t.Error("more than a page")
	}
	b.get("/people?after=pbx&q=여럿").says("처음으로").holds(`href="/people/pcb"`)
	b.get("/people?state=disabled&department=hongbo").says("총 30명")
	b.get("/people?q=홍검").says("총 1명").holds(`href="/people/reviewer"`)
	b.get("/people?role=dock&state=in-use&department=minwon").says("총 1명")
	b.get("/people?q=nobody-at-all").says("조건에 맞는 사용자가 없습니다")
}

func TestTokens(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "admin")
	b.get("/tokens").status(200).says("만든 토큰이 없습니다")
	for _, c := range []struct{ name, role, department, sentence string }{
		{"", "agent", "", "토큰 이름은"},
		{"<script>", "agent", "", "토큰 이름은"},
		{"dock-1", "root", "", "없는 역할입니다"},
		{"dock-1", "agent", "elsewhere", "등록되지 않은 부서"},
	} {
		b.post("/tokens", "name", c.name, "role", c.role, "department", c.department, "step", "save").status(422).says(c.sentence)
	}
	b.post("/tokens", "name", "dock-1", "role", "agent").status(200).says("아직 만들지 않았습니다", "영상 반납·업로드", "기관 전체에 적용됩니다")
	b.get("/tokens").says("만든 토큰이 없습니다")
	secret := b.post("/tokens", "name", "dock-1", "role", "agent", "department", "minwon", "step", "save").given()
	if !strings.HasPrefix(secret, "jikim_") {
		t.Errorf("the token is %s", secret)
	}
	b.get("/tokens").says("dock-1", "도크 에이전트", "민원과", "아직 없음").saysNot(secret)
	b.post("/tokens", "name", "dock-1", "role", "agent", "step", "save").status(409).says("같은 이름의 토큰이 있거나 있었습니다")
	all, _ := s.records.Tokens(t.Context())
	b.follow(b.post("/tokens/"+all[0].ID+"/revoke")).says("회수됨", "토큰을 회수했습니다")
	b.post("/tokens/none/revoke").status(404)
	b.get("/grants").says("토큰 발급 도크 에이전트(민원과)", "토큰 폐기", "토큰 dock-1")
}

func TestTheHistoryOfGrants(t *testing.T) {
	s := newSite(t)
	gate := s.gate
	for i := range 70 {
		role := []access.Role{access.Dock, access.Uploader}[i%2]
		if err := gate.Reassign(t.Context(), ledger.Actor{Account: "admin"}, "dock", role, "minwon", ""); err != nil {
			t.Fatal(err)
		}
		s.clock.Wind(time.Second)
	}
	b := s.as(t, "auditor")
	first := b.get("/grants").status(200).says("3년이 지나도 남습니다", "도크 이용자(민원과) → 촬영·업로드 담당(민원과)", "이전 기록").saysNot("로그인 성공")
	if strings.Contains(first.body, `href="/people/`) {
		t.Error("links to where the auditor may not go")
	}
	next := regexp.MustCompile(`href="(/grants\?before=\d+)"`).FindStringSubmatch(first.body)
	b.get(next[1]).status(200).says("계정 추가", "처음으로")
	b.get("/grants?account=DOCK&act=account.added").says("도크 이용자(민원과)").saysNot("→")
	b.get("/grants?account=nobody").says("권한 기록이 없습니다")
	b.get("/grants?before=x&act=y").status(422).says("없는 구분입니다", "쪽을 알아볼 수 없습니다")
	admin := s.as(t, "admin")
	admin.get("/grants").holds(`href="/people/dock"`)
	admin.get("/people/dock").holds(`href="/grants?account=dock"`)
	of := b.get("/grants?account=dock").status(200)
	next = regexp.MustCompile(`href="(/grants\?account=dock&amp;before=\d+)"`).FindStringSubmatch(of.body)
	rest := b.get(strings.ReplaceAll(next[1], "&amp;", "&")).says("처음으로")
	if n, m := strings.Count(of.body, " → "), strings.Count(rest.body, " → "); n != 50 || m != 20 {
		t.Errorf("%d and %d changes on two pages, want 50 and 20", n, m)
	}
}

func TestTheRecordOfSignIns(t *testing.T) {
	s := newSite(t)
	s.browser(t).post("/sign-in", "name", "내비밀번호", "password", "hong")
	s.browser(t).post("/sign-in", "name", "dock", "password", "틀린 것")
	out := s.as(t, "reviewer")
	out.post("/sign-out")
	b := s.as(t, "auditor")
	b.get("/sign-ins").status(200).says("없는 이름", "없는 계정", "비밀번호 틀림", "로그아웃", "성공", "127.0.0.1", "730일").saysNot("내비밀번호")
	b.get("/sign-ins?account=dock&result=wrong-password").says("비밀번호 틀림").saysNot("성공 비밀번호 127")
	b.get("/sign-ins?from=2020-01-01&to=2020-01-02").says("접속기록이 없습니다")
	b.get("/sign-ins?from=2026-10-04&to=2026-10-03").status(422).says("끝 날짜가 시작 날짜보다 이릅니다")
	b.get("/sign-ins?result=x&from=언제&before=%27--").status(422).says("없는 결과입니다", "날짜가 아닙니다", "쪽을 알아볼 수 없습니다")
	own := s.as(t, "dock").get("/account/sign-ins?account=reviewer").status(200).says("비밀번호 틀림").saysNot("로그아웃 127")
	if strings.Contains(own.body, `name="account"`) {
		t.Error("one's own record asks whose it is")
	}
	for range 60 {
		if err := s.records.NoteSignIn(t.Context(), access.SignIn{ID: access.SignInID(s.now(), "ab"), At: s.now(), Account: "dock", Result: access.SignedIn}); err != nil {
			t.Fatal(err)
		}
		s.clock.Wind(time.Second)
	}
	next := regexp.MustCompile(`href="(/sign-ins\?before=[0-9a-f]+)"`).FindStringSubmatch(b.get("/sign-ins").body)
	b.get(next[1]).status(200).says("없는 이름", "처음으로")
	if got := s.records.Acts(t); strings.Contains(got, "failed") {
		t.Errorf("failures fill the ledger: %s", got)
	}
}
