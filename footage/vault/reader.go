package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// firstWindow is what a Reader fetches when it begins or was moved: little, so
// that the first byte comes soon. Each further one is four times as large, up
// to the span.
const firstWindow = 2 * packageSize

// Reader reads an Outflow in order, with a window of decrypted bytes ahead. It
// is an io.ReadSeeker as http.ServeContent wants it; one goroutine uses it.
type Reader struct {
	ctx context.Context
	o   *Outflow

	mu     sync.Mutex // against Outflow.Close
	pos    int64
	window []byte  // decrypted bytes at start
	start  int64   // plaintext offset of window
	next   int     // size of the next window when reading goes on in order
	buf    *[]byte // what window lies in
	closed bool
}

// Reader gives a Reader that stops when ctx ends. It ends with the Outflow.
func (o *Outflow) Reader(ctx context.Context) *Reader {
	r := &Reader{ctx: ctx, o: o}
	o.mu.Lock()
	o.readers = append(o.readers, r)
	o.mu.Unlock()
	return r
}

var errClosed = errors.New("vault: reader is closed")

// Read reads on from where the last Read or Seek left off.
func (r *Reader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, errClosed
	}
	if len(p) == 0 {
		return 0, nil
	}
	if r.pos >= r.o.Size() {
		return 0, io.EOF
	}
	if r.pos < r.start || r.pos >= r.start+int64(len(r.window)) {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.window[r.pos-r.start:])
	r.pos += int64(n)
	return n, nil
}

// fill decrypts the next window at pos. It ends where a package ends, so that
// none is decrypted twice in reading on.
func (r *Reader) fill() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.buf == nil {
		r.buf = windowPool(r.o.span).Get().(*[]byte)
	}
	size := firstSize(r.o.span)
	if len(r.window) > 0 && r.pos == r.start+int64(len(r.window)) {
		size = r.next
	}
	r.next = min(size*4, r.o.span)
	end := min(r.pos+int64(size), r.o.Size())
	if end < r.o.Size() {
		seg := r.o.layout.at(end)
		if even := end - (end-seg.plain)%packageSize; even > r.pos {
			end = even
		}
	}
	r.start, r.window = r.pos, (*r.buf)[:0]
	n, err := r.o.ReadAt((*r.buf)[:end-r.pos], r.pos)
	r.window = (*r.buf)[:n]
	if n > 0 {
		return nil // what is good is given; the next fill meets the error again
	}
	return err
}

// firstSize grows with the span: where a fetch is dear, the first one takes more.
func firstSize(span int) int { return min(span, max(firstWindow, span/8)) }

// Seek sets where the next Read begins; nothing is fetched before that.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.o.Size()
	case io.SeekStart:
	default:
		return 0, fmt.Errorf("vault: seek from %d", whence)
	}
	if offset < 0 {
		return 0, errors.New("vault: seek before the start")
	}
	r.pos = offset
	return offset, nil
}

func (r *Reader) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.buf != nil {
		windowPool(r.o.span).Put(r.buf)
		r.buf, r.window = nil, nil
	}
}

var windowPools sync.Map // span in bytes → *sync.Pool

func windowPool(span int) *sync.Pool {
	if p, ok := windowPools.Load(span); ok {
		return p.(*sync.Pool)
	}
	p, _ := windowPools.LoadOrStore(span, &sync.Pool{New: func() any {
		b := make([]byte, span)
		return &b
	}})
	return p.(*sync.Pool)
}
