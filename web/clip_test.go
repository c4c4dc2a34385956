package web_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/review/reviewtest"
)

func (r *records) Recording(_ context.Context, id string) ([]footage.Clip, error) {
	var files []footage.Clip
	for _, c := range reviewtest.All[*footage.Clip](r.Book) {
		if c.Recording == id && c.State != footage.Destroyed {
			files = append(files, *c)
		}
	}
	slices.SortFunc(files, func(a, b footage.Clip) int { return cmp.Compare(a.ID, b.ID) })
	return files, r.Fault
}

const disputed = `{"container":"mp4","captured_at":"2026-09-12T14:05:00","time":{"confidence":"C","source":"srt","zone":"assumed","meaning":"start",
"why":"비행 기록(SRT)의 시각으로 정했습니다.","candidates":[{"value":"2026-09-12T14:05:00","source":"srt","zone":"assumed","meaning":"start"},
{"value":"2026-09-12T05:05:31Z","source":"mp4:mvhd","zone":"assumed","meaning":"end"}],
"contradictions":["영상의 기록 일시(2020-01-01T00:00:00Z)는 시계가 초기화되었을 때의 값이어서 쓰지 않았습니다."],
"drift":{"late_s":-75,"source":"dock","at":"2026-09-12T16:00:00+09:00","applied":true}},
"location":{"lat":37.5,"lon":126.75,"alt_m":41.4,"source":"srt"},
"companions":[{"file":"DJI_0001.SRT","part":"track","captured_at":"2026-09-12T14:05:00","why":"비행 기록의 첫 줄입니다."}]}`

func TestAClipTellsWhyItsTimeIsBelieved(t *testing.T) {
	s := newSite(t)
	c, err := s.records.Clip(t.Context(), minwonClip)
	if err != nil {
		t.Fatal(err)
	}
	c.Metadata = disputed
	s.records.Put(&c)
	b := s.as(t, "reviewer")
	a := b.get("/clips/"+minwonClip).says(
		"보통(기기 시계) 기기 시계가 적은 시각입니다", "어느 나라 시각인지 적혀 있지 않습니다",
		"2026. 9. 12.(토) 16:00에 도크가 재어 보니 기기 시계가 1분 15초 빨랐습니다. 위의 촬영일시는 그만큼 바로잡은 것입니다",
		"시각이 서로 맞지 않습니다. 영상의 기록 일시(2020-01-01T00:00:00Z)는 시계가 초기화되었을 때의 값",
		"파일에서 찾은 시각 2개", "2026-09-12 14:05:00 (시간대 없음, 토요일) 고른 시각", "촬영 끝",
		"DJI_0001.SRT 위치·비행 기록", "위도 37.500000, 경도 126.750000, 고도 41 m (비행 기록(SRT))")
	if n := strings.Count(a.body, "고른 시각"); n != 1 {
		t.Errorf("%d candidates are marked as chosen", n)
	}
	b.follow(b.correct(minwonClip, "field", "captured_at", "now", "2026-09-11T10:00", "why", "도크 시계와 비교")).
		says("reviewer이(가) 2026. 10. 3.(토) 09:00에 바로잡은 시각입니다. 사유: 도크 시계와 비교",
			"파일에 적힌 시각 2026-09-12 14:05:00", "2026. 9. 12.(토) 14:05 2026. 9. 11.(금) 10:00").saysNot("고른 시각")
}

// putFlight adds a recording of two chapters with a gap and a flight log.
func (s *site) putFlight(t *testing.T) (ids [3]string) {
	t.Helper()
	base, err := s.records.Clip(t.Context(), minwonClip)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range []struct {
		name string
		part profile.Part
		at   time.Duration
	}{{"GX010001.MP4", profile.Main, 0}, {"GX030001.MP4", profile.Main, 2 * time.Minute}, {"GX010001.GPS", profile.Track, 0}} {
		c := base
		ids[i] = "01999999-0000-7000-8000-00000000010" + string(rune('0'+i))
		c.ID, c.FileName, c.Part, c.Recording = ids[i], f.name, f.part, ids[0]
		c.CapturedAt = base.CapturedAt.Add(f.at)
		if f.part == profile.Main {
			c.Chapter = 1 + 2*i
		} else {
			c.Kind, c.MIME, c.DurationS = "telemetry", "text/plain", 0
		}
		s.records.Put(&c)
	}
	return ids
}

func TestTheFilesOfARecordingAreShownTogether(t *testing.T) {
	s := newSite(t)
	ids := s.putFlight(t)
	a := s.as(t, "reviewer").get("/clips/"+ids[1]).says(
		"이 촬영의 파일", "2번째 파일이 없습니다", "파일 3개가 한 촬영입니다. 2026. 9. 12.(토) 14:05부터 3분 5초 동안",
		"GX030001.MP4 지금 보는 파일 원본 · 3번째", "앞 파일과 55초 비어 있음", "GX010001.GPS 위치·비행 기록")
	a.holds(`href="/clips/`+ids[0]+`"`, `class="recording-part current"`)
	s.as(t, "reviewer").get("/clips/" + minwonClip).saysNot("이 촬영의 파일")
}

func TestWhatWasSaidOfABatchStandsOnItsFiles(t *testing.T) {
	s := newSite(t)
	c, err := s.records.Clip(t.Context(), minwonClip)
	if err != nil {
		t.Fatal(err)
	}
	c.Batch = "0199a000-0000-4000-8000-000000000001"
	s.records.Put(&c, &footage.Batch{ID: c.Batch, Title: "개통식", Place: "한빛천", Approval: "2026-77", Department: "minwon", Account: "dock"})
	b := s.as(t, "reviewer")
	b.get("/clips/" + minwonClip).says("묶음 개통식 · 한빛천 비행·촬영 승인 2026-77")
	c.Batch = "2026-09 카드 3"
	s.records.Put(&c)
	b.get("/clips/" + minwonClip).says("묶음 2026-09 카드 3")
}

// The original is taken along under a reason and a name of its own.
func TestTheOriginalIsTakenAlong(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	path := "/clips/" + minwonClip + "/downloads"
	b.get("/clips/" + minwonClip).holds(`formaction="` + path + `"`)
	b.post(path, "reason", "").status(422).says("열람 사유를 입력하세요")
	b.post(path, "reason", strings.Repeat("가", 501)).status(422).says("너무 깁니다")
	to := b.post(path, "reason", "경찰서 제출용 사본", "case", "2026-114").status(303).Header.Get("Location")
	if !strings.HasPrefix(to, "/api/v1/views/") || !strings.HasSuffix(to, "/content") {
		t.Errorf("leads to %q", to)
	}
	if acts := s.records.Acts(t); !strings.Contains(acts, "clip.downloaded") || strings.Contains(acts, "clip.viewed") {
		t.Errorf("left %s", acts)
	}
	s.as(t, "auditor").post(path, "reason", "감사").status(403)
	s.as(t, "uploader").post(path, "reason", "홍보").status(404)
}
