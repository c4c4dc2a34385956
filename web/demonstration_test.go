package web_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"jikim/footage/review/reviewtest"
	"jikim/web"
	"jikim/web/access"
	"jikim/web/access/accesstest"
)

// TestDemonstration: the start page of a demonstration tells who there is and
// what to try, and lets one in; where footage is real it says nothing.
func TestDemonstration(t *testing.T) {
	plain := newSite(t).browser(t).get("/sign-in").status(200).body
	if strings.Contains(plain, "시연") || strings.Count(plain, `name="password"`) != 1 {
		t.Errorf("a start page where footage is real:\n%s", plain)
	}

	clock := reviewtest.NewClock(morning)
	r := &records{Records: accesstest.New(t, clock)}
	r.SetRegistry(registry)
	settings := accesstest.Fast
	settings.Keys = accesstest.Keys(t)
	gate, err := access.NewGate(r, r, settings, clock.Now, reviewtest.NewRandom(2))
	if err != nil {
		t.Fatal(err)
	}
	if err := gate.AddAccount(t.Context(), accesstest.System, people[2], password); err != nil {
		t.Fatal(err)
	}
	s := &site{records: r, clock: clock, log: &bytes.Buffer{}, echo: echo.New()}
	err = web.Mount(s.echo, web.Deps{
		Records: r, Gate: gate, Sessions: access.NewSessions(r, access.SessionSettings{}, clock.Now),
		Now: clock.Now, Random: reviewtest.NewRandom(4), Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Demonstration: &web.Demonstration{Password: password, People: []web.DemoPerson{
			{Name: "reviewer", Display: "홍검토", Role: "접근권한자 · 민원과", Try: []string{"<하나> 열어 보세요."}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(s.echo)
	t.Cleanup(s.Close)
	b := s.browser(t)
	b.get("/sign-in").status(200).says("시연용 서버입니다", password, "홍검토", "접근권한자 · 민원과", "<하나> 열어 보세요.").
		holds(`<input type="hidden" name="name" value="reviewer"><input type="hidden" name="password" value="` + password + `">`)
	b.post("/sign-in", "name", "reviewer", "password", "틀린 비밀번호").status(422).says("시연용 서버입니다")
	b.post("/sign-in", "name", "reviewer", "password", password).leadsTo("/clips")
}
