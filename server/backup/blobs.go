package backup

import (
	"context"
	"errors"
	"fmt"
	"io"

	"jikim/footage/vault"
)

// errSize is a blob that has not the size its record says.
var errSize = errors.New("backup: blob has another size than its record says")

// copyBlob copies a finished blob of a known size as it is, sealed, unless it
// is there already. copied is false then.
func copyBlob(ctx context.Context, from, to vault.Store, name string, size int64) (copied bool, err error) {
	if there, err := finishedSize(ctx, to, name); err != nil {
		return false, err
	} else if there == size {
		return false, nil
	} else if there >= 0 {
		if err := to.Destroy(ctx, name); err != nil {
			return false, err
		}
	}
	source, err := from.Open(ctx, name)
	if err != nil {
		return false, fmt.Errorf("backup: %w", err)
	}
	defer source.Close()
	if source.Size() != size {
		return false, fmt.Errorf("%w: %s: %d, not %d", errSize, name, source.Size(), size)
	}
	if err := writeBlob(ctx, to, name, source); err != nil {
		return false, errors.Join(err, to.Destroy(context.WithoutCancel(ctx), name)) // no half blob stays
	}
	return true, nil
}

func writeBlob(ctx context.Context, to vault.Store, name string, source vault.Blob) error {
	w, err := to.Resume(ctx, name, vault.Mark{})
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := io.CopyBuffer(w, io.NewSectionReader(source, 0, source.Size()), make([]byte, span(source))); err != nil {
		return fmt.Errorf("backup: copying %s: %w", name, err)
	}
	return w.Finish(ctx)
}

// span is how much a store likes to be asked for at once.
func span(b vault.Blob) int {
	if s, ok := b.(interface{ Span() int }); ok {
		return s.Span()
	}
	return 1 << 20
}

// finishedSize is the size of a finished blob; -1 when there is none.
func finishedSize(ctx context.Context, s vault.Store, name string) (int64, error) {
	b, err := s.Open(ctx, name)
	if errors.Is(err, vault.ErrNotFound) {
		return -1, nil
	}
	if err != nil {
		return 0, err
	}
	return b.Size(), b.Close()
}
