package access

import (
	"sync"
	"time"
)

// freshFor is how long what was read from the records may be believed without
// reading it again. It bounds how long a revoked token, a disabled account or
// an ended session still works on another server; on the same server such a
// change is seen at once. A player asks many times a second: this spares the
// database those reads.
const freshFor = 2 * time.Second

// recent keeps what was read within the last freshFor.
type recent[V any] struct {
	mu   sync.Mutex
	kept map[string]keptValue[V]
}

type keptValue[V any] struct {
	value V
	at    time.Time
}

// maxRecent bounds the memory; beyond it everything is read anew.
const maxRecent = 4096

func newRecent[V any]() *recent[V] {
	return &recent[V]{kept: map[string]keptValue[V]{}}
}

func (r *recent[V]) get(key string, now time.Time) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.kept[key]
	age := now.Sub(k.at)
	if !ok || age < 0 || age >= freshFor {
		var none V
		return none, false
	}
	return k.value, true
}

func (r *recent[V]) put(key string, v V, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.kept) >= maxRecent {
		clear(r.kept)
	}
	r.kept[key] = keptValue[V]{value: v, at: now}
}

func (r *recent[V]) drop(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.kept, key)
}
