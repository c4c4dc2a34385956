package backup_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/footage/vault/disk"
	"jikim/server/backup"
	"jikim/server/db"
	"jikim/server/db/dbtest"
)

var start = time.Date(2026, 10, 3, 5, 0, 0, 0, time.UTC)

func now() time.Time { return start }

var databases = map[string]func(t testing.TB) db.Config{
	"sqlite":   func(t testing.TB) db.Config { return db.Config{SQLite: filepath.Join(t.TempDir(), "jikim.db")} },
	"postgres": func(t testing.TB) db.Config { return db.Config{Postgres: dbtest.Postgres(t)} },
}

// keys are the files an institution keeps in a safe.
type keys struct {
	institution *vault.KeyFile
	ledger      *ledger.Signer
}

func newKeys(t testing.TB) keys {
	t.Helper()
	dir := t.TempDir()
	k, err := vault.NewKeyFile(filepath.Join(dir, "institution.key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ledger.key")
	if _, err := ledger.NewKeyFile(path, "jikim/test", rand.Reader); err != nil {
		t.Fatal(err)
	}
	s, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	return keys{k, s}
}

// house is an institution's stores.
type house struct {
	t     testing.TB
	db    *db.DB
	vault *disk.Store
	root  string // of the vault
	keys
}

func open(t testing.TB, conf db.Config, k keys) *house {
	t.Helper()
	conf.Clock = now
	d, err := db.Open(t.Context(), conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	d.Sign(k.ledger)
	root := t.TempDir()
	s, err := disk.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return &house{t: t, db: d, vault: s, root: root, keys: k}
}

// live is a house with a history.
func live(t testing.TB, conf db.Config, k keys) *house {
	t.Helper()
	h := open(t, conf, k)
	if err := h.db.Migrate(); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		h.checkIn(i)
	}
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func content(i int) []byte { return bytes.Repeat([]byte(fmt.Sprintf("영상 %d\n", i)), 10_000*(i+1)) }

func id(i int) string { return fmt.Sprintf("clip-%03d", i) }

// seal puts bytes into the vault under a clip's key.
func (h *house) seal(name string, key vault.Key, b []byte) vault.Sealed {
	h.t.Helper()
	in, err := vault.Continue(context.Background(), h.vault, name, key, vault.Progress{}, rand.Reader, nil)
	h.must(err)
	defer in.Close()
	_, err = in.ReadFrom(bytes.NewReader(b))
	h.must(err)
	sealed, err := in.Finish()
	h.must(err)
	return sealed
}

// checkIn takes in one clip with a poster.
func (h *house) checkIn(i int) {
	h.t.Helper()
	ctx := context.Background()
	key, err := vault.NewKey(rand.Reader)
	h.must(err)
	wrapped, err := h.institution.Wrap(id(i), key)
	h.must(err)
	up := footage.Upload{ID: id(i), State: footage.Receiving, FileName: "DJI.MP4"}
	h.must(h.db.BeginUpload(ctx, up, wrapped))
	sealed, poster := h.seal(id(i), key, content(i)), h.seal(id(i)+".poster", key, []byte("poster"))
	clip := footage.Clip{
		ID: id(i), State: footage.Registered, FileName: "DJI.MP4", Bytes: sealed.Bytes, SHA256: sealed.SHA256,
		CheckedInAt: instant.Of(start), Manifest: sealed.Manifest,
	}
	e := ledger.Entry{Act: ledger.ActCheckedIn, Actor: ledger.Actor{Account: "hong"}, Subject: clip.RecordName()}
	_, err = h.db.CheckIn(ctx, e, up, clip, nil)
	h.must(err)
	h.must(h.db.Change(ctx, ledger.Entry{Act: ledger.ActDerivativeMade, Actor: ledger.Actor{Account: "system"}}, func(tx footage.Tx, _ *ledger.Entry) error {
		return tx.Save(&footage.Derivative{
			ID: id(i) + ".poster", Clip: id(i), Kind: "poster", State: footage.Made,
			Bytes: poster.Bytes, SHA256: poster.SHA256, Manifest: poster.Manifest,
		})
	}))
}

// destroy ends a clip as the gate does.
func (h *house) destroy(i int) {
	h.t.Helper()
	ctx := context.Background()
	err := h.db.Change(ctx, ledger.Entry{Act: ledger.ActDestroyed, Actor: ledger.Actor{Account: "system"}}, func(tx footage.Tx, _ *ledger.Entry) error {
		clip := footage.Clip{ID: id(i)}
		if err := tx.Load(&clip); err != nil {
			return err
		}
		clip.State = footage.Destroyed
		return errors.Join(tx.Save(&clip), tx.DropKey(clip.ID))
	})
	h.must(err)
	h.must(errors.Join(h.vault.Destroy(ctx, id(i)), h.vault.Destroy(ctx, id(i)+".poster")))
}

func (h *house) source() backup.Source {
	return backup.Source{
		DB: h.db, Vault: h.vault, Verifier: h.ledger.Verifier(), KeyIDs: h.institution.KeyIDs(),
		By: ledger.Actor{Account: "admin"}, Owner: "test", Program: "1", Clock: now,
	}
}

func (h *house) backup(dir string) backup.Report {
	h.t.Helper()
	r, err := backup.Make(context.Background(), h.source(), dir)
	h.must(err)
	return r
}

func (h *house) target() backup.Target {
	return backup.Target{
		DB: h.db, Vault: h.vault, Verifier: h.ledger.Verifier(), KeyIDs: h.institution.KeyIDs(),
		By: ledger.Actor{Account: "admin"}, Marker: filepath.Join(h.root, "RESTORING"), Verify: h.verify,
	}
}

func (h *house) restore(dir string) (backup.Restored, error) {
	return backup.Restore(context.Background(), h.target(), dir)
}

func (h *house) verify(ctx context.Context, checkpoint []byte) error {
	opt := ledger.Options{EachBatch: func(rows []ledger.Row, entries []ledger.Entry) error { return h.db.CheckRecords(ctx, rows, entries) }}
	if checkpoint != nil {
		opt.Witnessed = [][]byte{checkpoint}
	}
	_, err := ledger.Verify(ctx, h.db.Ledger(ctx), h.ledger.Verifier(), opt)
	if err == nil {
		err = h.db.CheckUnvouched(ctx)
	}
	return err
}

// readable holds every kept clip against what was filmed.
func (h *house) readable(clips ...int) {
	h.t.Helper()
	ctx := context.Background()
	for _, i := range clips {
		clip, err := h.db.Clip(ctx, id(i))
		h.must(err)
		wrapped, err := h.db.Key(ctx, id(i))
		h.must(err)
		key, err := h.institution.Unwrap(id(i), wrapped)
		h.must(err)
		out, err := vault.Open(ctx, h.vault, id(i), key, clip.Manifest)
		h.must(err)
		got := make([]byte, out.Size())
		if _, err := out.ReadAt(got, 0); err != nil || !bytes.Equal(got, content(i)) {
			h.t.Errorf("%s is not what was filmed: %v", id(i), err)
		}
		out.Close()
	}
}

// names lists a store.
func names(t testing.TB, root string) map[string]int64 {
	t.Helper()
	s, err := disk.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]int64{}
	err = s.List(context.Background(), func(i vault.Item) error { all[i.Name] = i.Size; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestABackupOfOneGoesIntoTheOther(t *testing.T) {
	for from := range databases {
		for to := range databases {
			t.Run(from+" to "+to, func(t *testing.T) {
				k := newKeys(t)
				was, dir := live(t, databases[from](t), k), t.TempDir()
				was.must(was.db.BeginUpload(t.Context(), footage.Upload{ID: "under-way", State: footage.Receiving, TouchedAt: instant.Of(start)}, []byte("k")))
				made := was.backup(dir)
				if made.Copied != 6 || made.Blobs != 6 || len(made.Destroyed)+len(made.Damaged) > 0 {
					t.Errorf("the backup: %+v", made)
				}
				is := open(t, databases[to](t), k)
				done, err := is.restore(dir)
				is.must(err)
				if done.Uploads != 1 {
					t.Errorf("%d uploads ended, want 1", done.Uploads)
				}
				is.must(is.verify(t.Context(), []byte(made.Checkpoint)))
				is.readable(0, 1, 2)
				if diff := cmp.Diff(names(t, was.root), names(t, is.root)); diff != "" {
					t.Error(diff)
				}
				for act, want := range map[ledger.Act]int{ledger.ActBackupMade: 1, ledger.ActBackupRestored: 1} {
					if rows, err := is.db.RowsOf(t.Context(), ledger.Query{Act: act, Limit: 10}); err != nil || len(rows) != want {
						t.Errorf("%s: %d entries, %v", act, len(rows), err)
					}
				}
				is.checkIn(7) // life goes on
				is.backup(dir)
				is.must(is.verify(t.Context(), nil))
			})
		}
	}
}

func TestASecondBackupCopiesWhatIsNewAndForgetsWhatIsGone(t *testing.T) {
	k := newKeys(t)
	h, dir := live(t, databases["sqlite"](t), k), t.TempDir()
	h.backup(dir)
	h.checkIn(3)
	h.destroy(1)
	r := h.backup(dir)
	if r.Copied != 2 || r.Removed != 2 || r.Blobs != 6 {
		t.Errorf("copied %d, removed %d of %d", r.Copied, r.Removed, r.Blobs)
	}
	if diff := cmp.Diff(names(t, h.root), names(t, filepath.Join(dir, "vault"))); diff != "" {
		t.Error(diff)
	}
	records, err := filepath.Glob(filepath.Join(dir, "records*"))
	if err != nil || len(records) != 1 {
		t.Errorf("records: %v", records)
	}
	again := open(t, databases["sqlite"](t), k)
	_, err = again.restore(dir)
	again.must(err)
	again.readable(0, 2, 3)
}

func TestABackupWhileAWriterGoesOn(t *testing.T) {
	for name, config := range databases {
		t.Run(name, func(t *testing.T) {
			k := newKeys(t)
			h, dir := live(t, config(t), k), t.TempDir()
			ctx, stop := context.WithCancel(t.Context())
			var writer sync.WaitGroup
			writer.Go(func() {
				for i := 10; ctx.Err() == nil; i++ {
					h.checkIn(i)
					if i%3 == 0 {
						h.destroy(i)
					}
				}
			})
			for range 4 {
				h.backup(dir)
				again := open(t, databases["sqlite"](t), k)
				r, err := again.restore(dir)
				again.must(err)
				if len(r.Damaged) > 0 {
					t.Errorf("taken for damaged: %v", r.Damaged)
				}
				again.readable(0, 1, 2)
			}
			stop()
			writer.Wait()
		})
	}
}

// vanishing is a store from which a clip goes between records and bytes.
type vanishing struct {
	vault.Store
	before func(name string)
}

func (v vanishing) Open(ctx context.Context, name string) (vault.Blob, error) {
	v.before(name)
	return v.Store.Open(ctx, name)
}

func TestWhatIsDestroyedMeanwhileIsNoted(t *testing.T) {
	k := newKeys(t)
	h, dir := live(t, databases["sqlite"](t), k), t.TempDir()
	from := h.source()
	from.Vault = vanishing{h.vault, func(name string) {
		if name == id(1) {
			h.destroy(1)
		}
	}}
	r, err := backup.Make(t.Context(), from, dir)
	h.must(err)
	if diff := cmp.Diff([]string{id(1), id(1) + ".poster"}, r.Destroyed); diff != "" || len(r.Damaged) > 0 {
		t.Error(diff, r.Damaged)
	}
	again := open(t, databases["sqlite"](t), k)
	_, err = again.restore(dir)
	again.must(err)
	again.readable(0, 2)
}

func TestWhatIsBrokenInTheVaultIsNamed(t *testing.T) {
	k := newKeys(t)
	h, dir := live(t, databases["sqlite"](t), k), t.TempDir()
	h.must(h.vault.Destroy(t.Context(), id(0))) // without its record
	h.must(os.Truncate(blobPath(t, h.root, id(1)), 1000))
	flip(t, blobPath(t, h.root, id(2)), 5000)
	from := h.source()
	r, err := backup.Make(t.Context(), from, dir)
	h.must(err)
	if diff := cmp.Diff([]string{id(0), id(1)}, r.Damaged); diff != "" {
		t.Error(diff)
	}
	from.Keys = h.institution
	r, err = backup.Make(t.Context(), from, dir)
	h.must(err)
	if diff := cmp.Diff([]string{id(0), id(1), id(2)}, r.Damaged); diff != "" {
		t.Error(diff)
	}
	if _, there := names(t, filepath.Join(dir, "vault"))[id(2)]; there {
		t.Error("a broken copy was kept")
	}
}

func blobPath(t testing.TB, root, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "blobs", "*", name))
	if err != nil || len(found) != 1 {
		t.Fatal(name, found, err)
	}
	return found[0]
}

func flip(t testing.TB, path string, at int64) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestABrokenOffBackupLeavesTheOneBefore(t *testing.T) {
	k := newKeys(t)
	h, dir := live(t, databases["sqlite"](t), k), t.TempDir()
	first := h.backup(dir)
	h.checkIn(3)
	h.destroy(1)
	for _, at := range []string{id(0), id(2) + ".poster", id(3), id(3) + ".poster"} {
		ctx, stop := context.WithCancel(t.Context())
		from := h.source()
		from.Vault = vanishing{h.vault, func(name string) {
			if name == at {
				stop()
			}
		}}
		if at == id(0) || at == id(2)+".poster" { // are there already: cut off in the dump instead
			from.Clock = func() time.Time { stop(); return start }
		}
		if _, err := backup.Make(ctx, from, dir); !errors.Is(err, context.Canceled) {
			t.Fatalf("cut off at %s: %v", at, err)
		}
		stop()
		again := open(t, databases["sqlite"](t), k)
		r, err := again.restore(dir)
		again.must(err)
		if r.Entries != first.Entries {
			t.Errorf("cut off at %s: %d entries, want those of the first, %d", at, r.Entries, first.Entries)
		}
		again.readable(0, 1, 2)
	}
	if r := h.backup(dir); r.Removed != 2 {
		t.Errorf("the next whole one: %+v", r)
	}
}

func TestAFirstBackupBrokenOffIsNone(t *testing.T) {
	k := newKeys(t)
	h, dir := live(t, databases["sqlite"](t), k), t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	from := h.source()
	from.Vault = vanishing{h.vault, func(string) { stop() }}
	if _, err := backup.Make(ctx, from, dir); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	again := open(t, databases["sqlite"](t), k)
	if _, err := again.restore(dir); !errors.Is(err, backup.ErrUnfinished) {
		t.Error(err)
	}
	h.backup(dir)
	_, err := again.restore(dir)
	again.must(err)
}

func TestASpoiltBackupIsRefused(t *testing.T) {
	k := newKeys(t)
	h, whole := live(t, databases["sqlite"](t), k), t.TempDir()
	made := h.backup(whole)
	at := func(dir, name string) string { return filepath.Join(dir, made.Records, name) }
	spoil := map[string]func(dir string) error{
		"a bit in a table": func(dir string) error { flip(t, at(dir, "clips.jsonl"), 300); return nil },
		"a table cut off":  func(dir string) error { return os.Truncate(at(dir, "ledger_entries.jsonl"), 100) },
		"a table gone":     func(dir string) error { return os.Remove(at(dir, "holds.jsonl")) },
		"a file more":      func(dir string) error { return os.WriteFile(at(dir, "more.jsonl"), nil, 0o600) },
		"records gone":     func(dir string) error { return os.RemoveAll(filepath.Join(dir, made.Records)) },
		"a blob gone":      func(dir string) error { return os.Remove(blobPath(t, filepath.Join(dir, "vault"), id(1))) },
		"a blob cut off": func(dir string) error {
			return os.Truncate(blobPath(t, filepath.Join(dir, "vault"), id(1)), 5)
		},
		"the manifest cut off":        func(dir string) error { return os.Truncate(filepath.Join(dir, "backup.json"), 50) },
		"the manifest leading astray": func(dir string) error { return rewrite(dir, made.Records, "../"+made.Records) },
		"a hash in the manifest":      func(dir string) error { return rewrite(dir, made.Files[3].SHA256, strings.Repeat("0", 64)) },
	}
	target := open(t, databases["sqlite"](t), k)
	for name, do := range spoil {
		dir := t.TempDir()
		h.must(os.CopyFS(dir, os.DirFS(whole)))
		h.must(do(dir))
		if _, err := target.restore(dir); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if empty, err := target.db.Empty(t.Context()); !empty || err != nil || len(names(t, target.root)) > 0 {
			t.Fatalf("%s: something was restored, %v", name, err)
		}
	}
	if err := os.Remove(filepath.Join(target.root, "RESTORING")); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	_, err := target.restore(whole)
	target.must(err)
}

func rewrite(dir, old, now string) error {
	path := filepath.Join(dir, "backup.json")
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes.ReplaceAll(b, []byte(old), []byte(now)), 0o600)
}

func TestRestoreWritesOverNothing(t *testing.T) {
	k := newKeys(t)
	h, dir := live(t, databases["sqlite"](t), k), t.TempDir()
	h.backup(dir)
	before, err := h.db.Head()
	h.must(err)
	blobs := names(t, h.root)
	if _, err := h.restore(dir); !errors.Is(err, db.ErrNotEmpty) {
		t.Errorf("over records: %v", err)
	}
	onlyBytes := open(t, databases["sqlite"](t), k)
	key, err := vault.NewKey(rand.Reader)
	h.must(err)
	onlyBytes.seal("other", key, []byte("x"))
	if _, err := onlyBytes.restore(dir); !errors.Is(err, backup.ErrVaultNotEmpty) {
		t.Errorf("over bytes: %v", err)
	}
	after, err := h.db.Head()
	h.must(err)
	if after.Size != before.Size || !maps.Equal(blobs, names(t, h.root)) {
		t.Error("a refused restore changed something")
	}
}

func TestRestoreNeedsTheKeysOfTheBackup(t *testing.T) {
	k, others := newKeys(t), newKeys(t)
	h, dir := live(t, databases["sqlite"](t), k), t.TempDir()
	h.backup(dir)
	for want, wrong := range map[error]keys{
		backup.ErrOtherLedgerKey:      {k.institution, others.ledger},
		backup.ErrOtherInstitutionKey: {others.institution, k.ledger},
	} {
		if _, err := open(t, databases["sqlite"](t), wrong).restore(dir); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

func TestARestoreBrokenOffGoesOn(t *testing.T) {
	k := newKeys(t)
	h, dir := live(t, databases["sqlite"](t), k), t.TempDir()
	h.backup(dir)
	cut := errors.New("power cut")
	for name, spoil := range map[string]func(*backup.Target, func()){
		"among the blobs": func(to *backup.Target, stop func()) {
			to.Vault = vanishing{to.Vault, func(name string) {
				if name == id(2) {
					stop()
				}
			}}
		},
		"before the entry": func(to *backup.Target, _ func()) {
			to.Verify = func(context.Context, []byte) error { return cut }
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := open(t, databases["sqlite"](t), k)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			to := is.target()
			spoil(&to, stop)
			if _, err := backup.Restore(ctx, to, dir); !errors.Is(err, cut) && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			_, err := is.restore(dir)
			is.must(err)
			is.readable(0, 1, 2)
			if rows, err := is.db.RowsOf(t.Context(), ledger.Query{Act: ledger.ActBackupRestored, Limit: 10}); err != nil || len(rows) != 1 {
				t.Errorf("%d entries of the restoration, %v", len(rows), err)
			}
			if _, err := is.restore(dir); !errors.Is(err, db.ErrNotEmpty) {
				t.Errorf("restored once more: %v", err)
			}
		})
	}
}

func TestABackupGoesOnlyWhereItMay(t *testing.T) {
	k := newKeys(t)
	h := live(t, databases["sqlite"](t), k)
	if _, err := backup.Make(t.Context(), h.source(), h.root); !errors.Is(err, backup.ErrForeign) {
		t.Errorf("into the vault itself: %v", err)
	}
	dir := t.TempDir()
	h.backup(dir)
	h.checkIn(5)
	h.backup(dir)

	elsewhere := live(t, databases["sqlite"](t), newKeys(t))
	if _, err := backup.Make(t.Context(), elsewhere.source(), dir); !errors.Is(err, backup.ErrOther) {
		t.Errorf("over another institution's: %v", err)
	}
	setBack := live(t, databases["sqlite"](t), k) // same keys, another and shorter history
	if _, err := backup.Make(t.Context(), setBack.source(), dir); !errors.Is(err, backup.ErrOther) {
		t.Errorf("over a later one: %v", err)
	}
	for i := 20; i < 26; i++ {
		setBack.checkIn(i)
	}
	if _, err := backup.Make(t.Context(), setBack.source(), dir); !errors.Is(err, backup.ErrOther) {
		t.Errorf("over a different history: %v", err)
	}
	if _, err := h.db.Claim(t.Context(), "backup", "somebody else", time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Make(t.Context(), h.source(), dir); !errors.Is(err, backup.ErrBusy) {
		t.Errorf("beside another: %v", err)
	}
}
