package disk

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Destroy unlinks the blob wherever it is and empties the file, so that a
// reader that still has it open gets no more of it either.
func (s *Store) Destroy(ctx context.Context, name string) error {
	if err := begin(ctx, name); err != nil {
		return err
	}
	if !s.present() {
		return s.wrap("destroying "+name, fs.ErrNotExist)
	}
	s.take(name, nil)
	if err := s.remove(s.partialPath(name), s.partialDir()); err != nil {
		return s.wrap("destroying "+name, err)
	}
	if err := s.remove(s.finishedPath(name), s.shelf(name)); err != nil {
		return s.wrap("destroying "+name, err)
	}
	return nil
}

// remove unlinks path, makes that durable in dir, then empties the file. A
// crash in between loses nothing: the last reference goes with the process.
func (s *Store) remove(path, dir string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		// Gone already, but perhaps by a run that was cut off before it was durable.
		return ignoreMissing(syncDir(dir))
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := ignoreMissing(os.Remove(path)); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	return f.Truncate(0)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
