package vaulttest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"jikim/footage/vault"
)

const mib = 1 << 20

func testAppend(t *testing.T, s vault.Store) {
	want := bytesOf(1, 300_000)
	w := resume(t, s, "clip", vault.Mark{})
	write(t, w, want[:1])
	write(t, w, want[1:70_000])
	m := sync(t, w, 70_000)
	write(t, w, want[70_000:200_000])
	m2 := sync(t, w, 200_000)
	if m2.Size == m.Size {
		t.Fatal("two marks of different runs are the same")
	}
	write(t, w, want[200_000:])
	sync(t, w, len(want))
	finish(t, w)
	mustEqual(t, "clip", get(t, s, "clip"), want)
}

func testEmpty(t *testing.T, s vault.Store) {
	w := resume(t, s, "nothing", vault.Mark{})
	m := sync(t, w, 0)
	finish(t, w)
	mustEqual(t, "nothing", get(t, s, "nothing"), nil)
	finish(t, resume(t, s, "nothing", m))

	finish(t, resume(t, s, "unsynced", vault.Mark{}))
	mustEqual(t, "unsynced", get(t, s, "unsynced"), nil)
}

func testSizes(t *testing.T, s vault.Store) {
	for _, n := range []int{1, 65535, 65536, 65537, 5*mib - 1, 5 * mib, 6*mib - 1, 6 * mib, 6*mib + 1, 8*mib - 1, 8 * mib, 8*mib + 1, 18 * mib, 70 * mib} {
		name := fmt.Sprintf("size-%d", n)
		want := bytesOf(uint64(n), n)
		w := resume(t, s, name, vault.Mark{})
		for rest := want; len(rest) > 0; {
			k := min(len(rest), 1_000_003)
			write(t, w, rest[:k])
			rest = rest[k:]
		}
		finish(t, w)
		mustEqual(t, name, get(t, s, name), want)
		if err := s.Destroy(context.Background(), name); err != nil {
			t.Fatalf("Destroy: %v", err)
		}
	}
}

func testNames(t *testing.T, s vault.Store) {
	good := []string{"a", "0", "_", "-", "a.b", "a..b", "-a", "a.tail-1", strings.Repeat("x", 200), "0193b5e2-7c1f-7000-8000-00000000000a.poster"}
	for i, name := range good {
		put(t, s, name, bytesOf(uint64(i), 100+i))
	}
	for i, name := range good {
		mustEqual(t, name, get(t, s, name), bytesOf(uint64(i), 100+i))
	}
	ctx := context.Background()
	for _, name := range []string{"", ".", "..", ".a", "a/b", "../a", "A", "a b", "한글", "a\x00", "a\\b", strings.Repeat("x", 201)} {
		if w, err := s.Resume(ctx, name, vault.Mark{}); err == nil {
			w.Close()
			t.Errorf("Resume(%q) took a bad name", name)
		}
		if b, err := s.Open(ctx, name); err == nil {
			b.Close()
			t.Errorf("Open(%q) took a bad name", name)
		}
		if err := s.Destroy(ctx, name); err == nil {
			t.Errorf("Destroy(%q) took a bad name", name)
		}
	}
	if n := len(items(t, s)); n != len(good) {
		t.Errorf("%d blobs are listed, want %d", n, len(good))
	}
}

func testManySyncs(t *testing.T, s vault.Store) {
	want := bytesOf(3, 60*997)
	w := resume(t, s, "clip", vault.Mark{})
	for i := range 60 {
		write(t, w, want[i*997:(i+1)*997])
		m := sync(t, w, (i+1)*997)
		if i%7 == 3 { // now and then another run goes on
			w = resume(t, s, "clip", m)
		}
	}
	finish(t, w)
	mustEqual(t, "clip", get(t, s, "clip"), want)
}

// testResumeEveryMark drops writers without Close and goes on from each mark
// that was ever returned, the oldest last.
func testResumeEveryMark(t *testing.T, s vault.Store) {
	cuts := []int{1000, 1001, 3 * mib, 6*mib + 17, 13 * mib, 13*mib + 1}
	want := bytesOf(4, 14*mib)
	for k := len(cuts) - 1; k >= 0; k-- {
		name := fmt.Sprintf("clip-%d", k)
		w := resume(t, s, name, vault.Mark{})
		var marks []vault.Mark
		at := 0
		for _, cut := range cuts {
			write(t, w, want[at:cut])
			marks = append(marks, sync(t, w, cut))
			at = cut
		}
		write(t, w, bytesOf(99, 200_000)) // never synced
		w = resume(t, s, name, marks[k])
		write(t, w, want[cuts[k]:])
		sync(t, w, len(want))
		finish(t, w)
		mustEqual(t, name, get(t, s, name), want)
	}
}

func testResumeDiscards(t *testing.T, s vault.Store) {
	want := bytesOf(5, 9*mib)
	w := resume(t, s, "clip", vault.Mark{})
	write(t, w, want[:500_000])
	m := sync(t, w, 500_000)
	write(t, w, bytesOf(6, 20*mib)) // other bytes, some of them surely on their way
	if err := w.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	w = resume(t, s, "clip", m)
	write(t, w, want[500_000:])
	m = sync(t, w, len(want))
	w = resume(t, s, "clip", m)
	finish(t, w)
	mustEqual(t, "clip", get(t, s, "clip"), want)
}

func testResumeLost(t *testing.T, s vault.Store) {
	ctx := context.Background()
	w := resume(t, s, "clip", vault.Mark{})
	write(t, w, bytesOf(7, 7*mib))
	m := sync(t, w, 7*mib)
	if err := w.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if err := s.Destroy(ctx, "clip"); err != nil {
		t.Fatalf("Destroy: %v", err)
	}
	if _, err := s.Resume(ctx, "clip", m); err == nil {
		t.Fatal("a destroyed blob was resumed")
	}
}

func testFinishedIsFinal(t *testing.T, s vault.Store) {
	ctx := context.Background()
	want := bytesOf(8, 7*mib)
	w := resume(t, s, "clip", vault.Mark{})
	write(t, w, want[:mib])
	early := sync(t, w, mib)
	write(t, w, want[mib:])
	late := sync(t, w, len(want))
	finish(t, w)

	_, err := s.Resume(ctx, "clip", early)
	mustBe(t, "resuming a finished blob at an early mark", err, vault.ErrFinished)
	_, err = s.Resume(ctx, "clip", vault.Mark{})
	mustBe(t, "beginning a finished blob anew", err, vault.ErrFinished)
	w = resume(t, s, "clip", late)
	if _, err := w.Write([]byte("more")); !errors.Is(err, vault.ErrFinished) {
		t.Fatalf("writing to a finished blob: %v", err)
	}
	mustEqual(t, "clip", get(t, s, "clip"), want)
}

func testFinishAgain(t *testing.T, s vault.Store) {
	for _, n := range []int{10, 5 * mib, 6 * mib, 15 * mib} {
		name := fmt.Sprintf("clip-%d", n)
		want := bytesOf(9, n)
		w := resume(t, s, name, vault.Mark{})
		write(t, w, want)
		m := sync(t, w, n)
		if err := w.Finish(context.Background()); err != nil {
			t.Fatalf("Finish: %v", err)
		}
		for range 2 { // the caller did not learn of it
			again := resume(t, s, name, m)
			if have := sync(t, again, n); have.Size != m.Size {
				t.Fatalf("mark of a finished blob: %d", have.Size)
			}
			finish(t, again)
		}
		mustEqual(t, name, get(t, s, name), want)
	}
}

func testNewBeginning(t *testing.T, s vault.Store) {
	for _, n := range []int{1000, 13 * mib} {
		name := fmt.Sprintf("clip-%d", n)
		w := resume(t, s, name, vault.Mark{})
		write(t, w, bytesOf(10, n))
		sync(t, w, n)
		want := bytesOf(11, n/2)
		put(t, s, name, want)
		mustEqual(t, name, get(t, s, name), want)
	}
}
