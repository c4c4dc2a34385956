package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
)

func TestSignIn(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.get("/clips?q=a%26b").leadsTo("/sign-in?next=%2Fclips%3Fq%3Da%2526b")
	b.post("/sign-in", "name", "", "password", "").status(422).says("로그인 이름을 입력하세요", "비밀번호를 입력하세요")
	a := b.post("/sign-in", "name", "reviewer", "password", "틀린 비밀번호").status(422).says("이름이나 비밀번호가 맞지 않거나")
	a.holds(`value="reviewer"`, `aria-describedby="password-error"`)
	if strings.Contains(a.body, "틀린 비밀번호") {
		t.Error("the password came back")
	}
	b.post("/sign-in", "name", "reviewer", "password", password, "next", "/clips?q=a").leadsTo("/clips?q=a")
	b.get("/sign-in").leadsTo("/clips")
	b.post("/sign-out").leadsTo("/sign-in")
	b.get("/clips").leadsTo("/sign-in?next=%2Fclips")
}

func TestOnlyLocalPathsComeNext(t *testing.T) {
	s := newSite(t)
	for _, next := range []string{"https://elsewhere.example/", "//elsewhere.example/", `/\elsewhere.example`, "javascript:alert(1)", "%2F%2Felsewhere", "/%2Felsewhere.example/..", "", "\n//x", "/\t/elsewhere.example"} {
		to := s.browser(t).post("/sign-in", "name", "reviewer", "password", password, "next", next).Header.Get("Location")
		u, err := url.Parse(to)
		if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) || !strings.HasPrefix(to, "/") {
			t.Errorf("next=%q leads to %q", next, to)
		}
	}
}

func TestTheListIsNarrowedByItsConditions(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "auditor")
	b.get("/clips").says("총 3건", "민원_0001.MP4", "REC_0002.MP4", "DJI_0003.JPG", "2026. 9. 12.(토) 14:05", "1:05", "3.0MB", "영구", "D-10", "확인 필요")
	b.get("/clips?department=minwon").says("총 2건").saysNot("DJI_0003")
	b.get("/clips?state=destroyed").says("총 1건", "REC_0004")
	b.get("/clips?q=DJI").says("총 1건", "DJI_0003").saysNot("REC_0002")
	b.get("/clips?q=없는것").says("총 0건", "조건에 맞는 영상이 없습니다")
	s.as(t, "reviewer").get("/clips").says("총 2건").saysNot("DJI_0003", "홍보담당관")
}

func TestTheListPagesByCursor(t *testing.T) {
	s := newSite(t)
	for i := range 60 {
		at := instant.Of(morning.Add(time.Duration(i) * time.Minute))
		s.records.Put(&footage.Clip{ID: "n" + at.String(), FileName: "N.MP4", State: footage.Registered, Department: "minwon", SortAt: at, DueAt: at, ExpiresOn: "2026-10-03"})
	}
	b := s.as(t, "reviewer")
	a := b.get("/clips?q=N.MP4").says("총 60건")
	if n := strings.Count(a.body, `role="rowheader"`); n != 50 {
		t.Errorf("%d rows", n)
	}
	_, next, _ := strings.Cut(a.body, `<a class="button second" href="/clips?`)
	next, _, _ = strings.Cut(next, `"`)
	a = b.get("/clips?"+html.UnescapeString(next)).status(200).says("총 60건", "처음으로")
	if n := strings.Count(a.body, `role="rowheader"`); n != 10 {
		t.Errorf("%d rows on the last page", n)
	}
}

func TestTheClipPageShowsItsEvidence(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	b.get("/clips/"+minwonClip).says(
		"민원_0001.MP4", "2026. 10. 12.(월)까지", "보관 규칙 minwon-protect@1", "기기 시계를 한국 시각으로 읽었습니다.",
		"파일에서 찾은 시각 2개", "영상 머리말(MP4) mvhd", "2026-09-12 14:05:30 (시간대 없음, 토요일)", "색인이 없습니다.",
		"mp4 · h264 · aac", "1분 5초", strings.Repeat("ab", 32), "DCIM/민원_0001.MP4", "민원-1")
	b.get("/clips/"+overdue).says("확인이 필요합니다", "저장된 메타데이터를 읽을 수 없습니다")
	b.get("/clips/"+gone).says("파기 기록이 있습니다", "파기되어 내용을 볼 수 없습니다", "아직 확인되지 않음")
	s.as(t, "auditor").get("/clips/"+minwonClip).says("이 영상의 내용을 볼 권한이 없습니다").saysNot("사유를 남기고 열람", "파기 보류하기")
}

func TestALookNeedsAReason(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	path := "/clips/" + minwonClip + "/views"
	b.post(path, "reason", "  ", "case", "민원-7").status(422).says("열람 사유를 입력하세요").holds(`value="민원-7"`, `aria-describedby="view-reason-hint view-reason-error"`)
	b.post(path, "reason", strings.Repeat("가", 501)).status(422).says("500자까지")
	to := b.post(path, "reason", "폭언 신고 확인", "case", "민원-7").status(303).Header.Get("Location")
	token := strings.TrimPrefix(to, "/clips/"+minwonClip+"/watch/")
	b.get(to).status(200).
		says("홍검토", "폭언 신고 확인 (사건·민원 번호 민원-7)", "2026. 10. 3.(토) 09:31까지").
		holds(`src="/api/v1/views/`+token+`/content"`, "<video")
	b.get("/clips/"+minwonClip).says("열람", "폭언 신고 확인", "사건번호 민원-7")

	s.as(t, "responsible").get(to).status(403).says("다른 사람이 연 열람 주소입니다")
	b.get("/clips/" + overdue + "/watch/" + token).status(403)
	b.get(to + "x").status(404)
	s.clock.Wind(32 * time.Minute)
	s.as(t, "reviewer").get(to).status(http.StatusGone).says("열람 시간이 끝났습니다")
	s.as(t, "reviewer").post("/clips/"+gone+"/views", "reason", "다시 보기").status(http.StatusGone)
}

func TestHolds(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	path := "/clips/" + overdue + "/holds"
	b.post(path, "basis", "nothing", "reason", "고소 준비", "until", "내일").status(422).
		says("없는 근거입니다", "날짜가 아닙니다").holds("고소 준비</textarea>", `value="내일"`)
	b.post(path, "basis", "evidence", "reason", "고소 준비", "until", "2026-10-02").status(422).says("이미 지났습니다")
	b.follow(b.post(path, "basis", "evidence", "reason", "고소 준비", "until", "2026-12-01")).
		says("파기를 보류했습니다", "증거자료", "보류 1건", "2026. 12. 1.(화)에 다시 검토", "다음 파기 주기에 바로 파기되고, 되돌릴 수 없습니다")
	b.get("/due").says("보류 중", "보류 1건")
	dossier, err := s.records.Dossier(t.Context(), overdue)
	if err != nil {
		t.Fatal(err)
	}
	release := path + "/" + dossier.Holds[0].ID + "/release"
	s.as(t, "reviewer").post(release, "reason", "끝남").status(403)
	b.post(release, "reason", " ").status(422).says("보류를 푸는 사유를 입력하세요")
	b.follow(b.post(release, "reason", "사건 종결")).says("보류를 풀었습니다", "해제됨", "사건 종결").saysNot("보류 1건")
	b.post(release, "reason", "다시").status(409).says("이미 풀린 보류입니다")
	b.post("/clips/"+minwonClip+"/holds/"+dossier.Holds[0].ID+"/release", "reason", "다른 영상").status(404)
}

var seen = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// correct sends a correction, looks at what it would change and records it.
func (b *browser) correct(clip string, fields ...string) answer {
	b.t.Helper()
	path := "/clips/" + clip + "/corrections"
	shown := b.post(path, fields...).status(200).says("아직 아무것도 바꾸지 않았습니다")
	return b.post(path, append(fields, "step", "record", "seen", seen.FindStringSubmatch(shown.body)[1])...)
}

func TestCorrections(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	path := "/clips/" + minwonClip + "/corrections"
	b.post(path, "field", "captured_at", "now", "작년 여름", "why", "시계가 늦음").status(422).
		says("촬영 시각을 2026-10-03T14:05").holds(`value="작년 여름"`, "시계가 늦음</textarea>", `aria-describedby="captured_at-now-error"`)
	b.post(path, "field", "captured_at", "now", "2026-09-11T10:00", "why", "").status(422).says("정정하는 까닭과 근거를 입력하세요")
	b.post(path, "field", "sha256", "now", "x", "why", "y").status(422).says("정정할 수 없는 항목입니다")
	b.follow(b.correct(minwonClip, "field", "captured_at", "now", "2026-09-11T10:00", "why", "도크 시계와 비교")).
		says("촬영일시 정정을 기록했습니다", "2026. 10. 12.(월)에서 2026. 10. 11.(일)(으)로 바뀌었습니다", "도크 시계와 비교")
	b.follow(b.correct(minwonClip, "field", "purpose", "now", "minwon-long", "why", "분쟁으로 번짐")).says("분쟁 대응")
	b.post(path, "field", "purpose", "now", "pr", "why", "홍보").status(422).says("다른 부서의 촬영 목적입니다")
}

func TestACorrectionIsSeenBeforeItIsMade(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	path := "/clips/" + minwonClip + "/corrections"
	sent := []string{"field", "captured_at", "now", "2026-09-01T10:00", "why", "달력과 비교\n<b>두 번</b> 확인"}
	shown := b.post(path, sent...).status(200).
		says("촬영일시 2026. 9. 12.(토) 14:05", "2026. 9. 1.(화) 10:00", "기기 민원-1 그대로", "보관 만료 2026. 10. 12.(월)까지 (D-10) 2026. 10. 1.(목)까지",
			"보관기간이 짧아집니다", "<b>두 번</b> 확인")
	if acts := s.records.Acts(t); strings.Contains(acts, "clip.corrected") {
		t.Errorf("looking left %s", acts)
	}
	b.post(path, append(sent, "step", "edit")...).status(200).holds(`value="2026-09-01T10:00"`, "&lt;b&gt;두 번&lt;/b&gt; 확인</textarea>", "<details open>")
	told := seen.FindStringSubmatch(shown.body)[1]
	b.follow(b.correct(minwonClip, "field", "purpose", "now", "minwon-long", "why", "분쟁")).status(200)
	b.post(path, append(sent, "step", "record", "seen", told)...).status(200).says("기록이 바뀌어 결과가 달라졌습니다")
	b.post(path, append(sent, "step", "record")...).status(200).says("기록이 바뀌어")
	s.as(t, "auditor").post(path, sent...).status(403)
}

func TestDueAndConfirmation(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	b.get("/due").says("지남 보관기간이 끝남", "REC_0002.MP4", "2026. 10. 13.(화) D-10 1건", "민원_0001.MP4", "파기 확인 대기 1건", "REC_0004.MP4", "자동 파기 2026-10-03").saysNot("DJI_0003")
	b.follow(b.get("/due/confirm")).says("확인할 파기 기록을 하나 이상 고르세요")
	b.follow(b.get("/due/confirm?clip=" + minwonClip)).says("확인할 수 없는 기록입니다")
	b.get("/due/confirm?clip="+gone).says("1건의 파기를 홍책임 이름으로 확인합니다", "되돌릴 수 없습니다", "REC_0004.MP4")
	b.post("/due/confirm", "clip", gone, "clip", minwonClip).status(409).says("그사이 목록이 바뀌었습니다")
	b.follow(b.post("/due/confirm", "clip", gone)).says("파기 1건을 확인했습니다", "확인을 기다리는 파기 기록이 없습니다")
	b.get("/clips/" + gone).says("확인 responsible")
	s.as(t, "auditor").get("/due").saysNot("고른 기록 확인하기")
	s.as(t, "auditor").get("/due?department=none").status(422).says("볼 수 있는 부서가 아닙니다")
}

func TestLedger(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	for range 55 {
		b.post("/clips/"+minwonClip+"/views", "reason", "민원 확인").status(303)
	}
	s.as(t, "uploader").post("/clips/"+prClip+"/views", "reason", "홍보 자료 확인").status(303)

	auditor := s.as(t, "auditor")
	first := auditor.get("/ledger").says("로그인", "홍보 자료 확인", "jikim/test", "jikim verify")
	if n := strings.Count(first.body, `<th scope="row" role="rowheader" class="number"`); n != 50 {
		t.Errorf("%d entries on the first page", n)
	}
	seen := 0
	for path := "/ledger?act=clip.viewed"; path != ""; {
		a := auditor.get(path).status(200)
		seen += strings.Count(a.body, `<th scope="row" role="rowheader" class="number"`)
		_, older, ok := strings.Cut(a.body, `href="/ledger?act=clip.viewed&amp;before=`)
		older, _, _ = strings.Cut(older, `"`)
		path = ""
		if ok && strings.Contains(a.body, "이전 기록") {
			path = "/ledger?act=clip.viewed&before=" + older
		}
	}
	if seen != 56 {
		t.Errorf("paging showed %d views, want 56", seen)
	}
	auditor.get("/ledger?subject=" + prClip).says("홍보 자료 확인").saysNot("민원 확인")
	auditor.get("/ledger?act=nothing&before=-1").status(422).says("없는 구분입니다", "번호가 아닙니다").holds(`value="-1"`)
	s.as(t, "responsible").get("/ledger").says("민원과 의 기록을 보여 줍니다", "민원 확인").saysNot("홍보 자료 확인", "auditor", "uploader")
}

func TestRegistry(t *testing.T) {
	s := newSite(t)
	s.as(t, "auditor").get("/registry").says("민원 담당자 보호", "제15조제1항제3호(공공기관이 법령 등에서 정하는 소관 업무를 수행하기 위하여 불가피한 경우)", "촬영일부터 30일", "홍책임", "FC6310", "수리", "영구")
	s.as(t, "responsible").get("/registry").says("민원-1").saysNot("FC6310", "시정 홍보")
}

func TestUploadPageOffersOnlyTheOwn(t *testing.T) {
	s := newSite(t)
	s.as(t, "dock").get("/upload").says("민원과의 영상을 올립니다", "민원-1", "민원 담당자 보호", "자바스크립트가 필요합니다").
		saysNot("FC6310", "시정 홍보").holds(`value="BC-1"`, `<script type="module" src="/static/dist/upload.`)
}

// nonsense is what no field expects.
var nonsense = []string{
	"", " ", "\x00", "\xff\xfe", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "' OR 1=1 --", "../../etc/passwd",
	"😀", "\u202Egnp.exe", "2026-13-45", "0000-00-00", "99999-01-01", "-1", "9223372036854775808", "NaN", strings.Repeat("가", 2000), "%zz", "{{.}}",
}

func TestNonsenseIsAnsweredWithASentence(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	gets := map[string][]string{
		"/clips":       {"department", "purpose", "device", "state", "from", "to", "q", "cursor"},
		"/due":         {"department", "cursor"},
		"/review":      {"cursor"},
		"/ledger":      {"act", "subject", "before"},
		"/due/confirm": {"clip"},
		"/sign-in":     {"next"},
	}
	posts := map[string][]string{
		"/clips/" + minwonClip + "/views":             {"reason", "case"},
		"/clips/" + minwonClip + "/holds":             {"basis", "reason", "until"},
		"/clips/" + minwonClip + "/holds/any/release": {"reason"},
		"/clips/" + minwonClip + "/corrections":       {"field", "now", "why", "step", "seen", "from"},
		"/clips/" + minwonClip + "/watch/none/on":     {"to", "at"},
		"/due/confirm": {"clip"},
		"/password":    {"old", "new", "again"},
	}
	sound := map[string]string{"basis": "evidence", "reason": "고소 준비", "until": "2026-12-01", "field": "device", "now": "cam-2", "why": "확인함", "case": "1"}
	check := func(a answer, value string) {
		t.Helper()
		if a.StatusCode >= 500 {
			t.Errorf("%s with %q: %s\n%s", a.what, value, a.Status, a.text())
		}
		if a.StatusCode >= 400 && !strings.Contains(a.text(), "요.") && !strings.Contains(a.text(), "오.") && !strings.Contains(a.text(), "니다.") {
			t.Errorf("%s with %q answers %s without a sentence: %s", a.what, value, a.Status, a.text())
		}
		if strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x") {
			t.Errorf("%s with %q is not escaped", a.what, value)
		}
	}
	for path, fields := range gets {
		for _, field := range fields {
			for _, value := range nonsense {
				check(b.get(path+"?"+url.Values{field: {value}}.Encode()), value)
			}
		}
		check(b.get(path+"?%zz=%"), "%zz")
	}
	for path, fields := range posts {
		for _, field := range fields {
			for _, value := range nonsense {
				var sent []string
				for _, other := range fields {
					if other != field {
						sent = append(sent, other, sound[other])
					}
				}
				check(b.post(path, append(sent, field, value)...), value)
			}
		}
		check(b.postRaw(path, "%zz=%"), "%zz")
	}
	for _, value := range nonsense {
		check(b.get("/clips/"+url.PathEscape(value)), value)
		check(s.browser(t).post("/sign-in", "name", value, "password", value), value)
	}
}
