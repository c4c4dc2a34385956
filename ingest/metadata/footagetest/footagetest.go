// Package footagetest finds the folder of real footage that tests read in
// place. It stands beside the project, or where JIKIM_FOOTAGE points; nothing of
// it is part of the project.
package footagetest

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Dir gives the folder of real footage. CI must have it; elsewhere its absence
// skips the test.
func Dir(t testing.TB) string {
	t.Helper()
	dir, there := find(t)
	if there {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no footage at %s: set JIKIM_FOOTAGE", dir)
	}
	t.Skip("no footage beside the project; set JIKIM_FOOTAGE to run this test")
	return ""
}

func find(t testing.TB) (dir string, there bool) {
	t.Helper()
	dir = os.Getenv("JIKIM_FOOTAGE")
	if dir == "" {
		dir = filepath.Join(moduleRoot(t), "..", "shared", "footage")
	}
	_, err := os.Stat(filepath.Join(dir, "manifest.csv"))
	return dir, err == nil
}

func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}

// seedSize is how much of a file becomes a seed: the fuzzer is quicker with
// small ones, and what a reader looks at first stands at the beginning.
const seedSize = 16 << 10

// Seeds gives the beginnings of the files that match the patterns, relative to
// the folder, to a fuzz target; none where there is no folder.
func Seeds(f *testing.F, patterns ...string) [][]byte {
	f.Helper()
	dir, there := find(f)
	if !there {
		return nil
	}
	var seeds [][]byte
	for _, pattern := range patterns {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(paths) == 0 {
			f.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			seeds = append(seeds, head(f, path))
		}
	}
	return seeds
}

func head(f *testing.F, path string) []byte {
	f.Helper()
	file, err := os.Open(path)
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	p, err := io.ReadAll(io.LimitReader(file, seedSize))
	if err != nil {
		f.Fatal(err)
	}
	return p
}
