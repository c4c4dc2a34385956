package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// How much a Reader fetches at once. It begins with little, so that the first
// byte comes soon, and takes four times as much each time it reads on. Where a
// fetch costs a round trip (Blob.Span) the windows are larger.
const (
	firstWindow = 2 * packageSize
	fullWindow  = 4 * packageSize
)

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
	until  int64   // nothing is fetched ahead from here on; 0 means the end
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

// Until says that nothing at or after end will be wanted soon, so that nothing
// is fetched in vain: the end of the one range a request asks for.
func (r *Reader) Until(end int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = end
}

// fill decrypts the next window at pos.
func (r *Reader) fill() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.buf == nil {
		r.buf = windowPool(r.o.window).Get().(*[]byte)
	}
	size := min(r.o.window, max(firstWindow, r.o.window/8))
	if len(r.window) > 0 && r.pos == r.start+int64(len(r.window)) {
		size = r.next
	}
	r.next = min(size*4, r.o.window)
	end := r.windowEnd(size)
	r.start, r.window = r.pos, nil
	n, err := r.o.ReadAt((*r.buf)[:end-r.pos], r.pos)
	r.window = (*r.buf)[:n]
	if n > 0 {
		return nil // what is good is given; the next fill meets the error again
	}
	return err
}

// windowEnd is where a window of about size bytes ends: at the end of a
// package, so that none is decrypted twice in reading on, or of what is wanted.
func (r *Reader) windowEnd(size int) int64 {
	stop := r.o.Size()
	if r.until > r.pos {
		stop = min(stop, r.until)
	}
	end := r.pos + int64(size)
	if end >= stop {
		return stop
	}
	seg := r.o.layout.at(end)
	if even := end - (end-seg.plain)%packageSize; even > r.pos {
		return even
	}
	return end
}

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
		windowPool(r.o.window).Put(r.buf)
		r.buf, r.window = nil, nil
	}
}

var windowPools pools

// windowPool holds windows of size bytes.
func windowPool(size int) *sync.Pool { return windowPools.of(size) }
