package footage

import (
	"context"

	"jikim/devices/instant"
	"jikim/footage/ledger"
)

// Record is anything the ledger vouches for. Its canonical JSON
// (encoding/json) is what is hashed; fields tagged json:"-" are not vouched
// for and may change without an entry.
type Record interface {
	// RecordName is kind and key, "clip:0193…"; it never changes.
	RecordName() string
}

// Book is where records are kept. It has one way to change anything.
type Book interface {
	// Change runs fn in one transaction and appends e to the ledger in the
	// same transaction, with the digest of every record fn saved. fn may fill
	// in e (facts known only inside). When fn or the append fails, nothing has
	// happened. fn may be run again and must not reach outside the database.
	Change(ctx context.Context, e ledger.Entry, fn func(tx Tx, e *ledger.Entry) error) error
}

// Tx is one change in progress.
type Tx interface {
	// Load fills r, whose key is set, and keeps others from changing it until
	// the change ends. A refuse.NotFound when there is no such record.
	Load(r Record) error
	// Save inserts or replaces r.
	Save(r Record) error
	// HoldsOf gives all holds of a clip, open and released.
	HoldsOf(clip string) ([]Hold, error)
	// DerivativesOf gives all derivatives of a clip.
	DerivativesOf(clip string) ([]Derivative, error)
	// DropKey removes the wrapped key of a clip: from then on nothing of it
	// can be read. Dropping what is not there is no error.
	DropKey(clip string) error
	// LedgerTime is the time of the last entry; no honest clock is earlier.
	LedgerTime() (instant.Time, error)
}

// The names under which the ledger knows the records of this room.
func (c *Clip) RecordName() string        { return "clip:" + c.ID }
func (h *Hold) RecordName() string        { return "hold:" + h.ID }
func (d *Derivative) RecordName() string  { return "derivative:" + d.ID }
func (v *View) RecordName() string        { return "view:" + v.ID }
func (c *Correction) RecordName() string  { return "correction:" + c.ID }
func (d *Destruction) RecordName() string { return "destruction:" + d.Clip }
