package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"jikim/footage"
)

// open opens a view of a clip and gives the address of its page.
func (b *browser) open(clip, reason string) string {
	b.t.Helper()
	return b.post("/clips/"+clip+"/views", "reason", reason, "case", "민원-7").status(http.StatusSeeOther).Header.Get("Location")
}

func TestOneRecordingIsWatchedOnForOneReason(t *testing.T) {
	s := newSite(t)
	ids := s.putFlight(t)
	b := s.as(t, "reviewer")
	first := b.open(ids[0], "추락 경위 확인")
	b.get(first).says("촬영 시간선", "다음 파일 GX030001.MP4", "같은 사유로 그 파일의 열람이 따로 기록됩니다").
		holds(`data-starts="2026-09-12T05:05:00.000Z"`, `action="`+first+`/on"`, "data-next")
	to := b.post(first+"/on", "to", ids[1], "at", "12.3456").status(http.StatusSeeOther).Header.Get("Location")
	if !strings.HasPrefix(to, "/clips/"+ids[1]+"/watch/") || !strings.HasSuffix(to, "#t=12.346") {
		t.Fatalf("leads to %s", to)
	}
	second, _, _ := strings.Cut(to, "#")
	b.get(second).says("이전 파일 GX010001.MP4", "추락 경위 확인 (사건·민원 번호 민원-7)").saysNot("다음 파일 GX")
	b.get("/clips/"+ids[1]).says("열람", "추락 경위 확인")

	for _, other := range []string{minwonClip, prClip, "none", ""} {
		b.post(first+"/on", "to", other).status(422).says("같은 촬영의 파일이 아니어서")
	}
	s.as(t, "responsible").post(first+"/on", "to", ids[1]).status(403)
	s.clock.Wind(time.Hour)
	s.as(t, "reviewer").post(first+"/on", "to", ids[1]).status(http.StatusGone)
}

func TestLensesShowTheSameMoment(t *testing.T) {
	s := newSite(t)
	ids := s.putFlight(t)
	c, err := s.records.Clip(t.Context(), ids[1])
	if err != nil {
		t.Fatal(err)
	}
	c.Lens, c.FileName, c.Chapter, c.CapturedAt = "열화상", "DJI_0001_T.MP4", 0, c.CapturedAt.Add(-110*time.Second)
	s.records.Put(&c)
	b := s.as(t, "reviewer")
	b.get(b.open(ids[0], "수색 확인")).holds(`data-lens data-offset="10"`, `name="at" value="0"`).says("열화상 DJI_0001_T.MP4")
	b.get(b.open(ids[1], "수색 확인")).holds(`data-lens data-offset="-10"`, `name="at" value="10"`).says("다른 렌즈 GX010001.MP4")
}

func TestACopyInTheMakingIsSaidHonestly(t *testing.T) {
	s := newSite(t)
	c, err := s.records.Clip(t.Context(), minwonClip)
	if err != nil {
		t.Fatal(err)
	}
	c.Metadata, c.MediaTodo = `{"container":"mp4","video_codec":"hevc"}`, true
	s.records.Put(&c)
	b := s.as(t, "reviewer")
	page := b.open(minwonClip, "확인")
	type progress struct {
		Sentence string
		Percent  int
		Waiting  bool
	}
	asked := func() (how *progress) {
		t.Helper()
		if err := json.Unmarshal([]byte(b.get(page+"/making").status(200).body), &how); err != nil {
			t.Fatal(err)
		}
		return how
	}
	b.get(page).says("HEVC(H.265)", "파일이 손상된 것은 아닙니다", "차례를 기다리고 있습니다", "다시 확인").holds(page + "/making")
	if how := asked(); !how.Waiting || how.Percent != -1 {
		t.Errorf("%+v", how)
	}
	s.copies[minwonClip] = 0.439
	b.get(page).says("만드는 중입니다(43 %)").holds(`<progress max="100" value="43"`)
	if how := asked(); how.Percent != 43 {
		t.Errorf("%+v", how)
	}
	s.records.Put(&footage.Derivative{ID: minwonClip + ".proxy", Clip: minwonClip, Kind: "proxy", State: footage.Failed, Detail: "영상이 중간에서 끊겼습니다."})
	b.get(page).says("만들지 못했습니다: 영상이 중간에서 끊겼습니다").saysNot("다시 확인")
	s.records.Put(&footage.Derivative{ID: minwonClip + ".proxy", Clip: minwonClip, Kind: "proxy", State: footage.Made, MIME: "video/mp4"},
		&footage.Derivative{ID: minwonClip + ".strip", Clip: minwonClip, Kind: "strip", State: footage.Made, MIME: footage.Strip{Tiles: 13, Columns: 10, IntervalS: 5}.MIME()})
	if how := asked(); how != nil {
		t.Errorf("%+v after it was made", how)
	}
	b.get(page).says("재생용 사본을 보여 줍니다").holds(`/proxy"`, `data-tiles="13" data-columns="10" data-interval="5"`)
}
