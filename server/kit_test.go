package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jikim/footage/vault/s3/s3test"
	"jikim/server/db/dbtest"
)

// The test binary is the program itself when it is started with these words in
// its environment or as the child that reads metadata.
const runMark = "JIKIM_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(runMark) != "" || len(os.Args) > 1 && os.Args[1] == "metadata-child" {
		main()
		return
	}
	os.Exit(m.Run())
}

// world is where a server lives: one machine, or one of several on shared
// stores.
type world struct {
	name   string
	make   func(t *testing.T) place
	shared bool
}

// place is a data directory and its configuration file ("" = defaults).
type place struct {
	data, config string
	s3           *s3test.Server
	dsn          string         // of PostgreSQL
	postgres     *dbtest.Server // when it is this place's alone
}

func oneMachine() world {
	return world{name: "one machine", make: func(t *testing.T) place {
		p := place{data: t.TempDir()}
		p.rehearse(t)
		return p
	}}
}

func manyServers() world {
	return world{name: "PostgreSQL and S3", shared: true, make: func(t *testing.T) place {
		return place{data: t.TempDir(), s3: s3test.Start(t), dsn: dbtest.Postgres(t)}.settle(t)
	}}
}

// onOwnStores is a place whose PostgreSQL, too, can be taken away.
func onOwnStores(t *testing.T) place {
	postgres := dbtest.PostgresServer(t)
	return place{data: t.TempDir(), s3: s3test.Start(t), dsn: postgres.DSN(), postgres: postgres}.settle(t)
}

func (p place) settle(t *testing.T) place {
	p.config = p.writeConfig(t)
	p.rehearse(t)
	p.mustRun(t, "keys", "init")
	return p
}

// sibling is another server of the same stores with a data directory of its own.
func (p place) sibling(t *testing.T) place {
	next := p
	next.data = t.TempDir()
	next.rehearse(t)
	return next
}

func (p place) rehearse(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.data, rehearsalMark), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeConfig writes a configuration with absolute paths, so that siblings can
// share it.
func (p place) writeConfig(t *testing.T) string {
	t.Helper()
	c := p.s3.Config
	secret := func(name, text string) string {
		path := filepath.Join(p.data, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := fmt.Sprintf(`
database: {postgres_dsn_file: %q}
vault:
  s3: {endpoint: %q, region: %q, bucket: %q, prefix: %q, path_style: true, access_key_file: %q, secret_key_file: %q}
keys: {institution: %q, ledger: %q}
`, secret("dsn", p.dsn), c.Endpoint, c.Region, c.Bucket, c.Prefix,
		secret("access", c.AccessKey), secret("secret", c.SecretKey),
		filepath.Join(p.data, "keys", "institution.key"), filepath.Join(p.data, "keys", "ledger.key"))
	return secret("jikim.yaml", text)
}

// configure gives a place of its own a configuration.
func (p *place) configure(t testing.TB, yaml string) {
	t.Helper()
	p.config = filepath.Join(p.data, "jikim.yaml")
	if err := os.WriteFile(p.config, []byte(yaml+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p place) args(words ...string) []string {
	words = append(words, "--data", p.data)
	if p.config != "" {
		words = append(words, "--config", p.config)
	}
	return words
}

// run runs a command in this process.
func (p place) run(words ...string) (status int, out, errs string) {
	var stdout, stderr bytes.Buffer
	status = runCommand(context.Background(), p.args(words...), streams{strings.NewReader(""), &stdout, &stderr})
	return status, stdout.String(), stderr.String()
}

func (p place) mustRun(t testing.TB, words ...string) string {
	t.Helper()
	status, out, errs := p.run(words...)
	if status != exitDone {
		t.Fatalf("jikim %s: status %d\n%s%s", strings.Join(words, " "), status, out, errs)
	}
	return out
}

// token makes a token of a role.
func (p place) token(t testing.TB, name, role, department string) string {
	t.Helper()
	return strings.TrimSpace(p.mustRun(t, "token", "create", name, "--role", role, "--department", department))
}

// found puts the example institution into the place.
func (p place) found(t testing.TB) {
	p.mustRun(t, "institution", "import", "../deploy/examples/hanbit.yaml")
}

// running is a server process.
type running struct {
	t    testing.TB
	cmd  *exec.Cmd
	url  string
	logs *bytes.Buffer
}

// serve starts a server process and waits until it says where it listens.
func (p place) serve(t testing.TB) *running {
	t.Helper()
	r, err := p.tryServe(t, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tryServe is serve on a given address, which may be in use.
func (p place) tryServe(t testing.TB, address string) (*running, error) {
	r := &running{t: t, logs: &bytes.Buffer{}}
	r.cmd = exec.Command(os.Args[0], p.args("serve", "--addr", address)...)
	r.cmd.Env = append(os.Environ(), runMark+"=1")
	r.cmd.Stderr = r.logs
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	t.Cleanup(r.kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), "지킴이 열렸습니다: "); ok {
			r.url = url
			go func() { _, _ = io.Copy(io.Discard, out) }() // until the server ends
			return r, nil
		}
	}
	_ = r.cmd.Wait()
	return nil, fmt.Errorf("the server did not start:\n%s", r.logs)
}

// command starts any other command as a process of its own.
func (p place) command(words ...string) *running {
	r := &running{cmd: exec.Command(os.Args[0], p.args(words...)...), logs: &bytes.Buffer{}}
	r.cmd.Stderr = r.logs
	r.cmd.Env = append(os.Environ(), runMark+"=1")
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	_ = r.cmd.Start() // a command that does not start kills nothing; what follows finds out
	return r
}

// quiet is a log nobody reads.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// expireLeases lets the leases of a killed server end at once, as time would.
func (h *house) expireLeases(t testing.TB) {
	t.Helper()
	if err := h.db.ForgetLeases(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// kill ends the server as a power cut would.
func (r *running) kill() {
	_ = r.cmd.Process.Kill() // it may have ended already
	_ = r.cmd.Wait()
}

// stop ends the server as an administrator would.
func (r *running) stop() {
	r.t.Helper()
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan error, 1)
	go func() { done <- r.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			r.t.Errorf("the server stopped with %v:\n%s", err, r.logs)
		}
	case <-time.After(30 * time.Second):
		r.t.Errorf("the server did not stop:\n%s", r.logs)
	}
}

// ask sends one request and gives status, headers and body.
func (r *running) ask(method, path, token string, body io.Reader, header ...string) (int, http.Header, []byte) {
	r.t.Helper()
	status, h, b, err := tryAsk(r.url, method, path, token, body, header...)
	if err != nil {
		r.t.Fatal(err)
	}
	return status, h, b
}

// view opens a view of a clip and gives the address of its content.
func (r *running) view(viewer, clip string) string {
	r.t.Helper()
	status, _, b := r.ask(http.MethodPost, "/api/v1/clips/"+clip+"/views", viewer, strings.NewReader(`{"reason":"내용 확인"}`), "Content-Type", "application/json")
	var v struct{ Content string }
	if err := json.Unmarshal(b, &v); err != nil || status/100 != 2 {
		r.t.Fatalf("a view of %s was answered %d: %s", clip, status, b)
	}
	return v.Content
}

func tryAsk(url, method, path, token string, body io.Reader, header ...string) (int, http.Header, []byte, error) {
	req, err := http.NewRequest(method, url+path, body)
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, b, err
}

// problem reads a problem+json answer.
func problem(t testing.TB, b []byte) (code, detail string) {
	t.Helper()
	var p struct{ Code, Detail string }
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatalf("not a problem: %s", b)
	}
	return p.Code, p.Detail
}
