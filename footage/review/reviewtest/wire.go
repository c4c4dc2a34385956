package reviewtest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"

	"jikim/footage/vault"
)

// ErrCut is what a call over a cut wire answers, unless the cut says otherwise.
var ErrCut = errors.New("reviewtest: the wire is cut")

// Cut is what goes wrong on a wire, and when.
type Cut struct {
	At   int   // the call that is hit, from 1; 0 = none
	Late bool  // the call has its effect, only its answer is lost
	Once bool  // later calls go through; else none does, as if the process had died
	Err  error // what a call that is hit answers; nil = ErrCut
}

// Wire is what calls to stores and records go over. The nil Wire is never cut.
type Wire struct {
	mu    sync.Mutex
	cut   Cut
	calls []string
	dead  bool
}

// Cut counts calls anew, from 1, and lets c happen to them.
func (w *Wire) Cut(c Cut) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.Err == nil {
		c.Err = ErrCut
	}
	w.cut, w.calls, w.dead = c, nil, false
}

// Mend lets all calls through again and names those since Cut.
func (w *Wire) Mend() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut, w.dead = Cut{}, false
	return slices.Clone(w.calls)
}

// Dead reports whether no call goes through any more.
func (w *Wire) Dead() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dead
}

func (w *Wire) call(name string, do func() error) error {
	if w == nil {
		return do()
	}
	w.mu.Lock()
	w.calls = append(w.calls, name)
	c, hit, dead := w.cut, len(w.calls) == w.cut.At, w.dead
	w.dead = dead || hit && !c.Once
	w.mu.Unlock()
	if dead || hit && !c.Late {
		return c.Err
	}
	err := do()
	if hit && err == nil {
		return c.Err
	}
	return err
}

// Brittle is a store at the end of a wire. It keeps what is written back until
// it is synced, so that a cut loses what a power cut would.
type Brittle struct {
	vault.Store
	Wire *Wire
}

// Resume implements vault.Store.
func (b Brittle) Resume(ctx context.Context, name string, m vault.Mark) (w vault.Writer, err error) {
	err = b.Wire.call("resume "+name, func() error {
		w, err = b.Store.Resume(ctx, name, m)
		return err
	})
	if err != nil {
		if w != nil {
			_ = w.Close() // nobody learns of it
		}
		return nil, err
	}
	return &brittleWriter{w: w, wire: b.Wire, name: name}, nil
}

// Open implements vault.Store.
func (b Brittle) Open(ctx context.Context, name string) (blob vault.Blob, err error) {
	err = b.Wire.call("open "+name, func() error {
		blob, err = b.Store.Open(ctx, name)
		return err
	})
	if err != nil && blob != nil {
		_ = blob.Close() // nobody learns of it
		blob = nil
	}
	return blob, err
}

// Destroy implements vault.Store.
func (b Brittle) Destroy(ctx context.Context, name string) error {
	return b.Wire.call("destroy "+name, func() error { return b.Store.Destroy(ctx, name) })
}

// List implements vault.Store.
func (b Brittle) List(ctx context.Context, visit func(vault.Item) error) error {
	return b.Wire.call("list", func() error { return b.Store.List(ctx, visit) })
}

type brittleWriter struct {
	w    vault.Writer
	wire *Wire
	name string
	back bytes.Buffer
}

func (w *brittleWriter) Write(p []byte) (int, error) {
	err := w.wire.call("write "+w.name, func() error {
		_, err := w.back.Write(p)
		return err
	})
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (w *brittleWriter) flush() error {
	_, err := w.back.WriteTo(w.w)
	return err
}

func (w *brittleWriter) Sync(ctx context.Context) (m vault.Mark, err error) {
	err = w.wire.call("sync "+w.name, func() error {
		if err := w.flush(); err != nil {
			return err
		}
		m, err = w.w.Sync(ctx)
		return err
	})
	return m, err
}

func (w *brittleWriter) Finish(ctx context.Context) error {
	return w.wire.call("finish "+w.name, func() error {
		if w.back.Len() > 0 { // a finished blob takes no write, not even an empty one
			if err := w.flush(); err != nil {
				return err
			}
		}
		return w.w.Finish(ctx)
	})
}

func (w *brittleWriter) Close() error { return w.w.Close() }
