package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"time"
)

// program is one run of another program on an untrusted file.
type program struct {
	path   string
	args   []string
	env    []string      // all of it
	memory uint64        // bytes of address space
	ready  func()        // called once its limits stand, before it is given anything to read
	length time.Duration // wall-clock time it may take

	heard func(at time.Duration) // is told how far it has come; may be nil
}

// maxSaid is how much is kept of what a program says on standard error, in
// bytes; it is looked at for known words only and never shown or logged.
const maxSaid = 4 << 10

var (
	errTooLong = errors.New("media: the program took too long")
	errExit    = errors.New("media: the program failed")
)

// run starts the program and lets take read what it prints, to the end. It
// returns when the program has ended; when it is made to, so is its whole group. The error is take's, or wraps
// errTooLong, or errExit when the program was not content; or says why ctx ended.
func (p program) run(ctx context.Context, take func(stdout io.Reader) error) (complaint string, err error) {
	timed, stop := context.WithTimeoutCause(ctx, p.length, errTooLong)
	defer stop()
	complaint, err = p.start(timed, take)
	if timed.Err() != nil && err != nil {
		return complaint, context.Cause(timed)
	}
	return complaint, err
}

func (p program) start(ctx context.Context, take func(stdout io.Reader) error) (string, error) {
	// The kernel ends a child with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	said := &ears{said: tail{most: maxSaid}, heard: p.heard}
	if said.heard == nil {
		said.heard = func(time.Duration) {}
	}
	cmd := exec.CommandContext(ctx, p.path, p.args...)
	cmd.Env, cmd.Dir, cmd.Stderr = p.env, "/", said
	cmd.WaitDelay = 5 * time.Second
	isolate(cmd)
	cmd.Cancel = func() error { return kill(cmd.Process.Pid) }
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("media: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("media: starting ffmpeg: %w", err)
	}
	err = restrain(cmd.Process.Pid, p.memory)
	if err == nil {
		p.ready()
		err = take(stdout)
	}
	if err != nil {
		_ = kill(cmd.Process.Pid) // it may have ended by itself
	}
	ended := cmd.Wait()
	switch {
	case err != nil:
		return said.String(), err
	case ended != nil:
		return said.String(), fmt.Errorf("%w: %w", errExit, ended)
	}
	return said.String(), nil
}

// tail keeps the last bytes written to it.
type tail struct {
	most int
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - t.most; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.kept) }
