package review

import (
	"context"
	"io"
	"sync"
	"time"

	"jikim/footage/vault"
)

// idleFor is how long a blob stays open, and a key in memory, after its last
// use: a player asks for the next range within a second or two.
const idleFor = 5 * time.Second

// shelf is a vault.Store whose open blobs are shared between requests. Opening
// a blob costs a system call on disk but a request on S3.
type shelf struct {
	vault.Store
	now func() time.Time

	mu   sync.Mutex
	open map[string]*book
}

// book is one open blob on the shelf.
type book struct {
	vault.Blob
	readers int
	used    time.Time
}

func newShelf(s vault.Store, now func() time.Time) *shelf {
	return &shelf{Store: s, now: now, open: map[string]*book{}}
}

// Open lends a blob. It outlives the request that opened it first.
func (s *shelf) Open(ctx context.Context, name string) (vault.Blob, error) {
	if b := s.take(name); b != nil {
		return s.lend(b), nil
	}
	blob, err := s.Store.Open(context.WithoutCancel(ctx), name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.open[name]; b != nil { // another request was quicker
		b.readers++
		return s.lend(b), blob.Close()
	}
	b := &book{Blob: blob, readers: 1, used: s.now()}
	s.open[name] = b
	return s.lend(b), nil
}

func (s *shelf) take(name string) *book {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.open[name]
	if b != nil {
		b.readers++
	}
	return b
}

// lend wraps b so that its Close gives it back. A distant blob that can be
// read as one stream goes on offering it.
func (s *shelf) lend(b *book) vault.Blob {
	l := &loan{Blob: b.Blob, back: sync.OnceFunc(func() { s.giveBack(b) })}
	if distant, ok := b.Blob.(streamer); ok {
		return &streamedLoan{loan: l, streamer: distant}
	}
	return l
}

func (s *shelf) giveBack(b *book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b.readers--
	b.used = s.now()
}

// putAway closes what nobody reads and nobody has used since before.
func (s *shelf) putAway(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, b := range s.open {
		if b.readers == 0 && b.used.Before(before) {
			_ = b.Close() // it was only read
			delete(s.open, name)
		}
	}
}

type loan struct {
	vault.Blob
	back func()
}

func (l *loan) Close() error {
	l.back()
	return nil
}

// streamer is what vault.Blob may be besides.
type streamer interface {
	Stream(off, n int64) (io.ReadCloser, error)
}

type streamedLoan struct {
	*loan
	streamer
}
