package vault

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
)

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
// bytes stream through. It is used by one goroutine at a time.
type Inflow struct {
	ctx        context.Context
	w          Writer
	name       string
	key        Key
	salt       string // of this run
	checkpoint func(Progress) error

	hash     hash.Hash
	taken    int64    // plaintext bytes taken, ever
	manifest Manifest // of the closed segments
	segments int64    // how many those are
	begun    int64    // plaintext bytes in the open segment
	sealer   io.WriteCloser
	out      *spool

	durable int64 // plaintext bytes of the last Progress
	done    *Sealed
	broken  error // the first fault; nothing more can be written
}

// Continue opens a blob for writing where p ends (the zero Progress begins a
// new one). checkpoint, when not nil, is called with new Progress after every
// SegmentSize bytes of a long run, once they are durable; an error stops the
// run for good.
//
// ctx bounds the work with the store for as long as the Inflow lives. It must
// outlive the sender's connection, or what was taken from a broken one cannot
// be synced. Close must be called in the end.
func Continue(ctx context.Context, s Store, name string, k Key, p Progress, rand io.Reader, checkpoint func(Progress) error) (*Inflow, error) {
	h, err := p.restore()
	if err != nil {
		return nil, fmt.Errorf("progress of %s: %w", name, err)
	}
	salt, err := newSalt(rand)
	if err != nil {
		return nil, err
	}
	w, err := s.Resume(ctx, name, p.Mark)
	if err != nil {
		return nil, err
	}
	f := &Inflow{
		ctx: ctx, w: w, name: name, key: k, salt: salt, checkpoint: checkpoint,
		hash: h, taken: p.Offset, durable: p.Offset,
		manifest: Manifest{Alg: Alg, Segments: slices.Clone(p.Manifest.Segments)},
	}
	for _, r := range p.Manifest.Segments {
		f.segments += r.Count
	}
	return f, nil
}

// restore checks that the parts of p fit together and gives the hash back in
// the state it had.
func (p Progress) restore() (hash.Hash, error) {
	h := sha256.New()
	if p.Offset == 0 && len(p.Manifest.Segments) == 0 {
		return h, nil
	}
	if err := p.Manifest.check(); err != nil {
		return nil, err
	}
	if p.Manifest.Size() != p.Offset || p.Manifest.SealedSize() != p.Mark.Size {
		return nil, fmt.Errorf("%w: offset %d and mark %d, but the manifest says %d and %d",
			ErrCorrupt, p.Offset, p.Mark.Size, p.Manifest.Size(), p.Manifest.SealedSize())
	}
	if err := h.(encoding.BinaryUnmarshaler).UnmarshalBinary(p.Hash); err != nil {
		return nil, fmt.Errorf("%w: saved hash: %w", ErrCorrupt, err)
	}
	return h, nil
}

var errDone = errors.New("vault: the blob is finished or closed")

// ReadFrom takes bytes from src until EOF or an error and returns how many were
// taken. Bytes taken are durable only after the next Sync or Finish. An error
// of src ends the run, not the Inflow: what came before it can be synced.
func (f *Inflow) ReadFrom(src io.Reader) (int64, error) {
	if f.broken != nil {
		return 0, f.broken
	}
	start := f.taken
	lane := newHashLane(f.hash)
	defer lane.stop()
	for {
		buf := lane.buffer()
		n, srcErr := fill(src, buf[:min(int64(len(buf)), SegmentSize-f.begun)])
		lane.add(buf[:n])
		if err := f.take(buf[:n]); err != nil {
			return f.taken - start, f.fail(err)
		}
		if f.begun == SegmentSize {
			lane.wait()
			if err := f.turn(); err != nil {
				return f.taken - start, f.fail(err)
			}
		}
		// An EOF that something wraps is a broken connection, not the end.
		if srcErr == io.EOF { //nolint:errorlint // see above
			return f.taken - start, nil
		}
		if srcErr != nil {
			return f.taken - start, srcErr
		}
	}
}

// fill reads until buf is full, src ends or fails. A short read is not an end.
func fill(src io.Reader, buf []byte) (n int, err error) {
	for empty := 0; n < len(buf) && err == nil; {
		var k int
		k, err = src.Read(buf[n:])
		n += k
		if k > 0 {
			empty = 0
		} else if empty++; empty > 100 && err == nil {
			err = io.ErrNoProgress
		}
	}
	return n, err
}

// take seals b into the open segment, opening one when there is none.
func (f *Inflow) take(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if f.sealer == nil {
		secret, err := f.key.secret(f.name, f.segments, f.salt)
		if err != nil {
			return err
		}
		if f.out == nil {
			f.out = newSpool(f.w)
		}
		if f.sealer, err = secret.sealTo(f.out); err != nil {
			return fmt.Errorf("vault: sealing %s: %w", f.name, err)
		}
	}
	n, err := f.sealer.Write(b)
	f.taken += int64(n)
	f.begun += int64(n)
	return err
}

// cut closes the open segment, so that no other byte is ever sealed with its
// secret.
func (f *Inflow) cut() error {
	if f.sealer == nil {
		return nil
	}
	err := f.sealer.Close()
	f.sealer = nil
	if err != nil {
		return err
	}
	if err := f.out.flush(); err != nil {
		return err
	}
	f.manifest = f.manifest.with(f.begun, f.salt)
	f.segments++
	f.begun = 0
	return nil
}

// turn ends a full segment in the middle of a run.
func (f *Inflow) turn() error {
	if f.checkpoint == nil {
		return f.cut()
	}
	p, err := f.sync()
	if err != nil {
		return err
	}
	return f.checkpoint(p)
}

// Sync closes the current segment, makes it durable and returns the Progress.
func (f *Inflow) Sync() (Progress, error) {
	if f.broken != nil {
		return Progress{}, f.broken
	}
	p, err := f.sync()
	return p, f.fail(err)
}

func (f *Inflow) sync() (Progress, error) {
	if err := f.cut(); err != nil {
		return Progress{}, err
	}
	state, err := f.hash.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return Progress{}, fmt.Errorf("vault: saving the hash: %w", err)
	}
	mark, err := f.w.Sync(f.ctx)
	if err != nil {
		return Progress{}, err
	}
	if want := f.manifest.SealedSize(); mark.Size != want {
		return Progress{}, fmt.Errorf("%w: %s: store holds %d bytes, %d were written", ErrCorrupt, f.name, mark.Size, want)
	}
	f.durable = f.taken
	return Progress{Offset: f.taken, Hash: state, Manifest: f.manifest, Mark: mark}, nil
}

// Finish makes the blob whole and tells what it is. Bytes not yet synced go
// through a checkpoint first when there is one: after a crash in the midst the
// record then still fits what the store has, and Continue at that Progress and
// Finish bring it to the end. Calling it again gives the same answer.
func (f *Inflow) Finish() (Sealed, error) {
	if f.done != nil {
		return *f.done, nil
	}
	if f.broken != nil {
		return Sealed{}, f.broken
	}
	if err := f.finish(); err != nil {
		return Sealed{}, f.fail(err)
	}
	f.done = &Sealed{Bytes: f.taken, SHA256: hex.EncodeToString(f.hash.Sum(nil)), Manifest: f.manifest}
	f.release()
	f.broken = errDone
	return *f.done, nil
}

func (f *Inflow) finish() error {
	if f.checkpoint != nil && f.taken > f.durable {
		if err := f.turn(); err != nil {
			return err
		}
	}
	if err := f.cut(); err != nil {
		return err
	}
	return f.w.Finish(f.ctx)
}

// Close lets go without finishing; what was synced stays to be continued.
// Closing after Finish does nothing.
func (f *Inflow) Close() error {
	f.release()
	if f.broken == nil {
		f.broken = errDone
	}
	return f.w.Close()
}

func (f *Inflow) release() {
	f.sealer = nil
	if f.out != nil {
		f.out.free()
		f.out = nil
	}
}

func (f *Inflow) fail(err error) error {
	if err != nil && f.broken == nil {
		f.broken = err
	}
	return err
}
