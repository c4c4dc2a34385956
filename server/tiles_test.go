package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBrokenTiles: a ground map that no browser could show is said at the
// start, with the file's name, and nothing is served.
func TestBrokenTiles(t *testing.T) {
	t.Parallel()
	p := oneMachine().make(t)
	p.configure(t, "map: hanbit.pmtiles")
	refuses := func(says string) {
		t.Helper()
		status, out, errs := p.run("serve", "--addr", "127.0.0.1:0")
		if status != exitFailed || out != "" || !strings.Contains(errs, says) || !strings.Contains(errs, "hanbit.pmtiles") {
			t.Errorf("status %d, %s%s", status, out, errs)
		}
	}
	refuses("설정의 map을 확인해 주세요")
	if err := os.WriteFile(filepath.Join(p.data, "hanbit.pmtiles"), []byte("no map"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuses("PMTiles 파일이 아닙니다")
}
