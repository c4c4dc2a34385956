// Package ledgertest has a ledger in memory and the suite that every place a
// ledger can live must pass. It is for tests only.
package ledgertest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/footage/ledger"
)

// Stored is everything a ledger has on stable storage.
type Stored struct {
	Head   ledger.Head
	Rows   []ledger.Row // in ascending order of Index
	Hashes []tlog.Hash  // by stored-hash index
}

// Place is where a ledger lives, as the suite sees it.
type Place interface {
	// Update runs fn in one transaction; when fn fails, nothing of it stays.
	Update(fn func(ledger.Log) error) error
	// View lets fn read.
	View(fn func(ledger.Reader) error) error
	// Replace puts s in the place of everything stored, as somebody with
	// access to the database could, without the ledger's leave.
	Replace(s Stored) error
}

// Memory is a ledger in memory.
type Memory struct {
	mu     sync.Mutex
	stored Stored
}

// NewMemory gives an empty ledger.
func NewMemory() *Memory { return &Memory{} }

// Update is of Place.
func (m *Memory) Update(fn func(ledger.Log) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	tx := transaction{snapshot{m.stored}}
	if err := fn(&tx); err != nil {
		return err
	}
	m.stored = tx.Stored
	return nil
}

// View is of Place. fn sees the ledger as it stands now; later appends do not
// change what it sees.
func (m *Memory) View(fn func(ledger.Reader) error) error {
	m.mu.Lock()
	v := snapshot{m.stored}
	m.mu.Unlock()
	return fn(v)
}

// Replace is of Place.
func (m *Memory) Replace(s Stored) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stored = s.clone()
	return nil
}

// Stored gives a copy of everything stored.
func (m *Memory) Stored() Stored {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stored.clone()
}

func (s Stored) clone() Stored {
	c := Stored{Head: s.Head, Rows: slices.Clone(s.Rows), Hashes: slices.Clone(s.Hashes)}
	c.Head.Checkpoint = slices.Clone(s.Head.Checkpoint)
	for i := range c.Rows {
		c.Rows[i].Body = slices.Clone(c.Rows[i].Body)
	}
	return c
}

// snapshot reads a state that no longer changes.
type snapshot struct{ Stored }

func (v snapshot) Head() (ledger.Head, error) { return v.Stored.Head, nil }

func (v snapshot) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at < 0 || at >= int64(len(v.Hashes)) {
			return nil, fmt.Errorf("hash %d: %w", at, ledger.ErrNoHash)
		}
		out[i] = v.Hashes[at]
	}
	return out, nil
}

func (v snapshot) Rows(ctx context.Context, from int64, limit int) ([]ledger.Row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	at, _ := slices.BinarySearchFunc(v.Stored.Rows, from, func(r ledger.Row, from int64) int {
		return int(r.Index - from)
	})
	return v.Stored.Rows[at:min(at+limit, len(v.Stored.Rows))], nil
}

// transaction is a snapshot that can be appended to.
type transaction struct{ snapshot }

func (t *transaction) Append(rows []ledger.Row, firstHash int64, hashes []tlog.Hash, head ledger.Head) error {
	if firstHash != int64(len(t.Hashes)) {
		return fmt.Errorf("ledgertest: hashes at %d, expected at %d", firstHash, len(t.Hashes))
	}
	// Clipped, so that a transaction that fails has not written into the
	// storage of the one before.
	t.Stored.Rows = append(slices.Clip(t.Stored.Rows), rows...)
	t.Hashes = append(slices.Clip(t.Hashes), hashes...)
	t.Stored.Head = head
	return nil
}
