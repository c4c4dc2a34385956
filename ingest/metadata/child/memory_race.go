//go:build race

package child

// hardMemory under the race detector, whose shadow memory counts as the child's.
const hardMemory = 2 << 30
