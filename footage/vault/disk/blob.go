package disk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"jikim/footage/vault"
)

// blob is a finished blob open for reading.
type blob struct {
	ctx  context.Context
	s    *Store
	f    *os.File
	size int64
}

func (b *blob) Size() int64  { return b.size }
func (b *blob) Close() error { return b.f.Close() }

func (b *blob) ReadAt(p []byte, off int64) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.f.ReadAt(p, off)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		if off+int64(n) < b.size && b.destroyed() {
			return n, fmt.Errorf("disk: %w: destroyed while it was read", vault.ErrNotFound)
		}
		return n, io.EOF
	default:
		return n, b.s.wrap("reading", err)
	}
}

// destroyed says whether the open file has no name any more.
func (b *blob) destroyed() bool {
	info, err := b.f.Stat()
	return err == nil && unlinked(info)
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
