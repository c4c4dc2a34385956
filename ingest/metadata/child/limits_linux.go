package child

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// confine takes away what a reader of metadata never needs. RLIMIT_AS would
// stop Go itself, which reserves address space it never touches; RLIMIT_DATA
// counts the writable memory that it asks for.
func confine() error {
	limits := []struct {
		resource   int
		soft, hard uint64
	}{
		{unix.RLIMIT_DATA, hardMemory, hardMemory},
		{unix.RLIMIT_CPU, totalCPU, totalCPU},
		{unix.RLIMIT_FSIZE, 0, 0},
		{unix.RLIMIT_NOFILE, 16, 16},
		{unix.RLIMIT_CORE, 0, 0},
	}
	for _, l := range limits {
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: l.soft, Max: l.hard}); err != nil {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	// The end of standard input tells us that the parent is gone; this is for a
	// reader that hangs and never comes to read it.
	return unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0, 0, 0)
}

// allowCPU grants the next file its processor time on top of what was used.
func allowCPU() error {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return err
	}
	soft := min(uint64(used.Utime.Sec+used.Stime.Sec)+fileCPU, totalCPU)
	return unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: soft, Max: totalCPU})
}
