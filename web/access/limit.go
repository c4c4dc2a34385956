package access

import (
	"sync"
	"time"
)

// buckets limits how often something may happen per key (an address, a name):
// each key has a bucket of burst attempts that fills again by one every every.
// It lives in one process; the lock-out of an account, which is in the
// records, holds for all of them.
type buckets struct {
	burst float64
	every time.Duration

	mu   sync.Mutex
	full map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// maxBuckets bounds the memory a flood of keys can take.
const maxBuckets = 10_000

func newBuckets(burst int, every time.Duration) *buckets {
	return &buckets{burst: float64(burst), every: every, full: map[string]bucket{}}
}

// take uses up one attempt of key; false when none is left.
func (b *buckets) take(key string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.full[key]
	if !ok {
		b.makeRoom(now)
		k = bucket{left: b.burst, at: now}
	}
	if gone := now.Sub(k.at); gone > 0 {
		k.left = min(b.burst, k.left+float64(gone)/float64(b.every))
		k.at = now
	}
	allowed := k.left >= 1
	if allowed {
		k.left--
	}
	b.full[key] = k
	return allowed
}

// makeRoom forgets the keys whose buckets are full again; when a flood leaves
// none such, it forgets all, which lets attempts through but never people out.
func (b *buckets) makeRoom(now time.Time) {
	if len(b.full) < maxBuckets {
		return
	}
	for key, k := range b.full {
		if k.left+float64(now.Sub(k.at))/float64(b.every) >= b.burst {
			delete(b.full, key)
		}
	}
	if len(b.full) >= maxBuckets {
		clear(b.full)
	}
}
