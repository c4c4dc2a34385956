package main

import "golang.org/x/sys/unix"

// diskSpace gives the free bytes and the size of the disk that holds a folder;
// false when they cannot be known.
func diskSpace(path string) (free, size uint64, ok bool) {
	var fs unix.Statfs_t
	if unix.Statfs(path, &fs) != nil {
		return 0, 0, false
	}
	block := uint64(fs.Bsize) //nolint:gosec // a size is not negative
	return fs.Bavail * block, fs.Blocks * block, true
}
