package vault_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"jikim/devices/refuse"
	"jikim/footage/vault"
)

func newKeys(t *testing.T) (*vault.KeyFile, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	k, err := vault.NewKeyFile(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

func openKeys(t *testing.T, path string) *vault.KeyFile {
	t.Helper()
	k, err := vault.OpenKeyFile(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func wrap(t *testing.T, k vault.Keyring, id string, clip vault.Key) []byte {
	t.Helper()
	wrapped, err := k.Wrap(id, clip)
	if err != nil {
		t.Fatal(err)
	}
	return wrapped
}

func mustUnwrap(t *testing.T, k vault.Keyring, id string, wrapped []byte, want vault.Key) {
	t.Helper()
	if have, err := k.Unwrap(id, wrapped); err != nil || have != want {
		t.Fatalf("Unwrap(%s): %v, the same key: %v", id, err, have == want)
	}
}

func TestWrapAndUnwrap(t *testing.T) {
	k, path := newKeys(t)
	clip := vault.Key{1, 2, 3}
	wrapped := wrap(t, k, "clip-1", clip)
	if bytes.Contains(wrapped, clip[:8]) {
		t.Fatal("the wrapped key shows the key")
	}
	if bytes.Equal(wrapped, wrap(t, k, "clip-1", clip)) {
		t.Fatal("wrapping twice gave the same bytes: the nonce was used again")
	}
	mustUnwrap(t, k, "clip-1", wrapped, clip)
	mustUnwrap(t, openKeys(t, path), "clip-1", wrapped, clip)

	if _, err := k.Unwrap("clip-2", wrapped); !errors.Is(err, vault.ErrCorrupt) {
		t.Fatalf("a wrapped key moved to another clip: %v", err)
	}
	for i := range wrapped {
		bad := bytes.Clone(wrapped)
		bad[i] ^= 0x10
		if _, err := k.Unwrap("clip-1", bad); !errors.Is(err, vault.ErrCorrupt) && !errors.Is(err, vault.ErrKeyUnknown) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for _, bad := range [][]byte{nil, wrapped[:len(wrapped)-1], append(bytes.Clone(wrapped), 0)} {
		if _, err := k.Unwrap("clip-1", bad); !errors.Is(err, vault.ErrCorrupt) {
			t.Fatalf("%d bytes: %v", len(bad), err)
		}
		if _, err := vault.KeyID(bad); !errors.Is(err, vault.ErrCorrupt) {
			t.Fatalf("KeyID of %d bytes: %v", len(bad), err)
		}
	}
}

func TestRotate(t *testing.T) {
	k, path := newKeys(t)
	clip := vault.Key{4}
	old := wrap(t, k, "clip", clip)
	server := openKeys(t, path) // another process that has the file open already
	if err := k.Rotate(); err != nil {
		t.Fatal(err)
	}
	ids := k.KeyIDs()
	if len(ids) != 2 || ids[0] == ids[1] {
		t.Fatalf("keys after rotating: %v", ids)
	}
	fresh := wrap(t, k, "clip", clip)
	for wrapped, want := range map[*[]byte]string{&old: ids[1], &fresh: ids[0]} {
		if have, err := vault.KeyID(*wrapped); err != nil || have != want {
			t.Fatalf("KeyID: %s, %v; want %s", have, err, want)
		}
		mustUnwrap(t, k, "clip", *wrapped, clip)
		mustUnwrap(t, server, "clip", *wrapped, clip)
	}
	if under, _ := vault.KeyID(wrap(t, openKeys(t, path), "clip", clip)); under != ids[0] {
		t.Fatalf("a fresh process wraps with %s", under)
	}

	if err := k.Rotate(); err != nil {
		t.Fatal(err)
	}
	if under, _ := vault.KeyID(wrap(t, server, "clip", clip)); under != k.KeyIDs()[0] {
		t.Fatalf("a process that did not rotate still wraps with %s", under)
	}
}

func TestDrop(t *testing.T) {
	k, path := newKeys(t)
	old := wrap(t, k, "clip", vault.Key{5})
	first := k.KeyIDs()[0]
	if err := k.Drop(first); !errors.Is(err, vault.ErrKeyInUse) {
		t.Fatalf("dropping the current key: %v", err)
	}
	if err := k.Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := k.Drop("0123456789abcdef"); !errors.Is(err, vault.ErrKeyUnknown) {
		t.Fatalf("dropping a key that is not there: %v", err)
	}
	if err := k.Drop(first); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*vault.KeyFile{k, openKeys(t, path)} {
		if _, err := k.Unwrap("clip", old); !errors.Is(err, vault.ErrKeyUnknown) {
			t.Fatalf("unwrapping under a dropped key: %v", err)
		}
	}
}

// Two processes that rotate at once must both find their keys in the file:
// each may have wrapped with its own.
func TestRotateAtOnce(t *testing.T) {
	_, path := newKeys(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			k, err := vault.OpenKeyFile(path, rand.Reader)
			if err == nil {
				err = k.Rotate()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(openKeys(t, path).KeyIDs()); n != 9 {
		t.Fatalf("%d keys after 8 rotations of one", n)
	}
}

func TestKeyFileRefusals(t *testing.T) {
	_, path := newKeys(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("a new key file has mode %v, %v", info.Mode(), err)
	}
	if _, err := vault.NewKeyFile(path, rand.Reader); !errors.Is(err, vault.ErrKeyFileThere) {
		t.Fatalf("making a key file over another: %v", err)
	}
	dir := t.TempDir()
	if _, err := vault.OpenKeyFile(filepath.Join(dir, "none"), rand.Reader); !errors.Is(err, vault.ErrKeyFileMissing) {
		t.Fatalf("no key file: %v", err)
	}
	line := strings.TrimSpace(string(good))
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want error // nil: it opens
	}{
		"as made":        {string(good), 0o600, nil},
		"read only":      {string(good), 0o400, nil},
		"no newline":     {line, 0o600, nil},
		"CRLF":           {line + "\r\n", 0o600, nil},
		"group reads":    {string(good), 0o640, vault.ErrKeyFileOpen},
		"world reads":    {string(good), 0o604, vault.ErrKeyFileOpen},
		"group writes":   {string(good), 0o620, vault.ErrKeyFileOpen},
		"empty":          {"", 0o600, vault.ErrKeyFileBad},
		"one line short": {line + "\n\n" + line, 0o600, vault.ErrKeyFileBad},
		"cut off":        {line[:len(line)-4], 0o600, vault.ErrKeyFileBad},
		"a wrong letter": {strings.Replace(line, line[20:21], map[bool]string{true: "B", false: "A"}[line[20] == 'A'], 1), 0o600, vault.ErrKeyFileBad},
		"another id":     {"0000000000000000" + line[16:], 0o600, vault.ErrKeyFileBad},
		"too long":       {strings.Repeat(line+"\n", 2000), 0o600, vault.ErrKeyFileBad},
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := vault.OpenKeyFile(path, rand.Reader)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if r, ok := refuse.As(err); err != nil && (!ok || strings.Contains(err.Error(), line[30:50]) || !strings.HasSuffix(r.Sentence, ".")) {
			t.Errorf("%s: not a sentence for a person, or it shows the key: %v", name, err)
		}
	}
}
