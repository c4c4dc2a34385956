// Package vaulttest is the suite that every vault.Store must pass, and the
// tests of sealing over that store. A new store is a test file of a few lines
// that calls Run.
package vaulttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"jikim/footage/vault"
)

// Hooks tell the suite what a store cannot do for itself. The zero Hooks run
// everything at full size.
type Hooks struct {
	// Checks is how many random histories the property test plays; 0 means 60.
	Checks int
}

// Run tests the store that open gives. open must give a store that is empty
// each time; what it leaves behind is open's to clean up.
func Run(t *testing.T, open func(t *testing.T) vault.Store, hooks Hooks) {
	if hooks.Checks == 0 {
		hooks.Checks = 60
	}
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s vault.Store)
	}{
		{"append", testAppend},
		{"empty", testEmpty},
		{"sizes", testSizes},
		{"names", testNames},
		{"many syncs", testManySyncs},
		{"resume at every mark", testResumeEveryMark},
		{"resume discards unsynced bytes", testResumeDiscards},
		{"resume of what is lost", testResumeLost},
		{"finished is final", testFinishedIsFinal},
		{"finish again", testFinishAgain},
		{"a new beginning discards the old", testNewBeginning},
		{"unfinished is unreadable", testUnfinishedUnreadable},
		{"read ranges", testRanges},
		{"concurrent readers", testConcurrentReaders},
		{"concurrent blobs", testConcurrentBlobs},
		{"destroy", testDestroy},
		{"list", testList},
		{"cancelled", testCancelled},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
	t.Run("random histories", func(t *testing.T) { testHistories(t, open(t), hooks.Checks) })
	t.Run("sealing", func(t *testing.T) { runSealing(t, open) })
}

// bytesOf gives n bytes that differ from seed to seed and from place to place.
func bytesOf(seed uint64, n int) []byte {
	b := make([]byte, n)
	src := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), 7})
	_, _ = src.Read(b) // never fails
	return b
}

func resume(t testing.TB, s vault.Store, name string, m vault.Mark) vault.Writer {
	t.Helper()
	w, err := s.Resume(context.Background(), name, m)
	if err != nil {
		t.Fatalf("Resume(%s at %d): %v", name, m.Size, err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func write(t testing.TB, w io.Writer, b []byte) {
	t.Helper()
	if n, err := w.Write(b); err != nil || n != len(b) {
		t.Fatalf("Write of %d bytes: %d, %v", len(b), n, err)
	}
}

func sync(t testing.TB, w vault.Writer, size int) vault.Mark {
	t.Helper()
	m, err := w.Sync(context.Background())
	if err != nil {
		t.Fatalf("Sync: %v", err)
	}
	if m.Size != int64(size) {
		t.Fatalf("Sync: mark says %d bytes, %d were written", m.Size, size)
	}
	return m
}

func finish(t testing.TB, w vault.Writer) {
	t.Helper()
	if err := w.Finish(context.Background()); err != nil {
		t.Fatalf("Finish: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatalf("Close after Finish: %v", err)
	}
}

// put stores a finished blob.
func put(t testing.TB, s vault.Store, name string, b []byte) {
	t.Helper()
	w := resume(t, s, name, vault.Mark{})
	write(t, w, b)
	sync(t, w, len(b))
	finish(t, w)
}

// get reads a finished blob whole.
func get(t testing.TB, s vault.Store, name string) []byte {
	t.Helper()
	blob, err := s.Open(context.Background(), name)
	if err != nil {
		t.Fatalf("Open(%s): %v", name, err)
	}
	defer blob.Close()
	b, err := io.ReadAll(io.NewSectionReader(blob, 0, blob.Size()))
	if err != nil {
		t.Fatalf("reading %s: %v", name, err)
	}
	if int64(len(b)) != blob.Size() {
		t.Fatalf("%s: read %d bytes of %d", name, len(b), blob.Size())
	}
	return b
}

func mustEqual(t failer, name string, have, want []byte) {
	t.Helper()
	if bytes.Equal(have, want) {
		return
	}
	if len(have) != len(want) {
		t.Fatalf("%s holds %d bytes, want %d", name, len(have), len(want))
	}
	for i := range have {
		if have[i] != want[i] {
			t.Fatalf("%s differs at byte %d of %d", name, i, len(want))
		}
	}
}

func mustBe(t failer, doing string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: %v, want %v", doing, err, want)
	}
}

// items lists the store; listing a blob twice is an error.
func items(t testing.TB, s vault.Store) map[string]vault.Item {
	t.Helper()
	all := map[string]vault.Item{}
	err := s.List(context.Background(), func(i vault.Item) error {
		if _, twice := all[i.Name]; twice {
			return fmt.Errorf("%s is listed twice", i.Name)
		}
		all[i.Name] = i
		return nil
	})
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	return all
}

// failer is what testing.T and rapid.T have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}
