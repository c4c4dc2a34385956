package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/batch"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/web"
)

func (r *records) Batch(ctx context.Context, id string) (footage.Batch, error) {
	b := footage.Batch{ID: id}
	err := r.Find(ctx, &b)
	return b, err
}

func (r *records) Batches(_ context.Context, account string, limit int) (found []footage.Batch, err error) {
	for _, b := range reviewtest.All[*footage.Batch](r.Book) {
		if b.Account == account {
			found = append(found, *b)
		}
	}
	return found[:min(len(found), limit)], r.Fault
}

func (r *records) Arrivals(ctx context.Context, name string, limit int) (all []footage.Arrival, err error) {
	for _, up := range r.Uploads() {
		if up.Batch != name || len(all) == limit {
			continue
		}
		a := footage.Arrival{Upload: up}
		if up.Clip != "" {
			at := int64(7)
			if a.Clip, err = r.Clip(ctx, up.Clip); err != nil {
				return nil, err
			}
			a.Entry = &at
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b footage.Arrival) int { return strings.Compare(a.Upload.ID, b.Upload.ID) })
	return all, r.Fault
}

// dockOf reads the time of names of one form only.
func dockOf(r *records) web.Dock {
	return web.Dock{
		NoteBatch: func(ctx context.Context, by ledger.Actor, department string, b footage.Batch, at instant.Time) error {
			return batch.Note(ctx, r, by, department, b, at)
		},
		NameTime: func(name string, zone *time.Location) (time.Time, bool) {
			return time.Date(2026, 10, 3, 14, 5, 0, 0, zone), strings.Contains(name, "DJI_20261003140500")
		},
	}
}

// plan asks what files are.
func (b *browser) plan(body string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.site.URL+"/upload/plan", strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return b.do(req)
}

func TestAPlanGroupsWhatACardHolds(t *testing.T) {
	s := newSite(t)
	a := s.as(t, "dock").plan(`{"files":[
		{"path":"DCIM/100MEDIA/DJI_20261003140500_0001_D.SRT","bytes":10},
		{"path":"DCIM/100MEDIA/DJI_20261003140500_0001_D.MP4","bytes":1000},
		{"path":"Thumbs.db","bytes":3},
		{"path":"MISC/메모.MP4","bytes":4},{"path":"MISC/메모.MP4","bytes":4}]}`).status(http.StatusOK)
	var got map[string]any
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatal(err)
	}
	var names []string
	seen := map[float64]bool{}
	for _, r := range got["recordings"].([]any) {
		r := r.(map[string]any)
		names = append(names, r["name"].(string)+" "+r["started"].(string))
		for _, f := range r["files"].([]any) {
			seen[f.(map[string]any)["i"].(float64)] = true
		}
	}
	for _, skip := range got["skipped"].([]any) {
		skip := skip.(map[string]any)
		seen[skip["i"].(float64)] = true
		if skip["why"] == "" {
			t.Error("a file is skipped without a word")
		}
	}
	want := []string{"DJI_20261003140500_0001_D.MP4 2026. 10. 3.(토) 14:05", "메모.MP4 "}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("recordings (-want +got):\n%s", diff)
	}
	if len(seen) != 5 {
		t.Errorf("of 5 files %d are accounted for", len(seen))
	}
}

func TestAPlanOfNonsenseIsRefusedInWords(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "uploader")
	for body, want := range map[string]int{
		"":                       http.StatusUnprocessableEntity,
		"{":                      http.StatusUnprocessableEntity,
		`{"files":[{"path":3}]}`: http.StatusUnprocessableEntity,
		`{"files":[` + strings.Repeat(`{},`, 20_000) + `{}]}`:                 http.StatusRequestEntityTooLarge,
		`{"files":[{"path":"` + strings.Repeat("a", 9<<20) + `","bytes":1}]}`: http.StatusRequestEntityTooLarge,
	} {
		a := b.plan(body).status(want)
		if !strings.Contains(a.body, `"detail":"`) {
			t.Errorf("%.40q: %s", body, a.body)
		}
	}
	if a := b.plan(`{}`).status(http.StatusOK); a.body != "{\"recordings\":[],\"skipped\":[]}\n" {
		t.Errorf("nothing: %s", a.body)
	}
}

const handedIn = "0b6f5a52-6c1e-4f63-9a57-3d9c1f0f7a11"

func TestABatchIsNotedAndShownOnItsReceipt(t *testing.T) {
	s := newSite(t)
	dock := s.as(t, "dock")
	dock.post("/upload/batches", "id", handedIn, "title", strings.Repeat("긴", 101)).status(422).holds(`"field":"title"`, "100자까지")
	dock.post("/upload/batches", "id", handedIn, "title", "<script>시장", "place", "한빛시장", "approval", "항공-17").status(http.StatusNoContent)
	s.as(t, "uploader").post("/upload/batches", "id", handedIn, "title", "내 것").status(http.StatusConflict)

	dock.get("/upload/receipts/" + handedIn).status(http.StatusNotFound).says("찾는 접수증이 없습니다")
	put := func(n, name string, state footage.UploadState, clip, code, detail string) {
		s.records.PutUpload(footage.Upload{
			ID: "u" + n, FileName: name, State: state, Clip: clip, Code: code, Detail: detail, Batch: handedIn,
			Account: "dock", Department: "minwon", Size: 3 << 20, CreatedAt: s.now(), TouchedAt: s.now(),
		})
	}
	put("1", "민원_0001.MP4", footage.CheckedIn, minwonClip, "", "")
	dock.get("/upload/receipts/"+handedIn).status(200).
		says("<script>시장", "한빛시장", "항공-17", "홍도크", "모두 안전하게 저장되었습니다", "카메라에서 지워도 됩니다", "관리대장 7번", strings.Repeat("ab", 32))
	put("2", "REC_0002.MP4", footage.CheckedIn, overdue, "needs-review", "촬영 시각을 알 수 없습니다.")
	put("3", "BAD.MP4", footage.Refused, "", "hash-mismatch", "검증값이 다릅니다.")
	put("4", "SLOW.MP4", footage.Receiving, "", "", "")
	a := dock.get("/upload/receipts/"+handedIn).status(200).
		says("1개는 안전하게 저장되어 카메라에서 지워도 됩니다", "지우기 전에 확인하세요", "2개는 등록되지 않았습니다", "검증값이 다릅니다.", "전송이 끝나지 않음")
	if strings.Contains(a.text(), "모두 안전하게") {
		t.Error("not all of it is safe")
	}
	for name, status := range map[string]int{"reviewer": 200, "auditor": 200, "uploader": 404, "admin": 403} {
		s.as(t, name).get("/upload/receipts/" + handedIn).status(status)
	}
	s.records.PutUpload(footage.Upload{ID: "u9", FileName: "A.MP4", State: footage.Receiving, Batch: "민원실 가방/2", Account: "token:dock-1", Department: "minwon", CreatedAt: s.now()})
	s.as(t, "reviewer").get("/upload/receipts/"+url.PathEscape("민원실 가방/2")).status(200).says("민원실 가방/2", "token:dock-1", "카메라에서 지우지 마세요")
	dock.get("/upload").says("지난 반납", "<script>시장")
}
