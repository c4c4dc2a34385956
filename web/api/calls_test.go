package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/web/access"
)

// TestEveryCallIsDocumented holds the OpenAPI document against what scripts
// and agents were promised.
func TestEveryCallIsDocumented(t *testing.T) {
	s := newServer(t)
	var doc struct {
		OpenAPI string
		Servers []struct{ URL string }
		Paths   map[string]map[string]json.RawMessage
	}
	res := s.call(t, "", http.MethodGet, "/api/v1/openapi.json", "")
	res.into(t, http.StatusOK, &doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Servers) != 1 || doc.Servers[0].URL != "/api/v1" {
		t.Errorf("%s, %v", doc.OpenAPI, doc.Servers)
	}
	for _, promised := range []string{
		"post /uploads", "head /uploads/{id}", "patch /uploads/{id}", "delete /uploads/{id}", "get /uploads/{id}",
		"get /clips", "get /clips/{id}", "post /clips/{id}/views",
		"get /views/{token}/content", "head /views/{token}/content",
		"post /clips/{id}/holds", "delete /clips/{id}/holds/{hold}", "post /clips/{id}/corrections",
		"get /ledger/checkpoint", "get /ledger/entries", "get /ledger/proof",
	} {
		method, path, _ := strings.Cut(promised, " ")
		if doc.Paths[path][method] == nil {
			t.Errorf("%s is not documented", promised)
		}
	}
	for _, query := range []string{"department", "purpose", "device", "from", "to", "state", "q", "cursor", "limit"} {
		if !strings.Contains(string(doc.Paths["/clips"]["get"]), fmt.Sprintf("%q", query)) {
			t.Errorf("GET /clips: %s is not documented", query)
		}
	}
	if strings.Contains(string(res.body), "$schema") {
		t.Error("answers would carry links to schemas")
	}
}

// Every call asks who is there before anything else.
func TestNobodyGetsNothing(t *testing.T) {
	s := newServer(t)
	for _, c := range []string{
		"GET /clips", "GET /clips/c1", "POST /clips/c1/views", "POST /clips/c1/holds", "DELETE /clips/c1/holds/h",
		"POST /clips/c1/corrections", "GET /ledger/checkpoint", "GET /ledger/entries", "GET /ledger/proof?index=0",
		"GET /uploads/u1", "GET /views/x/content",
	} {
		method, path, _ := strings.Cut(c, " ")
		body := ""
		if method == http.MethodPost {
			switch {
			case strings.HasSuffix(path, "views"):
				body = `{"reason":"확인"}`
			case strings.HasSuffix(path, "holds"):
				body = `{"reason":"확인","basis":"other"}`
			default:
				body = `{"field":"device","now":"x","why":"확인"}`
			}
		}
		s.call(t, "", method, "/api/v1"+path, body).refused(t, http.StatusUnauthorized, "sign-in-needed")
		s.call(t, "jikim_wrong", method, "/api/v1"+path, body).refused(t, http.StatusUnauthorized, "token-refused")
	}
	if got := s.call(t, "", http.MethodGet, "/api/v1/clips", "").Header.Get("WWW-Authenticate"); got != "Bearer" {
		t.Errorf("WWW-Authenticate is %q", got)
	}
}

// TestRights walks the calls as every role. What is not there and what may not
// be known of are the same.
func TestRights(t *testing.T) {
	view, hold := `{"reason":"민원 확인"}`, `{"basis":"evidence","reason":"고소 준비"}`
	fix := `{"field":"captured_at","now":"2026-10-01T09:00","why":"대장 확인"}`
	for _, c := range []struct {
		role             access.Role
		department       string
		method, path, in string
		want             int
	}{
		{access.Reviewer, "minwon", "GET", "/clips", "", 200},
		{access.Reviewer, "minwon", "GET", "/clips?department=hongbo", "", 403},
		{access.Reviewer, "minwon", "GET", "/clips/c1", "", 200},
		{access.Reviewer, "minwon", "GET", "/clips/c2", "", 404},
		{access.Reviewer, "minwon", "POST", "/clips/c1/views", view, 201},
		{access.Reviewer, "minwon", "POST", "/clips/c2/views", view, 404},
		{access.Reviewer, "minwon", "POST", "/clips/c1/holds", hold, 201},
		{access.Reviewer, "minwon", "DELETE", "/clips/c1/holds/x?reason=끝남", "", 403},
		{access.Reviewer, "minwon", "POST", "/clips/c1/corrections", fix, 201},
		{access.Reviewer, "minwon", "GET", "/ledger/entries", "", 403},
		{access.Reviewer, "", "GET", "/clips/c2", "", 200},
		{access.Responsible, "minwon", "GET", "/ledger/entries", "", 200},
		{access.Responsible, "minwon", "DELETE", "/clips/c1/holds/x?reason=끝남", "", 404},
		{access.Uploader, "minwon", "POST", "/clips/c1/views", view, 201},
		{access.Uploader, "minwon", "POST", "/clips/c1/holds", hold, 403},
		{access.Auditor, "", "GET", "/clips/c2", "", 200},
		{access.Auditor, "", "POST", "/clips/c2/views", view, 403},
		{access.Auditor, "", "GET", "/ledger/entries", "", 200},
		{access.Admin, "", "GET", "/clips", "", 403},
		{access.Admin, "", "GET", "/clips/c1", "", 403},
		{access.Admin, "", "GET", "/ledger/entries", "", 200},
		{access.Agent, "minwon", "GET", "/clips", "", 403},
		{access.Agent, "minwon", "GET", "/ledger/checkpoint", "", 200},
		{access.Dock, "minwon", "GET", "/clips/c1", "", 403},
	} {
		s := newServer(t)
		token := s.as(t, c.role, c.department)
		a := s.call(t, token, c.method, "/api/v1"+c.path, c.in)
		if a.StatusCode != c.want {
			t.Errorf("%s of %q: %s %s: %s %s", c.role, c.department, c.method, c.path, a.Status, a.body)
		}
	}
	s := newServer(t)
	hidden := s.call(t, s.as(t, access.Reviewer, "minwon"), http.MethodGet, "/api/v1/clips/c2", "")
	absent := s.call(t, s.as(t, access.Reviewer, "minwon"), http.MethodGet, "/api/v1/clips/c9", "")
	if string(hidden.body) != string(absent.body) {
		t.Errorf("a clip of others is told from none:\n%s\n%s", hidden.body, absent.body)
	}
}

func TestListClips(t *testing.T) {
	s := newServer(t)
	for i := range 5 {
		s.keep(t, fmt.Sprintf("m%d", i), "minwon", []byte("x"))
	}
	token := s.as(t, access.Reviewer, "minwon")
	var page struct {
		Clips []struct {
			ID         string `json:"id"`
			Department string `json:"department"`
			CapturedAt string `json:"captured_at"`
			ExpiresOn  string `json:"expires_on"`
		} `json:"clips"`
		Next string `json:"next"`
	}
	var ids []string
	cursor := ""
	for {
		page.Next = ""
		s.call(t, token, http.MethodGet, "/api/v1/clips?limit=4&cursor="+cursor, "").into(t, http.StatusOK, &page)
		for _, c := range page.Clips {
			ids = append(ids, c.ID)
			if c.Department != "minwon" || c.CapturedAt != "2026-10-03T03:00:00.000Z" || c.ExpiresOn != "2026-11-02" {
				t.Errorf("%+v", c)
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if got := strings.Join(ids, " "); got != "m4 m3 m2 m1 m0 c1" {
		t.Errorf("the pages have %s", got)
	}
	for query, code := range map[string]string{
		"from=어제":                       "date-form",
		"from=2026-10-03&to=2026-10-02": "period-reversed",
		"q=%00":                         "filter-unreadable",
		"department=%ff":                "filter-unreadable",
		"state=lost":                    "request-form",
		"limit=0":                       "request-form",
		"limit=201":                     "request-form",
		"limit=many":                    "request-form",
		"departement=minwon":            "request-form",
	} {
		s.call(t, token, http.MethodGet, "/api/v1/clips?"+query, "").refused(t, http.StatusUnprocessableEntity, code)
	}
	s.call(t, token, http.MethodGet, "/api/v1/clips?q=없는+이름&purpose=&device=&from=2026-10-03&to=2026-10-03&state=registered", "").into(t, http.StatusOK, &page)
	if len(page.Clips) != 0 {
		t.Errorf("%+v", page.Clips)
	}
}

func TestGetClip(t *testing.T) {
	s := newServer(t)
	token := s.as(t, access.Responsible, "minwon")
	s.vault.Derive(t, s.records.Book, footage.Derivative{Clip: "c1", Kind: "poster", MIME: "image/jpeg"}, []byte("그림"))
	var hold struct{ ID string }
	s.call(t, token, http.MethodPost, "/api/v1/clips/c1/holds", `{"basis":"evidence","reason":"고소 준비","until":"2026-12-01"}`).into(t, http.StatusCreated, &hold)
	s.call(t, token, http.MethodPost, "/api/v1/clips/c1/corrections", `{"field":"captured_at","now":"2026-10-01T09:00","why":"대장 확인"}`).into(t, http.StatusCreated, nil)
	var c struct {
		ID, State, SHA256, Kind string
		FileName                string `json:"file_name"`
		Time                    struct{ Confidence string }
		Metadata                struct{ File string }
		Location                struct{ Lat float64 }
		Held                    bool
		Retention               struct {
			Rule      string
			ExpiresOn string `json:"expires_on"`
			DueAt     string `json:"due_at"`
			DDay      string `json:"d_day"`
			Permanent bool
			Reasons   []string
		}
		Holds []struct {
			ID, Basis, Until string
			Open             bool
		}
		Derivatives []struct{ Kind, State string }
		Corrections []struct{ Field, Was, Now, Why, By string }
		Ledger      []struct {
			Index                  int64
			Act, Label, Body, Hash string
		}
	}
	a := s.call(t, token, http.MethodGet, "/api/v1/clips/c1", "")
	a.into(t, http.StatusOK, &c)
	if c.ID != "c1" || c.FileName != "영상 c1.mp4" || c.Time.Confidence != "C" || c.Metadata.File != "x" || c.Location.Lat != 37.5 {
		t.Errorf("%s", a.body)
	}
	if c.Retention.Rule != "complaint@1" || c.Retention.ExpiresOn != "2026-10-31" || c.Retention.DueAt == "" || c.Retention.DDay != "D-27" || c.Retention.Permanent || len(c.Retention.Reasons) == 0 {
		t.Errorf("retention %+v", c.Retention)
	}
	if !c.Held || len(c.Holds) != 1 || c.Holds[0].ID != hold.ID || !c.Holds[0].Open || c.Holds[0].Until != "2026-12-01" {
		t.Errorf("holds %+v", c.Holds)
	}
	if len(c.Derivatives) != 1 || c.Derivatives[0].State != "made" {
		t.Errorf("derivatives %+v", c.Derivatives)
	}
	if len(c.Corrections) != 1 || c.Corrections[0].By != "token:responsible-minwon" || c.Corrections[0].Now != "2026-10-01T00:00:00.000Z" {
		t.Errorf("corrections %+v", c.Corrections)
	}
	if len(c.Ledger) != 2 || c.Ledger[0].Act != "clip.held" || c.Ledger[0].Label != "파기 보류" || c.Ledger[1].Index != 2 {
		t.Errorf("ledger %+v", c.Ledger)
	}

	s.call(t, token, http.MethodDelete, "/api/v1/clips/c1/holds/"+hold.ID, `{"reason":"고소하지 않기로 함"}`).into(t, http.StatusNoContent, nil)
	s.call(t, token, http.MethodDelete, "/api/v1/clips/c1/holds/"+hold.ID+"?reason=다시", "").refused(t, http.StatusConflict, "hold-released")
	s.call(t, token, http.MethodGet, "/api/v1/clips/c1", "").into(t, http.StatusOK, &c)
	if c.Held || c.Holds[0].Open {
		t.Errorf("after the release: %+v", c.Holds)
	}
}

func TestRequestsOfTheWrongForm(t *testing.T) {
	s := newServer(t)
	token := s.as(t, access.Responsible, "minwon")
	const at = "/api/v1/clips/c1/holds"
	for body, code := range map[string]string{
		`{"basis":"evidence","reason":"고소","extra":1}`: "request-form",
		`{"basis":"evidence"}`:                         "request-form",
		`{"basis":1,"reason":"고소 준비"}`:                 "request-form",
		`{"basis":`:                                    "request-form",
		`[]`:                                           "request-form",
		`{"basis":"whim","reason":"고소 준비"}`:            "basis-unknown",
		`{"basis":"evidence","reason":""}`:             "reason-needed",
		`{"basis":"evidence","reason":"고소\u0000"}`:     "reason-unreadable",
	} {
		s.call(t, token, http.MethodPost, at, body).refused(t, http.StatusUnprocessableEntity, code)
	}
	s.call(t, token, http.MethodPost, at, `{"basis":"evidence","reason":"`+strings.Repeat("가", 30_000)+`"}`).refused(t, http.StatusRequestEntityTooLarge, "request-too-large")
	s.call(t, token, http.MethodPost, at, "basis=evidence", "Content-Type", "application/x-www-form-urlencoded").refused(t, http.StatusUnsupportedMediaType, "request-media-type")
	s.call(t, token, http.MethodGet, "/api/v1/nothing", "").refused(t, http.StatusNotFound, "no-such-address")
	s.call(t, token, http.MethodPut, "/api/v1/clips", "").refused(t, http.StatusMethodNotAllowed, "no-such-method")
	s.call(t, token, http.MethodGet, "/api/v1/clips/%00", "").refused(t, http.StatusNotFound, "clip-unknown")
	s.call(t, token, http.MethodDelete, "/api/v1/clips/c1/holds/%00?reason=끝남", "").refused(t, http.StatusNotFound, "hold-unknown")
	if got := reviewtest.All[*footage.Hold](s.records.Book); len(got) != 0 {
		t.Errorf("a refused request left %+v", got)
	}
}

func TestFaultsAreLoggedOnce(t *testing.T) {
	s := newServer(t)
	token := s.as(t, access.Reviewer, "minwon")
	s.call(t, token, http.MethodGet, "/api/v1/clips", "").into(t, http.StatusOK, nil)
	s.records.Fault = errors.New("disk on fire")
	a := s.call(t, token, http.MethodGet, "/api/v1/clips/c1", "")
	a.refused(t, http.StatusInternalServerError, "fault")
	if strings.Contains(string(a.body), "fire") {
		t.Errorf("the answer tells what is inside: %s", a.body)
	}
	_, after, _ := strings.Cut(string(a.body), "참조번호 ")
	reference := after[:8]
	if n := strings.Count(s.log.String(), "disk on fire"); n != 1 || !strings.Contains(s.log.String(), reference) {
		t.Errorf("logged %d times: %s", n, s.log)
	}
}

func TestUploads(t *testing.T) {
	s := newServer(t)
	u := footage.Upload{ID: "u1", State: footage.Receiving, Department: "minwon", Account: "token:agent-minwon", Offset: 7}
	s.records.PutUpload(u)
	u = footage.Upload{ID: "u2", State: footage.CheckedIn, Clip: "c1", Department: "minwon", Account: "token:agent-minwon"}
	s.records.PutUpload(u)
	u = footage.Upload{ID: "u3", State: footage.Refused, Code: "hash-mismatch", Detail: "해시가 다릅니다.", Department: "minwon", Account: "token:agent-minwon"}
	s.records.PutUpload(u)
	agent := s.as(t, access.Agent, "minwon")
	var got struct{ State, Clip, Receipt, Detail, Code, SHA256 string }
	s.call(t, agent, http.MethodGet, "/api/v1/uploads/u1", "").into(t, http.StatusOK, &got)
	if got.State != "receiving" || got.Clip != "" {
		t.Errorf("%+v", got)
	}
	s.call(t, agent, http.MethodGet, "/api/v1/uploads/u2", "").into(t, http.StatusOK, &got)
	clip, _ := s.records.Clip(t.Context(), "c1")
	if got.State != "checked-in" || got.Clip != "c1" || got.SHA256 != clip.SHA256 || !strings.Contains(got.Receipt, clip.SHA256) {
		t.Errorf("%+v", got)
	}
	s.call(t, agent, http.MethodGet, "/api/v1/uploads/u3", "").into(t, http.StatusOK, &got)
	if got.State != "refused" || got.Code != "hash-mismatch" || got.Detail != "해시가 다릅니다." {
		t.Errorf("%+v", got)
	}
	s.call(t, s.as(t, access.Agent, "hongbo"), http.MethodGet, "/api/v1/uploads/u1", "").refused(t, http.StatusNotFound, "upload-not-found")
	s.call(t, agent, http.MethodGet, "/api/v1/uploads/u9", "").refused(t, http.StatusNotFound, "upload-not-found")
	s.call(t, s.as(t, access.Auditor, ""), http.MethodGet, "/api/v1/uploads/u1", "").refused(t, http.StatusForbidden, "not-permitted")
	for _, method := range []string{http.MethodHead, http.MethodPatch, http.MethodDelete} {
		if a := s.call(t, agent, method, "/api/v1/uploads/u1", ""); a.StatusCode != http.StatusOK {
			t.Errorf("%s does not reach the upload protocol: %s", method, a.Status)
		}
	}
	if a := s.call(t, agent, http.MethodPost, "/api/v1/uploads", ""); string(a.body) != "tus" {
		t.Errorf("POST does not reach the upload protocol: %s", a.Status)
	}
}

// A clip that has ended is answered, but not looked at.
func TestADestroyedClip(t *testing.T) {
	s := newServer(t)
	token := s.as(t, access.Responsible, "minwon")
	c, _ := s.records.Clip(t.Context(), "c1")
	c.State = footage.Destroyed
	s.records.Put(&c, &footage.Destruction{Clip: "c1", Reason: "보관기간 끝", DestroyedAt: instant.Of(noon), By: "system"})
	var got struct {
		State       string
		Destruction struct{ Reason string }
	}
	s.call(t, token, http.MethodGet, "/api/v1/clips/c1", "").into(t, http.StatusOK, &got)
	if got.State != "destroyed" || got.Destruction.Reason != "보관기간 끝" {
		t.Errorf("%+v", got)
	}
	s.call(t, token, http.MethodPost, "/api/v1/clips/c1/views", `{"reason":"확인"}`).refused(t, http.StatusGone, "clip-destroyed")
	s.call(t, token, http.MethodPost, "/api/v1/clips/c1/holds", `{"basis":"other","reason":"확인"}`).refused(t, http.StatusGone, "clip-destroyed")
}

var _ ledger.Reader = (*reviewtest.Book)(nil)
