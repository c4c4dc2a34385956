package child

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// corpus finds the folder of real footage beside the project.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("JIKIM_FOOTAGE")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "footage")
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.csv")); err == nil {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no footage corpus at %s: set JIKIM_FOOTAGE", dir)
	}
	t.Skip("no footage corpus beside the project; set JIKIM_FOOTAGE to run this test")
	return ""
}

// TestWholeCorpusThroughOneChild: one child reads every file, the hostile ones
// among them, and is still alive at the end.
func TestWholeCorpusThroughOneChild(t *testing.T) {
	dir := corpus(t)
	p := pool(t, "serve", 1, 5*time.Second)
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "reference") || strings.HasSuffix(path, ".md") || strings.HasSuffix(path, ".csv") {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		files++
		got, err := p.Read(t.Context(), f, info.Size(), filepath.Base(path))
		if err != nil {
			return err
		}
		for _, said := range got.Problems {
			if strings.Contains(said, "멈추었습니다") || strings.Contains(said, "너무 오래") {
				t.Errorf("%s: %s", path, said)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 60 {
		t.Errorf("only %d files in the corpus", files)
	}
	w := <-p.seats
	p.seats <- w
	if w == nil || w.files != files {
		t.Errorf("the child did not read all %d files", files)
	}
	if peak, known := peakMemory(w.cmd.Process.Pid); known && peak > 160<<20 {
		t.Errorf("the child's memory rose to %d MiB", peak>>20)
	} else {
		t.Logf("%d files, peak memory of the child %d MiB", files, peak>>20)
	}
}

// peakMemory is the highest resident memory of a process, in bytes.
func peakMemory(pid int) (int64, bool) {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n := int64(0)
			for _, c := range kb {
				if c >= '0' && c <= '9' {
					n = n*10 + int64(c-'0')
				}
			}
			return n << 10, true
		}
	}
	return 0, false
}
