package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
)

// putDoubted adds two clips to the queue: one of which only the name tells the
// time, and a broken one.
func (s *site) putDoubted(t *testing.T) (named, broken string) {
	t.Helper()
	base, err := s.records.Clip(t.Context(), minwonClip)
	if err != nil {
		t.Fatal(err)
	}
	a, b := base, base
	a.ID, a.FileName, a.State, a.TimeConfidence = "01999999-0000-7000-8000-000000000201", "REC_D.MP4", footage.Review, "D"
	a.Doubts = []string{"촬영 시각의 근거가 파일 이름이나 파일 시스템뿐입니다(신뢰도 D). 촬영일을 확인하십시오."}
	a.CapturedAt = instant.Of(time.Date(2026, 9, 12, 14, 5, 31, 0, instant.KST))
	a.SortAt = a.CapturedAt
	b.ID, b.FileName, b.State = "01999999-0000-7000-8000-000000000202", "REC_CUT.MP4", footage.Review
	b.Doubts = []string{"파일에서 이상을 찾았습니다: 끝이 잘렸습니다."}
	s.records.Put(&a, &b)
	return a.ID, b.ID
}

func TestTheQueueIsSettledOneByOne(t *testing.T) {
	s := newSite(t)
	named, broken := s.putDoubted(t)
	b := s.as(t, "reviewer")
	list := b.get("/review").says("총 3건", "REC_D.MP4 촬영 시각의 근거가 파일 이름", "REC_CUT.MP4 파일에서 이상을", "REC_0002.MP4 촬영 시각을 알 수 없습니다")
	list.holds(`확인 필요 <span class="tally">3<`)
	s.as(t, "auditor").get("/review").status(403)

	b.get("/review/"+named).says("확인할 것", "근거가 파일 이름", "확인을 기다리는 영상 3건", "그대로 두고 다음").
		holds(`value="2026-09-12T14:05"`, `href="/review/`+broken+`"`).saysNot("확인할 것: 열어 보고")
	path := "/clips/" + named + "/corrections"
	b.post(path, "field", "captured_at", "now", "2026-09-12T14:05", "why", " ", "from", "review").status(422).
		says("정정하는 까닭", "확인을 기다리는 영상")
	done := b.correct(named, "field", "captured_at", "now", "2026-09-12T14:05", "why", "접수부와 같음", "from", "review")
	done.leadsTo("/review/" + broken)
	b.follow(done).says("REC_D.MP4: 촬영일시 정정을 기록했습니다", "다음 영상입니다", "REC_CUT.MP4")
	c, err := s.records.Clip(t.Context(), named)
	if err != nil || c.State != footage.Registered || c.CapturedAt.Std().Second() != 31 {
		t.Errorf("%+v, %v", c, err)
	}

	b.get("/review/" + broken).says("확인할 것: 열어 보고 그대로 둠")
	b.follow(b.correct(broken, "field", "doubts", "now", "확인함", "why", "열어 보니 끝까지 보임", "from", "review")).says("REC_0002.MP4")
	b.follow(b.get("/review/" + broken)).says("확인할 것이 없는 영상입니다")
	b.get("/clips/"+broken).says("확인할 것 파일에서 이상을 찾았습니다", "열어 보니 끝까지 보임")
	b.correct(overdue, "field", "captured_at", "now", "2026-09-10T10:00", "why", "달력", "from", "review").leadsTo("/review")
	b.get("/review").says("확인할 영상이 없습니다")
}

func TestTheQueueIsTheDepartments(t *testing.T) {
	s := newSite(t)
	c, err := s.records.Clip(t.Context(), prClip)
	if err != nil {
		t.Fatal(err)
	}
	c.State, c.Doubts = footage.Review, []string{"기기를 알 수 없습니다."}
	s.records.Put(&c)
	b := s.as(t, "reviewer")
	b.get("/review").says("총 1건").saysNot("DJI_0003")
	b.get("/review/" + prClip).status(http.StatusNotFound)
	for _, value := range nonsense {
		if a := b.get("/review?" + url.Values{"cursor": {value}}.Encode()); a.StatusCode >= 400 {
			t.Errorf("%q: %s", value, a.Status)
		}
	}
}
