// Package disk keeps the vault's blobs as files under one directory:
//
//	partial/<name>               unfinished blobs
//	blobs/<2 hex digits>/<name>  finished blobs; the digits are the first byte
//	                             of the SHA-256 of the name
//
// Files are 0600 and directories 0700. A file in blobs/ is whole: it gets
// there by one rename after its bytes are on stable storage.
package disk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"jikim/footage/vault"
)

const (
	dirMode  = 0o700
	fileMode = 0o600
)

// Store is a vault.Store in a directory. Several may have the same directory
// open, also in other processes; one blob has one Writer at a time.
type Store struct {
	root string

	mu  sync.Mutex
	own map[string]*writer // the writer that each unfinished blob belongs to
}

// Open opens the store in dir, making what is missing.
func Open(dir string) (*Store, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	s := &Store{root: root, own: map[string]*writer{}}
	for _, d := range []string{s.partialDir(), s.blobsDir()} {
		if err := os.MkdirAll(d, dirMode); err != nil {
			return nil, s.wrap("making the store", err)
		}
	}
	for _, d := range []string{s.root, filepath.Dir(s.root)} {
		if err := syncDir(d); err != nil {
			return nil, s.wrap("making the store", err)
		}
	}
	return s, nil
}

func (s *Store) partialDir() string              { return filepath.Join(s.root, "partial") }
func (s *Store) blobsDir() string                { return filepath.Join(s.root, "blobs") }
func (s *Store) partialPath(name string) string  { return filepath.Join(s.partialDir(), name) }
func (s *Store) finishedPath(name string) string { return filepath.Join(s.shelf(name), name) }

// shelf is the directory of a finished blob.
func (s *Store) shelf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(s.blobsDir(), hex.EncodeToString(sum[:1]))
}

// Open reads a finished blob.
func (s *Store) Open(ctx context.Context, name string) (vault.Blob, error) {
	if err := begin(ctx, name); err != nil {
		return nil, err
	}
	f, err := os.Open(s.finishedPath(name))
	if err != nil {
		return nil, s.wrap("opening "+name, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(s.wrap("opening "+name, err), f.Close())
	}
	return &blob{ctx: ctx, s: s, f: f, size: info.Size()}, nil
}

// List visits unfinished blobs, then finished ones.
func (s *Store) List(ctx context.Context, visit func(vault.Item) error) error {
	if err := s.listDir(ctx, s.partialDir(), false, visit); err != nil {
		return err
	}
	shelves, err := os.ReadDir(s.blobsDir())
	if err != nil {
		return s.wrap("listing", err)
	}
	for _, shelf := range shelves {
		if shelf.IsDir() {
			if err := s.listDir(ctx, filepath.Join(s.blobsDir(), shelf.Name()), true, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// listBatch is how many directory entries are held at a time.
const listBatch = 1024

func (s *Store) listDir(ctx context.Context, dir string, finished bool, visit func(vault.Item) error) error {
	d, err := os.Open(dir)
	if err != nil {
		return s.wrap("listing", err)
	}
	defer d.Close()
	for {
		entries, readErr := d.ReadDir(listBatch)
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			if !e.Type().IsRegular() || vault.CheckName(e.Name()) != nil {
				continue // lost+found and the like: not ours
			}
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // finished or destroyed meanwhile
			}
			if err != nil {
				return s.wrap("listing", err)
			}
			if err := visit(vault.Item{Name: e.Name(), Size: info.Size(), Finished: finished}); err != nil {
				return err
			}
		}
		if len(entries) == 0 || readErr != nil {
			return s.wrap("listing", ignoreEOF(readErr))
		}
	}
}

// wrap says what was being done and turns the system's errors into the vault's.
func (s *Store) wrap(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("disk: %s: %w: %w", doing, vault.ErrFull, err)
	case errors.Is(err, syscall.ESTALE), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO),
		errors.Is(err, syscall.ENOTCONN), errors.Is(err, syscall.EHOSTDOWN), errors.Is(err, syscall.ETIMEDOUT),
		errors.Is(err, fs.ErrNotExist) && !s.present():
		return fmt.Errorf("disk: %s: %w: %w", doing, vault.ErrAway, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("disk: %s: %w", doing, vault.ErrNotFound)
	default:
		return fmt.Errorf("disk: %s: %w", doing, err)
	}
}

// present says whether the store itself is there. When its volume is not
// mounted, no file is there either, and that must not pass for "no such blob"
// or, worse, for "destroyed".
func (s *Store) present() bool {
	for _, d := range []string{s.partialDir(), s.blobsDir()} {
		if info, err := os.Stat(d); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

func begin(ctx context.Context, name string) error {
	if err := vault.CheckName(name); err != nil {
		return err
	}
	return ctx.Err()
}

// syncDir makes the entries of a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
