package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices/instant"
	"jikim/footage/ledger"
)

var start = time.Date(2026, 10, 3, 5, 5, 0, 123e6, time.UTC)

// Run holds a place to everything the ledger asks of it. open gives a new,
// empty place that ends with its test.
func Run(t *testing.T, open func(t *testing.T) Place) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, Place)
	}{
		{"empty", testEmpty},
		{"exact", testExact},
		{"batches", testBatches},
		{"roll back", testRollBack},
		{"at once", testAtOnce},
		{"proofs", testProofs},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open(t)) })
	}
	t.Run("tamper", func(t *testing.T) { testTamper(t, open(t)) })
}

// NewSigner gives a signer for "jikim/test", the same on every run.
func NewSigner(t testing.TB) *ledger.Signer {
	t.Helper()
	path := t.TempDir() + "/ledger.key"
	seed := iotest.OneByteReader(strings.NewReader(strings.Repeat("k", 32)))
	if _, err := ledger.NewKeyFile(path, "jikim/test", seed); err != nil {
		t.Fatal(err)
	}
	s, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Entries gives n entries, each different, like those of a working day.
func Entries(n int) []ledger.Entry {
	out := make([]ledger.Entry, n)
	for i := range out {
		clip := fmt.Sprintf("clip:0199a8f0-0000-7000-8000-%012d", i)
		out[i] = ledger.Entry{
			Act:     ledger.ActCheckedIn,
			Actor:   ledger.Actor{Account: "홍○○", Role: "uploader", From: "10.20.30.40"},
			Subject: clip,
			Facts:   map[string]string{"file": fmt.Sprintf("DJI_%04d.MP4", i), "bytes": fmt.Sprint(i * 1000), "department": "홍보담당관"},
			Records: map[string]string{clip: fmt.Sprintf("%064x", i)},
		}
	}
	return out
}

// Fill appends n entries in batches, a second apart, and gives the last head.
func Fill(t testing.TB, p Place, s *ledger.Signer, n, batch int) (head ledger.Head) {
	t.Helper()
	all := Entries(n)
	for from := 0; from < n; from += batch {
		at := start.Add(time.Duration(from) * time.Second)
		head = appendAll(t, p, s, at, all[from:min(from+batch, n)])
	}
	return head
}

func appendAll(t testing.TB, p Place, s *ledger.Signer, at time.Time, batch []ledger.Entry) (head ledger.Head) {
	t.Helper()
	err := p.Update(func(l ledger.Log) (err error) {
		head, err = ledger.Append(l, s, at, batch)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func view(t testing.TB, p Place, fn func(ledger.Reader) error) {
	t.Helper()
	if err := p.View(fn); err != nil {
		t.Fatal(err)
	}
}

func headOf(t testing.TB, p Place) (head ledger.Head) {
	t.Helper()
	view(t, p, func(r ledger.Reader) (err error) { head, err = r.Head(); return err })
	return head
}

var sameTime = cmp.Comparer(func(a, b instant.Time) bool { return a.Ms() == b.Ms() })

func testEmpty(t *testing.T, p Place) {
	view(t, p, func(r ledger.Reader) error {
		if head, err := r.Head(); err != nil || head.Size != 0 || !head.At.IsZero() || len(head.Checkpoint) != 0 {
			t.Errorf("head of an empty ledger is %+v, %v; want the zero Head", head, err)
		}
		if rows, err := r.Rows(t.Context(), 0, 10); err != nil || len(rows) > 0 {
			t.Errorf("an empty ledger has rows %v, %v", rows, err)
		}
		if _, err := r.ReadHashes([]int64{0}); !errors.Is(err, ledger.ErrNoHash) {
			t.Errorf("a hash never stored gives %v, want ErrNoHash", err)
		}
		_, err := ledger.Verify(t.Context(), r, NewSigner(t).Verifier(), ledger.Options{})
		return err
	})
}

// testExact holds that what is read is what was written, bit for bit.
func testExact(t *testing.T, p Place) {
	s := NewSigner(t)
	want := []ledger.Entry{
		{Act: ledger.ActRegistryImported, Actor: ledger.Actor{Account: "system"}},
		{Act: "a.b-c", Actor: ledger.Actor{Account: "'\"\\;--", Cycle: "x@y"}, Subject: "가나\u2028\n😀\x7fé", Why: "<&>\x01"},
		{Act: ledger.ActViewed, Actor: ledger.Actor{Account: strings.Repeat("홍", 300)}, Why: strings.Repeat("긴 사유 ", 20000)},
	}
	head := appendAll(t, p, s, start, want)
	if got := headOf(t, p); !cmp.Equal(got, head, sameTime) {
		t.Errorf("head read is not the head written:\n%s", cmp.Diff(head, got, sameTime))
	}
	view(t, p, func(r ledger.Reader) error {
		rows, err := r.Rows(t.Context(), 0, 10)
		if err != nil || len(rows) != len(want) {
			return fmt.Errorf("%d rows, %w", len(rows), err)
		}
		for i, row := range rows {
			e := want[i]
			e.V, e.At = 1, instant.Of(start)
			body, err := ledger.Encode(e)
			if err != nil {
				return err
			}
			full := ledger.Row{Index: int64(i), At: e.At, Act: e.Act, Subject: e.Subject, Account: e.Actor.Account, Body: body}
			if diff := cmp.Diff(full, row, sameTime); diff != "" {
				t.Errorf("row %d (-want +got):\n%s", i, diff)
			}
		}
		return nil
	})
}

func testBatches(t *testing.T, p Place) {
	s := NewSigner(t)
	head := Fill(t, p, s, 1111, 250)
	view(t, p, func(r ledger.Reader) error {
		for _, c := range []struct {
			from        int64
			limit, want int
		}{{0, 10, 10}, {1100, 10, 10}, {1105, 10, 6}, {1110, 1, 1}, {1111, 5, 0}, {5000, 5, 0}, {0, 2000, 1111}} {
			rows, err := r.Rows(t.Context(), c.from, c.limit)
			if err != nil || len(rows) != c.want {
				t.Errorf("Rows(%d, %d) gives %d rows, %v; want %d", c.from, c.limit, len(rows), err, c.want)
			}
			for i, row := range rows {
				if row.Index != c.from+int64(i) {
					t.Fatalf("Rows(%d, %d): row %d has index %d", c.from, c.limit, i, row.Index)
				}
			}
		}
		if root, err := tlog.TreeHash(head.Size, r); err != nil || root != head.Root {
			t.Errorf("stored hashes give root %v, %v; want %v", root, err, head.Root)
		}
		if _, err := r.ReadHashes([]int64{0, tlog.StoredHashCount(head.Size)}); !errors.Is(err, ledger.ErrNoHash) {
			t.Errorf("a hash past the end gives %v, want ErrNoHash", err)
		}
		seen := 0
		report, err := ledger.Verify(t.Context(), r, s.Verifier(), ledger.Options{
			EachBatch: func(rows []ledger.Row, entries []ledger.Entry) error {
				for i := range rows {
					if entries[i].Subject != rows[i].Subject {
						t.Errorf("entry %d is about %s", seen+i, entries[i].Subject)
					}
				}
				seen += len(rows)
				return nil
			},
		})
		if seen != 1111 || report.Head.Size != 1111 || report.First != instant.Of(start) {
			t.Errorf("Verify saw %d entries and reports %+v", seen, report)
		}
		return err
	})
}

func testRollBack(t *testing.T, p Place) {
	s := NewSigner(t)
	before := Fill(t, p, s, 5, 5)
	stop := errors.New("the change it recorded failed")
	err := p.Update(func(l ledger.Log) error {
		if _, err := ledger.Append(l, s, start, Entries(3)); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatalf("Update gives %v, want the error of its function", err)
	}
	if after := headOf(t, p); !cmp.Equal(before, after, sameTime) {
		t.Errorf("something stayed:\n%s", cmp.Diff(before, after, sameTime))
	}
	appendAll(t, p, s, start.Add(time.Minute), Entries(2))
	view(t, p, func(r ledger.Reader) error {
		report, err := ledger.Verify(t.Context(), r, s.Verifier(), ledger.Options{})
		if report.Head.Size != 7 {
			t.Errorf("size %d, want 7", report.Head.Size)
		}
		return err
	})
}

// testAtOnce holds that appends from many sides stand one after the other.
func testAtOnce(t *testing.T, p Place) {
	s := NewSigner(t)
	const writers, each = 4, 10
	errs := make([]error, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for range each {
				errs[w] = errors.Join(errs[w], p.Update(func(l ledger.Log) error {
					_, err := ledger.Append(l, s, start, Entries(3))
					return err
				}))
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	view(t, p, func(r ledger.Reader) error {
		report, err := ledger.Verify(context.Background(), r, s.Verifier(), ledger.Options{})
		if want := int64(writers * each * 3); report.Head.Size != want {
			t.Errorf("size %d, want %d", report.Head.Size, want)
		}
		return err
	})
}

func testProofs(t *testing.T, p Place) {
	s := NewSigner(t)
	early := Fill(t, p, s, 37, 37)
	head := appendAll(t, p, s, start.Add(time.Hour), Entries(64))
	view(t, p, func(r ledger.Reader) error {
		rows, err := r.Rows(t.Context(), 0, 101)
		if err != nil {
			return err
		}
		for _, row := range rows {
			proof, err := ledger.Inclusion(r, row.Index, head.Size)
			if err != nil {
				return err
			}
			if err := ledger.CheckInclusion(proof, head.Size, head.Root, row.Index, row.Body); err != nil {
				t.Errorf("entry %d: %v", row.Index, err)
			}
		}
		proof, err := ledger.Consistency(r, early.Size, head.Size)
		if err != nil {
			return err
		}
		return ledger.CheckConsistency(proof, head.Size, head.Root, early.Size, early.Root)
	})
}
