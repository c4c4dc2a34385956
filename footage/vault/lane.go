package vault

import (
	"hash"
	"io"
	"sync"
)

// What one Inflow holds while bytes stream: laneDepth buffers of plaintext and
// one of sealed packages, about 1 MiB in all. More or bigger ones were no
// faster; many uploads at once must stay small.
const (
	laneDepth   = 3
	blockSize   = 4 * packageSize
	sealedBlock = 4 * sealedPackage
)

var (
	blocks       = sync.Pool{New: func() any { return new([blockSize]byte) }}
	sealedBlocks = sync.Pool{New: func() any { return new([sealedBlock]byte) }}
)

// hashLane hashes on a goroutine of its own while the caller seals and writes
// the same bytes. The caller gets a buffer, fills it, adds it, and may read it
// until it asks for the next one.
type hashLane struct {
	work    chan []byte
	free    chan *[blockSize]byte
	given   []*[blockSize]byte
	current *[blockSize]byte
	pending sync.WaitGroup
	done    chan struct{}
}

// newHashLane starts the goroutine; stop ends it.
func newHashLane(h hash.Hash) *hashLane {
	l := &hashLane{
		work: make(chan []byte, laneDepth),
		free: make(chan *[blockSize]byte, laneDepth),
		done: make(chan struct{}),
	}
	go func() {
		defer close(l.done)
		for b := range l.work {
			h.Write(b) // a hash never fails
			l.free <- (*[blockSize]byte)(b[:blockSize])
			l.pending.Done()
		}
	}()
	return l
}

// buffer returns a buffer nobody uses, waiting for the hash when it lags.
func (l *hashLane) buffer() []byte {
	select {
	case l.current = <-l.free:
	default:
		if len(l.given) < laneDepth {
			l.current = blocks.Get().(*[blockSize]byte)
			l.given = append(l.given, l.current)
		} else {
			l.current = <-l.free
		}
	}
	return l.current[:]
}

// add gives the start of the current buffer to the hash.
func (l *hashLane) add(b []byte) {
	l.pending.Add(1)
	l.work <- b
}

// wait returns when everything added is hashed.
func (l *hashLane) wait() { l.pending.Wait() }

// stop waits for the hash and gives the buffers back.
func (l *hashLane) stop() {
	close(l.work)
	<-l.done
	for _, b := range l.given {
		blocks.Put(b)
	}
}

// spool gathers sealed packages so that a store sees few large writes.
type spool struct {
	w   io.Writer
	buf *[sealedBlock]byte
	n   int
}

func newSpool(w io.Writer) *spool {
	return &spool{w: w, buf: sealedBlocks.Get().(*[sealedBlock]byte)}
}

// Write takes one package, never longer than the buffer.
func (s *spool) Write(p []byte) (int, error) {
	if s.n+len(p) > len(s.buf) {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	s.n += copy(s.buf[s.n:], p)
	return len(p), nil
}

func (s *spool) flush() error {
	if s.n == 0 {
		return nil
	}
	n, err := s.w.Write(s.buf[:s.n])
	if err == nil && n < s.n {
		err = io.ErrShortWrite
	}
	s.n = 0
	return err
}

func (s *spool) free() { sealedBlocks.Put(s.buf) }
