package child

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/footagetest"
)

// flight is a log of n entries, some of them without a fix.
func flight(n int) *strings.Reader {
	var b strings.Builder
	for i := range n {
		lat := 37.5 + float64(i)*1e-5
		if i%10 == 0 {
			lat = 0
		}
		fmt.Fprintf(&b, "%d\n%02d:%02d:%02d,000 --> 09:59:59,999\n2026-10-03 14:05:00.125\n[latitude: %f] [longitude: %f] [rel_alt: 0.400 abs_alt: 69.099]\n\n",
			i+1, i/3600, i/60%60, i%60, lat, 126.7*min(lat, 1))
	}
	return strings.NewReader(b.String())
}

func collect(fixes *[]metadata.Fix) func(metadata.Fix) error {
	return func(f metadata.Fix) error {
		*fixes = append(*fixes, f)
		return nil
	}
}

func TestTrackAsInProcess(t *testing.T) {
	p := pool(t, "serve", 1, 10*time.Second)
	r := flight(2000)
	var want, got []metadata.Fix
	wantPath, err := metadata.ReadTrack(r, r.Size(), "DJI_0001.SRT", collect(&want))
	if err != nil {
		t.Fatal(err)
	}
	path, err := p.Track(t.Context(), r, r.Size(), "DJI_0001.SRT", collect(&got))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 1800 {
		t.Errorf("%d fixes, in the child (+) otherwise than in process (-):\n%s", len(got), diff)
	}
	if diff := cmp.Diff(wantPath, path); diff != "" {
		t.Errorf("path, in the child (+) otherwise than in process (-):\n%s", diff)
	}
	if report, err := p.Read(t.Context(), r, r.Size(), "DJI_0001.SRT"); err != nil || report.Track == nil || report.Track.Points != 1800 {
		t.Errorf("a report by the same child: %+v, %v", report, err)
	}
}

func TestFileWithoutTrack(t *testing.T) {
	p := pool(t, "serve", 1, 10*time.Second)
	r := strings.NewReader(jpeg)
	path, err := p.Track(t.Context(), r, r.Size(), "a.jpg", func(metadata.Fix) error { return errors.New("a fix") })
	if err != nil || path.Points != 0 || path.Source != "" {
		t.Errorf("%+v, %v", path, err)
	}
}

func TestVisitorEndsTheTrack(t *testing.T) {
	p := pool(t, "serve", 1, 10*time.Second)
	full := errors.New("the disk is full")
	r := flight(2000)
	if _, err := p.Track(t.Context(), r, r.Size(), "a.SRT", func(metadata.Fix) error { return full }); !errors.Is(err, full) {
		t.Fatalf("%v, want the visitor's error", err)
	}
	if report, err := p.Read(t.Context(), strings.NewReader(jpeg), int64(len(jpeg)), "a.jpg"); err != nil || report.Width != 640 {
		t.Errorf("the pool after it: %+v, %v", report, err)
	}
}

func TestTrackOfBadChildren(t *testing.T) {
	for _, c := range []struct {
		kind, says string
		points     int
	}{
		{"hang", "너무 오래", 0},
		{"die", "멈추었습니다", 0},
		{"babble", "멈추었습니다", 0},
		{"half", "멈추었습니다", 1},
		{"nowhere", "멈추었습니다", 0},
	} {
		t.Run(c.kind, func(t *testing.T) {
			p := pool(t, c.kind, 1, 500*time.Millisecond)
			r := flight(10)
			points := 0
			path, err := p.Track(t.Context(), r, r.Size(), "a.SRT", func(metadata.Fix) error {
				points++
				return nil
			})
			if err != nil {
				t.Fatalf("a file is no error of ours: %v", err)
			}
			if points != c.points || path.Points != c.points || !path.Cut || len(path.Problems) != 1 || !strings.Contains(path.Problems[0], c.says) {
				t.Errorf("%d points, %+v", points, path)
			}
		})
	}
}

func TestStoreFailureUnderATrack(t *testing.T) {
	p := pool(t, "serve", 1, 10*time.Second)
	if _, err := p.Track(t.Context(), failing{}, 100, "a.mp4", func(metadata.Fix) error { return nil }); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Fatalf("%v, want the store's error", err)
	}
}

// TestTracksOfTheCorpusThroughOneChild: one child reads the track of every file,
// the hostile ones among them, and is still alive at the end.
func TestTracksOfTheCorpusThroughOneChild(t *testing.T) {
	dir := footagetest.Dir(t)
	started := 0
	p := NewPool(func() *exec.Cmd {
		started++
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{role + "=serve"}
		return cmd
	}, 1, 5*time.Second)
	defer p.Close()
	for _, folder := range []string{"malformed", "telemetry/*", "video/*", "photos/*"} {
		files, err := filepath.Glob(filepath.Join(dir, folder, "*.*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(files), err)
		}
		for _, path := range files {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.Track(t.Context(), f, info.Size(), info.Name(), func(metadata.Fix) error { return nil })
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			_ = f.Close()
		}
	}
	if started != 1 {
		t.Errorf("%d children, want 1", started)
	}
}

func FuzzFixes(f *testing.F) {
	f.Add([]byte(`{"offset_s":1,"lat":37.5,"lon":126.7,"source":"srt"}`))
	f.Add([]byte(`{"offset_s":1e300,"lat":1e300,"lon":null,"utc":"9999-12-31T23:59:59Z"}{}`))
	f.Fuzz(func(t *testing.T, p []byte) {
		_ = eachFix(p, func(fix metadata.Fix) error {
			if !fix.Point().Valid() {
				t.Fatalf("%+v", fix)
			}
			return nil
		})
	})
}
