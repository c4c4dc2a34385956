package ledger_test

import (
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
)

// sink is a log that keeps only what the next append reads, so that the
// benchmark measures the ledger and not its storage.
type sink struct {
	head   ledger.Head
	hashes map[int64]tlog.Hash
}

func (s *sink) Head() (ledger.Head, error) { return s.head, nil }

func (s *sink) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = s.hashes[at]
	}
	return out, nil
}

func (s *sink) Append(_ []ledger.Row, first int64, hashes []tlog.Hash, head ledger.Head) error {
	for i, h := range hashes {
		s.hashes[first+int64(i)] = h
	}
	s.head = head
	return nil
}

func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct {
		name string
		size int
	}{{"1", 1}, {"100", 100}} {
		b.Run(c.name, func(b *testing.B) {
			s, l, batch := newSigner(b), &sink{hashes: map[int64]tlog.Hash{}}, ledgertest.Entries(c.size)
			at := time.Date(2026, 10, 3, 5, 5, 0, 0, time.UTC)
			for b.Loop() {
				if len(l.hashes) > 1<<17 {
					l.hashes, l.head = map[int64]tlog.Hash{}, ledger.Head{}
				}
				if _, err := ledger.Append(l, s, at, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*c.size)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	const size = 100_000
	s, m := newSigner(b), ledgertest.NewMemory()
	ledgertest.Fill(b, m, s, size, 5000)
	b.ReportAllocs()
	for b.Loop() {
		err := m.View(func(r ledger.Reader) error {
			_, err := ledger.Verify(b.Context(), r, s.Verifier(), ledger.Options{})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*size), "µs/entry")
}

func BenchmarkDecode(b *testing.B) {
	e := ledgertest.Entries(1)[0]
	e.V, e.At = 1, noon
	body, err := ledger.Encode(e)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ledger.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}
