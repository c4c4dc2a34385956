package disk

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"jikim/footage/vault"
)

// A full or broken disk cannot be had in a test without being root; what the
// system says of one can.
func TestWrap(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[error]error{
		syscall.ENOSPC:    vault.ErrFull,
		syscall.EDQUOT:    vault.ErrFull,
		syscall.ESTALE:    vault.ErrAway,
		syscall.ENOENT:    vault.ErrNotFound,
		syscall.EIO:       syscall.EIO,
		syscall.ETIMEDOUT: vault.ErrAway,
	} {
		err := s.wrap("writing", &os.PathError{Op: "write", Path: "x", Err: from})
		if !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", from, err, want)
		}
		for _, other := range []error{vault.ErrFull, vault.ErrAway, vault.ErrNotFound, vault.ErrCorrupt} {
			if other != want && errors.Is(err, other) {
				t.Errorf("%v is also %v", from, other)
			}
		}
	}
	if err := s.wrap("writing", nil); err != nil {
		t.Error(err)
	}
}

// After a failed write the writer is of no more use: only what was synced counts.
func TestBrokenWriter(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Resume(t.Context(), "clip", vault.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.(*writer).f.Close(); err != nil { // the next write fails
		t.Fatal(err)
	}
	for range 2 {
		if _, err := w.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
			t.Fatalf("Write: %v", err)
		}
	}
	if _, err := w.Sync(t.Context()); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("Sync: %v", err)
	}
	if err := w.Finish(t.Context()); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("Finish: %v", err)
	}
	if _, err := os.Stat(s.finishedPath("clip")); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(fmt.Errorf("a broken run finished its blob: %w", err))
	}
}
