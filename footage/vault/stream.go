package vault

import (
	"errors"
	"fmt"
	"io"
)

// streamer is a Blob to which each ReadAt is a round trip. Reading in order it
// gives n bytes from off on by one request.
type streamer interface {
	Stream(off, n int64) (io.ReadCloser, error)
}

// fetcher brings sealed bytes.
type fetcher interface {
	fetch(buf []byte, off int64) error
}

// fetch fills buf from the store by one ReadAt.
func (o *Outflow) fetch(buf []byte, off int64) error {
	n, err := o.blob.ReadAt(buf, off)
	switch {
	case n == len(buf):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return fmt.Errorf("%w: %s: sealed bytes end at %d", ErrCorrupt, o.name, off+int64(n))
	default:
		return fmt.Errorf("reading %s: %w", o.name, err)
	}
}

// stream fetches in order, by one request for as long as the order is kept.
type stream struct {
	o    *Outflow
	from streamer
	body io.ReadCloser // nil when none is open
	at   int64         // where body stands
	end  int64         // sealed offset up to which to ask
}

// fetch fills buf from the stream. When that breaks (a store may not wait for
// a viewer who pauses), it asks for these bytes alone and begins a new one after.
func (s *stream) fetch(buf []byte, off int64) error {
	if s.body != nil && s.at != off {
		s.close()
	}
	if s.body == nil {
		body, err := s.from.Stream(off, max(s.end-off, int64(len(buf))))
		if err != nil {
			return fmt.Errorf("reading %s: %w", s.o.name, err)
		}
		s.body, s.at = body, off
	}
	n, err := io.ReadFull(s.body, buf)
	s.at += int64(n)
	if err == nil {
		return nil
	}
	s.close()
	if err := s.o.ctx.Err(); err != nil {
		return err
	}
	return s.o.fetch(buf, off)
}

func (s *stream) close() {
	if s.body != nil {
		_ = s.body.Close() // nothing more is wanted of it
		s.body = nil
	}
}

// sealedEnd is the sealed offset at which the package ends that holds the
// plaintext byte before off, 0 < off <= size.
func (l layout) sealedEnd(off int64) int64 {
	seg := l.at(off - 1)
	in := (off - 1 - seg.plain) / packageSize
	return seg.sealed + min((in+1)*sealedPackage, sealedLen(seg.len))
}
