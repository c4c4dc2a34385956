package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// How much a Reader decrypts at once: little to begin with, so that the first
// byte comes soon.
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
	start  int64 // plaintext offset of window
	window []byte
	buf    *[fullWindow]byte // what window lies in; nil before the first Read
	until  int64             // nothing is fetched from here on; 0 means the end
	stream *stream           // nil when the store has no use for it
	closed bool
}

// Reader gives a Reader that stops when ctx ends. It ends with the Outflow.
func (o *Outflow) Reader(ctx context.Context) *Reader {
	r := &Reader{ctx: ctx, o: o}
	if s, ok := o.blob.(streamer); ok {
		r.stream = &stream{o: o, from: s}
	}
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
	if r.pos < r.start || r.pos >= r.end() {
		if err := r.turn(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.window[r.pos-r.start:])
	r.pos += int64(n)
	return n, nil
}

// end is where the window ends.
func (r *Reader) end() int64 { return r.start + int64(len(r.window)) }

// Until says that nothing at or after end will be wanted soon, so that nothing
// is fetched in vain: the end of the one range that a request asks for.
func (r *Reader) Until(end int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = end
}

// turn decrypts the window that begins at pos. It ends where a package ends,
// so that none is decrypted twice in reading on, or where nothing more is wanted.
func (r *Reader) turn() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.buf == nil {
		r.buf = windows.Get().(*[fullWindow]byte)
	}
	inOrder := len(r.window) > 0 && r.pos == r.end()
	size := int64(firstWindow)
	if inOrder {
		size = fullWindow
	}
	stop := r.o.Size()
	if r.until > r.pos {
		stop = min(stop, r.until)
	}
	end := r.pos + size
	if end >= stop {
		end = stop
	} else {
		seg := r.o.layout.at(end)
		if even := end - (end-seg.plain)%packageSize; even > r.pos {
			end = even
		}
	}
	r.start, r.window = r.pos, nil
	n, err := r.o.readFrom(r.fetcher(inOrder, end, stop), r.buf[:end-r.pos], r.pos)
	r.window = r.buf[:n]
	if n > 0 {
		return nil // what is good is given; the next turn meets the error again
	}
	return err
}

// fetcher is the stream when more than this window will surely be read.
func (r *Reader) fetcher(inOrder bool, end, stop int64) fetcher {
	if r.stream == nil || end == stop && r.stream.body == nil || !inOrder && r.until <= r.pos {
		return r.o
	}
	r.stream.end = r.o.layout.sealedEnd(stop)
	return r.stream
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
	if r.stream != nil {
		r.stream.close()
	}
	if r.buf != nil {
		windows.Put(r.buf)
		r.buf, r.window = nil, nil
	}
}

var windows = sync.Pool{New: func() any { return new([fullWindow]byte) }}
