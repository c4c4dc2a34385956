package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"jikim/footage/vault"
)

// writeBack is how many bytes are written before the kernel is asked to start
// storing them, so that little is left to wait for at the end.
const writeBack = 8 << 20

// Resume opens a blob for appending at m. A Writer of the same blob that is
// still held somewhere in this process can write nothing from then on.
func (s *Store) Resume(ctx context.Context, name string, m vault.Mark) (vault.Writer, error) {
	if err := begin(ctx, name); err != nil {
		return nil, err
	}
	if m.Size < 0 {
		return nil, fmt.Errorf("disk: resuming %s at %d: %w", name, m.Size, vault.ErrCorrupt)
	}
	w := &writer{ctx: ctx, s: s, name: name, size: m.Size, started: m.Size, dirty: true}
	if err := w.begin(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// begin takes the blob over and opens it. The lock is held all the while, so
// that a still newer run waits to shut this one out until it is whole.
func (w *writer) begin() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.s.take(w.name, w)
	return w.open()
}

// take makes w the owner of the blob and shuts its former one out.
func (s *Store) take(name string, w *writer) {
	s.mu.Lock()
	old := s.own[name]
	if w == nil {
		delete(s.own, name)
	} else {
		s.own[name] = w
	}
	s.mu.Unlock()
	if old != nil {
		old.lose()
	}
}

// drop forgets w when it still is the owner.
func (s *Store) drop(w *writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own[w.name] == w {
		delete(s.own, w.name)
	}
}

type writer struct {
	ctx  context.Context
	s    *Store
	name string

	mu       sync.Mutex // against lose
	f        *os.File   // nil when the blob is finished
	size     int64      // bytes written
	started  int64      // bytes the kernel was asked to store
	dirty    bool       // written since the last sync
	entered  bool       // the file's entry in partial/ is durable
	finished bool
	broken   error
}

var (
	errLost   = errors.New("disk: another run has taken this blob over")
	errClosed = errors.New("disk: writer is closed")
)

// open opens the file in partial/ at size, or finds the blob finished.
func (w *writer) open() error {
	info, err := os.Lstat(w.s.finishedPath(w.name))
	if err == nil {
		if info.Size() != w.size {
			return fmt.Errorf("disk: resuming %s: %w", w.name, vault.ErrFinished)
		}
		w.finished = true
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return w.s.wrap("resuming "+w.name, err)
	}
	flags := os.O_WRONLY
	if w.size == 0 {
		// A new file, not the old one emptied: a stray process may still write to that.
		if err := ignoreMissing(os.Remove(w.s.partialPath(w.name))); err != nil {
			return w.s.wrap("resuming "+w.name, err)
		}
		flags |= os.O_CREATE | os.O_EXCL
	}
	if w.f, err = os.OpenFile(w.s.partialPath(w.name), flags, fileMode); err != nil {
		return w.s.wrap("resuming "+w.name, err)
	}
	return w.cutBack()
}

// cutBack discards what was written after the mark.
func (w *writer) cutBack() error {
	info, err := w.f.Stat()
	if err != nil {
		return w.s.wrap("resuming "+w.name, err)
	}
	if info.Size() < w.size {
		return fmt.Errorf("disk: resuming %s: %w: %d bytes are there, %d were durable",
			w.name, vault.ErrCorrupt, info.Size(), w.size)
	}
	if err := w.f.Truncate(w.size); err != nil {
		return w.s.wrap("resuming "+w.name, err)
	}
	if _, err := w.f.Seek(w.size, 0); err != nil {
		return w.s.wrap("resuming "+w.name, err)
	}
	w.entered = w.size > 0
	return nil
}

// usable says why nothing can be written, if so. w.mu is held.
func (w *writer) usable() error {
	if w.broken != nil {
		return w.broken
	}
	if w.finished {
		return fmt.Errorf("disk: %s: %w", w.name, vault.ErrFinished)
	}
	return w.ctx.Err()
}

// fail keeps the first fault: after a failed write or sync nobody knows what
// the file holds, so the run has to begin again from its last mark.
func (w *writer) fail(doing string, err error) error {
	if err == nil {
		return nil
	}
	w.broken = w.s.wrap(doing+" "+w.name, err)
	return w.broken
}

func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.usable(); err != nil {
		return 0, err
	}
	w.dirty = true
	n, err := w.f.Write(p)
	w.size += int64(n)
	if err != nil {
		return n, w.fail("writing", err)
	}
	if w.size-w.started >= writeBack {
		if err := startWriteBack(w.f, w.started, w.size-w.started); err != nil {
			return n, w.fail("writing", err)
		}
		w.started = w.size
	}
	return n, nil
}

func (w *writer) Sync(ctx context.Context) (vault.Mark, error) {
	if err := ctx.Err(); err != nil {
		return vault.Mark{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.finished && w.broken == nil {
		return vault.Mark{Size: w.size}, nil
	}
	if err := w.usable(); err != nil {
		return vault.Mark{}, err
	}
	if err := w.flush(); err != nil {
		return vault.Mark{}, w.fail("syncing", err)
	}
	if !w.entered {
		if err := syncDir(w.s.partialDir()); err != nil {
			return vault.Mark{}, w.fail("syncing", err)
		}
		w.entered = true
	}
	return vault.Mark{Size: w.size}, nil
}

// flush makes the bytes durable.
func (w *writer) flush() error {
	if !w.dirty {
		return nil
	}
	err := syncData(w.f)
	w.dirty = err != nil
	return err
}

func (w *writer) Finish(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return w.broken
	}
	if !w.finished {
		if err := w.shelve(); err != nil {
			return w.fail("finishing", err)
		}
	}
	if err := syncDir(w.s.shelf(w.name)); err != nil {
		return w.fail("finishing", err)
	}
	w.s.drop(w)
	return nil
}

// shelve brings the whole and durable file to its place in blobs/.
func (w *writer) shelve() error {
	if err := w.flush(); err != nil {
		return err
	}
	shelf := w.s.shelf(w.name)
	switch err := os.Mkdir(shelf, dirMode); {
	case err == nil:
		if err := syncDir(filepath.Dir(shelf)); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	if err := os.Rename(w.s.partialPath(w.name), w.s.finishedPath(w.name)); err != nil {
		return err
	}
	w.finished = true
	err := w.f.Close()
	w.f = nil
	return err
}

func (w *writer) Close() error {
	w.s.drop(w)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shut(errClosed)
}

// lose shuts the writer out, waiting for a write that is under way.
func (w *writer) lose() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.shut(errLost) // only the run that lost the blob could care
}

func (w *writer) shut(why error) error {
	if w.broken == nil {
		w.broken = why
	}
	if w.f == nil {
		return nil
	}
	err := w.f.Close()
	w.f = nil
	if err != nil {
		return w.s.wrap("closing "+w.name, err)
	}
	return nil
}
