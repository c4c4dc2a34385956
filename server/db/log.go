package db

import (
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

func readHead(g *gorm.DB) (ledger.Head, error) {
	var row ledgerHead
	if err := g.Take(&row, "id = 1").Error; err != nil {
		return ledger.Head{}, err
	}
	head := ledger.Head{Size: row.Size, At: row.At, Checkpoint: row.Checkpoint}
	copy(head.Root[:], row.Root)
	return head, nil
}
