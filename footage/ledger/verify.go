package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices/instant"
)

// batchSize is how many entries Verify holds at a time.
const batchSize = 1000

// Options are what Verify may be given beside the ledger.
type Options struct {
	// Witnessed are signed checkpoints of this ledger that were kept
	// elsewhere, in any order. The ledger must be a continuation of each.
	Witnessed [][]byte
	// EachBatch, when set, is called for every batch in order, after its
	// entries agreed with the stored hashes; whether those agree with the
	// signature is known only at the end. An error of it ends Verify and is
	// returned as it is. The slices and the maps in them are used again for
	// the next batch.
	EachBatch func(rows []Row, entries []Entry) error
}

// Report is what a ledger without fault is like.
type Report struct {
	Head      Head
	First     instant.Time // time of the first entry; not set when there is none
	Witnessed int          // checkpoints from outside that it agrees with
}

// Verify reads the whole ledger once and checks all that can be known from it:
// the head's signature; that bodies, stored hashes, root and size agree; that
// indexes have no gap and times do not go back; that every body is canonical
// and its columns say the same; that the ledger continues every checkpoint in
// opt.Witnessed; that nothing stands after the head. The first thing wrong
// comes back as a *Finding; any other error means that the ledger could not be
// read, or that a checkpoint in opt.Witnessed is not one of this ledger.
//
// Entries may be appended meanwhile; it looks at those of the head it began
// with. Memory does not grow with the ledger.
func Verify(ctx context.Context, r Reader, v *Verifier, opt Options) (Report, error) {
	head, err := r.Head()
	if err != nil {
		return Report{}, err
	}
	witnessed, err := openAll(v, opt.Witnessed)
	if err != nil {
		return Report{}, err
	}
	if f := checkHead(head, v); f != nil {
		return Report{}, f
	}
	if f := checkLength(head, witnessed); f != nil {
		return Report{}, f
	}
	p := &pass{ctx: ctx, r: r, head: head, opt: opt, witnessed: witnessed}
	for p.tree.size < head.Size {
		if err := p.batch(); err != nil {
			return Report{}, err
		}
	}
	if err := p.end(); err != nil {
		return Report{}, err
	}
	return Report{Head: head, First: p.first, Witnessed: len(witnessed)}, nil
}

// openAll reads the checkpoints kept elsewhere, smallest first.
func openAll(v *Verifier, signed [][]byte) ([]Checkpoint, error) {
	all := make([]Checkpoint, len(signed))
	for i, text := range signed {
		c, err := v.Open(text)
		if err != nil {
			return nil, ErrNotOurs.Because(fmt.Errorf("checkpoint %d of those given: %w", i+1, err))
		}
		all[i] = c
	}
	slices.SortFunc(all, func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	return all, nil
}

func checkLength(head Head, witnessed []Checkpoint) *Finding {
	if len(witnessed) == 0 {
		return nil
	}
	longest := witnessed[len(witnessed)-1]
	if longest.Size <= head.Size {
		return nil
	}
	return found(RolledBack, head.Size,
		"데이터베이스가 예전 상태로 되돌려졌습니다. 밖에 보관한 체크포인트(%s)는 %d건인데 관리대장에는 %d건만 있습니다.",
		longest.At.Korean(), longest.Size, head.Size)
}

// pass is one reading of a ledger from its first entry to its head.
type pass struct {
	ctx       context.Context
	r         Reader
	head      Head
	opt       Options
	witnessed []Checkpoint // those not reached yet, smallest first
	agreed    int64        // size of the last signed checkpoint that agreed

	tree    edge // over the entries read so far
	first   instant.Time
	last    instant.Time
	entries []Entry     // of the batch
	own     []tlog.Hash // computed for one entry
	indexes []int64     // asked for
}

// batch checks the next entries.
func (p *pass) batch() error {
	from := p.tree.size
	n := min(batchSize, p.head.Size-from)
	rows, err := p.r.Rows(p.ctx, from, int(n))
	if err != nil {
		return err
	}
	if int64(len(rows)) > n {
		return fmt.Errorf("ledger: asked for %d rows, got %d", n, len(rows))
	}
	stored, err := p.stored(from, n)
	if errors.Is(err, ErrNoHash) {
		return found(HashAltered, from, "관리대장 %d번부터 %d번 기록 사이에 저장된 해시가 없어졌습니다.", from, from+n-1)
	}
	if err != nil {
		return err
	}
	p.entries = p.entries[:0]
	for _, row := range rows {
		if f := checkIndex(row, p.tree.size); f != nil {
			return f
		}
		if stored, err = p.take(row, stored); err != nil {
			return err
		}
		if f := p.read(row); f != nil {
			return f
		}
		if f := p.checkWitnessed(); f != nil {
			return f
		}
	}
	if int64(len(rows)) < n {
		return missing(p.tree.size)
	}
	if p.opt.EachBatch != nil {
		return p.opt.EachBatch(rows, p.entries)
	}
	return nil
}

// stored reads all hashes stored with n entries; ErrNoHash when one is missing.
func (p *pass) stored(from, n int64) ([]tlog.Hash, error) {
	p.indexes = p.indexes[:0]
	for i := tlog.StoredHashCount(from); i < tlog.StoredHashCount(from+n); i++ {
		p.indexes = append(p.indexes, i)
	}
	stored, err := p.r.ReadHashes(p.indexes)
	if err == nil && len(stored) != len(p.indexes) {
		return nil, fmt.Errorf("ledger: asked for %d hashes, got %d", len(p.indexes), len(stored))
	}
	return stored, err
}

func checkIndex(row Row, want int64) *Finding {
	switch {
	case row.Index > want:
		return missing(want)
	case row.Index < want:
		return found(EntryInserted, row.Index, "관리대장 %d번 기록이 두 개입니다. 하나는 나중에 끼워 넣은 것입니다.", row.Index)
	}
	return nil
}

func missing(index int64) *Finding {
	return found(EntryRemoved, index, "관리대장 %d번 기록이 없어졌습니다.", index)
}

// take adds the row to the tree and holds what comes out against what is
// stored; it gives the hashes stored with the rows after it.
func (p *pass) take(row Row, stored []tlog.Hash) ([]tlog.Hash, error) {
	p.own = p.tree.add(p.own[:0], tlog.RecordHash(row.Body))
	for level, h := range p.own {
		if h != stored[level] {
			return nil, p.diagnose(row, level, stored[0])
		}
	}
	return stored[len(p.own):], nil
}

// read checks the entry itself. Its body is the one that was hashed.
func (p *pass) read(row Row) *Finding {
	e := p.next()
	if decodeInto(e, row.Body) != nil {
		return found(EntryUnreadable, row.Index, "관리대장 %d번 기록은 이 형식의 기록이 아닙니다.", row.Index)
	}
	if e.At.Before(p.last) {
		return backdated(row.Index, e.At, p.last)
	}
	if column := differing(row, *e); column != "" {
		return found(ColumnAltered, row.Index,
			"관리대장 %d번 기록의 검색용 %s 항목이 기록 내용과 다릅니다. 기록 내용은 그대로이나 목록에는 잘못 보입니다.", row.Index, column)
	}
	if row.Index == 0 {
		p.first = e.At
	}
	p.last = e.At
	return nil
}

// next gives room for one more entry of the batch: one of an earlier batch,
// when there was one.
func (p *pass) next() *Entry {
	if n := len(p.entries); n < cap(p.entries) {
		p.entries = p.entries[:n+1]
	} else {
		p.entries = append(p.entries, Entry{})
	}
	return &p.entries[len(p.entries)-1]
}

func backdated(index int64, at, before instant.Time) *Finding {
	return found(EntryBackdated, index, "관리대장 %d번 기록의 시각(%s)이 바로 앞 기록(%s)보다 이릅니다. 날짜가 앞당겨졌습니다.", index, at, before)
}

// differing names the column that does not say what the entry says; "" when
// all do.
func differing(row Row, e Entry) string {
	switch {
	case row.At.Ms() != e.At.Ms():
		return "시각"
	case row.Act != e.Act:
		return "행위"
	case row.Subject != e.Subject:
		return "대상"
	case row.Account != e.Actor.Account:
		return "계정"
	}
	return ""
}

// checkWitnessed compares roots whenever the tree has the size of a checkpoint
// kept elsewhere.
func (p *pass) checkWitnessed() *Finding {
	for len(p.witnessed) > 0 && p.witnessed[0].Size <= p.tree.size {
		w := p.witnessed[0]
		if w.Size == p.tree.size && w.Root != p.tree.root() {
			return found(HistoryRewritten, p.agreed,
				"과거가 다시 쓰였습니다. 관리대장 처음 %d건이 밖에 보관한 체크포인트(%s)와 다릅니다. 다른 곳은 %d번부터 %d번 사이입니다.",
				w.Size, w.At.Korean(), p.agreed, w.Size-1)
		}
		p.agreed, p.witnessed = w.Size, p.witnessed[1:]
	}
	return nil
}

// end checks what can be known only when all entries are read.
func (p *pass) end() error {
	if p.head.Size > 0 && p.tree.root() != p.head.Root {
		return found(HistoryRewritten, p.agreed,
			"과거가 다시 쓰였습니다. 관리대장 전체로 다시 계산한 값이 서명된 체크포인트와 다릅니다. 다른 곳은 %d번부터 %d번 사이입니다.",
			p.agreed, p.head.Size-1)
	}
	if p.last.Ms() != p.head.At.Ms() {
		return found(HeadAltered, -1, "관리대장 머리의 시각(%s)이 마지막 기록의 시각(%s)과 다릅니다.", p.head.At, p.last)
	}
	return p.checkAfterHead()
}

// checkAfterHead finds rows and hashes that stand after the head. Hashes that
// fit there were once signed: the head was put back.
func (p *pass) checkAfterHead() error {
	rows, err := p.r.Rows(p.ctx, p.head.Size, 1)
	if err != nil {
		return err
	}
	hashes, err := p.r.ReadHashes([]int64{tlog.StoredHashCount(p.head.Size)})
	if err != nil && !errors.Is(err, ErrNoHash) {
		return err
	}
	if len(rows) == 0 && len(hashes) == 0 {
		return nil
	}
	// Read after the rows: if they came by an append meanwhile, it shows here.
	now, err := p.r.Head()
	if err != nil || now.Size > p.head.Size {
		return err
	}
	if len(hashes) == 0 || len(rows) > 0 && tlog.RecordHash(rows[0].Body) != hashes[0] {
		return found(EntryInserted, p.head.Size, "관리대장 머리(%d건) 뒤에 서명되지 않은 기록이 있습니다.", p.head.Size)
	}
	return found(RolledBack, p.head.Size,
		"관리대장 머리가 예전 것(%d건)으로 되돌려졌습니다. 그 뒤에 더 긴 관리대장의 자취가 남아 있습니다.", p.head.Size)
}
