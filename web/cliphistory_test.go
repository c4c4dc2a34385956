package web_test

import (
	"net/url"
	"strings"
	"testing"

	"jikim/footage/ledger"
)

// alter changes words of rows that were signed otherwise.
func (r *records) alter(rows []ledger.Row) []ledger.Row {
	if r.altered == "" {
		return rows
	}
	for i := range rows {
		rows[i].Body = []byte(strings.Replace(string(rows[i].Body), r.altered, "다른 사유", 1))
	}
	return rows
}

func TestTheHistoryIsHeldAgainstTheSignedLedger(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	for range 3 {
		b.post("/clips/"+minwonClip+"/views", "reason", "민원 확인").status(303)
	}
	page := b.get("/clips/"+minwonClip+"/history").says("아래 3건이 서명된 관리대장", "적힌 그대로임을 방금 확인했습니다", "번째 기록 · 확인됨")
	if n := strings.Count(page.body, "· 확인됨"); n != 3 {
		t.Errorf("%d entries are proved", n)
	}
	s.records.altered = "민원 확인"
	b.get("/clips/"+minwonClip+"/history").says("3건이 서명된 관리대장과 다릅니다", "서명된 것과 다름", "다른 사유").saysNot("· 확인됨")
	s.records.altered = ""
	s.as(t, "auditor").get("/clips/" + minwonClip + "/history").status(200)
	b.get("/clips/" + prClip + "/history").status(404)
	for _, value := range nonsense {
		if a := b.get("/clips/" + minwonClip + "/history?before=" + url.QueryEscape(value)); a.StatusCode >= 500 {
			t.Errorf("%q: %s", value, a.Status)
		}
	}
	b.get("/clips/"+minwonClip+"/history?before=-1").status(422).says("기록의 번호가 아닙니다", "아래 3건")
}

func TestALongHistoryGoesOnOverPages(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	for range 60 {
		b.post("/clips/"+minwonClip+"/views", "reason", "민원 확인").status(303)
	}
	b.get("/clips/" + minwonClip).says("이전 이력까지 모두 보고 서명 확인하기")
	seen, path := 0, "/clips/"+minwonClip+"/history"
	for path != "" {
		a := b.get(path).status(200)
		seen += strings.Count(a.body, "· 확인됨")
		_, older, ok := strings.Cut(a.body, `href="/clips/`+minwonClip+`/history?before=`)
		older, _, _ = strings.Cut(older, `"`)
		if path = ""; ok {
			path = "/clips/" + minwonClip + "/history?before=" + older
		}
	}
	if seen != 60 {
		t.Errorf("paging proved %d entries, want 60", seen)
	}
}
