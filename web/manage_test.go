package web_test

import (
	"net/url"
	"strings"
	"testing"

	"jikim/devices/instant"
	"jikim/footage"
)

func TestTheCalendarCountsWhatFallsDue(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	a := b.get("/due").status(200).says("2026년 10월", "앞으로 30일", "민원_0001.MP4")
	a.holds(`/due?day=2026-10-13&amp;department=minwon#list"`, `month=2026-11"`)
	b.get("/due?day=2026-10-13").says("2026. 10. 13.(화)", "민원 담당자 보호 1건", "민원_0001.MP4").saysNot("REC_0002.MP4")
	b.get("/due?day=2026-10-14").says("이 날 파기할 수 있게 되는 영상이 없습니다")
	b.get("/due?month=2026-12").says("2026년 12월")
	b.get("/due?month=12월").status(422).says("달이 아닙니다")
	b.get("/due?day=<script>").status(422).says("날짜가 아닙니다")
	b.get("/due?department=hongbo").status(422).says("볼 수 있는 부서가 아닙니다")
}

func TestSeveralAreHeldAtOnce(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	b.get("/due/hold").leadsTo("/due#list")
	b.get("/due/hold?clip="+minwonClip+"&clip="+overdue).status(200).says("고른 영상 2건", "민원_0001.MP4", "REC_0002.MP4")
	form := func(fields ...string) []string {
		return append([]string{"clip", minwonClip, "basis", "evidence"}, fields...)
	}
	b.post("/due/hold", form("reason", "")...).status(422).says("보류 사유를 입력하세요", "민원_0001.MP4")
	b.post("/due/hold", form("reason", strings.Repeat("길", 501), "until", "2026-10-20")...).status(422).says("너무 깁니다").holds(`value="2026-10-20"`)
	b.post("/due/hold", form("reason", "<script>alert(1)</script>😀", "until", "오늘")...).status(422).says("날짜가 아닙니다")
	b.post("/due/hold", form("reason", "분쟁 2026-114", "until", "2026-10-20")...).leadsTo("/due#list")
	b.get("/due?day=2026-10-13").says("보류 1건", "영상 1건의 파기를 보류했습니다")
	s.as(t, "reviewer").get("/due/hold?clip=" + prClip).leadsTo("/due#list") // another department's
	many := url.Values{}
	for range 101 {
		many.Add("clip", minwonClip)
	}
	b.get("/due/hold?" + many.Encode()).says("한 번에 100건까지")
}

func TestHoldsAreListed(t *testing.T) {
	s := newSite(t)
	s.records.Put(&footage.Hold{ID: "h1", Clip: minwonClip, Basis: "evidence", Reason: "고발 검토", PlacedBy: "홍검토", PlacedAt: instant.Of(morning.AddDate(0, 0, -9)), Until: "2026-10-01"})
	s.records.Put(&footage.Hold{ID: "h2", Clip: prClip, Basis: "request", Reason: "열람 청구", PlacedBy: "홍업로", PlacedAt: instant.Of(morning)})
	s.records.Put(&footage.Hold{ID: "h3", Clip: overdue, Basis: "request", Reason: "끝난 청구", ReleasedBy: "홍책임", ReleasedAt: instant.Of(morning), ReleaseReason: "기각"})
	b := s.as(t, "auditor")
	b.get("/holds").says("다시 볼 날이 된 보류가 1건", "고발 검토", "열람 청구", "9일째", "2026. 10. 1.(목)").saysNot("끝난 청구")
	b.get("/holds?basis=evidence").says("고발 검토").saysNot("열람 청구")
	b.get("/holds?state=released").says("끝난 청구", "기각", "홍책임").saysNot("고발 검토")
	b.get("/holds?basis=nonsense").status(422).says("없는 근거입니다")
	s.as(t, "reviewer").get("/holds").says("고발 검토").saysNot("열람 청구")
	s.as(t, "reviewer").get("/holds?department=hongbo").status(422).saysNot("열람 청구")
}

func TestTheBoard(t *testing.T) {
	s := newSite(t)
	s.records.Put(&footage.Hold{ID: "h1", Clip: minwonClip, Basis: "evidence", Reason: "고발", PlacedAt: instant.Of(morning), Until: "2026-10-01"})
	a := s.as(t, "auditor").get("/board").status(200)
	a.says("기관 전체", "보관 중", "확인 필요", "사람이 정해 주어야 할 것이 있습니다", "다시 볼 날이 된 것 1건", "검증 중 2건",
		"날마다 들어온 파일", "부서별 보관량", "목적별 보관량", "데이터베이스", "닿지 않음", "확인해 주세요")
	a.holds(`href="/holds"`, `href="/due"`)
	s.as(t, "responsible").get("/board").says("민원과").saysNot("부서별 보관량", "홍보담당관")
	admin := s.as(t, "admin").get("/board").status(200)
	if strings.Contains(admin.body, `href="/holds"`) {
		t.Error("a number leads where its reader may not go")
	}
}

func TestTheLedgerIsNarrowedOnItsPage(t *testing.T) {
	s := newSite(t)
	reviewer := s.as(t, "reviewer")
	reviewer.post("/clips/"+minwonClip+"/holds", "basis", "evidence", "reason", "고발 검토")
	b := s.as(t, "auditor")
	b.get("/ledger?account=reviewer").says("고발 검토")
	b.get("/ledger?account=responsible").saysNot("고발 검토")
	b.get("/ledger?from=2026-10-03&to=2026-10-03").says("고발 검토")
	b.get("/ledger?from=2026-10-04").saysNot("고발 검토")
	b.get("/ledger?from=2026-10-04&to=2026-10-03").status(422).says("끝 날짜가 시작 날짜보다 이릅니다")
	b.get("/ledger?from=언제").status(422).says("날짜가 아닙니다")
}
