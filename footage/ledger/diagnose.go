package ledger

import (
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// diagnose names what is wrong when the row just added to the tree does not
// give the stored hash of a level. storedLeaf is the leaf hash stored for it.
// An error that is no *Finding means that the ledger could not be read on.
func (p *pass) diagnose(row Row, level int, storedLeaf tlog.Hash) error {
	signed, err := p.signed(row.Index)
	if err != nil {
		return err
	}
	if signed {
		return found(HashAltered, row.Index,
			"관리대장 %d번 기록과 함께 저장된 해시가 바뀌었습니다(%d단계). 기록 내용은 서명된 그대로입니다.", row.Index, level)
	}
	if level > 0 {
		first := row.Index + 1 - 1<<level
		return found(EntryAltered, first,
			"관리대장 %d번부터 %d번 사이의 기록이 저장된 해시와 함께 바뀌었습니다.", first, row.Index)
	}
	return p.misplaced(row, storedLeaf)
}

// signed reports whether the tree with its newest leaf fits under the signed
// root. A proof asks only for hashes beside the leaf's way to the root: to its
// left they have been found right, to its right they are taken as stored. If
// it fits, what was computed is right and what is stored on that way is not.
func (p *pass) signed(index int64) (bool, error) {
	proof, err := tlog.ProveRecord(p.head.Size, index, p.r)
	if errors.Is(err, ErrNoHash) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return tlog.CheckRecord(proof, p.head.Size, p.head.Root, index, p.own[0]) == nil, nil
}

// misplaced tells apart what can make a row another than the one hashed at its
// index: by where its own hash is stored and where the hashed row now stands.
func (p *pass) misplaced(row Row, storedLeaf tlog.Hash) error {
	belongs, stands, err := p.search(row.Index, p.own[0], storedLeaf)
	if err != nil {
		return err
	}
	last, err := p.lastRow()
	if err != nil {
		return err
	}
	switch {
	case stands && (!belongs || last >= p.head.Size):
		return found(EntryInserted, row.Index, "관리대장 %d번 자리에 서명된 적 없는 기록을 끼워 넣었습니다.", row.Index)
	case stands:
		return found(EntryReordered, row.Index, "관리대장 %d번 기록부터 순서가 바뀌었습니다.", row.Index)
	case belongs && last < p.head.Size-1:
		return missing(row.Index)
	}
	if e, err := Decode(row.Body); err == nil && e.At.Before(p.last) {
		return backdated(row.Index, e.At, p.last)
	}
	return found(EntryAltered, row.Index, "관리대장 %d번 기록의 내용이 바뀌었습니다.", row.Index)
}

// search reads on behind a wrong row. It reports whether the row's own hash is
// stored for a later entry (belongs) and whether a later row has the hash
// stored for this one (stands).
func (p *pass) search(index int64, own, storedLeaf tlog.Hash) (belongs, stands bool, err error) {
	for from := index; from < p.head.Size && !(belongs && stands); from += batchSize {
		n := min(batchSize, p.head.Size-from)
		stored, err := p.stored(from, n)
		if errors.Is(err, ErrNoHash) {
			return belongs, stands, nil // the rest is gone: what was found so far must do
		}
		if err != nil {
			return false, false, err
		}
		for i := max(from, index+1); i < from+n; i++ {
			at := tlog.StoredHashIndex(0, i) - tlog.StoredHashIndex(0, from)
			belongs = belongs || stored[at] == own
		}
		// One more than asked for above: after an insertion the last row of
		// the ledger stands there.
		rows, err := p.r.Rows(p.ctx, from, int(n)+1)
		if err != nil {
			return false, false, err
		}
		for _, later := range rows {
			stands = stands || later.Index > index && tlog.RecordHash(later.Body) == storedLeaf
		}
	}
	return belongs, stands, nil
}

// lastRow gives the index of the last row at or after the last signed one; one
// before that when there is none.
func (p *pass) lastRow() (int64, error) {
	rows, err := p.r.Rows(p.ctx, p.head.Size-1, 2)
	if err != nil || len(rows) == 0 {
		return p.head.Size - 2, err
	}
	return rows[len(rows)-1].Index, nil
}
