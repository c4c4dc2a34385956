package db

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Tx is one change in progress; it implements footage.Tx. The head of the
// ledger is locked while it runs, so nothing it reads can be changed by others.
type Tx struct {
	g       *gorm.DB
	head    ledger.Head
	entry   *ledger.Entry
	now     func() time.Time
	digests map[string]string
}

// Load implements footage.Tx.
func (tx *Tx) Load(r footage.Record) error {
	return translate(tx.g.Take(r, primaryKey(r)...).Error)
}

// Save implements footage.Tx.
func (tx *Tx) Save(r footage.Record) error {
	switch r := r.(type) {
	case *footage.Clip:
		r.SortAt = sortAt(r)
		if err := tx.saveClipWords(r); err != nil {
			return translate(err)
		}
	case *footage.Batch:
		if err := tx.saveBatchWords(r); err != nil {
			return translate(err)
		}
	}
	digest, err := Digest(r)
	if err != nil {
		return err
	}
	if err := tx.g.Clauses(clause.OnConflict{UpdateAll: true}).Create(r).Error; err != nil {
		return translate(err)
	}
	tx.digests[r.RecordName()] = digest
	return nil
}

// sortAt is the place of a clip in the lists.
func sortAt(c *footage.Clip) instant.Time {
	if c.CapturedAt.IsZero() {
		return c.CheckedInAt
	}
	return c.CapturedAt
}

// HoldsOf implements footage.Tx.
func (tx *Tx) HoldsOf(clip string) ([]footage.Hold, error) { return holdsOf(tx.g, clip) }

// DerivativesOf implements footage.Tx.
func (tx *Tx) DerivativesOf(clip string) ([]footage.Derivative, error) {
	return derivativesOf(tx.g, clip)
}

// DropKey implements footage.Tx. secure_delete (SQLite) overwrites the bytes;
// on PostgreSQL the dead row goes with the next vacuum (OPERATING.md).
func (tx *Tx) DropKey(clip string) error {
	return tx.g.Delete(&clipKey{}, "clip = ?", clip).Error
}

// LedgerTime implements footage.Tx.
func (tx *Tx) LedgerTime() (instant.Time, error) { return tx.head.At, nil }

// vouch puts the digests of everything saved into the entry.
func (tx *Tx) vouch() {
	if len(tx.digests) == 0 {
		return
	}
	if tx.entry.Records == nil {
		tx.entry.Records = map[string]string{}
	}
	maps.Copy(tx.entry.Records, tx.digests)
}

// Digest is the hex SHA-256 of a record's canonical JSON: encoding/json, fields
// in order, no HTML escaping, no trailing newline.
func Digest(r footage.Record) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return "", err
	}
	sum := sha256.Sum256(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	return hex.EncodeToString(sum[:]), nil
}

// recordHead remembers which entry last changed a record. It is an index over
// the ledger, not a second truth: verify checks it against the entries.
type recordHead struct {
	Record string `gorm:"primaryKey"`
	Index  int64  `gorm:"column:idx"`
}

func (recordHead) TableName() string { return "record_heads" }

func saveRecordHeads(g *gorm.DB, first int64, entries []ledger.Entry) error {
	last := map[string]int64{}
	for i, e := range entries {
		for name := range e.Records {
			last[name] = first + int64(i)
		}
	}
	if len(last) == 0 {
		return nil
	}
	heads := make([]recordHead, 0, len(last))
	for _, name := range slices.Sorted(maps.Keys(last)) {
		heads = append(heads, recordHead{Record: name, Index: last[name]})
	}
	return g.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(heads, 500).Error
}
