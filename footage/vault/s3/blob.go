package s3

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
)

// Open reads a finished blob.
func (s *Store) Open(ctx context.Context, name string) (vault.Blob, error) {
	if err := begin(ctx, name); err != nil {
		return nil, err
	}
	size, _, err := s.size(ctx, s.key(name))
	if notFound(err) {
		// The answer has no body: a bucket that is not there looks the same.
		if away := s.Ready(ctx); away != nil {
			return nil, fmt.Errorf("%w: %w", vault.ErrAway, away)
		}
	}
	if err != nil {
		return nil, err
	}
	s.seen.put(name, size)
	return &blob{ctx: ctx, s: s, name: name, key: s.key(name), size: size}, nil
}

// OpenSized is Open for a caller who knows the size. When this store has seen
// the blob with that size, it is not asked for again: finished blobs do not
// change. Should another server have destroyed it since, the first read says
// ErrNotFound.
func (s *Store) OpenSized(ctx context.Context, name string, size int64) (vault.Blob, error) {
	if err := begin(ctx, name); err != nil {
		return nil, err
	}
	if s.seen.has(name, size) {
		return &blob{ctx: ctx, s: s, name: name, key: s.key(name), size: size}, nil
	}
	return s.Open(ctx, name)
}

// blob reads by one ranged request for each ReadAt or Stream.
type blob struct {
	ctx  context.Context
	s    *Store
	name string
	key  string
	size int64
}

func (b *blob) Size() int64  { return b.size }
func (b *blob) Close() error { return nil }

func (b *blob) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("s3: reading %s at %d", b.key, off)
	}
	want := p[:max(0, min(int64(len(p)), b.size-off))]
	if len(want) > 0 {
		if err := b.fetch(want, off); err != nil {
			return 0, err
		}
	}
	if len(want) < len(p) {
		return len(want), io.EOF
	}
	return len(p), nil
}

// fetch fills p with the bytes at off.
func (b *blob) fetch(p []byte, off int64) error {
	return b.forget(b.s.ask(b.ctx, "reading "+b.key, int64(len(p)), func(ctx context.Context) error {
		body, err := b.get(ctx, off, int64(len(p)))
		if err != nil {
			return err
		}
		defer body.Close()
		_, err = io.ReadFull(body, p)
		return err
	}))
}

func (b *blob) get(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	bytes := fmt.Sprintf("bytes=%d-%d", off, off+n-1)
	out, err := b.s.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.s.bucket, Key: &b.key, Range: &bytes})
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}

// forget takes note of a blob that is gone.
func (b *blob) forget(err error) error {
	if notFound(err) {
		b.s.seen.drop(b.name)
	}
	return err
}

// Stream gives n bytes from off on. It breaks when the store is silent for too
// long; what is missing then has to be asked for anew.
func (b *blob) Stream(off, n int64) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(b.ctx)
	var body io.ReadCloser
	err := b.forget(b.s.send(ctx, "reading "+b.key, func(ctx context.Context) (err error) {
		body, err = b.get(ctx, off, n)
		return err
	}))
	if err != nil {
		cancel()
		return nil, err
	}
	return &patientBody{ReadCloser: body, cancel: cancel, patience: b.s.pace.attempt}, nil
}

// patientBody gives up when one read takes too long.
type patientBody struct {
	io.ReadCloser
	cancel   context.CancelFunc
	patience time.Duration
}

func (p *patientBody) Read(buf []byte) (int, error) {
	defer time.AfterFunc(p.patience, p.cancel).Stop()
	return p.ReadCloser.Read(buf)
}

func (p *patientBody) Close() error {
	p.cancel()
	return p.ReadCloser.Close()
}
