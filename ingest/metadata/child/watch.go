package child

import (
	"context"
	"sync"
	"time"
)

// watch kills a child that takes too long over a file, or whose caller has gone
// away. The time the store takes is not counted against the file.
type watch struct {
	mu      sync.Mutex
	timer   *time.Timer
	left    time.Duration
	since   time.Time
	tooLong bool
	release func() bool // of the context
}

func newWatch(ctx context.Context, limit time.Duration, kill func()) *watch {
	w := &watch{left: limit, since: time.Now()}
	w.timer = time.AfterFunc(limit, func() {
		w.mu.Lock()
		w.tooLong = true
		w.mu.Unlock()
		kill()
	})
	w.release = context.AfterFunc(ctx, kill)
	return w
}

func (w *watch) pause() {
	w.timer.Stop()
	w.left -= time.Since(w.since)
}

func (w *watch) resume() {
	w.since = time.Now()
	w.timer.Reset(max(w.left, time.Millisecond))
}

func (w *watch) stop() {
	w.timer.Stop()
	w.release()
}

// explain turns the broken pipe of a killed child into what it means.
func (w *watch) explain(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tooLong {
		return errTooLong
	}
	return err
}
