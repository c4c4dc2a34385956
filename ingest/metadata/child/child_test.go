package child

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/ingest/metadata"
)

// role is the environment variable by which the test binary, started again by a
// test, knows what kind of child to be.
const role = "JIKIM_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "serve":
		if err := Serve(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
	case "hang":
		time.Sleep(time.Hour)
	case "die":
		os.Exit(3)
	case "babble":
		_, _ = os.Stdout.WriteString("this is not a frame, and it goes on and on")
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "overreach":
		_, _, _ = readFrame(os.Stdin, 1<<20, nil)
		_ = writeFrame(os.Stdout, frameRead, readBody(1<<40, 16))
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "half": // a fix, and then no more
		_, _, _ = readFrame(os.Stdin, 1<<20, nil)
		_ = writeFrame(os.Stdout, framePoints, []byte(`{"offset_s":1,"lat":37.5,"lon":126.7,"source":"srt"}`))
		os.Exit(3)
	case "nowhere":
		_, _, _ = readFrame(os.Stdin, 1<<20, nil)
		_ = writeFrame(os.Stdout, framePoints, []byte(`{"offset_s":1,"lat":137.5,"lon":126.7,"source":"srt"}`))
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "eat":
		eat()
	case "write":
		if confine() != nil || os.WriteFile(os.Getenv("JIKIM_TEST_FILE"), []byte("x"), 0o600) == nil {
			os.Exit(0)
		}
		os.Exit(7) // as it should be
	}
}

// eat asks for more memory than a child is granted and touches it.
func eat() {
	if confine() != nil {
		os.Exit(0)
	}
	var hoard [][]byte
	for range 64 {
		block := make([]byte, 32<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		hoard = append(hoard, block)
	}
	_ = writeFrame(os.Stdout, frameAnswer, []byte(`{"kind":"other","container":"other"}`))
	_ = hoard
}

func pool(t *testing.T, kind string, size int, limit time.Duration) *Pool {
	t.Helper()
	p := NewPool(func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{role + "=" + kind}
		return cmd
	}, size, limit)
	t.Cleanup(p.Close)
	return p
}

// jpeg is the smallest file with a size: SOI, SOF0 of 640 by 480, SOS.
const jpeg = "\xFF\xD8\xFF\xC0\x00\x0B\x08\x01\xE0\x02\x80\x01\x01\x11\x00\xFF\xDA\x00\x02"

func TestReadsAsInProcess(t *testing.T) {
	p := pool(t, "serve", 2, 10*time.Second)
	for name, content := range map[string]string{
		"20261003_140500.jpg": jpeg,
		"empty.mp4":           "",
		"zip.mp4":             "PK\x03\x04 and so on",
		"log.SRT":             "1\n00:00:00,000 --> 00:00:01,000\n2026-10-03 14:05:00.000\n[latitude: 37.5] [longitude: 126.7] [rel_alt: 1 abs_alt: 60]\n\n",
	} {
		r := strings.NewReader(content)
		got, err := p.Read(t.Context(), r, r.Size(), name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := metadata.Read(r, r.Size(), name)
		if diff := cmp.Diff(asJSON(t, want), asJSON(t, got)); diff != "" {
			t.Errorf("%s: in the child (+) otherwise than in process (-):\n%s", name, diff)
		}
	}
}

func TestOneChildServesManyFiles(t *testing.T) {
	started := 0
	p := NewPool(func() *exec.Cmd {
		started++
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{role + "=serve"}
		return cmd
	}, 1, 10*time.Second)
	defer p.Close()
	for range 50 {
		if _, err := p.Read(t.Context(), strings.NewReader(jpeg), int64(len(jpeg)), "a.jpg"); err != nil {
			t.Fatal(err)
		}
	}
	if started != 1 {
		t.Errorf("%d children for 50 files, want 1", started)
	}
}

func TestBadChildren(t *testing.T) {
	for _, c := range []struct{ kind, says string }{
		{"hang", "너무 오래"}, {"die", "멈추었습니다"}, {"babble", "멈추었습니다"}, {"overreach", "멈추었습니다"}, {"eat", "멈추었습니다"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			limit := 500 * time.Millisecond
			if c.kind == "eat" {
				limit = 20 * time.Second
			}
			p := pool(t, c.kind, 1, limit)
			got, err := p.Read(t.Context(), strings.NewReader(jpeg), int64(len(jpeg)), "20261003_140500.jpg")
			if err != nil {
				t.Fatalf("a file is no error of ours: %v", err)
			}
			if got.Kind != metadata.Photo || got.Container != "jpeg" || got.Bytes != int64(len(jpeg)) {
				t.Errorf("kind %s, container %s, %d bytes", got.Kind, got.Container, got.Bytes)
			}
			if len(got.Problems) != 1 || !strings.Contains(got.Problems[0], c.says) {
				t.Errorf("problems %q, want one that says %q", got.Problems, c.says)
			}
			if got.Time == nil || got.Time.Confidence != metadata.ByName {
				t.Errorf("time %+v, want what the name says", got.Time)
			}
		})
	}
}

func TestChildCannotWriteFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{role + "=write", "JIKIM_TEST_FILE=" + path}
	err := cmd.Run()
	var exit *exec.ExitError
	if err == nil || !errors.As(err, &exit) {
		t.Fatalf("the child wrote a file: %v", err)
	}
	if content, _ := os.ReadFile(path); len(content) > 0 {
		t.Errorf("%d bytes were written", len(content))
	}
}

func TestPoolRecoversAfterHang(t *testing.T) {
	first := true
	p := NewPool(func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{role + "=serve"}
		if first {
			cmd.Env = []string{role + "=hang"}
		}
		first = false
		return cmd
	}, 1, time.Second)
	defer p.Close()
	r := strings.NewReader(jpeg)
	if got, err := p.Read(t.Context(), r, r.Size(), "a.jpg"); err != nil || len(got.Problems) != 1 {
		t.Fatalf("hanging child: %v, %v", got.Problems, err)
	}
	got, err := p.Read(t.Context(), r, r.Size(), "b.jpg")
	if err != nil || len(got.Problems) != 0 || got.Width != 640 {
		t.Fatalf("after it: %+v, %v", got, err)
	}
}

func TestDeadChildIsTriedAgain(t *testing.T) {
	first := true
	p := NewPool(func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{role + "=serve"}
		if first {
			cmd.Env = []string{role + "=die"}
		}
		first = false
		return cmd
	}, 1, 10*time.Second)
	defer p.Close()
	r := strings.NewReader(jpeg)
	got, err := p.Read(t.Context(), r, r.Size(), "a.jpg")
	if err != nil || len(got.Problems) != 0 {
		t.Fatalf("%v, %v", got.Problems, err)
	}
}

// failing is a store that fails, slowly.
type failing struct{ wait time.Duration }

func (f failing) ReadAt([]byte, int64) (int, error) {
	time.Sleep(f.wait)
	return 0, errors.New("the disk is gone")
}

// slow is a store that takes its time and then answers.
type slow struct {
	*strings.Reader
	wait time.Duration
}

func (s slow) ReadAt(p []byte, off int64) (int, error) {
	time.Sleep(s.wait)
	return s.Reader.ReadAt(p, off)
}

func TestStoreFailureIsAnError(t *testing.T) {
	p := pool(t, "serve", 1, 10*time.Second)
	if _, err := p.Read(t.Context(), failing{}, 100, "a.mp4"); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Fatalf("%v, want the store's error", err)
	}
}

func TestSlowStoreIsNotTheFilesFault(t *testing.T) {
	p := pool(t, "serve", 1, 400*time.Millisecond)
	warm := strings.NewReader(jpeg)
	if _, err := p.Read(t.Context(), warm, warm.Size(), "a.jpg"); err != nil {
		t.Fatal(err)
	}
	r := slow{strings.NewReader(jpeg), 700 * time.Millisecond}
	got, err := p.Read(t.Context(), r, r.Size(), "a.jpg")
	if err != nil || len(got.Problems) > 0 {
		t.Fatalf("%v, %v", got.Problems, err)
	}
}

func TestCancelled(t *testing.T) {
	p := pool(t, "hang", 1, time.Minute)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := p.Read(ctx, strings.NewReader(jpeg), int64(len(jpeg)), "a.jpg"); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v, want the deadline", err)
	}
}

func TestClosedPool(t *testing.T) {
	p := pool(t, "serve", 1, time.Second)
	p.Close()
	if _, err := p.Read(t.Context(), strings.NewReader(jpeg), int64(len(jpeg)), "a.jpg"); !errors.Is(err, ErrClosed) {
		t.Fatalf("%v, want ErrClosed", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	p := pool(t, "serve", 2, 10*time.Second)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			got, err := p.Read(t.Context(), strings.NewReader(jpeg), int64(len(jpeg)), "a.jpg")
			if err != nil || got.Width != 640 || got.Height != 480 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	wg.Wait()
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte("F\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, p []byte) {
		kind, body, err := readFrame(bytes.NewReader(p), 1<<10, nil)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := writeFrame(&out, kind, body); err != nil || !bytes.Equal(out.Bytes(), p[:out.Len()]) {
			t.Fatalf("%q becomes %q, %v", p, out.Bytes(), err)
		}
	})
}

func BenchmarkPhotoThroughChild(b *testing.B) {
	p := NewPool(func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{role + "=serve"}
		return cmd
	}, 1, 10*time.Second)
	defer p.Close()
	photo := jpeg + strings.Repeat("x", 4<<20)
	for b.Loop() {
		if _, err := p.Read(b.Context(), strings.NewReader(photo), int64(len(photo)), "a.jpg"); err != nil {
			b.Fatal(err)
		}
	}
}

func asJSON(t *testing.T, r metadata.Report) string {
	t.Helper()
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
