package db

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jikim/devices/instant"
	"jikim/footage/ledger"
)

type ledgerEntry struct {
	Index   int64 `gorm:"primaryKey;autoIncrement:false;column:idx"`
	At      int64
	Act     string
	Subject string
	Account string
	Body    []byte
}

func (ledgerEntry) TableName() string { return "ledger_entries" }

type ledgerHash struct {
	Index int64 `gorm:"primaryKey;autoIncrement:false;column:idx"`
	Hash  []byte
}

func (ledgerHash) TableName() string { return "ledger_hashes" }

type ledgerHead struct {
	ID         int `gorm:"primaryKey;autoIncrement:false"`
	Size       int64
	Root       []byte
	At         instant.Time
	Checkpoint []byte
}

func (ledgerHead) TableName() string { return "ledger_heads" }

// txLog is the ledger inside one transaction; it implements ledger.Log.
type txLog struct {
	g    *gorm.DB
	head *ledger.Head // as locked by the first Head
}

// Head implements ledger.Log. On SQLite the transaction is the only writer
// anyway; on PostgreSQL the row is locked.
func (l *txLog) Head() (ledger.Head, error) {
	if l.head != nil {
		return *l.head, nil
	}
	g := l.g
	if g.Name() == "postgres" {
		g = g.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
	}
	head, err := readHead(g)
	if err == nil {
		l.head = &head
	}
	return head, err
}

// ReadHashes implements tlog.HashReader.
func (l *txLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) { return readHashes(l.g, indexes) }

// Append implements ledger.Log.
func (l *txLog) Append(rows []ledger.Row, firstHash int64, hashes []tlog.Hash, head ledger.Head) error {
	entries := make([]ledgerEntry, len(rows))
	for i, r := range rows {
		entries[i] = ledgerEntry{Index: r.Index, At: r.At.Ms(), Act: string(r.Act), Subject: r.Subject, Account: r.Account, Body: r.Body}
	}
	if err := l.g.CreateInBatches(entries, 500).Error; err != nil {
		return err
	}
	stored := make([]ledgerHash, len(hashes))
	for i := range hashes {
		stored[i] = ledgerHash{Index: firstHash + int64(i), Hash: hashes[i][:]}
	}
	if err := l.g.CreateInBatches(stored, 500).Error; err != nil {
		return err
	}
	row := ledgerHead{ID: 1, Size: head.Size, Root: head.Root[:], At: head.At, Checkpoint: head.Checkpoint}
	if err := l.g.Save(&row).Error; err != nil {
		return err
	}
	l.head = &head
	return nil
}

// reader reads the ledger outside a change; it implements ledger.Reader.
type reader struct{ g *gorm.DB }

// Ledger gives the ledger for reading and proving.
func (d *DB) Ledger(ctx context.Context) ledger.Reader {
	return &reader{g: d.read.WithContext(ctx)}
}

func (r *reader) Head() (ledger.Head, error) { return readHead(r.g) }

func (r *reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) { return readHashes(r.g, indexes) }

func (r *reader) Rows(ctx context.Context, from int64, limit int) ([]ledger.Row, error) {
	return readRows(r.g.WithContext(ctx).Where("idx >= ?", from).Order("idx").Limit(limit))
}

// Head implements ledger.Reader.
func (d *DB) Head() (ledger.Head, error) {
	head, err := readHead(d.read)
	return head, translate(err)
}

// ReadHashes implements ledger.Reader.
func (d *DB) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes, err := readHashes(d.read, indexes)
	return hashes, translate(err)
}

// Rows implements ledger.Reader.
func (d *DB) Rows(ctx context.Context, from int64, limit int) ([]ledger.Row, error) {
	rows, err := (&reader{g: d.read}).Rows(ctx, from, limit)
	return rows, translate(err)
}

// History gives every entry whose subject is the record, oldest first: for a
// clip also those about its holds, views and derivatives.
func (d *DB) History(ctx context.Context, record string) ([]ledger.Row, error) {
	rows, err := readRows(d.read.WithContext(ctx).Where("subject = ?", record).Order("idx").Limit(1000))
	return rows, translate(err)
}

// RowsOf gives entries of one act (or of all, when act is empty), newest first,
// with an index below before (or from the end, when before is 0).
func (d *DB) RowsOf(ctx context.Context, act ledger.Act, before int64, limit int) ([]ledger.Row, error) {
	q := d.read.WithContext(ctx).Order("idx DESC").Limit(limit)
	if act != "" {
		q = q.Where("act = ?", string(act))
	}
	if before > 0 {
		q = q.Where("idx < ?", before)
	}
	rows, err := readRows(q)
	return rows, translate(err)
}

func readHead(g *gorm.DB) (ledger.Head, error) {
	var row ledgerHead
	if err := g.Take(&row, "id = 1").Error; err != nil {
		return ledger.Head{}, err
	}
	head := ledger.Head{Size: row.Size, At: row.At, Checkpoint: row.Checkpoint}
	copy(head.Root[:], row.Root)
	return head, nil
}

// readHashes reads hashes by index; a run without gaps is read as one range.
func readHashes(g *gorm.DB, indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	if len(indexes) == 0 {
		return out, nil
	}
	q := g.Model(&ledgerHash{}).Order("idx")
	if n := len(indexes); indexes[n-1]-indexes[0] == int64(n-1) && ascending(indexes) {
		q = q.Where("idx BETWEEN ? AND ?", indexes[0], indexes[n-1])
	} else {
		q = q.Where("idx IN ?", indexes)
	}
	var rows []ledgerHash
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	at := make(map[int64][]byte, len(rows))
	for _, r := range rows {
		at[r.Index] = r.Hash
	}
	for i, index := range indexes {
		h, ok := at[index]
		if !ok || len(h) != tlog.HashSize {
			return nil, fmt.Errorf("db: stored hash %d: %w", index, ledger.ErrNoHash)
		}
		copy(out[i][:], h)
	}
	return out, nil
}

func ascending(indexes []int64) bool {
	for i := 1; i < len(indexes); i++ {
		if indexes[i] != indexes[i-1]+1 {
			return false
		}
	}
	return true
}

func readRows(q *gorm.DB) ([]ledger.Row, error) {
	var entries []ledgerEntry
	if err := q.Find(&entries).Error; err != nil {
		return nil, err
	}
	rows := make([]ledger.Row, len(entries))
	for i, e := range entries {
		rows[i] = ledger.Row{Index: e.Index, At: instant.FromMs(e.At), Act: ledger.Act(e.Act), Subject: e.Subject, Account: e.Account, Body: e.Body}
	}
	return rows, nil
}
