package ledger_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
)

// vectors reads the test vectors out of FORMAT.md.
func vectors(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := make(map[string]string)
	for _, m := range regexp.MustCompile("(?s)```vector ([a-z0-9-]+)\n(.*?\n)```\n").FindAllStringSubmatch(string(text), -1) {
		blocks[m[1]] = m[2]
	}
	return blocks
}

// TestFormatVectors builds the ledger of FORMAT.md anew and holds every
// vector against it.
func TestFormatVectors(t *testing.T) {
	want := vectors(t)
	got := map[string]string{}
	path := filepath.Join(t.TempDir(), "ledger.key")
	if err := os.WriteFile(path, []byte(want["key-file"]), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	got["verifier"] = s.Verifier().Text() + "\n"

	m := ledgertest.NewMemory()
	var head ledger.Head
	for i := range 3 {
		body := strings.TrimSuffix(want[fmt.Sprintf("entry-%d", i)], "\n")
		e, err := ledger.Decode([]byte(body))
		if err != nil {
			t.Fatalf("entry-%d: %v", i, err)
		}
		head = add(t, m, s, e.At.Std(), e)
		leaf := tlog.RecordHash([]byte(body))
		got[fmt.Sprintf("entry-%d", i)] = body + "\n"
		got[fmt.Sprintf("leaf-%d", i)] = hex.EncodeToString(leaf[:]) + "\n"
	}
	for _, h := range storedHashes(t, m, 3) {
		got["stored-hashes"] += hex.EncodeToString(h[:]) + "\n"
	}
	got["checkpoint-3"] = string(head.Checkpoint)

	rotated, err := ledger.RotateKeyFile(path, 3, seed(2))
	if err != nil {
		t.Fatal(err)
	}
	got["rotated-verifier"] = rotated + "\n"
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got["key-file"] = want["key-file"]
	got["rotated-key-file"] = string(file)

	for name := range want {
		if got[name] != want[name] {
			t.Errorf("vector %s:\n%s\nprogram:\n%s", name, want[name], got[name])
		}
	}
	if len(want) != len(got) {
		t.Errorf("FORMAT.md has %d vectors, the test %d", len(want), len(got))
	}
}

func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	if _, err := ledger.NewKeyFile(path, "jikim/test", seed(1)); err != nil {
		t.Fatal(err)
	}
	old, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	m := ledgertest.NewMemory()
	first := add(t, m, old, noon.Std(), anEntry())
	if _, err := ledger.RotateKeyFile(path, first.Size, seed(2)); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.RotateKeyFile(path, first.Size, seed(3)); err != nil {
		t.Fatal(err)
	}
	fresh, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(fresh.Verifier().Text(), "\n"); n != 2 {
		t.Errorf("verifier has %d retired keys, want 2", n)
	}
	if _, err := fresh.Verifier().Open(first.Checkpoint); err != nil {
		t.Errorf("a checkpoint of before the rotation is refused: %v", err)
	}

	// Elsewhere the old key goes on: it no longer counts.
	longer := ledgertest.NewMemory()
	add(t, longer, old, noon.Std(), anEntry())
	forged := add(t, longer, old, noon.Std().Add(time.Hour), anEntry())
	if _, err := fresh.Verifier().Open(forged.Checkpoint); err == nil {
		t.Error("the retired key could sign a longer ledger")
	}

	second := add(t, m, fresh, noon.Std(), anEntry())
	if _, err := fresh.Verifier().Open(second.Checkpoint); err != nil {
		t.Errorf("a checkpoint by the new key is refused: %v", err)
	}
	err = m.Update(func(l ledger.Log) error {
		_, err := ledger.Append(l, old, noon.Std(), []ledger.Entry{anEntry()})
		return err
	})
	wantFinding(t, err, ledger.CheckpointAltered)
}
