//go:build !race

package child

// hardMemory is the writable memory of a child in bytes, kept by the kernel.
const hardMemory = 384 << 20
