package media

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// niceness leaves the machine to those who wait for an answer.
const niceness = 15

// isolate puts the program into a process group of its own, which ends with us
// even when we are killed.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// restrain bounds a program that was just started: its memory, its share of the
// processors, and that it writes no file (of any length), leaves no core and
// opens few.
func restrain(pid int, memory uint64) error {
	errs := []error{unix.Setpriority(unix.PRIO_PROCESS, pid, niceness)}
	for resource, most := range map[int]uint64{
		unix.RLIMIT_AS: memory, unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0, unix.RLIMIT_NOFILE: 64,
	} {
		errs = append(errs, unix.Prlimit(pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil))
	}
	if err := errors.Join(errs...); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("media: setting limits for ffmpeg: %w", err)
	}
	return nil // or it has ended already
}

// kill ends the program's whole group.
func kill(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }
