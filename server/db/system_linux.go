package db

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// boundSilence makes a TCP connection break when bytes that were sent are not
// acknowledged for the time of silence; the kernel would wait a quarter of an
// hour. Keep-alive notices only connections on which nothing is under way.
func boundSilence(network, _ string, c syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(silence/time.Millisecond))
	})
	if err == nil {
		err = failed
	}
	return err
}

// noRoom reports whether the disk of a file has no room for another page of it.
func noRoom(path string) bool {
	var fs unix.Statfs_t
	return unix.Statfs(path, &fs) == nil && fs.Bavail*uint64(fs.Bsize) < 64<<10
}
