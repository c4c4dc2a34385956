package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jikim/server/db/dbtest"
)

// tampered is a place with a history, for somebody to lay hands on a copy of.
type tampered struct {
	place
	early string   // a copy of the records from before the last clips
	clips []string // alive, in the order they came in
	gone  string   // destroyed
}

// withHistory makes a place with clips, holds and a destruction.
func withHistory(t *testing.T) *tampered {
	t.Helper()
	p := oneMachine().make(t)
	p.configure(t, "media: {ffmpeg: no-such-program}")
	p.found(t)
	agent, officer := p.token(t, "dock", "agent", "minwon"), p.token(t, "officer", "responsible", "minwon")
	r := p.serve(t)
	h := &tampered{place: p, early: filepath.Join(t.TempDir(), "early")}
	for i := range 4 {
		// Blobs of the same size, so that only their content tells them apart.
		h.clips = append(h.clips, r.wire(agent).send(footageOf(100_000, uint64(50+i)), "filename", fmt.Sprintf("영상%d.mp4", i)))
	}
	for _, id := range h.clips[:3] {
		status, _, b := r.ask("POST", "/api/v1/clips/"+id+"/holds", officer, strings.NewReader(`{"basis":"request","reason":"열람 청구"}`), "Content-Type", "application/json")
		if status != 201 {
			t.Fatalf("a hold was answered %d: %s", status, b)
		}
	}
	r.stop()
	copyTree(t, p.data, h.early)

	p.mustRun(t, "sweep", "--at", time.Now().AddDate(0, 0, 200).Format(time.RFC3339))
	h.gone, h.clips = h.clips[3], h.clips[:3]
	r = p.serve(t)
	r.wire(agent).send(footageOf(70_000, 60), "filename", "나중.mp4")
	r.stop() // the vault now has the latest checkpoint
	p.mustRun(t, "verify", "--deep")
	return h
}

// copyTree copies a data directory: files that only its user can read.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := os.CopyFS(to, os.DirFS(from))
	if err == nil {
		err = filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			return os.Chmod(path, 0o600)
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// copied is the same place again, for one pair of hands.
func (h *tampered) copied(t *testing.T) place {
	t.Helper()
	p := place{data: filepath.Join(t.TempDir(), "data")}
	copyTree(t, h.data, p.data)
	p.config = filepath.Join(p.data, "jikim.yaml")
	return p
}

// blob is the file of a clip's sealed original.
func (p place) blob(t *testing.T, clip string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(p.data, "vault", "blobs", "*", clip))
	if err != nil || len(found) != 1 {
		t.Fatalf("the blob of %s is at %q: %v", clip, found, err)
	}
	return found[0]
}

// rewrite changes a file's bytes.
func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, change(b), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestTampering lays hands on the records and the bytes past all doors, each
// time on a copy: verify finds it, and names the thing.
func TestTampering(t *testing.T) {
	t.Parallel()
	h := withHistory(t)
	a, b := h.clips[0], h.clips[1]
	const entry = 6 // of the ledger, somewhere in the middle
	number := fmt.Sprintf("%d번", entry)

	for _, c := range []struct {
		name  string
		deep  bool     // the bytes are opened
		names []string // what the sentence speaks of, one of them
		do    func(t *testing.T, p place)
	}{
		{"one bit of a blob", true, []string{a}, func(t *testing.T, p place) {
			rewrite(t, p.blob(t, a), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}},
		{"the last byte of a blob cut off", true, []string{a}, func(t *testing.T, p place) {
			rewrite(t, p.blob(t, a), func(b []byte) []byte { return b[:len(b)-1] })
		}},
		{"a byte put behind a blob", true, []string{a}, func(t *testing.T, p place) {
			rewrite(t, p.blob(t, a), func(b []byte) []byte { return append(b, 0) })
		}},
		{"a blob taken away", true, []string{a}, func(t *testing.T, p place) {
			if err := os.Remove(p.blob(t, a)); err != nil {
				t.Fatal(err)
			}
		}},
		{"two blobs in each other's place", true, []string{a, b}, func(t *testing.T, p place) {
			one, two := p.blob(t, a), p.blob(t, b)
			for _, move := range [][2]string{{one, one + "x"}, {two, one}, {one + "x", two}} {
				if err := os.Rename(move[0], move[1]); err != nil {
					t.Fatal(err)
				}
			}
		}},
		{"a blob nobody knows", true, []string{"stray"}, func(t *testing.T, p place) {
			if err := os.WriteFile(filepath.Join(filepath.Dir(p.blob(t, a)), "stray"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"the key of another clip", true, []string{a}, func(t *testing.T, p place) {
			p.alter(t, "UPDATE clip_keys SET wrapped = (SELECT wrapped FROM clip_keys WHERE clip = ?) WHERE clip = ?", b, a)
		}},
		{"a key taken away", false, []string{a}, func(t *testing.T, p place) {
			p.alter(t, "DELETE FROM clip_keys WHERE clip = ?", a)
		}},
		{"an entry removed", false, []string{number}, func(t *testing.T, p place) {
			p.alter(t, "DELETE FROM ledger_entries WHERE idx = ?", entry)
		}},
		{"an entry removed and the gap closed", false, []string{number, fmt.Sprintf("%d번", entry+1)}, func(t *testing.T, p place) {
			p.alter(t, "DELETE FROM ledger_entries WHERE idx = ?", entry)
			p.alter(t, "UPDATE ledger_entries SET idx = -idx WHERE idx > ?", entry)
			p.alter(t, "UPDATE ledger_entries SET idx = -idx - 1 WHERE idx < 0")
		}},
		{"two entries in each other's place", false, []string{number}, func(t *testing.T, p place) {
			p.alter(t, "UPDATE ledger_entries SET idx = -1 WHERE idx = ?", entry)
			p.alter(t, "UPDATE ledger_entries SET idx = ? WHERE idx = ?", entry, entry+1)
			p.alter(t, "UPDATE ledger_entries SET idx = ? WHERE idx = -1", entry+1)
		}},
		{"an entry back-dated", false, []string{number}, func(t *testing.T, p place) {
			p.alter(t, `UPDATE ledger_entries SET at = at - 86400000,
				body = CAST(replace(CAST(body AS TEXT), '"at":"20', '"at":"19') AS BLOB) WHERE idx = ?`, entry)
		}},
		{"only the date by which an entry is found", false, []string{number}, func(t *testing.T, p place) {
			p.alter(t, "UPDATE ledger_entries SET at = at - 1 WHERE idx = ?", entry)
		}},
		{"an entry put at the end", false, []string{"서명되지 않은 기록"}, func(t *testing.T, p place) {
			p.alter(t, `INSERT INTO ledger_entries SELECT (SELECT max(idx) + 1 FROM ledger_entries), at, act, subject, account, body
				FROM ledger_entries WHERE idx = ?`, entry)
		}},
		{"a clip kept longer", false, []string{a}, func(t *testing.T, p place) {
			p.alter(t, "UPDATE clips SET expires_on = '2099-12-31' WHERE id = ?", a)
		}},
		{"a clip's hash", false, []string{a}, func(t *testing.T, p place) {
			p.alter(t, "UPDATE clips SET sha256 = ? WHERE id = ?", hashOf(nil), a)
		}},
		{"a clip taken out of the records", false, []string{a}, func(t *testing.T, p place) {
			p.alter(t, "DELETE FROM clips WHERE id = ?", a)
		}},
		{"a hold taken off", false, []string{"hold:"}, func(t *testing.T, p place) {
			p.alter(t, "DELETE FROM holds WHERE clip = ?", a)
		}},
		{"a hold's reason", false, []string{"hold:"}, func(t *testing.T, p place) {
			p.alter(t, "UPDATE holds SET reason = '다른 까닭' WHERE clip = ?", a)
		}},
		{"the record of a destruction", false, []string{h.gone}, func(t *testing.T, p place) {
			p.alter(t, "DELETE FROM destructions WHERE clip = ?", h.gone)
		}},
		{"a destroyed clip said to be there", false, []string{h.gone}, func(t *testing.T, p place) {
			p.alter(t, "UPDATE clips SET state = 'registered' WHERE id = ?", h.gone)
		}},
		{"a clip put in by hand", false, []string{"clip:made-up"}, func(t *testing.T, p place) {
			columns := p.columns(t, "clips", "id", "twin")
			p.alter(t, "INSERT INTO clips (id, "+columns+") SELECT 'made-up', "+columns+" FROM clips WHERE id = ?", a)
		}},
		{"the records set back to an earlier day", false, []string{"체크포인트"}, func(t *testing.T, p place) {
			for _, name := range []string{"jikim.db", "jikim.db-wal", "jikim.db-shm"} {
				_ = os.Remove(filepath.Join(p.data, name)) // the last two may not be there
				if b, err := os.ReadFile(filepath.Join(h.early, name)); err == nil {
					if err := os.WriteFile(filepath.Join(p.data, name), b, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := h.copied(t)
			c.do(t, p)
			words := []string{"verify"}
			if c.deep {
				words = append(words, "--deep")
			}
			status, out, errs := p.run(words...)
			if status != exitFound || errs != "" {
				t.Fatalf("verify ended with %d\n%s%s", status, out, errs)
			}
			_, sentence, _ := strings.Cut(out, "이상을 찾았습니다: ")
			named := false
			for _, name := range c.names {
				named = named || strings.Contains(sentence, name)
			}
			if !named {
				t.Errorf("nothing of %q is named: %s", c.names, sentence)
			}
			t.Log(strings.TrimSpace(sentence))
		})
	}
}

// columns lists the columns of a table but some.
func (p place) columns(t *testing.T, table string, but ...string) string {
	t.Helper()
	db := dbtest.Raw(t, p.where())
	defer db.Close()
	var names string
	err := db.QueryRow("SELECT group_concat(name, ' ') FROM pragma_table_info(?)", table).Scan(&names)
	if err != nil {
		t.Fatal(err)
	}
	all := slices.DeleteFunc(strings.Fields(names), func(name string) bool { return slices.Contains(but, name) })
	return strings.Join(all, ", ")
}
