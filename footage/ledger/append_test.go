package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	checkpoints "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"jikim/devices/instant"
	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
)

// seed gives a key that is the same on every run.
func seed(b byte) *bytes.Reader { return bytes.NewReader(bytes.Repeat([]byte{b}, 32)) }

func newSigner(t testing.TB) *ledger.Signer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.key")
	if _, err := ledger.NewKeyFile(path, "jikim/test", seed(1)); err != nil {
		t.Fatal(err)
	}
	s, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func add(t fataler, m *ledgertest.Memory, s *ledger.Signer, at time.Time, batch ...ledger.Entry) ledger.Head {
	t.Helper()
	var head ledger.Head
	err := m.Update(func(l ledger.Log) (err error) {
		head, err = ledger.Append(l, s, at, batch)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	public, err := ledger.NewKeyFile(path, "jikim/test", seed(1))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file has mode %v, %v; want 0600", info.Mode(), err)
	}
	s, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	if s.Verifier().Text() != public || s.Origin() != "jikim/test" {
		t.Errorf("signer has %q of %q, want %q", s.Verifier().Text(), s.Origin(), public)
	}
	if _, err := ledger.NewKeyFile(path, "jikim/test", seed(2)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("writing over a key gives %v, want fs.ErrExist", err)
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o622} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.OpenSigner(path); !errors.Is(err, ledger.ErrKeyFileOpen) {
			t.Errorf("a key file of mode %04o gives %v, want ErrKeyFileOpen", mode, err)
		}
	}
	for _, origin := range []string{"", "jikim/", "other/x", "jikim/a b", "jikim/a+b", "jikim/a\x01"} {
		if _, err := ledger.NewKeyFile(filepath.Join(t.TempDir(), "k"), origin, seed(1)); err == nil {
			t.Errorf("origin %q was taken", origin)
		}
	}
}

func TestCheckpointOpensWithOthersTools(t *testing.T) {
	s := newSigner(t)
	head := add(t, ledgertest.NewMemory(), s, noon.Std(), anEntry())
	known, err := note.NewVerifier(s.Verifier().Text())
	if err != nil {
		t.Fatal(err)
	}
	c, rest, _, err := checkpoints.ParseCheckpoint(head.Checkpoint, "jikim/test", known)
	if err != nil {
		t.Fatal(err)
	}
	if c.Size != 1 || !bytes.Equal(c.Hash, head.Root[:]) || string(rest) != "at 2026-10-03T05:05:00.123Z\n" {
		t.Errorf("checkpoint reads as %+v with %q", c, rest)
	}
}

// Any cut into batches gives what one-by-one appends give, and both give what
// tlog computes by itself.
func TestBatchesEqualSingleAppends(t *testing.T) {
	s := newSigner(t)
	rapid.Check(t, func(t *rapid.T) {
		batches := rapid.SliceOfN(rapid.IntRange(1, 70), 1, 6).Draw(t, "batches")
		together, single := ledgertest.NewMemory(), ledgertest.NewMemory()
		var a, b ledger.Head
		for n, size := range batches {
			at := noon.Add(time.Duration(n) * time.Second).Std()
			batch := rapid.SliceOfN(entries(), size, size).Draw(t, "batch")
			a = add(t, together, s, at, batch...)
			for _, e := range batch {
				b = add(t, single, s, at, e)
			}
		}
		if diff := cmp.Diff(a, b, cmp.Comparer(func(a, b instant.Time) bool { return a == b })); diff != "" {
			t.Fatalf("heads differ:\n%s", diff)
		}
		want := tlogHashes(t, single, int(a.Size))
		for name, m := range map[string]*ledgertest.Memory{"together": together, "single": single} {
			if got := storedHashes(t, m, a.Size); !cmp.Equal(got, want) {
				t.Fatalf("%s: stored hashes are not those of tlog", name)
			}
		}
	})
}

func storedHashes(t fataler, m *ledgertest.Memory, size int64) (hashes []tlog.Hash) {
	t.Helper()
	all := make([]int64, tlog.StoredHashCount(size))
	for i := range all {
		all[i] = int64(i)
	}
	if err := m.View(func(r ledger.Reader) (err error) { hashes, err = r.ReadHashes(all); return err }); err != nil {
		t.Fatal(err)
	}
	return hashes
}

func tlogHashes(t fataler, m *ledgertest.Memory, size int) (hashes []tlog.Hash) {
	t.Helper()
	var rows []ledger.Row
	if err := m.View(func(r ledger.Reader) (err error) { rows, err = r.Rows(context.Background(), 0, size); return err }); err != nil {
		t.Fatal(err)
	}
	known := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			out[i] = hashes[x]
		}
		return out, nil
	})
	for _, row := range rows {
		more, err := tlog.StoredHashes(row.Index, row.Body, known)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	return hashes
}

func TestTimeNeverGoesBack(t *testing.T) {
	s, m := newSigner(t), ledgertest.NewMemory()
	add(t, m, s, noon.Std(), anEntry())
	head := add(t, m, s, noon.Std().Add(-time.Hour), anEntry())
	if head.At != noon {
		t.Errorf("head is at %v, want %v", head.At, noon)
	}
}

func TestNothingToAppend(t *testing.T) {
	s, m := newSigner(t), ledgertest.NewMemory()
	before := add(t, m, s, noon.Std(), anEntry())
	if after := add(t, m, s, noon.Std().Add(time.Hour)); !bytes.Equal(before.Checkpoint, after.Checkpoint) {
		t.Error("an empty batch changed the head")
	}
}

func wantFinding(t *testing.T, err error, code string) {
	t.Helper()
	var f *ledger.Finding
	if !errors.As(err, &f) || f.Code != code {
		t.Errorf("got %v, want the finding %s", err, code)
	}
}

// What was changed behind our back is not signed over.
func TestAppendRefusesAnAlteredLedger(t *testing.T) {
	cases := map[string]struct {
		change func(*ledgertest.Stored)
		code   string
	}{
		"edge": {func(s *ledgertest.Stored) { s.Hashes[3][0] ^= 1 }, ledger.HashAltered},
		"root": {func(s *ledgertest.Stored) { s.Head.Root[0] ^= 1 }, ledger.HashAltered},
		"edge and root": {func(s *ledgertest.Stored) {
			s.Hashes[2][0] ^= 1
			s.Head.Root = tlog.NodeHash(s.Hashes[2], s.Hashes[3])
		}, ledger.HeadAltered},
		"time":          {func(s *ledgertest.Stored) { s.Head.At = s.Head.At.Add(-time.Hour) }, ledger.HeadAltered},
		"signature":     {func(s *ledgertest.Stored) { s.Head.Checkpoint[len(s.Head.Checkpoint)-5] ^= 1 }, ledger.CheckpointAltered},
		"no checkpoint": {func(s *ledgertest.Stored) { s.Head.Checkpoint = nil }, ledger.CheckpointAltered},
		"size":          {func(s *ledgertest.Stored) { s.Head.Size--; s.Head.Root = s.Hashes[2] }, ledger.HeadAltered},
		"emptied":       {func(s *ledgertest.Stored) { s.Head.Size, s.Head.Root = 0, tlog.Hash{} }, ledger.HashAltered},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, m := newSigner(t), ledgertest.NewMemory()
			add(t, m, s, noon.Std(), anEntry(), anEntry(), anEntry())
			stored := m.Stored()
			c.change(&stored)
			if err := m.Replace(stored); err != nil {
				t.Fatal(err)
			}
			err := m.Update(func(l ledger.Log) error {
				_, err := ledger.Append(l, s, noon.Std(), []ledger.Entry{anEntry()})
				return err
			})
			wantFinding(t, err, c.code)
		})
	}
}

// counting notes what an append asks of storage.
type counting struct {
	ledger.Log
	calls, hashes int
}

func (c *counting) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	c.calls++
	c.hashes += len(indexes)
	return c.Log.ReadHashes(indexes)
}

func TestAppendReadsTheRightEdgeOnly(t *testing.T) {
	s, m := newSigner(t), ledgertest.NewMemory()
	ledgertest.Fill(t, m, s, 1023, 1023) // ten bits set: the widest edge below 1024
	err := m.Update(func(l ledger.Log) error {
		c := &counting{Log: l}
		_, err := ledger.Append(c, s, noon.Std(), ledgertest.Entries(100))
		if c.calls != 1 || c.hashes != 10 {
			t.Errorf("asked for %d hashes in %d calls, want 10 in 1", c.hashes, c.calls)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
