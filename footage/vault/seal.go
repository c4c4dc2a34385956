package vault

import (
	"context"
	"errors"
	"io"
)

// The rest of this room in signatures; see FORMAT.md.

// Key is a clip's own 256-bit key. It exists in memory while a clip is written
// or read, and on disk only wrapped by the institution's key.
type Key [32]byte

// Keyring wraps and unwraps clip keys under the institution's key. id (the
// clip's id) is authenticated with the key: a wrapped key moved to another
// clip does not open.
type Keyring interface {
	Wrap(id string, k Key) (wrapped []byte, err error)
	Unwrap(id string, wrapped []byte) (Key, error)
}

// Manifest tells how a blob's plaintext is cut into segments, each sealed on
// its own. It is kept with the clip's record, not with the bytes, and binds
// the number, order and length of the segments.
type Manifest struct {
	Alg      string `json:"alg"` // "dare2-aes256gcm-v1"
	Segments []Run  `json:"segments"`
}

// Run is Count segments of Len plaintext bytes each.
type Run struct {
	Count int64 `json:"n"`
	Len   int64 `json:"len"`
}

// Progress is what an upload's record keeps between two runs: everything up
// to Offset is sealed, hashed and durable.
type Progress struct {
	Offset   int64    `json:"offset"` // plaintext bytes
	Hash     []byte   `json:"hash"`   // saved state of SHA-256 over them
	Manifest Manifest `json:"manifest"`
	Mark     Mark     `json:"mark"`
}

// Sealed is a finished blob as the clip's record keeps it.
type Sealed struct {
	Bytes    int64  // plaintext size
	SHA256   string // lower-case hex, of the plaintext
	Manifest Manifest
}

// Inflow seals one blob in one pass: hash and seal run side by side while the
// bytes stream through.
type Inflow struct{}

var errUnbuilt = errors.New("vault: not built yet")

// Continue opens a blob for writing where p ends (the zero Progress begins a
// new one). checkpoint, when not nil, is called with new Progress after every
// SegmentSize bytes of a long run, once they are durable; an error stops the run.
func Continue(ctx context.Context, s Store, name string, k Key, p Progress, rand io.Reader, checkpoint func(Progress) error) (*Inflow, error) {
	return nil, errUnbuilt
}

// ReadFrom takes bytes from src until EOF or an error and returns how many were
// taken. Bytes taken are durable only after the next Sync or Finish.
func (f *Inflow) ReadFrom(src io.Reader) (int64, error) { return 0, errUnbuilt }

// Sync closes the current segment, makes it durable and returns the Progress.
func (f *Inflow) Sync() (Progress, error) { return Progress{}, errUnbuilt }

// Finish makes the blob whole and tells what it is.
func (f *Inflow) Finish() (Sealed, error) { return Sealed{}, errUnbuilt }

// Close lets go without finishing.
func (f *Inflow) Close() error { return errUnbuilt }

// Outflow reads any range of a sealed blob, decrypting only the packages that
// hold it. ReadAt is safe for concurrent use. Bytes that fail authentication
// are never returned; the error wraps ErrCorrupt.
type Outflow struct{}

// Open opens a finished blob for reading.
func Open(ctx context.Context, s Store, name string, k Key, m Manifest) (*Outflow, error) {
	return nil, errUnbuilt
}

func (o *Outflow) ReadAt(p []byte, off int64) (int, error) { return 0, errUnbuilt }
func (o *Outflow) Size() int64                             { return 0 }
func (o *Outflow) Close() error                            { return errUnbuilt }
