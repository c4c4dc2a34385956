package ledger_test

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
)

// Every proof over every size checks, and does not check for anything else.
func TestEveryProofChecks(t *testing.T) {
	s, m := newSigner(t), ledgertest.NewMemory()
	heads := []ledger.Head{{}}
	for n := range 40 {
		e := anEntry()
		e.Why = string(rune('a' + n))
		heads = append(heads, add(t, m, s, noon.Std().Add(time.Duration(n)*time.Second), e))
	}
	stored := m.Stored()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 40).Draw(t, "size")
		index := rapid.Int64Range(0, size-1).Draw(t, "index")
		old := rapid.Int64Range(1, size).Draw(t, "old")
		var inclusion tlog.RecordProof
		var consistency tlog.TreeProof
		err := m.View(func(r ledger.Reader) (err error) {
			if inclusion, err = ledger.Inclusion(r, index, size); err != nil {
				return err
			}
			consistency, err = ledger.Consistency(r, old, size)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		root := heads[size].Root
		body := stored.Rows[index].Body
		if err := ledger.CheckInclusion(inclusion, size, root, index, body); err != nil {
			t.Errorf("inclusion: %v", err)
		}
		if ledger.CheckInclusion(inclusion, size, root, index, append([]byte{' '}, body...)) == nil {
			t.Error("the proof holds for another body too")
		}
		if err := ledger.CheckConsistency(consistency, size, root, old, heads[old].Root); err != nil {
			t.Errorf("consistency: %v", err)
		}
		if ledger.CheckConsistency(consistency, size, root, old, tlog.Hash{1}) == nil {
			t.Error("the proof holds for another old root too")
		}
	})
}

func TestProofsOutOfRange(t *testing.T) {
	s, m := newSigner(t), ledgertest.NewMemory()
	ledgertest.Fill(t, m, s, 5, 5)
	err := m.View(func(r ledger.Reader) error {
		for _, c := range [][2]int64{{-1, 5}, {5, 5}, {0, 6}, {0, 0}, {0, -1}} {
			if _, err := ledger.Inclusion(r, c[0], c[1]); !errors.Is(err, ledger.ErrRange) {
				t.Errorf("Inclusion(%d, %d) gives %v, want ErrRange", c[0], c[1], err)
			}
		}
		for _, c := range [][2]int64{{-1, 5}, {0, 5}, {6, 5}, {5, 6}, {1, 0}} {
			if _, err := ledger.Consistency(r, c[0], c[1]); !errors.Is(err, ledger.ErrRange) {
				t.Errorf("Consistency(%d, %d) gives %v, want ErrRange", c[0], c[1], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
