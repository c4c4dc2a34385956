package web_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/xml"
	"html"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jikim/footage"
	"jikim/footage/ledger"
)

// savedFilters is what people keep of their questions.
var savedFilters = map[*records][]footage.SavedFilter{}

func (r *records) RecordingSizes(_ context.Context, recordings []string) (map[string]int, error) {
	sizes := map[string]int{}
	for _, recording := range recordings {
		sizes[recording] = 3
	}
	return sizes, nil
}

func (r *records) SavedFilters(_ context.Context, account string) ([]footage.SavedFilter, error) {
	mine := slices.DeleteFunc(slices.Clone(savedFilters[r]), func(f footage.SavedFilter) bool { return f.Account != account })
	slices.SortFunc(mine, func(a, b footage.SavedFilter) int { return cmp.Compare(a.Name, b.Name) })
	return mine, nil
}

func (r *records) SaveFilter(ctx context.Context, f footage.SavedFilter) error {
	if err := r.DropFilter(ctx, f.Account, f.ID); err != nil {
		return err
	}
	savedFilters[r] = append(savedFilters[r], f)
	return nil
}

func (r *records) DropFilter(_ context.Context, account, id string) error {
	savedFilters[r] = slices.DeleteFunc(savedFilters[r], func(f footage.SavedFilter) bool { return f.Account == account && f.ID == id })
	return nil
}

func (s *site) change(t *testing.T, id string, change func(*footage.Clip)) {
	t.Helper()
	c, err := s.records.Clip(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	change(&c)
	s.records.Put(&c)
}

func TestTheListHasRarerConditions(t *testing.T) {
	s := newSite(t)
	lat, lon := 37.5, 126.7
	s.change(t, minwonClip, func(c *footage.Clip) { c.Lat, c.Lon = &lat, &lon })
	b := s.as(t, "auditor")
	for query, want := range map[string]string{
		"confidence=X": "REC_0002", "person=dock&department=minwon&confidence=C": "민원_0001", "south=37&west=126&north=38&east=127": "민원_0001",
	} {
		b.get("/clips?"+query).says("총 1건", want)
	}
	b.get("/clips?held=yes").says("총 0건")
	b.get("/clips?batch=none").says("총 0건")
	b.get("/clips?per=20").holds("<strong>20건</strong>")
	for _, wrong := range []string{"confidence=Q", "held=maybe", "south=NaN&west=1&north=2&east=3", "south=1", "south=91&west=0&north=92&east=0", "person=" + strings.Repeat("a", 61)} {
		b.get("/clips?" + wrong).status(422)
	}
	for _, field := range []string{"person", "confidence", "held", "batch", "south", "view", "per", "back"} {
		for _, v := range nonsense {
			if a := b.get("/clips?" + url.Values{field: {v}}.Encode()); a.StatusCode >= 500 || strings.Contains(a.body, "<script>alert") {
				t.Errorf("%s=%q: %s", field, v, a.Status)
			}
		}
	}
}

func TestTheListHasThreeViews(t *testing.T) {
	s := newSite(t)
	s.change(t, minwonClip, func(c *footage.Clip) { c.Recording = minwonClip })
	b := s.as(t, "reviewer")
	b.get("/clips").says("민원_0001.MP4 파일 3개").saysNot("REC_0002.MP4 파일").holds(`href="/clips?view=thumbs"`, `href="/clips?view=map"`)
	b.get("/clips?view=map").says("촬영 위치가 없습니다")
	if a := b.get("/clips?view=thumbs").says("미리보기 사유", "영상 · 1:05 · 파일 3개"); strings.Contains(a.body, "what=poster") {
		t.Error("pictures without a reason")
	}
	if a := s.as(t, "auditor").get("/clips?view=thumbs"); strings.Contains(a.body, "/clips/previews") {
		t.Error("pictures are offered to who may not see them")
	}
}

func TestPicturesOfTheListNeedAReason(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	b.post("/clips/previews", "list", "q=REC", "reason", " ").status(422).says("미리보기 사유를 입력하세요")
	b.post("/clips/previews", "list", "q=REC", "reason", "x").status(422).says("두 글자 이상")
	a := b.post("/clips/previews", "list", "q=REC&department=minwon", "reason", "폭언 현장 찾기").status(200).says("총 1건", "REC_0002")
	if n := strings.Count(a.body, "what=poster"); n != 1 {
		t.Errorf("%d pictures", n)
	}
	e := s.lastEntry(t, "clips.previewed")
	if e.Why != "폭언 현장 찾기" || e.Facts["shown"] != overdue || e.Facts["question"] != "department=minwon&q=REC" {
		t.Errorf("%+v", e)
	}
	s.as(t, "responsible").get("/ledger").says("목록 미리보기")
}

func TestSavedConditions(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	b.post("/clips/filters", "list", "", "name", "전부").status(422).says("저장할 검색조건이 없습니다")
	b.post("/clips/filters", "list", "q=REC", "name", " ").status(422).says("이름을 입력하세요").holds(`value="REC"`)
	b.post("/clips/filters", "list", "q=REC", "name", strings.Repeat("가", 41)).status(422).says("40자까지")
	b.follow(b.post("/clips/filters", "list", "q=REC&cursor=1&view=map", "name", "<b>현장</b>")).says("저장했습니다", "저장한 검색조건 1개", "<b>현장</b>").holds(`href="/clips?q=REC"`)
	b.post("/clips/filters", "list", "q=DJI", "name", "<b>현장</b>").leadsTo("/clips?q=DJI") // the same name
	if all, _ := s.records.SavedFilters(t.Context(), "reviewer"); len(all) != 1 || all[0].Query != "q=DJI" {
		t.Fatalf("%+v", all)
	}
	id := savedFilters[s.records][0].ID
	s.as(t, "responsible").post("/clips/filters/" + id + "/drop")
	b.get("/clips").says("저장한 검색조건 1개")
	b.follow(b.post("/clips/filters/" + id + "/drop")).says("지웠습니다").saysNot("저장한 검색조건 1개")
}

func TestTheListLeavesAsAFile(t *testing.T) {
	s := newSite(t)
	s.change(t, minwonClip, func(c *footage.Clip) { c.FileName = `=HYPERLINK("x")<&>.MP4` })
	b := s.as(t, "reviewer")
	b.post("/clips/export", "format", "exe").status(422)
	b.post("/clips/export", "format", "csv", "list", "department=hongbo").status(422)

	a := b.post("/clips/export", "format", "csv", "list", "purpose=minwon-protect").status(200)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 3 || !strings.HasPrefix(a.body, "\ufeff") {
		t.Fatalf("%v, %v", rows, err)
	}
	if rows[0][1] != "파일명" || !strings.Contains(a.body, `'=HYPERLINK(""x"")<&>.MP4`) || !strings.Contains(a.body, "2026-09-12 14:05:00") || strings.Contains(a.body, "DJI") {
		t.Errorf("%v", rows)
	}
	e := s.lastEntry(t, "list.exported")
	if e.Facts["lines"] != "2" || e.Facts["form"] != "csv" || e.Facts["department"] != "minwon" || e.Facts["question"] != "purpose=minwon-protect" {
		t.Errorf("%+v", e)
	}

	a = b.post("/clips/export", "format", "xlsx").status(200)
	book, err := zip.NewReader(bytes.NewReader([]byte(a.body)), int64(len(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	page, err := book.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	var sheet struct {
		Rows []struct {
			Cells []string `xml:"c>is>t"`
		} `xml:"sheetData>row"`
	}
	text, err := io.ReadAll(page)
	if err == nil {
		err = xml.Unmarshal(text, &sheet)
	}
	if err != nil || len(sheet.Rows) != 3 || len(sheet.Rows[1].Cells) != len(rows[0]) {
		t.Fatalf("%+v, %v", sheet, err)
	}
	if !strings.Contains(html.UnescapeString(string(text)), `=HYPERLINK("x")<&>.MP4`) {
		t.Errorf("%s", text)
	}
}

func TestPurposesAreCorrectedTogether(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "reviewer")
	chosen := "clip=" + minwonClip + "&clip=" + overdue + "&clip=" + prClip + "&clip=" + gone
	b.follow(b.get("/clips/correct")).says("하나 이상 고르세요")
	b.get("/clips/correct?"+chosen).says("2건 의 촬영 목적", "민원_0001", "REC_0002").saysNot("바뀌는 것 바로", "DJI", "REC_0004")
	b.get("/clips/correct?" + chosen + "&now=none").status(422).says("등록된 목적이 아닙니다")
	b.get("/clips/correct?"+chosen+"&now=minwon-long").says("바로잡히는 영상 2건", "보관기간이 길어짐", "2건 바로잡기")
	b.get("/clips/correct?all=1&q=REC&now=minwon-protect").says("바꿀 수 없음 1건", "같은 값입니다").saysNot("0건 바로잡기")
	b.post("/clips/correct", "clip", minwonClip, "now", "minwon-long", "why", "").status(422).says("까닭과 근거를 입력하세요")
	if c, _ := s.records.Clip(t.Context(), minwonClip); c.Purpose != "minwon-protect" {
		t.Fatal("looking corrected")
	}
	b.post("/clips/correct", "clip", prClip, "now", "pr", "why", "남의 것").status(403)
	b.follow(b.post("/clips/correct", "clip", minwonClip, "clip", overdue, "clip", gone, "now", "minwon-long", "why", "분쟁으로 번짐")).
		says("영상 2건의 촬영 목적을 바로잡았습니다", "1건은 바꾸지 못했습니다: REC_0004.MP4")
	if c, _ := s.records.Clip(t.Context(), overdue); c.Purpose != "minwon-long" {
		t.Errorf("%+v", c)
	}
}

// lastEntry is the newest entry of an act.
func (s *site) lastEntry(t *testing.T, act ledger.Act) ledger.Entry {
	t.Helper()
	rows, err := s.records.RowsOf(t.Context(), ledger.Query{Act: act, Limit: 1})
	if err != nil || len(rows) == 0 {
		t.Fatalf("no entry %s: %v", act, err)
	}
	e, err := ledger.Decode(rows[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
