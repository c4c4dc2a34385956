package tus_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"jikim/footage/review/reviewtest"
	"jikim/ingest/tus"
)

// leases are those of a book whose clock goes with the test's.
type leases struct {
	*reviewtest.Book
	clock *reviewtest.Clock
	mu    sync.Mutex
	away  error // when set, what every question answers
}

func newLeases(t *testing.T) *leases {
	clock := reviewtest.NewClock(time.Now())
	return &leases{Book: reviewtest.NewBook(t, clock), clock: clock}
}

func (l *leases) now() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock.Wind(time.Since(l.clock.Now()))
	return l.away
}

func (l *leases) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = err
}

func (l *leases) Claim(ctx context.Context, task, owner string, length time.Duration) (bool, error) {
	if err := l.now(); err != nil {
		return false, err
	}
	return l.Book.Claim(ctx, task, owner, length)
}

func (l *leases) Wanted(ctx context.Context, task, owner string) (has, wanted bool, err error) {
	if err := l.now(); err != nil {
		return false, false, err
	}
	return l.Book.Wanted(ctx, task, owner)
}

func (l *leases) Release(ctx context.Context, task, owner string) error {
	if err := l.now(); err != nil {
		return err
	}
	return l.Book.Release(ctx, task, owner)
}

// taken is a lock that somebody has.
type taken struct {
	handler.Lock
	asked atomic.Int64 // how often its holder was asked to stop
}

func take(t *testing.T, locker tus.Locker, id string, patience time.Duration) (*taken, error) {
	t.Helper()
	lock, err := locker.NewLock(id)
	if err != nil {
		t.Fatal(err)
	}
	l := &taken{Lock: lock}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return l, lock.Lock(ctx, func() { l.asked.Add(1) })
}

func mustTake(t *testing.T, locker tus.Locker, id string) *taken {
	t.Helper()
	l, err := take(t, locker, id, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *taken) give(t *testing.T) {
	t.Helper()
	if err := l.Unlock(); err != nil {
		t.Error(err)
	}
}

// TestSharedLockIsKept: a lock is held for as long as its work takes, by one
// server under one name, and others are let in when it is given back.
func TestSharedLockIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLeases(t)
		a, b := tus.Shared(l), tus.Shared(l)
		first := mustTake(t, a, "u")
		owner := a.OwnerOf("u")
		if owner == "" || l.Holder("upload:u") != owner || b.OwnerOf("u") != "" || a.OwnerOf("other") != "" {
			t.Errorf("held by %q, recorded is %q", owner, l.Holder("upload:u"))
		}
		time.Sleep(10 * time.Minute)
		_ = l.now()
		if l.Holder("upload:u") != owner || first.asked.Load() != 0 {
			t.Errorf("after ten minutes it is held by %q; asked %d times", l.Holder("upload:u"), first.asked.Load())
		}
		mustTake(t, b, "other").give(t) // others are not concerned
		first.give(t)
		if a.OwnerOf("u") != "" || l.Holder("upload:u") != "" {
			t.Error("it was given back and is held")
		}
		mustTake(t, b, "u").give(t)
	})
}

// TestSharedLockIsAskedFor: the holder is asked, once, soon, and the waiting
// one gets the lock when the holder has stopped.
func TestSharedLockIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLeases(t)
		first := mustTake(t, tus.Shared(l), "u")
		start := time.Now()
		second := make(chan *taken)
		go func() { second <- mustTake(t, tus.Shared(l), "u") }()
		for first.asked.Load() == 0 && time.Since(start) < time.Minute {
			time.Sleep(10 * time.Millisecond)
		}
		if wait := time.Since(start); wait > time.Second {
			t.Errorf("the holder was asked after %v", wait)
		}
		time.Sleep(5 * time.Second) // it makes durable what it has
		first.give(t)
		start = time.Now()
		next := <-second
		if wait := time.Since(start); wait > time.Second || first.asked.Load() != 1 || next.asked.Load() != 0 {
			t.Errorf("let in after %v; the first was asked %d times, the second %d", wait, first.asked.Load(), next.asked.Load())
		}
		time.Sleep(time.Minute)
		if next.asked.Load() != 0 {
			t.Error("the second is asked for what the first was")
		}
		next.give(t)
	})
}

func TestSharedLockTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLeases(t)
		first := mustTake(t, tus.Shared(l), "u")
		b := tus.Shared(l)
		if _, err := take(t, b, "u", 20*time.Second); !errors.Is(err, handler.ErrLockTimeout) {
			t.Errorf("%v", err)
		}
		if b.OwnerOf("u") != "" {
			t.Error("it is held by two")
		}
		first.give(t)
	})
}

// TestSharedLockOfADeadServer: its lease runs out.
func TestSharedLockOfADeadServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLeases(t)
		if got, err := l.Claim(t.Context(), "upload:u", "dead", 12*time.Second); err != nil || !got {
			t.Fatal(got, err)
		}
		start := time.Now()
		mustTake(t, tus.Shared(l), "u").give(t)
		if wait := time.Since(start); wait > 13*time.Second {
			t.Errorf("let in after %v", wait)
		}
	})
}

// TestSharedLockLost: one that is lost is not taken back behind the back of
// whoever had it in between.
func TestSharedLockLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLeases(t)
		a := tus.Shared(l)
		first := mustTake(t, a, "u")
		l.ForgetLeases() // as if the server had hung, and another had taken and given it
		time.Sleep(time.Minute)
		_ = l.now()
		if first.asked.Load() != 1 {
			t.Errorf("the holder was asked %d times", first.asked.Load())
		}
		if by := l.Holder("upload:u"); by != "" {
			t.Errorf("it is held again by %q", by)
		}
		// The same server may take it anew; giving the lost one back leaves that.
		second := mustTake(t, a, "u")
		owner := a.OwnerOf("u")
		first.give(t)
		if a.OwnerOf("u") != owner || l.Holder("upload:u") != owner {
			t.Error("giving back what was lost took it from its holder")
		}
		second.give(t)
	})
}

// TestSharedLockWithoutRecords: while the records are away nobody gets a lock,
// whoever has one is asked to stop, and Unlock says what it could not do.
func TestSharedLockWithoutRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLeases(t)
		away := errors.New("the database is away")
		a := tus.Shared(l)
		first := mustTake(t, a, "u")
		l.fail(away)
		time.Sleep(5 * time.Second)
		if first.asked.Load() != 1 {
			t.Errorf("the holder was asked %d times", first.asked.Load())
		}
		if _, err := take(t, a, "other", time.Second); !errors.Is(err, away) {
			t.Errorf("%v", err)
		}
		if err := first.Unlock(); !errors.Is(err, away) {
			t.Errorf("%v", err)
		}
		if a.OwnerOf("u") != "" {
			t.Error("it is still held here")
		}
		l.fail(nil)
		mustTake(t, a, "u").give(t) // when the lease has run out
	})
}

func TestInProcessLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		locker := tus.InProcess()
		first := mustTake(t, locker, "u")
		if owner := locker.OwnerOf("u"); owner != "" {
			t.Errorf("held under the name %q, and there is nobody else", owner)
		}
		if _, err := take(t, locker, "u", time.Second); !errors.Is(err, handler.ErrLockTimeout) || first.asked.Load() == 0 {
			t.Errorf("%v; the holder was asked %d times", err, first.asked.Load())
		}
		second := make(chan *taken)
		go func() { second <- mustTake(t, locker, "u") }()
		synctest.Wait()
		first.give(t)
		(<-second).give(t)
	})
}
