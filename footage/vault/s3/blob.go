package s3

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
)

// span is how many bytes a reader in order fetches by one request: so many
// that the request itself weighs little.
const span = 4 << 20

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
	return &blob{ctx: ctx, s: s, key: s.key(name), size: size}, nil
}

// blob reads by one ranged request for each ReadAt.
type blob struct {
	ctx  context.Context
	s    *Store
	key  string
	size int64
}

func (b *blob) Size() int64  { return b.size }
func (b *blob) Span() int    { return span }
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
	bytes := fmt.Sprintf("bytes=%d-%d", off, off+int64(len(p))-1)
	return b.s.ask(b.ctx, "reading "+b.key, int64(len(p)), func(ctx context.Context) error {
		out, err := b.s.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.s.bucket, Key: &b.key, Range: &bytes})
		if err != nil {
			return err
		}
		defer out.Body.Close()
		_, err = io.ReadFull(out.Body, p)
		return err
	})
}
