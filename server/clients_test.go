package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jikim/ingest/tus"
)

// serveAt starts a server on an address where one was before.
func (p place) serveAt(t testing.TB, address string) *running {
	t.Helper()
	r, err := p.tryServe(t, address)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *running) address() string { return strings.TrimPrefix(r.url, "http://") }

// slowCable is a network on which the sender is no faster than a card reader,
// so that a server can be killed in the middle of a file.
func slowCable(perSecond int) *http.Client {
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &slowConn{c, perSecond}, err
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial}}
}

type slowConn struct {
	net.Conn
	perSecond int
}

func (c *slowConn) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		piece := min(len(p), 64<<10)
		time.Sleep(time.Duration(piece) * time.Second / time.Duration(c.perSecond))
		var k int
		k, err = c.Conn.Write(p[:piece])
		n, p = n+k, p[piece:]
	}
	return n, err
}

// TestGoClient: our own client goes on by itself after the server was killed,
// and in a later run after it was itself cut off.
func TestGoClient(t *testing.T) {
	t.Parallel()
	p := oneMachine().make(t)
	p.found(t)
	r := p.serve(t)
	dir := t.TempDir()
	body := footageOf(100<<20, 40)
	local := filepath.Join(dir, "긴.mp4")
	if err := os.WriteFile(local, body, 0o600); err != nil {
		t.Fatal(err)
	}
	memory, err := openMemory(filepath.Join(dir, "state"))
	if err != nil {
		t.Fatal(err)
	}
	client := &tus.Client{
		Server: r.url, Token: p.token(t, "dock", "agent", "minwon"), HTTP: slowCable(60 << 20), Memory: memory, Patience: 30 * time.Second,
	}
	file := tus.File{Local: local, Name: "긴.mp4", Path: "DCIM/긴.mp4", Device: "HB-BC-0001"}

	// Killed in the first run, after a segment was recorded; then the client is cut off.
	ctx, cancel := context.WithCancel(t.Context())
	var highest atomic.Int64
	killed := make(chan *running, 1)
	done := make(chan error, 1)
	go func() {
		_, err := client.Send(ctx, file, func(at, _ int64) {
			if at > 80<<20 && highest.Swap(at) == 0 {
				go func() { r.kill(); killed <- p.serveAt(t, r.address()) }()
			}
		})
		done <- err
	}()
	r2 := <-killed
	time.Sleep(300 * time.Millisecond) // it finds the server again
	cancel()
	if err := <-done; err == nil {
		t.Log("the file was through before the client was cut off")
	}

	before := p.count(t, "SELECT max(durable_offset) FROM uploads")
	if before < 64<<20 {
		t.Errorf("%d bytes were kept", before)
	}
	var first atomic.Int64
	first.Store(-1)
	client.HTTP = nil
	out, err := client.Send(t.Context(), file, func(at, _ int64) { first.CompareAndSwap(-1, at) })
	if err != nil || out.State != "checked-in" || out.SHA256 != hashOf(body) {
		t.Fatalf("%+v, %v", out, err)
	}
	if first.Load() < 64<<20 {
		t.Errorf("the later run began at %d", first.Load())
	}
	if n := p.count(t, "SELECT count(*) FROM uploads"); n != 1 {
		t.Errorf("it took %d uploads", n)
	}
	if c := p.clip(t, out.Clip); c.SHA256 != hashOf(body) || c.Device != "minwon-cam-1" {
		t.Errorf("registered with %s of %q", c.SHA256, c.Device)
	}
	r2.stop()
	p.mustRun(t, "verify", "--deep")
}

// TestCurl sends a file with nothing but curl: two PATCHes, and a HEAD between
// them to see how far it is.
func TestCurl(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed")
	}
	p := oneMachine().make(t)
	p.found(t)
	r := p.serve(t)
	token := p.token(t, "script", "agent", "minwon")
	dir := t.TempDir()
	body := footageOf(3<<20, 41)
	const half = 1<<20 + 1
	for name, part := range map[string][]byte{"one": body[:half], "two": body[half:]} {
		if err := os.WriteFile(filepath.Join(dir, name), part, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	curl := func(words ...string) string {
		words = append([]string{
			"--silent", "--show-error", "--fail", "--include", "--max-time", "30",
			"--header", "Authorization: Bearer " + token, "--header", "Tus-Resumable: 1.0.0",
		}, words...)
		out, err := exec.Command(program, words...).CombinedOutput()
		if err != nil {
			t.Fatalf("curl: %v\n%s", err, out)
		}
		return string(out)
	}
	created := curl("--request", "POST", "--header", fmt.Sprintf("Upload-Length: %d", len(body)),
		"--header", "Upload-Metadata: "+uploadMetadata("filename", "curl로 보낸.mp4", "sha256", hashOf(body)), r.url+"/api/v1/uploads")
	at := r.url + headerOf(created, "Location")
	if got := headerOf(curl("--head", at), "Upload-Offset"); got != "0" {
		t.Errorf("begins at %s", got)
	}
	patch := func(offset int, file string) {
		curl("--request", "PATCH", "--header", "Content-Type: application/offset+octet-stream",
			"--header", fmt.Sprintf("Upload-Offset: %d", offset), "--data-binary", "@"+filepath.Join(dir, file), at)
	}
	patch(0, "one")
	if got := headerOf(curl("--head", at), "Upload-Offset"); got != fmt.Sprint(half) {
		t.Errorf("stands at %s, want %d", got, half)
	}
	patch(half, "two")
	if out := curl(at); !strings.Contains(out, `"state":"checked-in"`) || !strings.Contains(out, hashOf(body)) {
		t.Errorf("ended as %s", out)
	}
	if options := curl("--request", "OPTIONS", r.url+"/api/v1/uploads"); headerOf(options, "Tus-Version") != "1.0.0" ||
		headerOf(options, "Tus-Extension") != "creation,creation-with-upload,termination" {
		t.Errorf("says of itself: %s", options)
	}
}

// headerOf finds a header in what curl shows.
func headerOf(shown, name string) string {
	for line := range strings.Lines(shown) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// tusInNode sends a file with tus-js-client, the browser's client, and prints
// where each try began; it lives through the death of the server.
const tusInNode = `
const [endpoint, token, file, urls] = process.argv.slice(1);
const tus = require('tus-js-client');
const fs = require('node:fs');
const path = require('node:path');
const upload = new tus.Upload(fs.createReadStream(file), {
  endpoint,
  chunkSize: 1 << 20,
  uploadSize: fs.statSync(file).size,
  retryDelays: Array(60).fill(250),
  headers: { Authorization: 'Bearer ' + token },
  metadata: { filename: path.basename(file) },
  urlStorage: new tus.FileUrlStorage(urls),
  onChunkComplete: (size, at) => console.log('at ' + at),
  onShouldRetry: (err) => { console.log('retry'); return true; },
  onError: (err) => { console.log('failed: ' + err); process.exit(1); },
  onSuccess: () => { console.log('done ' + upload.url); },
});
upload.start();
`

// TestBrowserClient: the client that browsers use, run in node, goes on after
// the server was killed and started again on the same port.
func TestBrowserClient(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	modules, err := filepath.Abs(filepath.Join("..", "web", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "tus-js-client")); err != nil {
		t.Skip("tus-js-client is not installed: run `npm ci` in web/")
	}
	p := oneMachine().make(t)
	p.found(t)
	r := p.serve(t)
	token := p.token(t, "browser", "agent", "minwon")
	dir := t.TempDir()
	body := footageOf(24<<20, 42)
	file := filepath.Join(dir, "브라우저에서.mp4")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}

	cmd := exec.CommandContext(t.Context(), node, "-e", tusInNode, r.url+"/api/v1/uploads", token, file, filepath.Join(dir, "urls.json"))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	said := &watched{word: fmt.Sprintf("at %d\n", 6<<20), seen: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-said.seen:
	case err := <-ended:
		t.Fatalf("%v\n%s", err, said)
	}
	r.kill()
	kept := p.count(t, "SELECT durable_offset FROM uploads")
	if kept < 6<<20 {
		t.Errorf("%d bytes are kept", kept)
	}
	r = p.serveAt(t, r.address())
	if err := <-ended; err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	_, at, _ := strings.Cut(said.String(), "done ")
	o := r.wire(token).outcome(at[strings.LastIndex(at, "/")+1 : strings.Index(at, "\n")])
	if o.State != "checked-in" || o.SHA256 != hashOf(body) {
		t.Errorf("%+v", o)
	}
	if n := p.count(t, "SELECT count(*) FROM uploads"); n != 1 || !strings.Contains(said.String(), "retry") {
		t.Errorf("it took %d uploads:\n%s", n, said)
	}
}

// watched keeps what a program says and tells when it has said a word.
type watched struct {
	mu   sync.Mutex
	said strings.Builder
	word string
	seen chan struct{} // closed when it was said
	told bool
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said.Write(p)
	if !w.told && strings.Contains(w.said.String(), w.word) {
		w.told = true
		close(w.seen)
	}
	return len(p), nil
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.said.String()
}
