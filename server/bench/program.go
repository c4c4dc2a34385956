package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	startPatience = 60 * time.Second
	stopPatience  = 10 * time.Second
	tick          = 100 // clock ticks a second in /proc (USER_HZ, the same on every Linux)
)

// program is a server under measurement that we started.
type program struct {
	addr string
	cmd  *exec.Cmd
	log  string
}

// startProgram starts argv and returns when something listens at addr. What it
// says goes to a file in dir and is shown when it does not come up.
func startProgram(ctx context.Context, dir, addr string, argv ...string) (*program, error) {
	log, err := os.CreateTemp(dir, "log-")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p := &program{addr: addr, cmd: exec.CommandContext(ctx, argv[0], argv[1:]...), log: log.Name()}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches us; we stop it
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if err := p.await(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (p *program) await(ctx context.Context) error {
	deadline := time.Now().Add(startPatience)
	for {
		c, err := net.Dial("tcp", p.addr)
		if err == nil {
			return c.Close()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p.gone() || time.Now().After(deadline) {
			said, _ := os.ReadFile(p.log)
			return fmt.Errorf("%s does not come up: %s", filepath.Base(p.cmd.Path), strings.TrimSpace(string(said)))
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// gone reports whether the process has ended and only waits to be collected.
func (p *program) gone() bool {
	fields, err := statOf(p.cmd.Process.Pid)
	return err != nil || fields[0] == "Z"
}

// stop asks the program to end and kills it when it does not.
func (p *program) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	killer := time.AfterFunc(stopPatience, func() { _ = p.cmd.Process.Kill() })
	defer killer.Stop()
	_ = p.cmd.Wait() // how it ends says nothing about what was measured
	return nil
}

// cpu is the processor time used so far by the program and its children.
func (p *program) cpu() (time.Duration, error) {
	ticks := 0
	for _, pid := range tree(p.cmd.Process.Pid) {
		fields, err := statOf(pid)
		if err != nil {
			continue // a child that has just ended counts in its parent's cutime
		}
		for _, i := range []int{11, 12, 13, 14} { // utime stime cutime cstime
			n, err := strconv.Atoi(fields[i])
			if err != nil {
				return 0, err
			}
			ticks += n
		}
	}
	return time.Duration(ticks) * time.Second / tick, nil
}

// peak is the most memory the program itself ever held, in bytes (VmHWM).
func (p *program) peak() (int64, error) { return peakOf(p.cmd.Process.Pid) }

// childrenPeak is the same of all its children together.
func (p *program) childrenPeak() int64 {
	var sum int64
	for _, pid := range tree(p.cmd.Process.Pid)[1:] {
		n, _ := peakOf(pid) // one that has ended holds nothing
		sum += n
	}
	return sum
}

func peakOf(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("no VmHWM of process %d", pid)
}

// statOf gives the fields of /proc/PID/stat from the state on (field 3).
func statOf(pid int) ([]string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	_, rest, ok := strings.Cut(string(stat), ") ") // the name before it may hold anything
	fields := strings.Fields(rest)
	if !ok || len(fields) < 15 {
		return nil, fmt.Errorf("stat of process %d: %q", pid, stat)
	}
	return fields, nil
}

// tree lists a process and all that it started.
func tree(pid int) []int {
	pids := []int{pid}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		children, _ := os.ReadFile(list) // a thread that has just ended has none
		for _, word := range strings.Fields(string(children)) {
			if child, err := strconv.Atoi(word); err == nil {
				pids = append(pids, tree(child)...)
			}
		}
	}
	return pids
}

// freeAddr is an address on the loopback nobody listens at.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
