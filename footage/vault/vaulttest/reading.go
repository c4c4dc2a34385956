package vaulttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	stdsync "sync"
	"testing"

	"jikim/footage/vault"
)

func testUnfinishedUnreadable(t *testing.T, s vault.Store) {
	ctx := context.Background()
	_, err := s.Open(ctx, "clip")
	mustBe(t, "opening what is not there", err, vault.ErrNotFound)
	w := resume(t, s, "clip", vault.Mark{})
	write(t, w, bytesOf(1, 13*mib))
	_, err = s.Open(ctx, "clip")
	mustBe(t, "opening an unfinished blob", err, vault.ErrNotFound)
	sync(t, w, 13*mib)
	_, err = s.Open(ctx, "clip")
	mustBe(t, "opening a synced blob", err, vault.ErrNotFound)
	finish(t, w)
	get(t, s, "clip")
}

func testRanges(t *testing.T, s vault.Store) {
	want := bytesOf(2, 7*mib+5)
	put(t, s, "clip", want)
	blob, err := s.Open(context.Background(), "clip")
	if err != nil {
		t.Fatal(err)
	}
	defer blob.Close()
	size := len(want)
	for _, r := range []struct{ off, n int }{
		{0, 0}, {0, 1}, {0, size}, {1, 65536}, {65535, 2}, {6*mib - 1, 2}, {size - 1, 1}, {size - 10, 10}, {size - 10, 11}, {size, 1}, {size + 1, 1}, {2 * mib, 4 * mib},
	} {
		p := make([]byte, r.n)
		n, err := blob.ReadAt(p, int64(r.off))
		have := max(0, min(r.n, size-r.off))
		if n != have {
			t.Fatalf("ReadAt(%d bytes at %d): %d bytes, want %d (%v)", r.n, r.off, n, have, err)
		}
		if have < r.n && err != io.EOF || have == r.n && err != nil && err != io.EOF {
			t.Fatalf("ReadAt(%d bytes at %d): %v", r.n, r.off, err)
		}
		if have > 0 {
			mustEqual(t, fmt.Sprintf("range %d+%d", r.off, r.n), p[:n], want[r.off:r.off+n])
		}
	}
}

func testConcurrentReaders(t *testing.T, s vault.Store) {
	want := bytesOf(3, 3*mib)
	put(t, s, "clip", want)
	blob, err := s.Open(context.Background(), "clip")
	if err != nil {
		t.Fatal(err)
	}
	defer blob.Close()
	var wg stdsync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 1))
			for range 20 {
				off, n := r.IntN(len(want)), 1+r.IntN(200_000)
				n = min(n, len(want)-off)
				p := make([]byte, n)
				if k, err := blob.ReadAt(p, int64(off)); k != n || string(p) != string(want[off:off+n]) {
					t.Errorf("reader %d: %d of %d bytes at %d: %v", g, k, n, off, err)
				}
			}
		})
	}
	wg.Wait()
}

func testConcurrentBlobs(t *testing.T, s vault.Store) {
	var wg stdsync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			name := fmt.Sprintf("clip-%d", g)
			want := bytesOf(uint64(g), 7*mib+g)
			if err := putQuietly(s, name, want); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	wg.Wait()
	for g := range 6 {
		name := fmt.Sprintf("clip-%d", g)
		mustEqual(t, name, get(t, s, name), bytesOf(uint64(g), 7*mib+g))
	}
}

// putQuietly is put for goroutines, which may not end a test.
func putQuietly(s vault.Store, name string, b []byte) error {
	ctx := context.Background()
	w, err := s.Resume(ctx, name, vault.Mark{})
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := w.Write(b); err != nil {
		return err
	}
	if _, err := w.Sync(ctx); err != nil {
		return err
	}
	return w.Finish(ctx)
}

func testDestroy(t *testing.T, s vault.Store) {
	ctx := context.Background()
	put(t, s, "finished", bytesOf(1, 7*mib))
	put(t, s, "finished.poster", bytesOf(2, 100)) // its name begins alike
	unfinished := resume(t, s, "unfinished", vault.Mark{})
	write(t, unfinished, bytesOf(3, 14*mib))
	m := sync(t, unfinished, 14*mib)
	small := resume(t, s, "small", vault.Mark{})
	write(t, small, bytesOf(4, 10))
	sync(t, small, 10)

	blob, err := s.Open(ctx, "finished")
	if err != nil {
		t.Fatal(err)
	}
	defer blob.Close()
	for _, name := range []string{"finished", "unfinished", "small", "never-was", "finished"} {
		if err := s.Destroy(ctx, name); err != nil {
			t.Fatalf("Destroy(%s): %v", name, err)
		}
	}
	_, err = s.Open(ctx, "finished")
	mustBe(t, "opening a destroyed blob", err, vault.ErrNotFound)
	_, err = blob.ReadAt(make([]byte, 100), 0)
	mustBe(t, "reading on in a destroyed blob", err, vault.ErrNotFound)
	if _, err := s.Resume(ctx, "unfinished", m); err == nil {
		t.Fatal("a destroyed blob was resumed")
	}
	if err := unfinished.Finish(ctx); err == nil {
		t.Fatal("a destroyed blob was finished by the writer that was still open")
	}
	all := items(t, s)
	if len(all) != 1 || !all["finished.poster"].Finished {
		t.Fatalf("left after destroying: %v", all)
	}
	mustEqual(t, "finished.poster", get(t, s, "finished.poster"), bytesOf(2, 100))
	put(t, s, "finished", bytesOf(5, 50)) // the name is free again
	mustEqual(t, "finished", get(t, s, "finished"), bytesOf(5, 50))
}

func testList(t *testing.T, s vault.Store) {
	if n := len(items(t, s)); n != 0 {
		t.Fatalf("an empty store lists %d blobs", n)
	}
	put(t, s, "finished", bytesOf(1, 12_345))
	put(t, s, "empty", nil)
	put(t, s, "large", bytesOf(1, 13*mib))
	for name, n := range map[string]int{"small": 10, "long": 14 * mib} {
		w := resume(t, s, name, vault.Mark{})
		write(t, w, bytesOf(2, n))
		sync(t, w, n)
	}
	all := items(t, s)
	if len(all) != 5 {
		t.Fatalf("listed: %v", all)
	}
	for name, size := range map[string]int64{"finished": 12_345, "empty": 0, "large": 13 * mib} {
		if i := all[name]; !i.Finished || i.Size != size {
			t.Errorf("%s is listed as %+v", name, i)
		}
	}
	for _, name := range []string{"small", "long"} {
		if i := all[name]; i.Finished || i.Name != name || i.Size <= 0 {
			t.Errorf("%s is listed as %+v", name, i)
		}
	}
	stop := errors.New("enough")
	err := s.List(context.Background(), func(vault.Item) error { return stop })
	mustBe(t, "a visit that stops", err, stop)
}

func testCancelled(t *testing.T, s vault.Store) {
	put(t, s, "clip", bytesOf(1, 1000))
	ctx, cancel := context.WithCancel(context.Background())
	w, err := s.Resume(ctx, "other", vault.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	blob, err := s.Open(ctx, "clip")
	if err != nil {
		t.Fatal(err)
	}
	defer blob.Close()
	cancel()
	_, err = s.Resume(ctx, "third", vault.Mark{})
	mustBe(t, "Resume", err, context.Canceled)
	_, err = s.Open(ctx, "clip")
	mustBe(t, "Open", err, context.Canceled)
	mustBe(t, "Destroy", s.Destroy(ctx, "clip"), context.Canceled)
	mustBe(t, "List", s.List(ctx, func(vault.Item) error { return nil }), context.Canceled)
	_, err = blob.ReadAt(make([]byte, 10), 0)
	mustBe(t, "ReadAt", err, context.Canceled)
	_, err = w.Sync(ctx)
	mustBe(t, "Sync", err, context.Canceled)
	mustBe(t, "Finish", w.Finish(ctx), context.Canceled)
	mustEqual(t, "clip", get(t, s, "clip"), bytesOf(1, 1000))
}
