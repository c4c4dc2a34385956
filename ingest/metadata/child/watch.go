package child

import (
	"context"
	"sync/atomic"
	"time"
)

// watch kills a child that goes too long without a word, or whose caller has
// gone away. While the store is asked the watch stands still: a slow store is
// not the file's fault.
type watch struct {
	limit   time.Duration
	timer   *time.Timer
	tooLong atomic.Bool
	release func() bool // of the context
}

func newWatch(ctx context.Context, limit time.Duration, kill func()) *watch {
	w := &watch{limit: limit}
	w.timer = time.AfterFunc(limit, func() {
		w.tooLong.Store(true)
		kill()
	})
	w.release = context.AfterFunc(ctx, kill)
	return w
}

func (w *watch) pause() { w.timer.Stop() }

func (w *watch) resume() { w.timer.Reset(w.limit) }

func (w *watch) stop() {
	w.timer.Stop()
	w.release()
}

// explain turns the broken pipe of a killed child into what it means.
func (w *watch) explain(err error) error {
	if w.tooLong.Load() {
		return errTooLong
	}
	return err
}
