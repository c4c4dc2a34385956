// Package window lets a format reader look at a file of any size through a
// small cache, with a budget. The file may lie sealed on a disk, in an object
// store or behind a pipe, where every read costs; it may also be hostile, so
// that what a reader asks for is bounded in number and in bytes whatever the
// file says of itself.
package window

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	// Block is the size of one read from the file underneath, in bytes, unless
	// Limits say otherwise.
	Block = 64 << 10
	// cached is how many blocks are kept.
	cached = 16
	// MaxPiece is the most that Bytes gives at once.
	MaxPiece = 4 << 20
)

// Budgets of one file. A 4 GB recording with its index at the end needs about
// ten reads; a long flight log is read whole, up to MaxBytes.
const (
	MaxReads = 2048
	MaxBytes = 96 << 20
)

// Limits are what reading one file may cost.
type Limits struct {
	Block int   // bytes of one read
	Reads int   // of the file underneath
	Bytes int64 // in all
}

var (
	// ErrBudget says that the file made its reader ask for more than a file is
	// granted.
	ErrBudget = errors.New("window: the reading budget of this file is used up")
	// ErrPiece says that one value claims to be larger than MaxPiece.
	ErrPiece = errors.New("window: a single value claims an unreasonable size")
)

// File is a file seen through the window. It is not safe for concurrent use.
type File struct {
	under  io.ReaderAt
	limits Limits
	size   int64
	blocks [cached]block
	clock  uint64
	reads  int
	bytes  int64
	after  int64 // where the last Piece ended
	step   int64 // where the last Glance was
	short  short // what it read
	fault  error
}

type block struct {
	index int64 // block number + 1; 0 = empty
	used  uint64
	data  []byte
}

// Open opens a window on size bytes of r.
func Open(r io.ReaderAt, size int64) *File {
	return OpenWithin(r, size, Limits{Block: Block, Reads: MaxReads, Bytes: MaxBytes})
}

// OpenWithin opens a window of other limits: for reading a track to its end,
// whose samples lie small and scattered.
func OpenWithin(r io.ReaderAt, size int64, l Limits) *File {
	return &File{under: r, size: max(size, 0), limits: l}
}

// buffers are blocks of files that were read before. A block is overwritten
// whole before anything of it is given.
var buffers sync.Pool

// Release gives the window's memory back for the next file. What was read stays
// the reader's; the window must not be used any more.
func (f *File) Release() {
	for i := range f.blocks {
		if data := f.blocks[i].data; cap(data) >= Block {
			buffers.Put(&data)
		}
		f.blocks[i] = block{}
	}
	f.short, f.fault = short{}, errReleased
}

var errReleased = errors.New("window: used after its release")

// buffer gives room for a block.
func (f *File) buffer(n int) []byte {
	if f.limits.Block == Block {
		if p, ok := buffers.Get().(*[]byte); ok {
			return *p
		}
		n = int(min(Block, f.size)) // a later block of the file may be longer than this one
	}
	return make([]byte, n)
}

// Size is the file's length in bytes.
func (f *File) Size() int64 { return f.size }

// Reads is how often the file underneath was asked.
func (f *File) Reads() int { return f.reads }

// Fault is the first error of the file underneath: a store that failed, not a
// file that is wrong. nil when there was none.
func (f *File) Fault() error { return f.fault }

// ReadAt follows io.ReaderAt.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("window: negative offset %d", off)
	}
	done := copy(p, f.short.from(off))
	for done < len(p) {
		at := off + int64(done)
		if at >= f.size {
			return done, io.EOF
		}
		data, err := f.block(at / int64(f.limits.Block))
		if err != nil {
			return done, err
		}
		within := int(at % int64(f.limits.Block))
		if within >= len(data) {
			return done, io.ErrUnexpectedEOF
		}
		done += copy(p[done:], data[within:])
	}
	return done, nil
}

// Bytes gives exactly n bytes from off, as a copy; io.ErrUnexpectedEOF when the
// file is shorter.
func (f *File) Bytes(off int64, n int) ([]byte, error) {
	if n < 0 || n > MaxPiece {
		return nil, ErrPiece
	}
	if off < 0 || off > f.size || int64(n) > f.size-off {
		return nil, io.ErrUnexpectedEOF
	}
	p := make([]byte, n)
	if _, err := f.ReadAt(p, off); err != nil {
		return nil, err
	}
	return p, nil
}

// Piece gives what Bytes gives, for pieces that are spread over the file, as
// telemetry is: one of some size is read by itself and not by the blocks in which
// it lies, unless it lies in one that is known or adjoins the piece before.
func (f *File) Piece(off int64, n int) ([]byte, error) {
	adjoins := off == f.after
	f.after = off + int64(n)
	if n < f.limits.Block/16 || n > MaxPiece || off < 0 || int64(n) > f.size-off || adjoins || f.knows(off/int64(f.limits.Block)) {
		return f.Bytes(off, n)
	}
	p := make([]byte, n)
	if err := f.pull(p, off); err != nil {
		return nil, err
	}
	return p, nil
}

// glanced is how much a Glance reads, in bytes.
const glanced = 4 << 10

// Glance gives n bytes from off like Head, for a reader that steps from one head
// to the next over what it does not want: where the step was long, little is read.
func (f *File) Glance(off int64, n int) ([]byte, error) {
	far := off-f.step >= Block/2 && off < f.size && !f.knows(off/int64(f.limits.Block))
	f.step = off
	if far {
		data := make([]byte, min(glanced, f.size-off))
		if err := f.pull(data, off); err != nil {
			return nil, err
		}
		f.short = short{off, data}
	}
	return f.Head(off, n)
}

// short is a piece that is too small for a block.
type short struct {
	at   int64
	data []byte
}

// from gives what the piece has from off on.
func (s short) from(off int64) []byte {
	if off < s.at || off-s.at >= int64(len(s.data)) {
		return nil
	}
	return s.data[off-s.at:]
}

func (f *File) knows(index int64) bool {
	for i := range f.blocks {
		if f.blocks[i].index == index+1 {
			return true
		}
	}
	return false
}

// Head gives at most n bytes from off: fewer only where the file ends.
func (f *File) Head(off int64, n int) ([]byte, error) {
	if off >= f.size {
		return nil, nil
	}
	return f.Bytes(off, int(min(int64(n), f.size-off)))
}

// Section gives n bytes from off as a stream, clipped at the file's end.
func (f *File) Section(off, n int64) *io.SectionReader {
	off = min(max(off, 0), f.size)
	return io.NewSectionReader(f, off, min(max(n, 0), f.size-off))
}

func (f *File) block(index int64) ([]byte, error) {
	f.clock++
	oldest := 0
	for i := range f.blocks {
		if f.blocks[i].index == index+1 {
			f.blocks[i].used = f.clock
			return f.blocks[i].data, nil
		}
		if f.blocks[i].used < f.blocks[oldest].used {
			oldest = i
		}
	}
	b := &f.blocks[oldest]
	if err := f.fetch(b, index); err != nil {
		b.index = 0
		return nil, err
	}
	b.index, b.used = index+1, f.clock
	return b.data, nil
}

func (f *File) fetch(b *block, index int64) error {
	start := index * int64(f.limits.Block)
	n := int(min(int64(f.limits.Block), f.size-start))
	if cap(b.data) < n {
		b.data = f.buffer(n)
	}
	b.data = b.data[:n]
	return f.pull(b.data, start)
}

// pull fills p from the file underneath, within the budget.
func (f *File) pull(p []byte, start int64) error {
	if f.fault != nil {
		return f.fault
	}
	if f.reads >= f.limits.Reads || f.bytes+int64(len(p)) > f.limits.Bytes {
		return ErrBudget
	}
	f.reads++
	f.bytes += int64(len(p))
	got, err := f.under.ReadAt(p, start)
	if got == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the store has less than it promised
	}
	f.fault = fmt.Errorf("window: read %d bytes at %d: %w", len(p), start, err)
	return f.fault
}
