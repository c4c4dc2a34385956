package child

import (
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// pipeSize is room for a read and its head: with less, each would take the parent
// and the child in turns.
const pipeSize = 256 << 10

// widen makes room in the pipe to a child. Where the system grants none it is
// slower and nothing else.
func widen(in io.WriteCloser) {
	f, ok := in.(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := f.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
	}
}
