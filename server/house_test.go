package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHalfRestored: where a restore was broken off nothing is served, swept or
// made anew; it is to be finished first.
func TestHalfRestored(t *testing.T) {
	t.Parallel()
	p := oneMachine().make(t)
	if err := os.WriteFile(filepath.Join(p.data, restoringMark), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"serve --addr 127.0.0.1:0", "sweep", "keys show", "account list", "backup " + t.TempDir()} {
		if status, out, errs := p.run(strings.Fields(words)...); status != exitFailed || out != "" || !strings.Contains(errs, "jikim restore") {
			t.Errorf("%s: status %d, %s%s", words, status, out, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(p.data, "keys")); err == nil {
		t.Error("keys were made")
	}
}
