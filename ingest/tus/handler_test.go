package tus_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"jikim/footage"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
)

func TestUploadOverTheWire(t *testing.T) {
	s := newSite(t)
	content := bytesOf(100_000)
	path := s.begin(t, "token-1", len(content), nil)
	for _, to := range []int{40_000, 40_000, 99_999, 100_000} {
		at := s.offset(t, "token-1", path)
		a := s.patch(t, "token-1", path, at, bytes.NewReader(content[at:to]))
		if a.status != http.StatusNoContent || s.offset(t, "token-1", path) != to {
			t.Fatalf("PATCH to %d answered %d: %s", to, a.status, a.body)
		}
	}
	up := s.upload(t, path)
	if up.State != footage.CheckedIn || up.FileName != "영상.mp4" || up.Account != "dock-1" || up.Department != "minwon" || up.From != "10.0.0.7" {
		t.Errorf("%+v", up)
	}
	// Sending once more what is there already does no harm.
	if a := s.patch(t, "token-1", path, len(content), nil); a.status != http.StatusNoContent {
		t.Errorf("answered %d", a.status)
	}
	whole := s.begin(t, "token-1", len(content), content)
	if up := s.upload(t, whole); up.State != footage.CheckedIn || up.Code != "duplicate" {
		t.Errorf("%+v", up)
	}
	if up := s.upload(t, s.begin(t, "token-1", 0, nil)); up.State != footage.CheckedIn {
		t.Errorf("an empty file is %+v", up)
	}
	options := s.ask(t, "", http.MethodOptions, "/api/v1/uploads", nil)
	if got := options.header.Get("Tus-Extension"); options.status != http.StatusOK || got != "creation,creation-with-upload,termination" {
		t.Errorf("OPTIONS answered %d %q", options.status, got)
	}
	if faults := s.told(); len(faults) != 0 {
		t.Errorf("faults: %v", faults)
	}
}

// TestOnlyItsSender: an upload is there for nobody else, and without a right
// nobody gets as far as asking.
func TestOnlyItsSender(t *testing.T) {
	s := newSite(t)
	content := bytesOf(1000)
	path := s.begin(t, "token-1", len(content), content[:500])
	nowhere := base + "0193f1c0-0000-7000-8000-000000000000"
	for _, at := range []string{path, nowhere} { // both look the same
		s.patch(t, "token-2", at, 500, bytes.NewReader(content[500:])).refused(t, 404, "upload-not-found")
		s.ask(t, "token-2", http.MethodDelete, at, nil).refused(t, 404, "upload-not-found")
		if a := s.ask(t, "token-2", http.MethodHead, at, nil); a.status != http.StatusNotFound || len(a.body) != 0 || a.header.Get("Upload-Offset") != "" {
			t.Errorf("HEAD answered %d %v", a.status, a.header)
		}
	}
	s.patch(t, "nobody", path, 500, bytes.NewReader(content[500:])).refused(t, 401, "not-signed-in")
	s.ask(t, "nobody", http.MethodDelete, path, nil).refused(t, 401, "not-signed-in")
	s.ask(t, "nobody", http.MethodPost, "/api/v1/uploads", nil, "Upload-Length", "1").refused(t, 401, "not-signed-in")
	if a := s.ask(t, "nobody", http.MethodHead, path, nil); a.status != http.StatusUnauthorized || len(a.body) != 0 {
		t.Errorf("HEAD answered %d %q", a.status, a.body)
	}
	if up := s.upload(t, path); up.Offset != 500 || up.State != footage.Receiving {
		t.Errorf("somebody else changed it: %+v", up)
	}
	if a := s.patch(t, "token-1", path, 500, bytes.NewReader(content[500:])); a.status != http.StatusNoContent {
		t.Errorf("its sender is answered %d", a.status)
	}
}

func TestDelete(t *testing.T) {
	s := newSite(t)
	content := bytesOf(1000)
	path := s.begin(t, "token-1", len(content), content[:500])
	for range 2 {
		if a := s.ask(t, "token-1", http.MethodDelete, path, nil); a.status != http.StatusNoContent {
			t.Errorf("DELETE answered %d: %s", a.status, a.body)
		}
	}
	s.patch(t, "token-1", path, 500, bytes.NewReader(content[500:])).refused(t, 410, "cancelled")
	if a := s.ask(t, "token-1", http.MethodHead, path, nil); a.status != http.StatusGone || len(a.body) != 0 {
		t.Errorf("HEAD answered %d %q", a.status, a.body)
	}
	in := s.begin(t, "token-1", len(content), content)
	s.ask(t, "token-1", http.MethodDelete, in, nil).refused(t, 409, "already-checked-in")
}

// TestRefusalsOverTheWire: what the room beneath refuses keeps its sentence,
// what is our own fault gets a number, and only that is told to us.
func TestRefusalsOverTheWire(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  error
		status int
		code   string
		told   int
	}{
		{"vault full", vault.ErrFull, 507, "vault-full", 0},
		{"vault away", vault.ErrAway, 503, "vault-away", 1},
		{"vault corrupt", vault.ErrCorrupt, 409, "vault-corrupt", 0},
		{"anything else", reviewtest.ErrCut, 500, "fault", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t)
			content := bytesOf(1000)
			path := s.begin(t, "token-1", len(content), content[:500])
			s.wire.Cut(reviewtest.Cut{At: 3, Once: true, Err: c.fault}) // upload, key, resume
			a := s.patch(t, "token-1", path, 500, bytes.NewReader(content[500:]))
			calls := s.wire.Mend()
			a.refused(t, c.status, c.code)
			if faults := s.told(); len(faults) != c.told {
				t.Errorf("told of %v; the calls were %q", faults, calls)
			}
			if c.status == 500 && (!bytes.Contains(a.body, []byte("F-1")) || bytes.Contains(a.body, []byte("reviewtest"))) {
				t.Errorf("answered %s", a.body)
			}
			if at := s.offset(t, "token-1", path); at != 500 {
				t.Errorf("stands at %d", at)
			}
			if a := s.patch(t, "token-1", path, 500, bytes.NewReader(content[500:])); a.status != http.StatusNoContent {
				t.Errorf("afterwards it is answered %d: %s", a.status, a.body)
			}
		})
	}
}

// body is one that waits in its midst.
type body struct {
	first   io.Reader
	reached chan struct{} // closed when the first part has been read
	then    chan struct{} // the rest waits for it
	rest    io.Reader
	said    bool
}

func newBody(first, rest []byte) *body {
	return &body{first: bytes.NewReader(first), rest: bytes.NewReader(rest), reached: make(chan struct{}), then: make(chan struct{})}
}

func (b *body) Read(p []byte) (int, error) {
	if n, err := b.first.Read(p); err == nil {
		return n, nil
	}
	if !b.said {
		b.said = true
		close(b.reached)
	}
	<-b.then
	return b.rest.Read(p)
}

// waitFor waits until the server has read what was sent.
func (s *site) waitFor(t *testing.T, b *body) {
	t.Helper()
	select {
	case <-b.reached:
		time.Sleep(50 * time.Millisecond) // what is on the wire gets there
	case <-time.After(10 * time.Second):
		t.Fatal("the server does not read")
	}
}

type result struct {
	answer
	err error
}

// sending sends a body beside the test.
func (s *site) sending(t *testing.T, path string, b *body) chan result {
	t.Helper()
	done := make(chan result, 1)
	go func() {
		a, err := s.tryAsk(context.Background(), "token-1", http.MethodPatch, path, b, "Content-Type", chunk, "Upload-Offset", "0")
		done <- result{a, err}
	}()
	return done
}

// TestStopping: what is on its way when the server stops is durable, and its
// sender is told to come back.
func TestStopping(t *testing.T) {
	s := newSite(t)
	content := bytesOf(200_000)
	path := s.begin(t, "token-1", len(content), nil)
	b := newBody(content[:100_000], content[100_000:])
	done := s.sending(t, path, b)
	s.waitFor(t, b)
	s.stop()
	for end := time.Now().Add(10 * time.Second); s.upload(t, path).Offset == 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	close(b.then)
	if r := <-done; r.err == nil {
		r.refused(t, 503, "server-stopping")
	}
	if up := s.upload(t, path); up.Offset != 100_000 || up.State != footage.Receiving {
		t.Errorf("%+v", up)
	}
}

// TestTakenOver: a sender who comes back on another connection goes before the
// one that hangs, and nothing is lost.
func TestTakenOver(t *testing.T) {
	s := newSite(t)
	content := bytesOf(200_000)
	path := s.begin(t, "token-1", len(content), nil)
	b := newBody(content[:100_000], content[100_000:])
	done := s.sending(t, path, b)
	s.waitFor(t, b)
	at := s.offset(t, "token-1", path)
	if at != 100_000 {
		t.Errorf("stands at %d", at)
	}
	if a := s.patch(t, "token-1", path, at, bytes.NewReader(content[at:])); a.status != http.StatusNoContent {
		t.Errorf("answered %d: %s", a.status, a.body)
	}
	close(b.then)
	if r := <-done; r.err == nil {
		r.refused(t, 423, "upload-elsewhere")
	}
	if up := s.upload(t, path); up.State != footage.CheckedIn {
		t.Errorf("%+v", up)
	}
}

// TestPulledCable: what came before is durable.
func TestPulledCable(t *testing.T) {
	s := newSite(t)
	content := bytesOf(200_000)
	path := s.begin(t, "token-1", len(content), nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	head := "PATCH " + path + " HTTP/1.1\r\nHost: jikim\r\nTus-Resumable: 1.0.0\r\nAuthorization: Bearer token-1\r\n" +
		"Content-Type: " + chunk + "\r\nUpload-Offset: 0\r\nContent-Length: 200000\r\n\r\n"
	if _, err := conn.Write(append([]byte(head), content[:70_000]...)); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); s.upload(t, path).Offset == 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	if at := s.offset(t, "token-1", path); at != 70_000 {
		t.Fatalf("stands at %d", at)
	}
	if a := s.patch(t, "token-1", path, 70_000, bytes.NewReader(content[70_000:])); a.status != http.StatusNoContent {
		t.Errorf("answered %d: %s", a.status, a.body)
	}
}

// TestLongerThanSaid: also when the body does not say how long it is.
func TestLongerThanSaid(t *testing.T) {
	s := newSite(t)
	content := bytesOf(70_000)
	path := s.begin(t, "token-1", len(content)-1, nil)
	s.patch(t, "token-1", path, 0, bytes.NewReader(content)).refused(t, 413, "longer-than-said")
	if at := s.offset(t, "token-1", path); at != 0 {
		t.Errorf("stands at %d", at)
	}
	s.patch(t, "token-1", path, 0, io.MultiReader(bytes.NewReader(content))).refused(t, 413, "longer-than-said")
	if up := s.upload(t, path); up.State != footage.Refused {
		t.Errorf("%+v", up)
	}
	path = s.begin(t, "token-1", len(content), nil)
	if a := s.patch(t, "token-1", path, 0, io.MultiReader(bytes.NewReader(content))); a.status != http.StatusNoContent {
		t.Errorf("answered %d: %s", a.status, a.body)
	}
}

// TestTheConnectionServesOn: after an upload the same connection answers a
// slow request that outlives every deadline of tusd's.
func TestTheConnectionServesOn(t *testing.T) {
	s := newSite(t)
	content := bytesOf(1000)
	one := &http.Transport{MaxConnsPerHost: 1}
	defer one.CloseIdleConnections()
	s.Server.Client().Transport = one
	for range 5 {
		path := s.begin(t, "token-1", len(content), content[:500])
		s.patch(t, "token-1", path, 400, bytes.NewReader(content[400:])).refused(t, 409, "offset-mismatch")
		if at := s.offset(t, "token-1", path); at != 500 {
			t.Errorf("stands at %d", at)
		}
	}
}
