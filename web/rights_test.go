package web_test

import (
	"net/http"
	"strings"
	"testing"

	"jikim/web/access"
)

// reach is who may reach each route: the whole table, written out so that a
// change of rights is seen here.
var reach = map[string]string{
	"GET /":         "nobody dock uploader reviewer responsible auditor admin",
	"GET /sign-in":  "nobody dock uploader reviewer responsible auditor admin",
	"POST /sign-in": "nobody dock uploader reviewer responsible auditor admin",
	"GET /static/*": "nobody dock uploader reviewer responsible auditor admin",
	"GET /help":     "nobody dock uploader reviewer responsible auditor admin",
	"GET /parts":    "nobody dock uploader reviewer responsible auditor admin", // and says it is not there
	"POST /theme":   "nobody dock uploader reviewer responsible auditor admin",

	"POST /sign-out": "dock uploader reviewer responsible auditor admin",
	"GET /password":  "dock uploader reviewer responsible auditor admin",
	"POST /password": "dock uploader reviewer responsible auditor admin",

	"GET /map/tiles.pmtiles": "dock uploader reviewer responsible auditor admin",

	"POST /sign-in/passkey/options": "nobody dock uploader reviewer responsible auditor admin",
	"POST /sign-in/passkey":         "nobody dock uploader reviewer responsible auditor admin",
	"GET /sign-in/second":           "nobody dock uploader reviewer responsible auditor admin",
	"POST /sign-in/second":          "nobody dock uploader reviewer responsible auditor admin",
	"POST /sign-in/second/options":  "nobody dock uploader reviewer responsible auditor admin",
	"GET /session":                  "nobody dock uploader reviewer responsible auditor admin",
	"POST /session":                 "dock uploader reviewer responsible auditor admin",
	"GET /kept":                     "dock uploader reviewer responsible auditor admin",
	"POST /kept/drop":               "dock uploader reviewer responsible auditor admin",

	"GET /account":                            "dock uploader reviewer responsible auditor admin",
	"GET /account/sign-ins":                   "dock uploader reviewer responsible auditor admin",
	"POST /account/sessions/end":              "dock uploader reviewer responsible auditor admin",
	"GET /account/security":                   "dock uploader reviewer responsible auditor admin",
	"GET /account/security/app":               "dock uploader reviewer responsible auditor admin",
	"POST /account/security/app":              "dock uploader reviewer responsible auditor admin",
	"POST /account/security/passkeys/options": "dock uploader reviewer responsible auditor admin",
	"POST /account/security/passkeys":         "dock uploader reviewer responsible auditor admin",
	"POST /account/security/codes":            "dock uploader reviewer responsible auditor admin",
	"POST /account/security/:id/remove":       "dock uploader reviewer responsible auditor admin",

	"GET /board":     "responsible auditor admin",
	"GET /holds":     "uploader reviewer responsible auditor",
	"GET /due/hold":  "reviewer responsible",
	"POST /due/hold": "reviewer responsible",

	"GET /people":                            "admin",
	"POST /people":                           "admin",
	"GET /people/new":                        "admin",
	"GET /people/:name":                      "admin",
	"GET /people/:name/post":                 "admin",
	"POST /people/:name/post":                "admin",
	"POST /people/:name/disable":             "admin",
	"POST /people/:name/enable":              "admin",
	"POST /people/:name/unlock":              "admin",
	"POST /people/:name/password":            "admin",
	"POST /people/:name/second-factor/reset": "admin",
	"POST /people/:name/sessions/end":        "admin",
	"GET /tokens":                            "admin",
	"POST /tokens":                           "admin",
	"GET /tokens/new":                        "admin",
	"POST /tokens/:id/revoke":                "admin",
	"GET /grants":                            "auditor admin",
	"GET /sign-ins":                          "auditor admin",

	"GET /upload":                 "dock uploader",
	"POST /upload/plan":           "dock uploader",
	"POST /upload/batches":        "dock uploader",
	"GET /upload/receipts/:batch": "dock uploader reviewer responsible auditor",

	"GET /clips":                          "uploader reviewer responsible auditor",
	"POST /clips/previews":                "uploader reviewer responsible",
	"POST /clips/export":                  "uploader reviewer responsible auditor",
	"POST /clips/filters":                 "uploader reviewer responsible auditor",
	"POST /clips/filters/:id/drop":        "uploader reviewer responsible auditor",
	"GET /clips/correct":                  "reviewer responsible",
	"POST /clips/correct":                 "reviewer responsible",
	"GET /clips/:id":                      "reviewer responsible auditor",
	"GET /clips/:id/history":              "reviewer responsible auditor",
	"POST /clips/:id/views":               "reviewer responsible",
	"POST /clips/:id/downloads":           "reviewer responsible",
	"GET /clips/:id/watch/:token":         "reviewer responsible",
	"POST /clips/:id/watch/:token/on":     "reviewer responsible",
	"GET /clips/:id/watch/:token/making":  "reviewer responsible",
	"POST /clips/:id/holds":               "reviewer responsible",
	"POST /clips/:id/holds/:hold/release": "responsible",
	"POST /clips/:id/corrections":         "reviewer responsible",

	"GET /review":     "reviewer responsible",
	"GET /review/:id": "reviewer responsible",

	"GET /due":          "responsible auditor",
	"GET /due/confirm":  "responsible",
	"POST /due/confirm": "responsible",

	"GET /ledger":   "responsible auditor admin",
	"GET /registry": "responsible auditor admin",
}

// TestEveryRouteAndRole asks every route as everybody. A clip of minwon stands
// for :id, so the uploader of hongbo is turned away there.
func TestEveryRouteAndRole(t *testing.T) {
	s := newSite(t)
	roles := []string{"nobody"}
	for _, a := range people {
		roles = append(roles, a.Name)
	}
	seen := map[string]bool{}
	for _, r := range s.echo.Routes() {
		name := r.Method + " " + r.Path
		allowed, known := reach[name]
		if !known {
			t.Errorf("%s is not in the table of this test", name)
			continue
		}
		seen[name] = true
		path := strings.NewReplacer(":id", minwonClip, ":token", "t", ":hold", "h", ":name", "nobody-of-that-name", ":batch", "none", "*", "none.css").Replace(r.Path)
		for _, role := range roles {
			b := s.as(t, strings.TrimPrefix(role, "nobody"))
			var got answer
			if r.Method == http.MethodPost {
				got = b.post(path)
			} else {
				got = b.get(path)
			}
			if in, want := admitted(got), strings.Contains(" "+allowed+" ", " "+role+" "); in != want {
				t.Errorf("%s as %s: %s, admitted %t, want %t", name, role, got.Status, in, want)
			}
			if got.StatusCode >= 500 {
				t.Errorf("%s as %s: %s", name, role, got.Status)
			}
		}
	}
	for name := range reach {
		if !seen[name] {
			t.Errorf("no such route any more: %s", name)
		}
	}
}

// admitted: the route's own handler answered.
func admitted(a answer) bool {
	switch {
	case a.StatusCode == http.StatusForbidden, a.StatusCode == http.StatusUnauthorized:
		return strings.Contains(a.body, "다른 사람이 연 열람") // the handler's own refusal
	case a.StatusCode == http.StatusNotFound:
		return !strings.Contains(a.body, "다른 부서의 영상")
	case strings.HasPrefix(a.Header.Get("Location"), "/sign-in?"):
		return false
	}
	return true
}

func TestAClipOfAnotherDepartmentIsHidden(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "responsible")
	const nobodys = "01999999-0000-7000-8000-00000000ffff"
	theirs, none := b.get("/clips/"+prClip).status(http.StatusNotFound), b.get("/clips/"+nobodys).status(http.StatusNotFound)
	if theirs.text() != none.text() {
		t.Errorf("what there is differs from what there is not:\n%s\n%s", theirs.text(), none.text())
	}
	b.post("/clips/"+prClip+"/views", "reason", "보고 싶어서").status(http.StatusNotFound)
	b.post("/clips/"+prClip+"/holds", "basis", "evidence", "reason", "고소").status(http.StatusNotFound)
	if strings.Contains(s.records.Acts(t), "clip.") {
		t.Errorf("the ledger has %s", s.records.Acts(t))
	}
}

func TestAForcedChangeComesFirst(t *testing.T) {
	s := newSite(t)
	a, err := s.records.Account(t.Context(), "responsible")
	if err != nil {
		t.Fatal(err)
	}
	a.MustChange = true
	s.records.Put(&a)
	b := s.browser(t)
	b.post("/sign-in", "name", "responsible", "password", password).leadsTo("/password")
	b.get("/clips").leadsTo("/password")
	b.get("/password").says("바꾸기 전에는 다른 화면을 열 수 없습니다")
	const chosen = "다른 낱말을 이어 쓴 9"
	b.post("/password", "old", password, "new", chosen, "again", "다름").status(422).says("새 비밀번호와 다릅니다")
	b.post("/password", "old", "아님", "new", chosen, "again", chosen).status(422).says("지금 쓰는 비밀번호가 맞지 않습니다")
	b.post("/password", "old", password, "new", "짧다", "again", "짧다").status(422).says("비밀번호가 짧습니다")
	b.follow(b.post("/password", "old", password, "new", chosen, "again", chosen)).leadsTo("/due")
	b.get("/due").status(200).says("비밀번호를 바꾸었습니다")
}

func TestTokensDoNotOpenPages(t *testing.T) {
	s := newSite(t)
	gate, err := access.NewGate(s.records, s.records, access.Settings{}, s.clock.Now, strings.NewReader(strings.Repeat("r", 64)))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := gate.CreateToken(t.Context(), access.Who{Account: "admin"}.Actor(), "script", access.Responsible, "minwon")
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/clips", nil)
	req.Header.Set("Authorization", "Bearer "+secret)
	s.browser(t).do(req).status(http.StatusForbidden).says("토큰으로는 화면을 열 수 없습니다")
}
