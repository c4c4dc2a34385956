//go:build !linux

package main

// diskSpace is known on Linux only.
func diskSpace(string) (free, size uint64, ok bool) { return 0, 0, false }
