package tus_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"jikim/ingest/tus"
)

// memory remembers for as long as a test lasts.
type memory struct {
	mu    sync.Mutex
	at    map[string]string
	fault error
}

func newMemory() *memory { return &memory{at: map[string]string{}} }

func (m *memory) Recall(fingerprint string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at[fingerprint]
}

func (m *memory) Remember(fingerprint, location string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at[fingerprint] = location
	return m.fault
}

func (m *memory) Forget(fingerprint string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.at, fingerprint)
	return nil
}

// all gives what is remembered.
func (m *memory) all() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Values(m.at))
}

// file lays a file of that content down and describes it.
func file(t testing.TB, content []byte) tus.File {
	t.Helper()
	local := filepath.Join(t.TempDir(), "영상.mp4")
	if err := os.WriteFile(local, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return tus.File{Local: local, Name: "영상.mp4", Path: "DCIM/영상.mp4", Device: "SN-0001"}
}

func (s *site) client(m tus.Memory) *tus.Client {
	return &tus.Client{Server: s.URL, Token: "token-1", Memory: m, Patience: 10 * time.Second}
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// problemOf fails unless err is a problem of that code; it gives its sentence.
func problemOf(t *testing.T, err error, code string) string {
	t.Helper()
	var no *tus.Problem
	if !errors.As(err, &no) || no.Code != code || !strings.HasSuffix(no.Error(), ".") {
		t.Fatalf("%v, want the problem %q", err, code)
	}
	return no.Error()
}

func TestSend(t *testing.T) {
	s, m := newSite(t), newMemory()
	content := bytesOf(100_000)
	var told []int64
	f := file(t, content)
	f.DeviceClock = func() string { return "2026-10-05T17:56:48" }
	out, err := s.client(m).Send(t.Context(), f, func(done, of int64) {
		if of != 100_000 {
			t.Errorf("of %d", of)
		}
		told = append(told, done)
	})
	if err != nil || out.State != "checked-in" || out.Clip == "" || out.SHA256 != hashOf(content) || out.Bytes != 100_000 {
		t.Fatalf("%+v, %v", out, err)
	}
	up := s.upload(t, base+out.Clip)
	if up.FileName != "영상.mp4" || string(up.SourcePath) != "DCIM/영상.mp4" || up.Device != "SN-0001" || up.Declared != hashOf(content) || up.ModifiedAt.IsZero() ||
		up.DeviceClock != f.DeviceClock() || up.ClockReadAt.IsZero() {
		t.Errorf("%+v", up)
	}
	if len(told) == 0 || told[0] != 0 || told[len(told)-1] != 100_000 || !slices.IsSorted(told) {
		t.Errorf("progress was told as %d", told)
	}
	if at := m.all(); len(at) != 0 {
		t.Errorf("an upload that has ended is remembered: %q", at)
	}
	empty, err := s.client(nil).Send(t.Context(), file(t, nil), nil)
	if err != nil || empty.State != "checked-in" {
		t.Errorf("an empty file: %+v, %v", empty, err)
	}
	if _, err := s.client(nil).Send(t.Context(), tus.File{Local: filepath.Join(t.TempDir(), "none")}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// cable is a transport of which each PATCH breaks after so many bytes.
type cable struct {
	http.RoundTripper
	holds int64
	cuts  atomic.Int64
}

func (c *cable) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPatch && r.ContentLength > c.holds {
		c.cuts.Add(1)
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(r.Body, c.holds), pulled{}), r.Body}
	}
	return c.RoundTripper.RoundTrip(r)
}

type pulled struct{}

func (pulled) Read([]byte) (int, error) { return 0, errPulled }

// TestSendOverABadCable: every request breaks in its midst; what the server
// has is not sent again.
func TestSendOverABadCable(t *testing.T) {
	s, m := newSite(t), newMemory()
	content := bytesOf(300_000)
	c := s.client(m)
	bad := &cable{RoundTripper: http.DefaultTransport, holds: 90_000}
	c.HTTP = &http.Client{Transport: bad}
	out, err := c.Send(t.Context(), file(t, content), nil)
	if err != nil || out.State != "checked-in" || out.SHA256 != hashOf(content) {
		t.Fatalf("%+v, %v", out, err)
	}
	if posts := s.requests(http.MethodPost); posts != 1 || bad.cuts.Load() != 3 {
		t.Errorf("begun %d times; cut off %d times", posts, bad.cuts.Load())
	}
}

// TestSendThroughAnOutage: the server dies in the midst of a request and is
// away for a while.
func TestSendThroughAnOutage(t *testing.T) {
	s := newSite(t)
	content := bytesOf(300_000)
	c := s.client(newMemory())
	flaky := &outage{RoundTripper: http.DefaultTransport, server: s.Server}
	c.HTTP = &http.Client{Transport: flaky}
	out, err := c.Send(t.Context(), file(t, content), nil)
	if err != nil || out.State != "checked-in" || out.SHA256 != hashOf(content) {
		t.Fatalf("%+v, %v", out, err)
	}
	if s.requests(http.MethodPost) != 1 || flaky.n < 6 {
		t.Errorf("begun %d times, asked %d times", s.requests(http.MethodPost), flaky.n)
	}
}

// outage drops the connection of the first PATCH in its midst, then refuses
// two requests and lets a proxy answer for the server.
type outage struct {
	http.RoundTripper
	server *httptest.Server
	n      int
}

func (o *outage) RoundTrip(r *http.Request) (*http.Response, error) {
	o.n++
	switch {
	case o.n == 2:
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(r.Body, 100_000), readFunc(o.server.CloseClientConnections), r.Body), r.Body}
	case o.n == 3 || o.n == 4:
		return nil, errPulled
	case o.n == 5:
		return &http.Response{StatusCode: http.StatusBadGateway, Body: io.NopCloser(strings.NewReader("<html>502</html>")), Request: r}, nil
	}
	return o.RoundTripper.RoundTrip(r)
}

// readFunc does something where bytes are read.
type readFunc func()

func (f readFunc) Read([]byte) (int, error) { f(); return 0, io.EOF }

// TestSendAgain: a run that was cut off is continued by the next, which knows
// only what was remembered.
func TestSendAgain(t *testing.T) {
	s, m := newSite(t), newMemory()
	content := bytesOf(300_000)
	f := file(t, content)
	first := s.client(m)
	first.HTTP = &http.Client{Transport: &cable{RoundTripper: http.DefaultTransport, holds: 100_000}}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := first.Send(ctx, f, func(done, _ int64) {
		if done >= 100_000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	at := m.all()
	if len(at) != 1 || !strings.HasPrefix(at[0], s.URL+base) {
		t.Fatalf("remembered is %q", at)
	}
	var began int64 = -1
	out, err := s.client(m).Send(t.Context(), f, func(done, _ int64) {
		if began < 0 {
			began = done
		}
	})
	if err != nil || out.SHA256 != hashOf(content) || s.requests(http.MethodPost) != 1 || began < 100_000 {
		t.Errorf("%+v, %v; begun %d times, the second run at %d", out, err, s.requests(http.MethodPost), began)
	}
	if at := m.all(); len(at) != 0 {
		t.Errorf("remembered is %q", at)
	}
}

// TestWhatIsRememberedIsGone: an upload that has ended meanwhile, or that is
// another server's, is begun anew.
func TestWhatIsRememberedIsGone(t *testing.T) {
	content := bytesOf(1000)
	for name, at := range map[string]func(s *site) string{
		"cancelled": func(s *site) string {
			path := s.begin(t, "token-1", len(content), content[:500])
			s.ask(t, "token-1", http.MethodDelete, path, nil)
			return s.URL + path
		},
		"never was":       func(s *site) string { return s.URL + base + "0193f1c0-0000-7000-8000-000000000000" },
		"somebody else's": func(s *site) string { return s.URL + s.begin(t, "token-2", len(content), content[:500]) },
		"another host":    func(*site) string { return "http://127.0.0.1:1" + base + "0193" },
		"no address":      func(*site) string { return "::" },
	} {
		t.Run(name, func(t *testing.T) {
			s, m := newSite(t), newMemory()
			f := file(t, content)
			m.at[s.URL+" "+hashOf(content)+" "+f.Path] = at(s)
			out, err := s.client(m).Send(t.Context(), f, nil)
			if err != nil || out.State != "checked-in" {
				t.Fatalf("%+v, %v", out, err)
			}
			if left := m.all(); len(left) != 0 {
				t.Errorf("remembered is %q", left)
			}
		})
	}
	t.Run("the memory is broken", func(t *testing.T) {
		s, m := newSite(t), newMemory()
		m.fault = errors.New("the disk is full")
		if out, err := s.client(m).Send(t.Context(), file(t, content), nil); err != nil || out.State != "checked-in" {
			t.Errorf("%+v, %v", out, err)
		}
	})
}

// TestFinalRefusals: what trying again cannot mend is said at once, in the
// server's words.
func TestFinalRefusals(t *testing.T) {
	content := bytesOf(1000)
	for code, change := range map[string]func(c *tus.Client, f *tus.File){
		"not-signed-in":    func(c *tus.Client, _ *tus.File) { c.Token = "nobody" },
		"unknown-purpose":  func(_ *tus.Client, f *tus.File) { f.Purpose = "hobby" },
		"filename-missing": func(_ *tus.Client, f *tus.File) { f.Name = ".." },
	} {
		s := newSite(t)
		c, f := s.client(newMemory()), file(t, content)
		change(c, &f)
		_, err := c.Send(t.Context(), f, nil)
		problemOf(t, err, code)
		if n := s.requests(http.MethodPost); n != 1 {
			t.Errorf("%s: asked %d times", code, n)
		}
	}
	// A file that changes while it is sent is refused; the next run sends the
	// file as it is then.
	s, m := newSite(t), newMemory()
	f := file(t, content)
	_, err := s.client(m).Send(t.Context(), f, func(int64, int64) {
		if err := os.WriteFile(f.Local, bytesOf(2000)[1000:], 0o600); err != nil {
			t.Error(err)
		}
	})
	problemOf(t, err, "hash-mismatch")
	if out, err := s.client(m).Send(t.Context(), f, nil); err != nil || out.State != "checked-in" {
		t.Errorf("%+v, %v", out, err)
	}
	if err := os.WriteFile(f.Local, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := s.client(m).Send(t.Context(), f, nil); err != nil || out.State != "checked-in" { // over the refused one
		t.Errorf("%+v, %v", out, err)
	}
}

// TestNobodyThere: patience has an end, and what was sent stays remembered.
func TestNobodyThere(t *testing.T) {
	s := newSite(t)
	c := s.client(newMemory())
	c.Patience = 300 * time.Millisecond
	s.Close()
	start := time.Now()
	if _, err := c.Send(t.Context(), file(t, bytesOf(10)), nil); err == nil || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

// script is a server that answers as it is told.
type script struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
}

func newScript(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *script {
	t.Helper()
	s := &script{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r)
		s.mu.Unlock()
		_, _ = io.Copy(io.Discard, r.Body)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *script) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func (s *script) client(patience time.Duration) *tus.Client {
	return &tus.Client{Server: s.URL, Token: "token-1", Patience: patience}
}

// TestTheTokenStaysHome: no server can send a client elsewhere, neither by the
// address of an upload nor by a redirect, and nothing goes to where it points.
func TestTheTokenStaysHome(t *testing.T) {
	thief := newScript(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Upload-Offset", "0")
		w.Header().Set("Location", base+"stolen")
	})
	host := strings.TrimPrefix(thief.URL, "http://")
	for name, location := range map[string]string{ // HOME is the server that was named
		"another host":       thief.URL + base + "x",
		"without its scheme": "//" + host + base + "x",
		"another scheme":     "https://HOME" + base + "x",
		"with a user":        "http://user@HOME" + base + "x",
		"a file":             "file:///etc/passwd",
		"no address":         "http://[::1",
	} {
		t.Run("location: "+name, func(t *testing.T) {
			home := newScript(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", strings.Replace(location, "HOME", r.Host, 1))
				w.WriteHeader(http.StatusCreated)
			})
			_, err := home.client(0).Send(t.Context(), file(t, bytesOf(10)), nil)
			if name != "no address" {
				problemOf(t, err, "server-elsewhere")
			} else if err == nil {
				t.Error("sent")
			}
			if home.requests() != 1 {
				t.Errorf("asked %d times", home.requests())
			}
		})
	}
	for _, method := range []string{http.MethodPost, http.MethodHead, http.MethodPatch, http.MethodGet} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			home := newScript(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == method {
					http.Redirect(w, r, thief.URL+r.URL.Path, status)
					return
				}
				w.Header().Set("Location", base+"x")
				w.Header().Set("Upload-Offset", map[string]string{http.MethodHead: "0", http.MethodPatch: "10"}[r.Method])
			})
			m := newMemory()
			c, f := home.client(0), file(t, bytesOf(10))
			c.Memory = m
			if method == http.MethodHead {
				m.at[home.URL+" "+hashOf(bytesOf(10))+" "+f.Path] = home.URL + base + "x"
			}
			_, err := c.Send(t.Context(), f, nil)
			if says := problemOf(t, err, "server-elsewhere"); !strings.Contains(says, thief.URL) {
				t.Errorf("%s %d: %s", method, status, says)
			}
		}
	}
	if n := thief.requests(); n != 0 {
		t.Errorf("the thief was asked %d times: %s %v", n, thief.seen[0].Method, thief.seen[0].Header)
	}
}

// TestServersThatMakeNoSense: nonsense is neither believed nor asked for
// without a pause.
func TestServersThatMakeNoSense(t *testing.T) {
	for name, answers := range map[string]map[string]string{ // Upload-Offset by method
		"takes nothing":       {http.MethodHead: "0", http.MethodPatch: "0"},
		"goes back":           {http.MethodHead: "5", http.MethodPatch: "3"},
		"has more than all":   {http.MethodHead: "0", http.MethodPatch: "11"},
		"stands before it":    {http.MethodHead: "-1"},
		"says no number":      {http.MethodHead: "많이", http.MethodPatch: "많이"},
		"says nothing at all": {},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", base+"x")
				if at, ok := answers[r.Method]; ok {
					w.Header().Set("Upload-Offset", at)
				}
			})
			_, err := s.client(500*time.Millisecond).Send(t.Context(), file(t, bytesOf(10)), nil)
			if err == nil {
				t.Error("sent")
			}
			if n := s.requests(); n > 20 {
				t.Errorf("asked %d times", n)
			}
		})
	}
	s := newScript(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) })
	if _, err := s.client(0).Send(t.Context(), file(t, bytesOf(10)), nil); err == nil {
		t.Error("sent to no address")
	}
}

// TestOutcomes: a file is not said to be in before the server has said so.
func TestOutcomes(t *testing.T) {
	var asked atomic.Int64
	outcome := func(states ...string) *script {
		asked.Store(0)
		return newScript(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", base+"x")
			if r.Method == http.MethodGet {
				n := min(int(asked.Add(1)), len(states))
				_, _ = io.WriteString(w, states[n-1])
			}
		})
	}
	empty := file(t, nil)
	out, err := outcome(`{"state":"checking"}`, "<html>", `{"state":"refused","code":"hash-mismatch","detail":"다릅니다."}`).client(10*time.Second).Send(t.Context(), empty, nil)
	if err != nil || out.State != "refused" || out.Code != "hash-mismatch" || out.Detail != "다릅니다." || out.SHA256 != hashOf(nil) || asked.Load() != 3 {
		t.Errorf("%+v, %v", out, err)
	}
	m := newMemory()
	c := outcome(`{"state":"checking"}`).client(100 * time.Millisecond)
	c.Memory = m
	out, err = c.Send(t.Context(), empty, nil)
	problemOf(t, err, "still-checking")
	if out.State != "checking" || len(m.all()) != 1 {
		t.Errorf("%+v; remembered is %q", out, m.all())
	}
}

// TestAServerThatHangs: one that accepts a question and never answers is taken
// for away.
func TestAServerThatHangs(t *testing.T) {
	f := file(t, bytesOf(10))
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := &tus.Client{Server: "http://jikim", Token: "token-1", Patience: time.Minute, HTTP: &http.Client{Transport: hanging{}}}
		_, err := c.Send(t.Context(), f, nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 10*time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

type hanging struct{}

func (hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestProblemWords: a server that has no sentence still gets one.
func TestProblemWords(t *testing.T) {
	for want, no := range map[string]*tus.Problem{
		"서버가 502로 답했습니다.": {Status: 502},
		"파일이 너무 큽니다.":     {Status: 413, Code: "too-large", Detail: "파일이 너무 큽니다."},
	} {
		if got := no.Error(); got != want {
			t.Errorf("%q", got)
		}
	}
}
