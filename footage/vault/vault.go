// Package vault keeps sealed bytes: it hashes and seals a recording in one
// pass on its way in, gives back any range of it, and destroys it. See
// FORMAT.md for every byte it writes.
//
// The stores under it (disk/, s3/) see only sealed bytes and opaque names;
// they know neither keys nor clips. The vault knows nothing of databases,
// retention or HTTP.
package vault

import (
	"context"
	"errors"
	"io"
)

// Errors a Store returns (wrapped); callers compare with errors.Is.
var (
	ErrNotFound = errors.New("vault: no such blob")
	ErrFull     = errors.New("vault: no room left")
	ErrAway     = errors.New("vault: store cannot be reached")
	ErrCorrupt  = errors.New("vault: stored bytes are not what was written")
	ErrFinished = errors.New("vault: blob is finished and does not change any more")
)

// Store keeps named blobs of sealed bytes. A blob is written once, by
// appending; it can be read only when finished; it never changes afterwards.
//
// Names are 1 to 200 characters of [a-z0-9._-], never beginning with a dot.
// All methods are safe for concurrent use, but one blob has at most one Writer
// at a time: callers hold a lease.
type Store interface {
	// Resume opens a blob for appending right after the bytes that m tells of;
	// bytes written past m (by a run that was cut off) are discarded. The zero
	// Mark begins a new blob, discarding any unfinished one of that name.
	//
	// A finished blob is never reopened: ErrFinished. Only when it has exactly
	// m.Size bytes is a Writer given, one that refuses Write and whose Finish
	// completes what a crash may have left undone. When bytes that m tells of
	// are missing, the error wraps ErrNotFound or ErrCorrupt.
	//
	// ctx bounds the Writer's whole life.
	Resume(ctx context.Context, name string, m Mark) (Writer, error)

	// Open reads a finished blob; ErrNotFound when there is none. ctx bounds
	// the reads too.
	Open(ctx context.Context, name string) (Blob, error)

	// Destroy removes every byte of a blob, finished or not: partial uploads,
	// parts and all object versions included. When it returns nil, nothing of
	// the blob can be read from the store. Destroying what is not there is no
	// error, so it can be repeated after a crash.
	Destroy(ctx context.Context, name string) error

	// List calls visit for every blob there is, finished or not, in no order.
	List(ctx context.Context, visit func(Item) error) error
}

// Writer appends to one unfinished blob.
type Writer interface {
	// Write takes bytes; they are not durable before Sync or Finish.
	io.Writer
	// Sync makes every byte written so far durable and returns the Mark to
	// resume from. After a crash at any later moment, Resume with that Mark
	// continues exactly there.
	Sync(ctx context.Context) (Mark, error)
	// Finish makes the blob whole: durable, readable, unchangeable. Finishing
	// again after a crash (Resume at the last Mark, then Finish) is allowed
	// and has the same result, provided nothing was written after that Mark:
	// Sync, record the Mark, then Finish.
	Finish(ctx context.Context) error
	// Close lets go of the writer; what was synced stays to be resumed.
	// Closing after Finish does nothing.
	Close() error
}

// Mark is what must be remembered to resume a blob: how many bytes are
// durable, and a note of the store's own (S3: upload id, parts, tail).
type Mark struct {
	Size int64  `json:"size"`
	Note []byte `json:"note,omitempty"`
}

// Blob is a finished blob. ReadAt is safe for concurrent use. A blob to which
// each read is a round trip may also have a method
//
//	Stream(off, n int64) (io.ReadCloser, error)
//
// that gives n bytes from off on by one request; readers in order use it.
type Blob interface {
	io.ReaderAt
	Size() int64
	Close() error
}

// Item is what List tells of a blob.
type Item struct {
	Name     string
	Size     int64 // sealed bytes; of an unfinished blob a hint only
	Finished bool
}
