package access_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jikim/devices/refuse"
	"jikim/web/access"
	"jikim/web/access/accesstest"
)

// site is a server that says who is asking.
type site struct {
	fixture
	*httptest.Server
	client *http.Client
}

func newSite(t *testing.T, s access.SessionSettings) site {
	t.Helper()
	g := newGate(t)
	g.add(t, "hong", access.Reviewer, "minwon")
	sessions := access.NewSessions(g.records, s, g.clock.Now)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign-in", func(w http.ResponseWriter, r *http.Request) {
		in, err := g.SignIn(r.Context(), r.FormValue("name"), r.FormValue("password"), "test")
		if err == nil {
			err = sessions.Start(r.Context(), in.Account, access.WithPassword)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
		}
	})
	mux.HandleFunc("POST /sign-out", func(w http.ResponseWriter, r *http.Request) {
		if err := sessions.End(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		who, err := access.Require(r.Context())
		if refusal, ok := refuse.As(err); ok {
			_, _ = io.WriteString(w, refusal.Code)
			return
		}
		_, _ = io.WriteString(w, who.Account)
	})
	srv := httptest.NewServer(access.Authenticate(g.Gate, sessions, nil)(mux))
	t.Cleanup(srv.Close)
	jar, _ := cookiejar.New(nil)
	return site{g, srv, &http.Client{Jar: jar}}
}

func (s site) signIn(t *testing.T) *http.Cookie {
	t.Helper()
	res, err := s.client.PostForm(s.URL+"/sign-in", map[string][]string{"name": {"hong"}, "password": {good}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || len(res.Cookies()) != 1 {
		t.Fatalf("%s, %d cookies", res.Status, len(res.Cookies()))
	}
	return res.Cookies()[0]
}

func (s site) who(t *testing.T, header ...string) string {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := s.client
	if len(header) > 0 {
		client = s.Client() // no cookies
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return string(body)
}

func TestSession(t *testing.T) {
	s := newSite(t, access.SessionSettings{})
	if got := s.who(t); got != "sign-in-needed" {
		t.Errorf("a stranger is %q", got)
	}
	c := s.signIn(t)
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || !c.Expires.IsZero() || c.Secure {
		t.Errorf("the cookie is %+v", c)
	}
	if got := s.who(t); got != "hong" {
		t.Errorf("after sign-in: %q", got)
	}
	for _, id := range s.records.SessionIDs() {
		if id == c.Value || strings.Contains(id, c.Value) {
			t.Error("the database keeps the cookie itself")
		}
	}
	res, _ := s.client.Post(s.URL+"/sign-out", "", nil)
	_ = res.Body.Close()
	if got := s.who(t, "Cookie", c.Name+"="+c.Value); got != "sign-in-needed" {
		t.Errorf("the old cookie after sign-out: %q", got)
	}
}

func TestSecureCookie(t *testing.T) {
	s := newSite(t, access.SessionSettings{Secure: true})
	if c := s.signIn(t); !c.Secure || !strings.HasPrefix(c.Name, "__Host-") {
		t.Errorf("the cookie is %+v", c)
	}
}

// Somebody who planted a cookie before the sign-in is not signed in with it.
func TestSessionFixation(t *testing.T) {
	s := newSite(t, access.SessionSettings{})
	first := s.signIn(t)
	second := s.signIn(t)
	if first.Value == second.Value {
		t.Fatal("signing in keeps the session token")
	}
	if got := s.who(t, "Cookie", first.Name+"="+first.Value); got != "sign-in-needed" {
		t.Errorf("the token from before: %q", got)
	}
}

func TestSessionEndsWhenIdle(t *testing.T) {
	s := newSite(t, access.SessionSettings{Idle: 20 * time.Minute})
	c := s.signIn(t)
	s.clock.Wind(18 * time.Minute)
	if got := s.who(t, "Cookie", c.Name+"="+c.Value); got != "hong" {
		t.Errorf("before it is over: %q", got)
	}
	s.clock.Wind(20*time.Minute + time.Second)
	if got := s.who(t, "Cookie", c.Name+"="+c.Value); got != "session-ended" {
		t.Errorf("after 20 minutes: %q", got)
	}
	s.clock.Wind(30 * time.Minute)
	if got := s.who(t, "Cookie", c.Name+"="+c.Value); got != "sign-in-needed" {
		t.Errorf("after 50 minutes: %q", got)
	}
}

// A use puts the end off, but not beyond the lifetime.
func TestSessionEndsWithItsLifetime(t *testing.T) {
	s := newSite(t, access.SessionSettings{Idle: 20 * time.Minute, Lifetime: time.Hour})
	s.signIn(t)
	for range 3 {
		s.clock.Wind(19 * time.Minute)
		if got := s.who(t); got != "hong" {
			t.Fatalf("in use: %q", got)
		}
	}
	s.clock.Wind(3 * time.Minute)
	if got := s.who(t); got != "session-ended" {
		t.Errorf("after an hour: %q", got)
	}
}

func TestSessionEndsWithTheRight(t *testing.T) {
	for name, end := range map[string]func(s site) error{
		"disabled": func(s site) error { return s.SetDisabled(t.Context(), accesstest.System, "hong", true) },
		"password": func(s site) error {
			return s.ResetPassword(t.Context(), accesstest.System, "hong", "완전히 새로운 비밀번호")
		},
	} {
		s := newSite(t, access.SessionSettings{})
		s.signIn(t)
		if got := s.who(t); got != "hong" {
			t.Fatalf("%s: before it is %q", name, got)
		}
		if err := end(s); err != nil {
			t.Fatal(err)
		}
		if got := s.who(t); got != "session-ended" {
			t.Errorf("%s: after it is %q", name, got)
		}
	}
}

// The cookie is sent when it changes and not again, so that pictures and style
// sheets stay in the browser's cache.
func TestTheCookieIsSentOnce(t *testing.T) {
	s := newSite(t, access.SessionSettings{})
	s.signIn(t)
	res, err := s.client.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if len(res.Cookies()) != 0 || res.Header.Get("Cache-Control") != "" {
		t.Errorf("a plain request is answered with %v", res.Header)
	}
}

// An answer whose session could not be saved is none: a sign-in that is not
// kept must not look like one.
func TestNothingIsAnsweredWithoutTheSession(t *testing.T) {
	s := newSite(t, access.SessionSettings{})
	s.records.SessionFault = errors.New("disk on fire")
	res, err := s.client.PostForm(s.URL+"/sign-in", map[string][]string{"name": {"hong"}, "password": {good}})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable || len(res.Cookies()) != 0 || strings.Contains(string(body), "fire") {
		t.Errorf("%s, %v: %s", res.Status, res.Cookies(), body)
	}
}

// A player asks many times a second; each must not be a durable write.
func TestRequestsDoNotWriteSessions(t *testing.T) {
	s := newSite(t, access.SessionSettings{})
	s.signIn(t)
	saves, reads := s.records.Saves, s.records.Reads()
	for range 50 {
		s.who(t)
	}
	if n := s.records.Saves - saves; n > 0 {
		t.Errorf("50 requests wrote the session %d times", n)
	}
	if n := s.records.Reads() - reads; n > 2 {
		t.Errorf("50 requests read the account %d times", n)
	}
}

func TestBearer(t *testing.T) {
	s := newSite(t, access.SessionSettings{})
	secret, err := s.CreateToken(t.Context(), accesstest.System, "script", access.Reviewer, "minwon")
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"Bearer " + secret:       "token:script",
		"bearer " + secret:       "token:script",
		"Bearer jikim_nothing":   "token-refused",
		"Basic aG9uZzpwYXNz":     "token-refused",
		"Bearer":                 "token-refused",
		"Bearer  " + secret + "": "token:script",
	} {
		if got := s.who(t, "Authorization", header); got != want {
			t.Errorf("%q is %q, want %q", header, got, want)
		}
	}
	// A wrong token is not helped by a good cookie.
	c := s.signIn(t)
	if got := s.who(t, "Authorization", "Bearer x", "Cookie", c.Name+"="+c.Value); got != "token-refused" {
		t.Errorf("a wrong token with a good cookie is %q", got)
	}
}
