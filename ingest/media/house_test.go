package media_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
	"jikim/footage/vault/disk"
	"jikim/ingest/media"
	"jikim/ingest/metadata/child"
)

// records adds to the records in memory what only this room reads.
type records struct {
	*reviewtest.Book
	mu     sync.Mutex
	leases map[string]string // task → owner
}

func (r *records) ClipsWantingMedia(_ context.Context, after string, limit int) (clips []footage.Clip, err error) {
	for _, c := range reviewtest.All[*footage.Clip](r.Book) {
		if c.MediaTodo && c.ID > after && len(clips) < limit {
			clips = append(clips, *c)
		}
	}
	return clips, r.Fault
}

func (r *records) DerivativesOf(_ context.Context, clip string) (made []footage.Derivative, err error) {
	for _, d := range reviewtest.All[*footage.Derivative](r.Book) {
		if d.Clip == clip {
			made = append(made, *d)
		}
	}
	return made, nil
}

func (r *records) MediaDone(ctx context.Context, id string) error {
	c, err := r.Clip(ctx, id)
	c.MediaTodo = false
	r.Put(&c)
	return err
}

func (r *records) Claim(_ context.Context, task, owner string, _ time.Duration) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if have, taken := r.leases[task]; taken && have != owner {
		return false, nil
	}
	r.leases[task] = owner
	return true, nil
}

func (r *records) Release(_ context.Context, task, owner string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.leases, func(t, o string) bool { return t == task && o == owner })
	return nil
}

// house is a maker with everything it needs.
type house struct {
	t       *testing.T
	records *records
	maker   *media.Maker
	dir     string // of the vault
	key     map[string]vault.Key
}

func newHouse(t *testing.T) *house {
	t.Helper()
	needFFmpeg(t)
	h := newBareHouse(t)
	h.maker.FFmpeg = "ffmpeg"
	return h
}

// newBareHouse is one without ffmpeg.
func newBareHouse(t *testing.T) *house {
	t.Helper()
	clock := reviewtest.NewClock(time.Date(2026, 10, 3, 5, 0, 0, 0, time.UTC))
	dir := t.TempDir()
	store, err := disk.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := vault.NewKeyFile(filepath.Join(t.TempDir(), "institution.key"), reviewtest.NewRandom(2))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, dir: dir, key: map[string]vault.Key{}}
	h.records = &records{Book: reviewtest.NewBook(t, clock), leases: map[string]string{}}
	h.maker = &media.Maker{
		Book: h.records, Records: h.records, Vault: store, Keys: keys, Child: pool(t),
		FFmpeg: filepath.Join(t.TempDir(), "none"),
		Clock:  clock.Now, Rand: &lockedReader{r: reviewtest.NewRandom(3)}, Owner: "server-1",
	}
	return h
}

// role is the environment variable by which the test binary, started again,
// knows that it is to read tracks.
const role = "JIKIM_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(role) == "" {
		os.Exit(m.Run())
	}
	if err := child.Serve(os.Stdin, os.Stdout); err != nil {
		os.Exit(1)
	}
}

// pool reads files in a child, as the server does.
func pool(t *testing.T) *child.Pool {
	t.Helper()
	p := child.NewPool(func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{role + "=serve"}
		return cmd
	}, 1, 10*time.Second)
	t.Cleanup(p.Close)
	return p
}

type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

func needFFmpeg(t *testing.T) {
	t.Helper()
	for _, name := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
}

// checkIn seals a file's bytes and registers the clip as check-in does.
func (h *house) checkIn(id, kind string, content []byte, report map[string]any) footage.Clip {
	h.t.Helper()
	key, err := vault.NewKey(h.maker.Rand)
	if err != nil {
		h.t.Fatal(err)
	}
	flow, err := vault.Continue(h.t.Context(), h.maker.Vault, id, key, vault.Progress{}, h.maker.Rand, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	defer flow.Close()
	if _, err := flow.ReadFrom(bytes.NewReader(content)); err != nil {
		h.t.Fatal(err)
	}
	sealed, err := flow.Finish()
	if err != nil {
		h.t.Fatal(err)
	}
	wrapped, err := h.maker.Keys.Wrap(id, key)
	if err != nil {
		h.t.Fatal(err)
	}
	metadata, err := json.Marshal(report)
	if err != nil {
		h.t.Fatal(err)
	}
	clip := footage.Clip{
		ID: id, State: footage.Registered, FileName: "민원_" + id, Department: "civil", Kind: kind,
		Bytes: sealed.Bytes, SHA256: sealed.SHA256, Manifest: sealed.Manifest, Metadata: string(metadata),
		CheckedInAt: instant.Of(h.maker.Clock()), MediaTodo: true,
	}
	h.records.Put(&clip)
	h.records.PutKey(id, wrapped)
	h.key[id] = key
	return clip
}

// run makes one pass that must go well.
func (h *house) run() int {
	h.t.Helper()
	done, err := h.maker.Run(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return done
}

// derivative gives the record of a derivative; the zero one when there is none.
func (h *house) derivative(clip, kind string) footage.Derivative {
	h.t.Helper()
	d := footage.Derivative{ID: clip + "." + kind}
	_ = h.records.Find(h.t.Context(), &d) // not found: the zero record is the answer
	return d
}

// content opens a made derivative and gives its bytes.
func (h *house) content(d footage.Derivative) []byte {
	h.t.Helper()
	if d.State != footage.Made {
		h.t.Fatalf("%s is %q: %s", d.ID, d.State, d.Detail)
	}
	out, err := vault.Open(h.t.Context(), h.maker.Vault, d.ID, h.key[d.Clip], d.Manifest)
	if err != nil {
		h.t.Fatal(err)
	}
	defer out.Close()
	b, err := io.ReadAll(io.NewSectionReader(out, 0, out.Size()))
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// todo reports whether the clip still waits for its media.
func (h *house) todo(clip string) bool {
	h.t.Helper()
	c, err := h.records.Clip(h.t.Context(), clip)
	if err != nil {
		h.t.Fatal(err)
	}
	return c.MediaTodo
}

// blobs gives the names of everything in the vault.
func (h *house) blobs() string {
	h.t.Helper()
	var names []string
	err := h.maker.Vault.List(h.t.Context(), func(i vault.Item) error {
		name := i.Name
		if !i.Finished {
			name += "(unfinished)"
		}
		names = append(names, name)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.Join(names, " ")
}

// acts gives the acts of the ledger with what they are about.
func (h *house) acts() string {
	var acts []string
	for _, e := range h.records.Entries(h.t) {
		acts = append(acts, fmt.Sprint(e.Act, " ", e.Subject, " ", e.Facts["kind"]))
	}
	return strings.Join(acts, "; ")
}

var generated sync.Map // arguments → bytes, made once for all tests

// generate makes a file with ffmpeg: its name, then arguments.
func generate(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	asked := name + " " + strings.Join(args, " ")
	if b, ok := generated.Load(asked); ok {
		return bytes.Clone(b.([]byte))
	}
	path := filepath.Join(t.TempDir(), name)
	args = append([]string{"-v", "error", "-nostdin", "-y"}, append(args, path)...)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	generated.Store(asked, b)
	return bytes.Clone(b)
}

// film is arguments for so many seconds of moving picture and sound.
func film(size string, seconds int, codec ...string) []string {
	return append([]string{
		"-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=%s:r=25:d=%d", size, seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=d=%d", seconds), "-preset", "ultrafast",
	}, codec...)
}

// fake is a program that stands in for ffmpeg.
func fake(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fake-ffmpeg")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// filesWith gives the files under dir that have any of the words.
func filesWith(t *testing.T, dir string, words ...string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, w := range words {
			if bytes.Contains(b, []byte(w)) {
				found = append(found, path+": "+w)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
