package main

import (
	"os"
	"path/filepath"
	"testing"
)

// corpus finds the folder of real footage beside the project. CI must have it;
// elsewhere its absence skips the test.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("JIKIM_FOOTAGE")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "footage")
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
