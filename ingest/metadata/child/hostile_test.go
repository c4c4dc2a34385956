package child

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"jikim/ingest/metadata/footagetest"
)

// TestWholeCorpusThroughOneChild: one child reads every file, the hostile ones
// among them, and is still alive at the end.
func TestWholeCorpusThroughOneChild(t *testing.T) {
	dir := footagetest.Dir(t)
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
	if peak, known := peakMemory(w.cmd.Process.Pid); known && peak > 130<<20 {
		t.Errorf("the child's memory rose to %d MiB", peak>>20)
	} else {
		t.Logf("%d files, peak memory of the child %d MiB", files, peak>>20)
	}
}

// TestLongFlightLog: a log of an hour stays within the child's
// memory and time.
func TestLongFlightLog(t *testing.T) {
	if testing.Short() {
		t.Skip("builds 30 MB")
	}
	var b strings.Builder
	for i := 1; b.Len() < 30<<20; i++ {
		ms := i * 16
		fmt.Fprintf(&b, "%d\n%02d:%02d:%02d,%03d --> 09:59:59,999\n<font size=\"28\">FrameCnt: %d, DiffTime: 16ms\n2026-10-03 14:05:00.125\n"+
			"[iso: 480] [shutter: 1/100.0] [fnum: 2.2] [ev: 0.3] [ct: 4708] [color_md: default] [ae_meter_md: 0] "+
			"[latitude: 37.5] [longitude: 126.7] [rel_alt: 0.400 abs_alt: 69.099]</font>\n\n",
			i, ms/3600000, ms/60000%60, ms/1000%60, ms%1000, i)
	}
	p := pool(t, "serve", 1, time.Minute)
	r := strings.NewReader(b.String())
	got, err := p.Read(t.Context(), r, r.Size(), "DJI_0001.SRT")
	if err != nil || len(got.Problems) > 0 || got.Track == nil || got.Track.Points < 50_000 {
		t.Fatalf("%+v, %q, %v", got.Track, got.Problems, err)
	}
	w := <-p.seats
	p.seats <- w
	peak, _ := peakMemory(w.cmd.Process.Pid)
	t.Logf("%d points, peak memory %d MiB", got.Track.Points, peak>>20)
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
