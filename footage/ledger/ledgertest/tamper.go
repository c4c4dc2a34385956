package ledgertest

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/footage/ledger"
)

// tampered is one thing somebody with access to the database could do, and
// what verify must call it.
type tampered struct {
	name  string
	do    func(s *Stored)
	code  string
	index int64
}

const (
	tamperSize  = 1203 // more than one batch of Verify, no power of two
	tamperEarly = 700  // size of the checkpoint that was kept elsewhere
)

// tamperCases are things done to a ledger of tamperSize entries.
var tamperCases = []tampered{
	{"a byte flipped", func(s *Stored) { s.Rows[41].Body[60] ^= 1 }, ledger.EntryAltered, 41},
	{"a byte flipped in the first", func(s *Stored) { s.Rows[0].Body[60] ^= 1 }, ledger.EntryAltered, 0},
	{"a byte flipped in the last", func(s *Stored) { s.Rows[1202].Body[60] ^= 1 }, ledger.EntryAltered, 1202},
	{"a byte flipped where a batch ends", func(s *Stored) { s.Rows[999].Body[60] ^= 1 }, ledger.EntryAltered, 999},
	{"an account changed everywhere", func(s *Stored) {
		rewrite(&s.Rows[500], func(e *ledger.Entry) { e.Actor.Account = "김○○" })
	}, ledger.EntryAltered, 500},
	{"an entry changed with its leaf", func(s *Stored) {
		rewrite(&s.Rows[1001], func(e *ledger.Entry) { e.Why = "다른 사유" })
		s.Hashes[tlog.StoredHashIndex(0, 1001)] = tlog.RecordHash(s.Rows[1001].Body)
	}, ledger.EntryAltered, 1000},
	{"one entry written over another", func(s *Stored) {
		s.Rows[7] = s.Rows[9]
		s.Rows[7].Index = 7
	}, ledger.EntryAltered, 7},

	{"removed", func(s *Stored) { s.Rows = slices.Delete(s.Rows, 300, 301) }, ledger.EntryRemoved, 300},
	{"removed and closed up", func(s *Stored) { s.Rows = renumber(slices.Delete(s.Rows, 300, 301)) }, ledger.EntryRemoved, 300},
	{"the first removed", func(s *Stored) { s.Rows = renumber(slices.Delete(s.Rows, 0, 1)) }, ledger.EntryRemoved, 0},
	{"the last removed", func(s *Stored) { s.Rows = s.Rows[:1202] }, ledger.EntryRemoved, 1202},
	{"a thousand removed", func(s *Stored) { s.Rows = slices.Delete(s.Rows, 100, 1100) }, ledger.EntryRemoved, 100},

	{"inserted", func(s *Stored) { s.Rows = insert(s.Rows, 400, strange(s.Rows[400])) }, ledger.EntryInserted, 400},
	{"inserted where a batch ends", func(s *Stored) { s.Rows = insert(s.Rows, 999, strange(s.Rows[999])) }, ledger.EntryInserted, 999},
	{"inserted before the last", func(s *Stored) { s.Rows = insert(s.Rows, 1202, strange(s.Rows[1202])) }, ledger.EntryInserted, 1202},
	{"inserted at the end", func(s *Stored) { s.Rows = insert(s.Rows, 1203, strange(s.Rows[1202])) }, ledger.EntryInserted, 1203},
	{"an old one inserted again", func(s *Stored) { s.Rows = insert(s.Rows, 600, s.Rows[900]) }, ledger.EntryInserted, 600},

	{"two swapped", func(s *Stored) {
		s.Rows[10], s.Rows[11] = s.Rows[11], s.Rows[10]
		renumber(s.Rows)
	}, ledger.EntryReordered, 10},
	{"two far apart swapped", func(s *Stored) {
		s.Rows[20], s.Rows[1150] = s.Rows[1150], s.Rows[20]
		renumber(s.Rows)
	}, ledger.EntryReordered, 20},
	{"one moved to the end", func(s *Stored) {
		moved := s.Rows[30]
		s.Rows = renumber(append(slices.Delete(s.Rows, 30, 31), moved))
	}, ledger.EntryReordered, 30},

	{"back-dated", func(s *Stored) {
		rewrite(&s.Rows[800], func(e *ledger.Entry) { e.At = e.At.Add(-24 * time.Hour) })
	}, ledger.EntryBackdated, 800},
	{"post-dated", func(s *Stored) {
		rewrite(&s.Rows[800], func(e *ledger.Entry) { e.At = e.At.Add(24 * time.Hour) })
	}, ledger.EntryAltered, 800},

	{"column at", func(s *Stored) { s.Rows[5].At = s.Rows[5].At.Add(time.Millisecond) }, ledger.ColumnAltered, 5},
	{"column act", func(s *Stored) { s.Rows[5].Act = ledger.ActViewed }, ledger.ColumnAltered, 5},
	{"column subject", func(s *Stored) { s.Rows[5].Subject = "" }, ledger.ColumnAltered, 5},
	{"column account", func(s *Stored) { s.Rows[5].Account = "김○○" }, ledger.ColumnAltered, 5},

	{"a stored leaf", func(s *Stored) { s.Hashes[tlog.StoredHashIndex(0, 77)][9] ^= 1 }, ledger.HashAltered, 77},
	{"a stored node", func(s *Stored) { s.Hashes[tlog.StoredHashIndex(3, 8)][9] ^= 1 }, ledger.HashAltered, 71},
	{"a stored node of the edge", func(s *Stored) { s.Hashes[tlog.StoredHashIndex(10, 0)][9] ^= 1 }, ledger.HashAltered, 1023},
	{"the last stored hash removed", func(s *Stored) { s.Hashes = s.Hashes[:len(s.Hashes)-1] }, ledger.HashAltered, 1000},

	{"the head's root", func(s *Stored) { s.Head.Root[0] ^= 1 }, ledger.HeadAltered, -1},
	{"the head's size", func(s *Stored) { s.Head.Size-- }, ledger.HeadAltered, -1},
	{"the head's time", func(s *Stored) { s.Head.At = s.Head.At.Add(time.Millisecond) }, ledger.HeadAltered, -1},
	{"the checkpoint's size", func(s *Stored) {
		s.Head.Checkpoint = bytes.Replace(s.Head.Checkpoint, []byte("1203"), []byte("1204"), 1)
		s.Head.Size++
	}, ledger.CheckpointAltered, -1},
	{"the checkpoint removed", func(s *Stored) { s.Head.Checkpoint = nil }, ledger.CheckpointAltered, -1},
	{"the whole tree rewritten without the key", func(s *Stored) {
		rewrite(&s.Rows[400], func(e *ledger.Entry) { e.Why = "다른 사유" })
		rehash(s)
	}, ledger.HeadAltered, -1},
	{"the whole tree rewritten under the old head", func(s *Stored) {
		head := s.Head
		rewrite(&s.Rows[400], func(e *ledger.Entry) { e.Why = "다른 사유" })
		rehash(s)
		s.Head = head
	}, ledger.HistoryRewritten, 0},
	{"everything emptied", func(s *Stored) { *s = Stored{} }, ledger.RolledBack, 0},
}

// testTamper changes what is stored in every way of tamperCases and asks
// Verify for its name. A checkpoint from the middle has been kept elsewhere.
func testTamper(t *testing.T, p Place) {
	s := NewSigner(t)
	early := Fill(t, p, s, tamperEarly, 100)
	middle := load(t, p)
	appendAll(t, p, s, start.Add(10*time.Hour), Entries(tamperSize-tamperEarly))
	last := load(t, p)

	for _, c := range tamperCases {
		t.Run(c.name, func(t *testing.T) {
			changed := last.clone()
			c.do(&changed)
			replace(t, p, changed)
			expect(t, p, s, early.Checkpoint, c.code, c.index)
		})
	}
	t.Run("rolled back", func(t *testing.T) {
		replace(t, p, middle)
		expect(t, p, s, last.Head.Checkpoint, ledger.RolledBack, tamperEarly)
	})
	t.Run("only the head rolled back", func(t *testing.T) {
		changed := last.clone()
		changed.Head = middle.Head
		replace(t, p, changed)
		expect(t, p, s, nil, ledger.RolledBack, tamperEarly)
	})
	t.Run("forked with the key", func(t *testing.T) {
		replace(t, p, Stored{})
		appendAll(t, p, s, start, Entries(1))
		Fill(t, p, s, tamperSize, 100)
		expect(t, p, s, early.Checkpoint, ledger.HistoryRewritten, 0)
	})
	t.Run("untouched", func(t *testing.T) {
		replace(t, p, last)
		view(t, p, func(r ledger.Reader) error {
			report, err := ledger.Verify(t.Context(), r, s.Verifier(),
				ledger.Options{Witnessed: [][]byte{last.Head.Checkpoint, early.Checkpoint}})
			if report.Witnessed != 2 {
				t.Errorf("agrees with %d checkpoints, want 2", report.Witnessed)
			}
			return err
		})
	})
}

func expect(t *testing.T, p Place, s *ledger.Signer, witnessed []byte, code string, index int64) {
	t.Helper()
	var opt ledger.Options
	if witnessed != nil {
		opt.Witnessed = [][]byte{witnessed}
	}
	err := p.View(func(r ledger.Reader) error {
		_, err := ledger.Verify(t.Context(), r, s.Verifier(), opt)
		return err
	})
	var f *ledger.Finding
	if !errors.As(err, &f) || f.Code != code || f.Index != index {
		t.Errorf("Verify gives %v (%+v), want %s at %d", err, f, code, index)
	}
}

// load reads everything stored.
func load(t *testing.T, p Place) (s Stored) {
	t.Helper()
	view(t, p, func(r ledger.Reader) (err error) {
		if s.Head, err = r.Head(); err != nil {
			return err
		}
		if s.Rows, err = r.Rows(t.Context(), 0, int(s.Head.Size)); err != nil {
			return err
		}
		all := make([]int64, tlog.StoredHashCount(s.Head.Size))
		for i := range all {
			all[i] = int64(i)
		}
		s.Hashes, err = r.ReadHashes(all)
		return err
	})
	return s.clone()
}

func replace(t *testing.T, p Place, s Stored) {
	t.Helper()
	if err := p.Replace(s); err != nil {
		t.Fatal(err)
	}
}

// rewrite changes an entry and all its columns.
func rewrite(row *ledger.Row, change func(*ledger.Entry)) {
	e, err := ledger.Decode(row.Body)
	if err != nil {
		panic(err)
	}
	change(&e)
	body, err := ledger.Encode(e)
	if err != nil {
		panic(err)
	}
	*row = ledger.Row{Index: row.Index, At: e.At, Act: e.Act, Subject: e.Subject, Account: e.Actor.Account, Body: body}
}

// strange gives an entry that was never in the ledger, like row.
func strange(row ledger.Row) ledger.Row {
	rewrite(&row, func(e *ledger.Entry) { e.Why = "끼워 넣은 기록" })
	return row
}

func insert(rows []ledger.Row, at int, row ledger.Row) []ledger.Row {
	return renumber(slices.Insert(rows, at, row))
}

func renumber(rows []ledger.Row) []ledger.Row {
	for i := range rows {
		rows[i].Index = int64(i)
	}
	return rows
}

// rehash computes the whole tree and the head's columns anew, as one could who
// has no key.
func rehash(s *Stored) {
	known := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return snapshot{*s}.ReadHashes(indexes)
	})
	s.Hashes = nil
	for _, row := range s.Rows {
		more, err := tlog.StoredHashes(row.Index, row.Body, known)
		if err != nil {
			panic(err)
		}
		s.Hashes = append(s.Hashes, more...)
	}
	root, err := tlog.TreeHash(s.Head.Size, known)
	if err != nil {
		panic(err)
	}
	s.Head.Root = root
}
