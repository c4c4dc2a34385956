package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFullDisk fills the vault in the middle of a file: the sender is told, what
// was acknowledged stays, and once there is room the same upload goes on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	p := place{data: t.TempDir()}
	p.rehearse(t)
	small := p.mount(t, "24m")
	p.configure(t, fmt.Sprintf("vault: {dir: %q}", small))
	p.found(t)
	r := p.serve(t)
	w := r.wire(p.token(t, "agent-1", "agent", "minwon"))
	body := footageOf(40<<20, 20)

	id := w.begin(int64(len(body)), "filename", "큰.mp4", "sha256", hashOf(body))
	const acknowledged = 10 << 20
	w.patch(id, 0, body[:acknowledged])
	full, err := w.tryPatch(id, acknowledged, bytes.NewReader(body[acknowledged:]))
	if err != nil {
		t.Fatal(err)
	}
	full.refused(t, http.StatusInsufficientStorage, "vault-full")
	if at := w.offset(id); at != acknowledged {
		t.Errorf("stands at %d after %d was acknowledged", at, acknowledged)
	}
	again := w.post(40<<20, body, "filename", "또.mp4")
	again.refused(t, http.StatusInsufficientStorage, "vault-full")
	p.readyz(t, r, http.StatusOK, "ready")

	if err := unix.Mount("tmpfs", small, "tmpfs", unix.MS_REMOUNT, "size=100m"); err != nil {
		t.Fatal(err)
	}
	w.finish(id, body)
	p.mustRun(t, "verify", "--deep")
}

// mount gives an empty directory that holds no more than size.
func (p place) mount(t *testing.T, size string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no small disk to fill can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// readyz asks whether a server can take footage in.
func (p place) readyz(t testing.TB, r *running, status int, says string) {
	t.Helper()
	got, _, b := r.ask(http.MethodGet, "/readyz", "", nil)
	if got != status || !strings.Contains(string(b), says) {
		t.Errorf("readyz answers %d %q, want %d %q", got, b, status, says)
	}
	if got, _, _ := r.ask(http.MethodGet, "/healthz", "", nil); got != http.StatusOK {
		t.Errorf("healthz answers %d", got)
	}
}

// backInService waits until the server has found a store that is back: on a busy
// machine its next connection may still meet a database that is starting.
func (p place) backInService(t testing.TB, r *running) {
	t.Helper()
	for range 100 {
		if status, _, _ := r.ask(http.MethodGet, "/readyz", "", nil); status == http.StatusOK {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.readyz(t, r, http.StatusOK, "ready")
}

// TestStoresAway takes the stores away in the middle of a file, each in its own
// way: the sender is told within half a minute, the server goes on answering,
// and once the store is back the same upload goes on where it was acknowledged.
func TestStoresAway(t *testing.T) {
	for _, c := range []struct {
		name       string
		code       string
		away, back func(p place) error
		notReady   string
		headWorks  bool // the offset can be asked for meanwhile
	}{
		{
			"S3 dead", "vault-away",
			func(p place) error { p.s3.Stop(); return nil }, func(p place) error { p.s3.Start(); return nil }, "vault away", true,
		},
		{
			"S3 silent", "vault-away",
			func(p place) error { p.s3.Pause(); return nil }, func(p place) error { p.s3.Continue(); return nil }, "vault away", true,
		},
		{
			"PostgreSQL dead", "database-away",
			func(p place) error { return p.postgres.Stop() }, func(p place) error { return p.postgres.Start() }, "database away", false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := onOwnStores(t)
			p.found(t)
			r := p.serve(t)
			w := r.wire(p.token(t, "agent-1", "agent", "minwon"))
			body := footageOf(20<<20, 21)
			id := w.begin(int64(len(body)), "filename", "끊긴.mp4", "sha256", hashOf(body))
			const acknowledged = 6<<20 + 11
			w.patch(id, 0, body[:acknowledged])

			src := &gated{first: body[acknowledged : 9<<20], rest: body[9<<20:], reached: make(chan struct{}), open: make(chan struct{})}
			ask := func(do func() (answer, error)) chan answer {
				answered := make(chan answer, 1)
				go func() {
					a, err := do()
					if err != nil {
						t.Error(err)
					}
					answered <- a
				}()
				return answered
			}
			inFlight := ask(func() (answer, error) { return w.tryPatch(id, acknowledged, src) })
			<-src.reached
			if err := c.away(p); err != nil {
				t.Fatal(err)
			}
			lost := time.Now()
			close(src.open)
			another := ask(func() (answer, error) {
				return w.tryAsk(http.MethodPost, "/api/v1/uploads", bytes.NewReader(body[:1000]), "Upload-Length", "1000",
					"Upload-Metadata", uploadMetadata("filename", "새.mp4"), "Content-Type", "application/offset+octet-stream")
			})
			p.readyz(t, r, http.StatusServiceUnavailable, c.notReady)
			for _, answered := range []chan answer{inFlight, another} {
				a := <-answered
				a.refused(t, http.StatusServiceUnavailable, c.code)
			}
			if told := time.Since(lost); told > 35*time.Second {
				t.Errorf("told only after %s", told)
			}
			if c.headWorks {
				if at := w.offset(id); at < acknowledged {
					t.Errorf("stands at %d after %d was acknowledged", at, acknowledged)
				}
			} else if a := w.ask(http.MethodHead, "/api/v1/uploads/"+id, nil); a.status != http.StatusServiceUnavailable {
				t.Errorf("HEAD answered %d", a.status)
			}

			if err := c.back(p); err != nil {
				t.Fatal(err)
			}
			p.backInService(t, r)
			if at := w.offset(id); at < acknowledged {
				t.Errorf("stands at %d after %d was acknowledged", at, acknowledged)
			}
			w.finish(id, body)
			w.send(footageOf(5000, 22), "filename", "다음.mp4")
			p.mustRun(t, "verify", "--deep")
		})
	}
}

// gated is a body that waits in the middle until it is let on.
type gated struct {
	first, rest []byte
	reached     chan struct{} // closed when the first part has been read
	open        chan struct{}
	waited      bool
}

func (g *gated) Read(p []byte) (int, error) {
	if len(g.first) > 0 {
		n := copy(p, g.first)
		g.first = g.first[n:]
		return n, nil
	}
	if !g.waited {
		g.waited = true
		close(g.reached)
		<-g.open
	}
	if len(g.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// TestCutCable breaks the connection in the middle of a PATCH: what had come is
// kept, and the file is whole in the end.
func TestCutCable(t *testing.T) {
	for _, w := range []world{oneMachine(), manyServers()} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			p := w.make(t)
			p.found(t)
			r := p.serve(t)
			w := r.wire(p.token(t, "agent-1", "agent", "minwon"))
			body := footageOf(30<<20, 23)
			id := w.begin(int64(len(body)), "filename", "뽑힌.mp4", "sha256", hashOf(body))

			const sent = 21 << 20
			conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(conn, "PATCH /api/v1/uploads/%s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n"+
				"Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: %d\r\n\r\n", id, w.secret, len(body))
			if _, err := conn.Write(body[:sent]); err != nil {
				t.Fatal(err)
			}
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
			at := int64(0)
			for end := time.Now().Add(10 * time.Second); at == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
				at = w.offset(id)
			}
			if at == 0 || at > sent {
				t.Errorf("stands at %d after %d was sent", at, sent)
			}
			r.kill() // what was told by HEAD is durable
			r = p.serve(t)
			if now := w.at(r).offset(id); now != at {
				t.Errorf("stands at %d after the server was killed, was told %d", now, at)
			}
			w.at(r).finish(id, body)
			p.mustRun(t, "verify", "--deep")
		})
	}
}

// TestStoppedInTheMiddle stops the server, as an administrator does, while a
// file comes in: it stops soon, tells the sender to come back, and has kept
// everything that had come.
func TestStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	p := oneMachine().make(t)
	p.found(t)
	r := p.serve(t)
	w := r.wire(p.token(t, "agent-1", "agent", "minwon"))
	body := footageOf(12<<20, 24)
	id := w.begin(int64(len(body)), "filename", "중지.mp4", "sha256", hashOf(body))

	const sent = 5 << 20
	src := &gated{first: body[:sent], rest: body[sent:], reached: make(chan struct{}), open: make(chan struct{})}
	defer close(src.open)
	go func() {
		a, err := w.tryPatch(id, 0, src)
		if err == nil && a.status != http.StatusServiceUnavailable { // the answer may be lost with the connection
			t.Errorf("answered %d: %s", a.status, a.body)
		}
	}()
	<-src.reached
	time.Sleep(200 * time.Millisecond) // for the bytes to arrive
	started := time.Now()
	r.stop()
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("stopping took %s", took)
	}
	r = p.serve(t)
	if at := w.at(r).offset(id); at != sent {
		t.Errorf("stands at %d after %d had come", at, sent)
	}
	w.at(r).finish(id, body)
	p.mustRun(t, "verify", "--deep")
}
