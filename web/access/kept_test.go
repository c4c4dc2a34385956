package access_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"jikim/web/access"
)

// desk is a server that keeps forms that come too late.
func newDesk(t *testing.T, s access.SessionSettings) site {
	t.Helper()
	g := newGate(t)
	g.add(t, "hong", access.Reviewer, "minwon")
	g.add(t, "dock", access.Dock, "minwon")
	sessions := access.NewSessions(g.records, s, g.clock.Now)
	mux := http.NewServeMux()
	fail := func(w http.ResponseWriter, err error) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
	mux.HandleFunc("POST /sign-in/{name}", func(w http.ResponseWriter, r *http.Request) {
		a, _ := g.records.Account(r.Context(), r.PathValue("name"))
		fail(w, sessions.Start(r.Context(), a, access.WithPassword))
	})
	mux.HandleFunc("POST /holds", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := access.From(r.Context()); !ok && sessions.Lapsed(r.Context()) != "" {
			_ = r.ParseForm()
			fail(w, sessions.Keep(r.Context(), r.URL.Path, r.PostForm))
			return
		}
		_, _ = io.WriteString(w, "done")
	})
	mux.HandleFunc("GET /kept", func(w http.ResponseWriter, r *http.Request) {
		if form, ok := sessions.Kept(r.Context()); ok {
			_, _ = io.WriteString(w, form.Account+" "+form.Path+" "+form.Values.Get("reason"))
		}
	})
	left := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/peek" {
			sessions.Untouched(r.Context())
		}
		d, extendable := sessions.Left(r.Context())
		_, _ = io.WriteString(w, d.Round(time.Second).String()+" "+strconv.FormatBool(extendable))
	}
	mux.HandleFunc("GET /peek", left)
	mux.HandleFunc("GET /use", left)
	srv := httptest.NewServer(access.Authenticate(g.Gate, sessions, nil)(mux))
	t.Cleanup(srv.Close)
	jar, _ := cookiejar.New(nil)
	return site{g, srv, &http.Client{Jar: jar}}
}

func (s site) ask(t *testing.T, path string, form url.Values) string {
	t.Helper()
	var res *http.Response
	var err error
	if form == nil {
		res, err = s.client.Get(s.URL + path)
	} else {
		res, err = s.client.PostForm(s.URL+path, form)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s", path, res.Status, body)
	}
	return string(body)
}

var late = url.Values{"reason": {"고소 준비"}}

func TestAFormThatComesTooLateIsKept(t *testing.T) {
	s := newDesk(t, access.SessionSettings{})
	s.ask(t, "/sign-in/hong", url.Values{})
	s.clock.Wind(31 * time.Minute)
	s.ask(t, "/kept", nil) // another tab, which gets a session of nobody
	if got := s.ask(t, "/holds", late); got != "" {
		t.Fatalf("it was sent: %s", got)
	}
	for _, id := range s.records.SessionIDs() {
		data, _, _ := s.records.FindSession(t.Context(), id)
		if strings.Contains(string(data), "고소") {
			t.Error("the database reads what was typed")
		}
	}
	s.ask(t, "/sign-in/hong", url.Values{})
	if got := s.ask(t, "/kept", nil); got != "hong /holds 고소 준비" {
		t.Errorf("after signing in again: %q", got)
	}
	s.clock.Wind(29*time.Minute + 59*time.Second)
	if got := s.ask(t, "/kept", nil); got == "" {
		t.Error("forgotten too early")
	}
	s.clock.Wind(2 * time.Second)
	if got := s.ask(t, "/kept", nil); got != "" {
		t.Errorf("after half an hour: %q", got)
	}
}

func TestAKeptFormIsForTheSamePersonOnly(t *testing.T) {
	s := newDesk(t, access.SessionSettings{})
	s.ask(t, "/sign-in/hong", url.Values{})
	s.clock.Wind(31 * time.Minute)
	s.ask(t, "/holds", late)
	s.ask(t, "/sign-in/dock", url.Values{})
	if got := s.ask(t, "/kept", nil); got != "" {
		t.Errorf("somebody else is shown %q", got)
	}
	s.ask(t, "/sign-in/hong", url.Values{})
	if got := s.ask(t, "/kept", nil); got != "" {
		t.Errorf("after somebody else: %q", got)
	}
}

func TestNobodysFormIsNotKept(t *testing.T) {
	s := newDesk(t, access.SessionSettings{})
	if got := s.ask(t, "/holds", late); got != "done" {
		t.Errorf("%q", got)
	}
	s.ask(t, "/sign-in/hong", url.Values{})
	s.clock.Wind(61 * time.Minute) // half an hour after the end nobody knows whose it was
	if got := s.ask(t, "/holds", late); got != "done" {
		t.Errorf("%q", got)
	}
}

func TestHowLongASessionGoesOn(t *testing.T) {
	s := newDesk(t, access.SessionSettings{})
	if got := s.ask(t, "/peek", nil); got != "0s false" {
		t.Errorf("nobody's: %s", got)
	}
	s.ask(t, "/sign-in/hong", url.Values{})
	for _, step := range []struct {
		wait      time.Duration
		ask, want string
	}{
		{0, "/peek", "30m0s true"},
		{30 * time.Second, "/use", "29m30s true"}, // the write is spared
		{90 * time.Second, "/peek", "28m0s true"},
		{0, "/use", "30m0s true"},
		{20 * time.Minute, "/peek", "10m0s true"},
		{0, "/peek", "10m0s true"},
		{11 * time.Minute, "/peek", "0s false"},
	} {
		s.clock.Wind(step.wait)
		if got := s.ask(t, step.ask, nil); got != step.want {
			t.Errorf("%s after %s: %s, want %s", step.ask, step.wait, got, step.want)
		}
	}
	s.ask(t, "/sign-in/dock", url.Values{})
	if got := s.ask(t, "/peek", nil); got != "8h0m0s true" {
		t.Errorf("at the dock: %s", got)
	}
	s.clock.Wind(7 * time.Hour)
	if got := s.ask(t, "/use", nil); got != "5h0m0s false" {
		t.Errorf("towards the end of the lifetime: %s", got)
	}
}
