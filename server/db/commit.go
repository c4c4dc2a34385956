package db

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Group commit. Everybody who wants to change something hands the change to
// one goroutine; while a commit waits for the disk, the next ones gather and
// are committed together. On PostgreSQL the ledger's head row is locked before
// anything else, so that changes of all servers stand in one line: no two of
// them can deadlock, and each sees the ledger as it will be.

// maxGroup bounds how many changes share a commit, so that none waits long.
const maxGroup = 128

var errNoSigner = errors.New("db: the ledger's key was not given; nothing can be changed")

// change is one call waiting for its commit.
type change struct {
	ctx   context.Context
	entry *ledger.Entry // nil: transport state (uploads, sessions), no entry
	fn    func(tx *Tx) error
	done  chan error
	err   error
}

// Change implements footage.Book.
func (d *DB) Change(ctx context.Context, e ledger.Entry, fn func(tx footage.Tx, e *ledger.Entry) error) error {
	return d.change(ctx, e, func(tx *Tx) error { return fn(tx, tx.entry) })
}

// change is Change for this room, which may do more inside.
func (d *DB) change(ctx context.Context, e ledger.Entry, fn func(tx *Tx) error) error {
	if d.signer == nil {
		return errNoSigner
	}
	return d.enqueue(&change{ctx: ctx, entry: &e, fn: fn, done: make(chan error, 1)})
}

// note writes what the ledger does not vouch for. On SQLite it shares the next
// commit; on PostgreSQL it has its own, beside the line of changes.
func (d *DB) note(ctx context.Context, fn func(g *gorm.DB) error) error {
	if !d.lite {
		return translate(d.write.WithContext(ctx).Transaction(fn))
	}
	return d.enqueue(&change{ctx: ctx, fn: func(tx *Tx) error { return fn(tx.g) }, done: make(chan error, 1)})
}

func (d *DB) enqueue(c *change) error {
	select {
	case d.queue <- c:
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
	// Once queued, the answer is waited for even if the caller has gone: a
	// change must never be committed behind the back of an error.
	return <-c.done
}

func (d *DB) commitLoop(run context.Context) {
	for {
		select {
		case c := <-d.queue:
			d.commitGroup(d.gather(c))
		case <-run.Done():
			for {
				select {
				case c := <-d.queue:
					d.commitGroup(d.gather(c))
				default:
					return
				}
			}
		}
	}
}

// gather takes what else is waiting, without waiting for more.
func (d *DB) gather(first *change) []*change {
	group := []*change{first}
	for len(group) < maxGroup {
		select {
		case c := <-d.queue:
			group = append(group, c)
		default:
			return group
		}
	}
	return group
}

func (d *DB) commitGroup(group []*change) {
	write := d.write
	if !d.lite {
		ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
		defer cancel()
		write = write.WithContext(ctx)
	}
	err := write.Transaction(func(g *gorm.DB) error { return d.runGroup(g, group) })
	for _, c := range group {
		if c.err == nil && err != nil {
			c.err = err
		}
		c.done <- translate(d.orFull(c.err))
	}
}

// runGroup runs every change behind a savepoint, so that one that fails takes
// nothing with it, then appends all their entries.
func (d *DB) runGroup(g *gorm.DB, group []*change) error {
	log := &txLog{g: g}
	head, err := log.Head()
	if err != nil {
		return err
	}
	for _, c := range group {
		c.err = nil
		if c.err = c.ctx.Err(); c.err != nil {
			continue
		}
		tx := &Tx{g: g, head: head, entry: c.entry, now: d.clock, digests: map[string]string{}}
		var broken error
		if c.err, broken = runBehindSavepoint(g, tx, c.fn); broken != nil {
			return errors.Join(broken, c.err)
		}
		if c.err == nil && c.entry != nil {
			tx.vouch()
		}
	}
	var entries []ledger.Entry
	for _, c := range group {
		if c.err == nil && c.entry != nil {
			entries = append(entries, *c.entry)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := ledger.Append(log, d.signer, d.clock(), entries); err != nil {
		return err
	}
	return saveRecordHeads(g, head.Size, entries)
}

// runBehindSavepoint gives the error of fn, whose doings are then undone.
// broken means that they could not be: the transaction is gone (a full disk
// makes SQLite end it by itself), and nothing more may be done in it.
//
// Each savepoint is released: nested in one another, PostgreSQL would keep
// track of a transaction for each, and SQLite a copy of every page that any of
// them touched. (GORM's own SavePoint has no release, and on SQLite no error.)
func runBehindSavepoint(g *gorm.DB, tx *Tx, fn func(*Tx) error) (err, broken error) {
	if broken := g.Exec("SAVEPOINT one_change").Error; broken != nil {
		return nil, broken
	}
	if err = fn(tx); err != nil {
		if broken := g.Exec("ROLLBACK TO SAVEPOINT one_change").Error; broken != nil {
			return err, broken
		}
	}
	return err, g.Exec("RELEASE SAVEPOINT one_change").Error
}

// LedgerAt is the time of the last entry; zero for an empty ledger.
func (d *DB) LedgerAt(ctx context.Context) (instant.Time, error) {
	head, err := d.Ledger(ctx).Head()
	return head.At, err
}
