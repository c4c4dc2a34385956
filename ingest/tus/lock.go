package tus

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
)

// InProcess locks uploads within one server: enough where there is only one.
func InProcess() Locker { return inProcess{memorylocker.New()} }

type inProcess struct{ *memorylocker.MemoryLocker }

// OwnerOf implements Locker; there is nobody else to tell apart from.
func (inProcess) OwnerOf(string) string { return "" }

// saying is a locker whose errors are told like all others, and whose holders
// are asked to stop through the body they read.
type saying struct {
	Locker
	store *store
}

// NewLock implements handler.Locker.
func (s saying) NewLock(id string) (handler.Lock, error) {
	lock, err := s.Locker.NewLock(id)
	return sayingLock{lock, s.store}, err
}

type sayingLock struct {
	lock  handler.Lock
	store *store
}

// Lock implements handler.Lock.
func (l sayingLock) Lock(ctx context.Context, requestUnlock func()) error {
	if b, ok := bodyOf(ctx); ok {
		requestUnlock = func() { b.interrupt(handler.ErrUploadInterrupted) }
	}
	return l.store.problem(ctx, l.lock.Lock(ctx, requestUnlock))
}

// Unlock implements handler.Lock.
func (l sayingLock) Unlock() error { return l.lock.Unlock() }

// Leases is what a lock shared by several servers is made of.
type Leases interface {
	Claim(ctx context.Context, task, owner string, length time.Duration) (bool, error)
	Wanted(ctx context.Context, task, owner string) (has, wanted bool, err error)
	Release(ctx context.Context, task, owner string) error
}

const (
	leaseLength = 12 * time.Second       // after a crash, others wait no longer than this
	leaseRenew  = 3 * time.Second        // how often the holder prolongs it
	leaseAsk    = 250 * time.Millisecond // how often holders look whether they are asked, and others try again
)

// Shared locks uploads among all servers of one database. The holder of a lock
// prolongs its lease; when another request wants it, or the lease is lost, the
// holder is asked to stop. A lease that is lost is never taken again: what the
// holder knows of the upload is old by then.
func Shared(leases Leases) Locker { return &shared{leases: leases} }

type shared struct {
	leases Leases
	owners sync.Map // upload id → owner, of locks held by this server
}

// OwnerOf implements Locker.
func (s *shared) OwnerOf(id string) string {
	owner, _ := s.owners.Load(id)
	name, _ := owner.(string)
	return name
}

// NewLock implements handler.Locker.
func (s *shared) NewLock(id string) (handler.Lock, error) {
	return &sharedLock{s: s, id: id, owner: uuid.NewString()}, nil
}

type sharedLock struct {
	s         *shared
	id, owner string
	stop      context.CancelFunc
	stopped   chan struct{}
}

func (l *sharedLock) task() string { return "upload:" + l.id }

// Lock implements handler.Lock.
func (l *sharedLock) Lock(ctx context.Context, requestUnlock func()) error {
	for {
		got, err := l.s.leases.Claim(ctx, l.task(), l.owner, leaseLength)
		if got && err == nil {
			break
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-time.After(leaseAsk):
		case <-ctx.Done():
			return handler.ErrLockTimeout
		}
	}
	l.s.owners.Store(l.id, l.owner)
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop, l.stopped = stop, make(chan struct{})
	go l.keep(run, sync.OnceFunc(requestUnlock))
	return nil
}

// keep prolongs the lease until Unlock, and asks the holder to stop when
// somebody waits for it or it cannot be kept.
func (l *sharedLock) keep(ctx context.Context, requestUnlock func()) {
	defer close(l.stopped)
	renewed := time.Duration(0)
	for {
		select {
		case <-time.After(leaseAsk):
		case <-ctx.Done():
			return
		}
		has, wanted, err := l.s.leases.Wanted(ctx, l.task(), l.owner)
		if err == nil && (wanted || !has) {
			requestUnlock()
		}
		if err == nil && !has {
			return
		}
		if renewed += leaseAsk; renewed < leaseRenew {
			continue
		}
		if got, err := l.s.leases.Claim(ctx, l.task(), l.owner, leaseLength); err != nil || !got {
			if ctx.Err() == nil {
				requestUnlock()
			}
			continue
		}
		renewed = 0
	}
}

// Unlock implements handler.Lock.
func (l *sharedLock) Unlock() error {
	l.stop()
	<-l.stopped
	l.s.owners.CompareAndDelete(l.id, l.owner)
	ctx, cancel := context.WithTimeout(context.Background(), leaseRenew)
	defer cancel()
	return l.s.leases.Release(ctx, l.task(), l.owner)
}
