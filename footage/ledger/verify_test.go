package ledger_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
)

func verify(m *ledgertest.Memory, v *ledger.Verifier, opt ledger.Options) (report ledger.Report, err error) {
	err = m.View(func(r ledger.Reader) error {
		report, err = ledger.Verify(context.Background(), r, v, opt)
		return err
	})
	return report, err
}

// Whatever single thing is changed in what is stored, Verify has a finding.
func TestAnySingleMutationIsFound(t *testing.T) {
	s := newSigner(t)
	rapid.Check(t, func(t *rapid.T) {
		m := ledgertest.NewMemory()
		for n := range rapid.IntRange(1, 4).Draw(t, "batches") {
			batch := rapid.SliceOfN(entries(), 1, 12).Draw(t, "batch")
			add(t, m, s, noon.Add(time.Duration(n)*time.Second).Std(), batch...)
		}
		if _, err := verify(m, s.Verifier(), ledger.Options{}); err != nil {
			t.Fatalf("an untouched ledger: %v", err)
		}
		stored := m.Stored()
		mutate(t, &stored)
		if err := m.Replace(stored); err != nil {
			t.Fatal(err)
		}
		_, err := verify(m, s.Verifier(), ledger.Options{})
		var f *ledger.Finding
		if !errors.As(err, &f) {
			t.Fatalf("Verify gives %v, want a finding", err)
		}
	})
}

// mutate changes one thing, always to something else than it was.
func mutate(t *rapid.T, s *ledgertest.Stored) {
	at := rapid.IntRange(0, len(s.Rows)-1).Draw(t, "row")
	row := &s.Rows[at]
	flip := func(b []byte) {
		bit := rapid.IntRange(0, 8*len(b)-1).Draw(t, "bit")
		b[bit/8] ^= 1 << (bit % 8)
	}
	moments := rapid.SampledFrom([]time.Duration{-time.Hour, -time.Millisecond, time.Millisecond, time.Hour})
	changes := map[string]func(){
		"body":       func() { flip(row.Body) },
		"body cut":   func() { row.Body = row.Body[:rapid.IntRange(0, len(row.Body)-1).Draw(t, "cut")] },
		"body grown": func() { row.Body = append(row.Body, ' ') },
		"at":         func() { row.At = row.At.Add(moments.Draw(t, "by")) },
		"act":        func() { row.Act += "x" },
		"subject":    func() { row.Subject += "x" },
		"account":    func() { row.Account += "x" },
		"removed":    func() { s.Rows = slices.Delete(s.Rows, at, at+1) },
		"closed up": func() {
			s.Rows = slices.Delete(s.Rows, at, at+1)
			for i := at; i < len(s.Rows); i++ {
				s.Rows[i].Index--
			}
		},
		"doubled": func() {
			s.Rows = slices.Insert(s.Rows, at, s.Rows[at])
			for i := at + 1; i < len(s.Rows); i++ {
				s.Rows[i].Index++
			}
		},
		"hash":         func() { flip(s.Hashes[rapid.IntRange(0, len(s.Hashes)-1).Draw(t, "hash")][:]) },
		"hash removed": func() { s.Hashes = s.Hashes[:len(s.Hashes)-1] },
		"hash added":   func() { s.Hashes = append(s.Hashes, tlog.Hash{}) },
		"head size":    func() { s.Head.Size += rapid.SampledFrom([]int64{-1, 1, 1000, -s.Head.Size}).Draw(t, "by") },
		"head root":    func() { flip(s.Head.Root[:]) },
		"head at":      func() { s.Head.At = s.Head.At.Add(moments.Draw(t, "by")) },
		"checkpoint":   func() { flip(s.Head.Checkpoint) },
	}
	changes[rapid.SampledFrom(slices.Sorted(maps.Keys(changes))).Draw(t, "change")]()
}

func TestWitnessedMustBeOurs(t *testing.T) {
	s, m := newSigner(t), ledgertest.NewMemory()
	head := add(t, m, s, noon.Std(), anEntry())
	path := t.TempDir() + "/other.key"
	if _, err := ledger.NewKeyFile(path, "jikim/test", seed(9)); err != nil {
		t.Fatal(err)
	}
	other, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	foreign := add(t, ledgertest.NewMemory(), other, noon.Std(), anEntry())
	_, err = verify(m, s.Verifier(), ledger.Options{Witnessed: [][]byte{head.Checkpoint, foreign.Checkpoint}})
	if !errors.Is(err, ledger.ErrNotOurs) {
		t.Errorf("a checkpoint by another key gives %v, want ErrNotOurs", err)
	}
	if _, err := verify(m, other.Verifier(), ledger.Options{}); err == nil {
		t.Error("another institution's key verified the ledger")
	}
}

func TestEachBatchCanStop(t *testing.T) {
	s, m := newSigner(t), ledgertest.NewMemory()
	ledgertest.Fill(t, m, s, 2500, 500)
	stop := errors.New("a record does not agree")
	calls := 0
	_, err := verify(m, s.Verifier(), ledger.Options{EachBatch: func(rows []ledger.Row, entries []ledger.Entry) error {
		if calls++; calls == 2 {
			return stop
		}
		return nil
	}})
	if !errors.Is(err, stop) || calls != 2 {
		t.Errorf("Verify gives %v after %d batches, want the error of EachBatch after 2", err, calls)
	}
}

// growing is a ledger to which somebody appends while it is read.
type growing struct {
	m     *ledgertest.Memory
	first *ledger.Head
	grow  func()
}

func (g growing) Head() (head ledger.Head, err error) {
	err = g.m.View(func(r ledger.Reader) error { head, err = r.Head(); return err })
	if g.first.Size == 0 {
		*g.first = head
		g.grow()
	}
	return head, err
}

func (g growing) ReadHashes(at []int64) (hashes []tlog.Hash, err error) {
	err = g.m.View(func(r ledger.Reader) error { hashes, err = r.ReadHashes(at); return err })
	return hashes, err
}

func (g growing) Rows(ctx context.Context, from int64, limit int) (rows []ledger.Row, err error) {
	err = g.m.View(func(r ledger.Reader) error { rows, err = r.Rows(ctx, from, limit); return err })
	return rows, err
}

func TestVerifyWhileItGrows(t *testing.T) {
	s, m := newSigner(t), ledgertest.NewMemory()
	ledgertest.Fill(t, m, s, 10, 10)
	g := growing{m: m, first: &ledger.Head{}, grow: func() { ledgertest.Fill(t, m, s, 5, 5) }}
	report, err := ledger.Verify(t.Context(), g, s.Verifier(), ledger.Options{})
	if err != nil || report.Head.Size != 10 {
		t.Errorf("Verify gives size %d, %v; want 10 and no finding", report.Head.Size, err)
	}
}

func TestVerifyStopsWithItsContext(t *testing.T) {
	s, m := newSigner(t), ledgertest.NewMemory()
	ledgertest.Fill(t, m, s, 10, 10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := m.View(func(r ledger.Reader) error {
		_, err := ledger.Verify(ctx, r, s.Verifier(), ledger.Options{})
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Verify gives %v, want context.Canceled", err)
	}
}

// A program of ours that once wrote badly, with the key, is found out too.
func TestSignedButWrong(t *testing.T) {
	s := newSigner(t)
	later := anEntry()
	later.At = noon.Add(time.Hour)
	cases := map[string]struct {
		bodies []string
		code   string
	}{
		"times go back": {[]string{encode(t, later), encode(t, anEntry())}, ledger.EntryBackdated},
		"no entry":      {[]string{encode(t, later), "{}"}, ledger.EntryUnreadable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := ledgertest.NewMemory()
			forge(t, m, c.bodies)
			_, err := verify(m, s.Verifier(), ledger.Options{})
			wantFinding(t, err, c.code)
		})
	}
}

func encode(t *testing.T, e ledger.Entry) string {
	t.Helper()
	body, err := ledger.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// forge stores bodies as a ledger whose hashes and signature agree with them.
func forge(t *testing.T, m *ledgertest.Memory, bodies []string) {
	t.Helper()
	var s ledgertest.Stored
	known := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			out[i] = s.Hashes[x]
		}
		return out, nil
	})
	for i, body := range bodies {
		more, err := tlog.StoredHashes(int64(i), []byte(body), known)
		if err != nil {
			t.Fatal(err)
		}
		s.Hashes = append(s.Hashes, more...)
		s.Rows = append(s.Rows, ledger.Row{Index: int64(i), At: noon, Act: ledger.ActViewed, Account: "hong", Body: []byte(body)})
	}
	s.Rows[0].At = noon.Add(time.Hour)
	root, err := tlog.TreeHash(int64(len(bodies)), known)
	if err != nil {
		t.Fatal(err)
	}
	s.Head = ledger.Head{Size: int64(len(bodies)), Root: root, At: noon}
	s.Head.Checkpoint = sign(t, ledger.Checkpoint{Origin: "jikim/test", Size: s.Head.Size, Root: root, At: noon}.Text())
	if err := m.Replace(s); err != nil {
		t.Fatal(err)
	}
}

// sign signs any text with the key of newSigner.
func sign(t testing.TB, text string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "again.key")
	if _, err := ledger.NewKeyFile(path, "jikim/test", seed(1)); err != nil {
		t.Fatal(err)
	}
	private, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewSigner(strings.TrimSpace(string(private)))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: text}, key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
