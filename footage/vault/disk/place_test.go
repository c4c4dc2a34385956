package disk_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"jikim/footage/vault"
	"jikim/footage/vault/disk"
)

func resume(t *testing.T, s *disk.Store, name string, m vault.Mark) vault.Writer {
	t.Helper()
	w, err := s.Resume(context.Background(), name, m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func write(t *testing.T, w vault.Writer, text string) vault.Mark {
	t.Helper()
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	m, err := w.Sync(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// tree lists the files under dir.
func tree(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	all := map[string]fs.FileMode{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			rel, _ := filepath.Rel(dir, path)
			all[rel] = info.Mode()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Nobody but the server's account may look in, whatever its umask.
func TestModesAndPlaces(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "new", "vault")
	s := open(t, dir)
	w := resume(t, s, "clip", vault.Mark{})
	write(t, w, "sealed")
	if _, ok := tree(t, dir)["partial/clip"]; !ok {
		t.Fatalf("an unfinished blob is not in partial/: %v", tree(t, dir))
	}
	if err := w.Finish(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{ // SHA-256 of "clip" begins with 67
		".": fs.ModeDir | 0o700, "partial": fs.ModeDir | 0o700, "blobs": fs.ModeDir | 0o700,
		"blobs/67": fs.ModeDir | 0o700, "blobs/67/clip": 0o600,
	}
	have := tree(t, dir)
	for path, mode := range want {
		if have[path] != mode {
			t.Errorf("%s: %v, want %v", path, have[path], mode)
		}
	}
	if len(have) != len(want) {
		t.Errorf("there is more than there should be: %v", have)
	}
}

// A run that hangs while another has taken its blob over must not write into
// what that one writes.
func TestTakenOver(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	stray := resume(t, s, "clip", vault.Mark{})
	m := write(t, stray, "start ")
	run := resume(t, s, "clip", m)
	if _, err := stray.Write([]byte("stray")); err == nil {
		t.Error("the former run can still write")
	}
	if _, err := stray.Sync(ctx); err == nil {
		t.Error("the former run can still sync")
	}
	if err := stray.Finish(ctx); err == nil {
		t.Error("the former run can still finish")
	}
	if err := stray.Close(); err != nil {
		t.Error(err)
	}
	write(t, run, "end")
	if err := run.Finish(ctx); err != nil {
		t.Fatal(err)
	}
	b, err := s.Open(ctx, "clip")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	have := make([]byte, b.Size())
	if _, err := b.ReadAt(have, 0); err != nil || !bytes.Equal(have, []byte("start end")) {
		t.Fatalf("%q, %v", have, err)
	}
}

// What a crash can have cut short of the durable bytes is an error, not a
// shorter recording.
func TestLostBytes(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	w := resume(t, s, "clip", vault.Mark{})
	m := write(t, w, "durable")
	if err := os.Truncate(filepath.Join(dir, "partial", "clip"), 3); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Resume(context.Background(), "clip", m); !errors.Is(err, vault.ErrCorrupt) {
		t.Fatalf("Resume: %v", err)
	}
}

// A volume that is not mounted is not an empty store: nothing may pass for
// missing, and above all nothing for destroyed.
func TestNotMounted(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "vault")
	s := open(t, dir)
	w := resume(t, s, "clip", vault.Mark{})
	m := write(t, w, "sealed")
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil { // the empty mount point
		t.Fatal(err)
	}
	_, err := s.Open(ctx, "clip")
	mustBeAway(t, "Open", err)
	_, err = s.Resume(ctx, "clip", m)
	mustBeAway(t, "Resume", err)
	_, err = s.Resume(ctx, "new", vault.Mark{})
	mustBeAway(t, "Resume of a new blob", err)
	mustBeAway(t, "Destroy", s.Destroy(ctx, "clip"))
	mustBeAway(t, "List", s.List(ctx, func(vault.Item) error { return nil }))
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	resume(t, s, "clip", m)
}

func mustBeAway(t *testing.T, doing string, err error) {
	t.Helper()
	if !errors.Is(err, vault.ErrAway) {
		t.Errorf("%s: %v", doing, err)
	}
}

// What lies about in the directory and is not ours is neither listed nor touched.
func TestForeignFiles(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, path := range []string{"partial/.nfs0001", "partial/UPPER", "blobs/readme"} {
		if err := os.WriteFile(filepath.Join(dir, path), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "partial", "lost"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := s.List(context.Background(), func(i vault.Item) error {
		t.Errorf("%s is listed", i.Name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
