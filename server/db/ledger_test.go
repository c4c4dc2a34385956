package db_test

import (
	"testing"

	"gorm.io/gorm"

	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
	"jikim/server/db"
)

// place is the ledger of a database as the suite of all ledgers sees it.
type place struct {
	t *testing.T
	d *db.DB
}

func (p place) View(fn func(ledger.Reader) error) error { return fn(p.d.Ledger(p.t.Context())) }

func (p place) Update(fn func(ledger.Log) error) error { return p.d.UpdateLedger(p.t.Context(), fn) }

func (p place) Replace(s ledgertest.Stored) error {
	return p.d.Beside(func(g *gorm.DB) error {
		for _, table := range []string{"ledger_entries", "ledger_hashes", "ledger_heads"} {
			if err := g.Exec("DELETE FROM " + table).Error; err != nil {
				return err
			}
		}
		for _, r := range s.Rows {
			err := g.Exec("INSERT INTO ledger_entries (idx, at, act, subject, account, body) VALUES (?, ?, ?, ?, ?, ?)",
				r.Index, r.At.Ms(), r.Act, r.Subject, r.Account, r.Body).Error
			if err != nil {
				return err
			}
		}
		for i, h := range s.Hashes {
			if err := g.Exec("INSERT INTO ledger_hashes (idx, hash) VALUES (?, ?)", i, h[:]).Error; err != nil {
				return err
			}
		}
		return g.Exec("INSERT INTO ledger_heads (id, size, root, at, checkpoint) VALUES (1, ?, ?, ?, ?)",
			s.Head.Size, s.Head.Root[:], s.Head.At, s.Head.Checkpoint).Error
	})
}

func TestLedgerInADatabase(t *testing.T) {
	for name, config := range databases {
		t.Run(name, func(t *testing.T) {
			ledgertest.Run(t, func(t *testing.T) ledgertest.Place {
				d := openDatabase(t, config(t), newClock())
				return place{t, d}
			})
		})
	}
}

// BenchmarkVerify reads a ledger of a million entries on SQLite.
func BenchmarkVerify(b *testing.B) {
	if testing.Short() {
		b.Skip("seeds a million entries")
	}
	d := openDatabase(b, databases["sqlite"](b), newClock())
	const n, batch = 1_000_000, 10_000
	s := ledgertest.NewSigner(b)
	for from := 0; from < n; from += batch {
		err := d.UpdateLedger(b.Context(), func(l ledger.Log) error {
			_, err := ledger.Append(l, s, newClock().t, ledgertest.Entries(batch))
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ledger.Verify(b.Context(), d.Ledger(b.Context()), s.Verifier(), ledger.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/entry")
}
