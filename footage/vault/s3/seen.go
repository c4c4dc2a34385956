package s3

import "sync"

// seenBlobs remembers the sizes of blobs that were looked at lately: a player
// asks for one clip many times.
type seenBlobs struct {
	mu    sync.Mutex
	sizes map[string]int64
}

// maxSeen is how many are remembered, about 1 MiB.
const maxSeen = 8192

func (b *seenBlobs) has(name string, size int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	have, ok := b.sizes[name]
	return ok && have == size
}

func (b *seenBlobs) put(name string, size int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sizes == nil || len(b.sizes) >= maxSeen {
		b.sizes = map[string]int64{} // what is in use is back soon
	}
	b.sizes[name] = size
}

func (b *seenBlobs) drop(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sizes, name)
}
