package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// span is how many plaintext bytes are fetched from a store at once, in bytes.
// A buffer holds one package more, for ranges that begin inside one.
const span = 1 << 20

type spanBuffer [(span/packageSize + 1) * sealedPackage]byte

var spans = sync.Pool{New: func() any { return new(spanBuffer) }}

// Outflow reads any range of a sealed blob, decrypting only the packages that
// hold it. ReadAt is safe for concurrent use. Bytes that fail authentication
// are never returned; the error wraps ErrCorrupt and names segment and package.
type Outflow struct {
	ctx    context.Context
	blob   Blob
	name   string
	key    Key
	layout layout

	mu      sync.Mutex
	readers []*Reader
}

// Open opens a finished blob for reading. ctx bounds every read. Close must be
// called in the end. A store that remembers the blob may answer without
// looking; then only the first read says ErrNotFound.
func Open(ctx context.Context, s Store, name string, k Key, m Manifest) (*Outflow, error) {
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	blob, err := openBlob(ctx, s, name, m.SealedSize())
	if err != nil {
		return nil, err
	}
	if have, want := blob.Size(), m.SealedSize(); have != want {
		err := fmt.Errorf("%w: %s: %d sealed bytes, the manifest says %d", ErrCorrupt, name, have, want)
		return nil, errors.Join(err, blob.Close())
	}
	return &Outflow{ctx: ctx, blob: blob, name: name, key: k, layout: m.layout()}, nil
}

// sizedOpener is a Store that can spare the question for a blob that it has
// seen with the size the caller expects.
type sizedOpener interface {
	OpenSized(ctx context.Context, name string, size int64) (Blob, error)
}

func openBlob(ctx context.Context, s Store, name string, size int64) (Blob, error) {
	if so, ok := s.(sizedOpener); ok {
		return so.OpenSized(ctx, name, size)
	}
	return s.Open(ctx, name)
}

// Size is the plaintext size in bytes.
func (o *Outflow) Size() int64 { return o.layout.size }

// Close lets go of the blob and of the Readers made from it.
func (o *Outflow) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range o.readers {
		r.close()
	}
	o.readers = nil
	return o.blob.Close()
}

// ReadAt reads len(p) plaintext bytes at off, by one read of the store for
// each span of them.
func (o *Outflow) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("vault: negative offset")
	}
	return o.readFrom(o, p, off)
}

// readFrom is ReadAt with the sealed bytes from src.
func (o *Outflow) readFrom(src fetcher, p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n)
		if at >= o.layout.size {
			return n, io.EOF
		}
		if err := o.ctx.Err(); err != nil {
			return n, err
		}
		k, err := o.readSpan(src, p[n:], at)
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// piece is the part of one segment that a span holds.
type piece struct {
	seg         segment
	first, last int64 // packages
	skip, want  int   // plaintext bytes before, and of, what was asked for
	sealed      int   // sealed bytes
}

// piece plans the read of want bytes at off as far as they lie in one segment
// and in room sealed bytes; want is 0 when room holds no package.
func (o *Outflow) piece(off int64, want, room int) piece {
	p := piece{seg: o.layout.at(off)}
	in := off - p.seg.plain
	end := min(in+int64(want), p.seg.len)
	p.first = in / packageSize
	p.last = (end - 1) / packageSize
	if most := p.first + int64(room/sealedPackage) - 1; p.last > most && p.sealedEnd() > int64(room) {
		p.last = most
		end = (most + 1) * packageSize
	}
	if p.last < p.first {
		return piece{}
	}
	p.skip = int(in - p.first*packageSize)
	p.want = int(end - in)
	p.sealed = int(p.sealedEnd())
	return p
}

// sealedEnd is where package last ends, counted from where first begins.
func (p piece) sealedEnd() int64 {
	return min((p.last+1)*sealedPackage, sealedLen(p.seg.len)) - p.first*sealedPackage
}

// readSpan reads as much of p at off as one buffer of sealed bytes holds.
// Segments lie side by side in the store, so one read serves several.
func (o *Outflow) readSpan(src fetcher, p []byte, off int64) (int, error) {
	buf := spans.Get().(*spanBuffer)
	defer spans.Put(buf)

	var pieces []piece
	planned, sealed := 0, 0
	for planned < len(p) && off+int64(planned) < o.layout.size {
		q := o.piece(off+int64(planned), len(p)-planned, len(buf)-sealed)
		if q.want == 0 {
			break
		}
		pieces = append(pieces, q)
		planned += q.want
		sealed += q.sealed
	}
	from := pieces[0].seg.sealed + pieces[0].first*sealedPackage
	if err := src.fetch(buf[:sealed], from); err != nil {
		return 0, err
	}
	n, rest := 0, buf[:sealed]
	for _, q := range pieces {
		k, err := o.open(p[n:n+q.want], rest[:q.sealed], q)
		n += k
		if err != nil {
			return n, err
		}
		rest = rest[q.sealed:]
	}
	return n, nil
}

// open opens the packages of q into p and returns how many bytes of p are good.
func (o *Outflow) open(p, sealed []byte, q piece) (n int, err error) {
	secret, err := o.key.secret(o.name, q.seg.index, q.seg.salt)
	if err != nil {
		return 0, err
	}
	op, err := secret.opener(q.seg.len)
	if err != nil {
		return 0, err
	}
	skip := q.skip
	for i := q.first; i <= q.last; i++ {
		size := op.payload(i)
		pack := sealed[:size+overhead]
		if skip == 0 && len(p)-n >= size {
			err = op.open(p[n:n+size], pack, i)
			n += size
		} else {
			var k int
			k, err = o.openPart(p[n:], pack, i, size, skip, op)
			n += k
		}
		if err != nil {
			return int(max(0, (i-q.first)*packageSize-int64(q.skip))),
				fmt.Errorf("%w: %s: segment %d, package %d", ErrCorrupt, o.name, q.seg.index, i)
		}
		sealed = sealed[size+overhead:]
		skip = 0
	}
	return n, nil
}

// openPart opens a package of which only some bytes are wanted.
func (o *Outflow) openPart(p, pack []byte, i int64, size, skip int, op *opener) (int, error) {
	whole := packages.Get().(*[packageSize]byte)
	defer packages.Put(whole)
	if err := op.open(whole[:size], pack, i); err != nil {
		return 0, err
	}
	return copy(p, whole[skip:size]), nil
}

var packages = sync.Pool{New: func() any { return new([packageSize]byte) }}
