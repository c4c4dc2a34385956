package db_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
	"jikim/server/db"
)

// TestSQLiteOnAFullDisk runs itself again where it may mount a disk of its own.
func TestSQLiteOnAFullDisk(t *testing.T) {
	dir := os.Getenv("JIKIM_TINY_DISK")
	if dir != "" {
		fillDisk(t, dir)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "JIKIM_TINY_DISK="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		t.Skip("no namespaces here: ", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func fillDisk(t *testing.T, dir string) {
	if err := syscall.Mount("tiny", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("no mounting here: ", err)
	}
	defer func() { _ = syscall.Unmount(dir, 0) }() // goes with the namespace anyway
	c := newClock()
	t.Run("database", func(t *testing.T) {
		d := openDatabase(t, db.Config{SQLite: filepath.Join(dir, "jikim.db")}, c)
		ballast := filepath.Join(dir, "ballast")
		if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		var kept, fulls int64
		for i := 0; fulls < 5; i++ {
			clip := aClip(i, c.now())
			switch err := save(d, &clip); {
			case err == nil:
				kept++
			case errors.Is(err, db.ErrFull):
				fulls++
			default:
				t.Fatalf("after %d clips: %v", kept, err)
			}
		}
		if head, err := d.Head(); err != nil || head.Size != kept {
			t.Errorf("the ledger has %d entries, %v; want %d", head.Size, err, kept)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		clip := aClip(1_000_000, c.now())
		if err := save(d, &clip); err != nil {
			t.Errorf("with room again: %v", err)
		}
		report, err := ledger.Verify(t.Context(), d.Ledger(t.Context()), ledgertest.NewSigner(t).Verifier(), ledger.Options{})
		if err != nil || report.Head.Size != kept+1 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
