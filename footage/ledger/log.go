package ledger

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices/instant"
)

// Head is the state of the log: its size, root and latest signed checkpoint.
// The zero Head is that of an empty log.
type Head struct {
	Size       int64        // entries in the log
	Root       tlog.Hash    // RFC 6962 tree head over them
	At         instant.Time // time of the last entry
	Checkpoint []byte       // signed note over the three above
}

// Row is an entry as stored: Body is what is hashed, the rest is taken from it
// for queries.
type Row struct {
	Index   int64 // from 0, without gaps
	At      instant.Time
	Act     Act
	Subject string
	Account string
	Body    []byte // canonical JSON
}

// Log is where a ledger lives, seen inside one transaction.
type Log interface {
	// HashReader reads by stored-hash index (tlog layout, FORMAT.md §4); an
	// index that was never stored is ErrNoHash. Append asks for the right edge
	// of the tree only, in ascending order, in one call.
	tlog.HashReader
	// Head gives the head and locks it until the transaction ends, so that two
	// appends never build on the same one; the zero Head for an empty log.
	Head() (Head, error)
	// Append stores rows, hashes (at firstHash, firstHash+1, …) and replaces
	// the head, or none of it.
	Append(rows []Row, firstHash int64, hashes []tlog.Hash, head Head) error
}

// Reader is a ledger to be read and proved from. It may be read while entries
// are appended: everything below a head's size never changes.
type Reader interface {
	// HashReader reads by stored-hash index. Verify asks for long ascending
	// runs without gaps, which a database should answer as one range. An index
	// that was never stored is ErrNoHash.
	tlog.HashReader
	// Head gives the head without locking it.
	Head() (Head, error)
	// Rows gives up to limit rows with Index >= from in ascending order of
	// Index; fewer only when there are no more.
	Rows(ctx context.Context, from int64, limit int) ([]Row, error)
}
