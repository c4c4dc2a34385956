package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/footage/vault/disk"
	"jikim/server/db"
)

// Source is the institution that is copied.
type Source struct {
	DB       *db.DB
	Vault    vault.Store
	Verifier *ledger.Verifier
	KeyIDs   []string     // of the institution's key, newest first
	By       ledger.Actor // who makes the backup
	Owner    string       // names this process in leases
	Program  string       // version
	Clock    func() time.Time

	// Keys, when set, has every sealed byte of the copy opened and compared
	// with its record.
	Keys vault.Keyring
}

// Report is what a backup came to.
type Report struct {
	Manifest
	Copied      int64 // blobs that were not there yet
	CopiedBytes int64
	Removed     int64 // blobs whose clips have been destroyed since the backup before
}

// maker is one backup under way.
type maker struct {
	Source
	dir   string
	store *disk.Store // the copies
	Report
}

// Make backs from up into dir, which is empty, or a backup of the same
// institution that this one is to replace. Until Make is done that one stays
// as it is; when Make fails, it still is the backup.
//
// Blobs that could not be copied because they are missing or broken in the
// vault do not stop the rest; they are in Report.Damaged.
func Make(ctx context.Context, from Source, dir string) (Report, error) {
	m := &maker{Source: from, dir: dir}
	if err := m.prepare(ctx); err != nil {
		return Report{}, err
	}
	err := withLease(ctx, from.DB, from.Owner, m.run)
	return m.Report, err
}

func (m *maker) run(ctx context.Context) error {
	// The entry first: a copy nobody knows of must not exist, and the copy
	// itself is to say that it was made.
	e := ledger.Entry{Act: ledger.ActBackupMade, Actor: m.By, Facts: map[string]string{"to": filepath.Base(m.dir)}}
	if err := m.DB.Change(ctx, e, func(footage.Tx, *ledger.Entry) error { return nil }); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{m.records, m.blobs, m.check, m.publish, m.prune} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes sure that dir is ours to write in.
func (m *maker) prepare(ctx context.Context) error {
	if err := os.MkdirAll(m.dir, dirMode); err != nil {
		return fmt.Errorf("백업 폴더를 만들지 못했습니다: %w", err)
	}
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		b, err := os.ReadFile(filepath.Join(m.dir, readmeName))
		if errors.Is(err, fs.ErrNotExist) || err == nil && !strings.HasPrefix(string(b), readmeTitle) {
			return ErrForeign
		}
		if err != nil {
			return err
		}
	}
	earlier, err := ReadManifest(m.dir)
	switch {
	case errors.Is(err, ErrUnfinished):
	case err != nil:
		return err
	default:
		if err := m.continues(ctx, earlier); err != nil {
			return err
		}
	}
	if err := putFile(filepath.Join(m.dir, readmeName), []byte(readme)); err != nil {
		return err
	}
	m.store, err = disk.Open(filepath.Join(m.dir, vaultDir))
	return err
}

// continues makes sure that our ledger is a continuation of that in an earlier
// backup: neither another institution's, nor one set back or rewritten.
func (m *maker) continues(ctx context.Context, earlier Manifest) error {
	was, err := m.Verifier.Open([]byte(earlier.Checkpoint))
	if err != nil {
		return ErrOther.Because(err)
	}
	r := m.DB.Ledger(ctx)
	now, err := r.Head()
	if err != nil {
		return err
	}
	if now.Size < was.Size {
		return ErrOther.Because(fmt.Errorf("it has %d entries, the ledger %d", was.Size, now.Size))
	}
	root, err := tlog.TreeHash(was.Size, r)
	if err == nil && root != was.Root {
		err = ErrOther.Because(errors.New("its checkpoint is not one of this ledger"))
	}
	return err
}

// records dumps all tables and the list of blobs.
func (m *maker) records(ctx context.Context) error {
	partial := filepath.Join(m.dir, partialDir)
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	if err := os.Mkdir(partial, dirMode); err != nil {
		return err
	}
	note := func(f File) { m.Files = append(m.Files, f) }
	list, err := createHashed(filepath.Join(partial, blobList), note)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(list)
	m.MadeAt = instant.Of(m.Clock())
	snap, err := m.DB.Dump(ctx,
		func(table string) (io.WriteCloser, error) {
			return createHashed(filepath.Join(partial, table+tableSuffix), note)
		},
		func(s db.Sealed) error { m.Blobs++; return lines.Encode(s) })
	if err := errors.Join(err, list.Close()); err != nil {
		return err
	}
	rows := map[string]int64{blobList: m.Blobs}
	for _, t := range snap.Tables {
		rows[t.Name+tableSuffix] = t.Rows
	}
	for i := range m.Files {
		m.Files[i].Rows = rows[m.Files[i].Name]
	}
	m.Format, m.Manifest.Program, m.Steps, m.InstitutionKeys = Format, m.Source.Program, snap.Steps, m.KeyIDs
	m.Entries, m.Checkpoint = snap.Head.Size, string(snap.Head.Checkpoint)
	m.Records = fmt.Sprintf("%s%012d", recordsDir, m.Entries)
	return m.place(partial)
}

// place gives the finished directory of records its name.
func (m *maker) place(partial string) error {
	if err := syncDir(partial); err != nil {
		return err
	}
	final := filepath.Join(m.dir, m.Records)
	if err := os.RemoveAll(final); err != nil { // of a run that was broken off and lost with its entry
		return err
	}
	if err := os.Rename(partial, final); err != nil {
		return err
	}
	return syncDir(m.dir)
}

func (m *maker) eachBlob(visit func(db.Sealed) error) error {
	return eachLine(filepath.Join(m.dir, m.Records, blobList), visit)
}

// blobs copies what the records want and is not there yet.
func (m *maker) blobs(ctx context.Context) error {
	return m.eachBlob(func(s db.Sealed) error {
		size := s.Manifest.SealedSize()
		copied, err := copyBlob(ctx, m.Vault, m.store, s.Name, size)
		if copied {
			m.Copied++
			m.CopiedBytes += size
		}
		if errors.Is(err, vault.ErrNotFound) || errors.Is(err, vault.ErrCorrupt) || errors.Is(err, errSize) {
			return m.without(ctx, s)
		}
		return err
	})
}

// without notes a blob that is not in the copy.
func (m *maker) without(ctx context.Context, s db.Sealed) error {
	clip, err := m.DB.Clip(ctx, s.Clip)
	no, refused := refuse.As(err)
	switch {
	case refused && no.Kind == refuse.NotFound, err == nil && clip.State != footage.Registered && clip.State != footage.Review:
		m.Destroyed = append(m.Destroyed, s.Name)
		return nil
	case err != nil:
		return err
	}
	m.Damaged = append(m.Damaged, s.Name)
	return nil
}

// check opens every byte of the copy, when that was asked for. A copy that is
// not as recorded is removed, so that the next backup copies anew.
func (m *maker) check(ctx context.Context) error {
	if m.Keys == nil {
		return nil
	}
	return m.eachBlob(func(s db.Sealed) error {
		if size, err := finishedSize(ctx, m.store, s.Name); err != nil || size < 0 {
			return err // noted already
		}
		sum, err := m.open(ctx, s)
		if err == nil && sum == s.SHA256 {
			return nil
		}
		if err != nil && !errors.Is(err, vault.ErrCorrupt) && !isNotFound(err) {
			return err
		}
		if err := m.store.Destroy(ctx, s.Name); err != nil {
			return err
		}
		return m.without(ctx, s)
	})
}

func isNotFound(err error) bool {
	no, refused := refuse.As(err)
	return refused && no.Kind == refuse.NotFound
}

func (m *maker) open(ctx context.Context, s db.Sealed) (sum string, err error) {
	wrapped, err := m.DB.Key(ctx, s.Clip)
	if err != nil {
		return "", err
	}
	key, err := m.Keys.Unwrap(s.Clip, wrapped)
	if err != nil {
		return "", err
	}
	return vault.Check(ctx, m.store, s.Name, key, s.Manifest)
}

// publish makes this the backup.
func (m *maker) publish(context.Context) error {
	return replaceFile(filepath.Join(m.dir, manifestName), m.Manifest)
}

// prune removes what the backup before had and this one has not: its records,
// and the blobs of clips that have been destroyed.
func (m *maker) prune(ctx context.Context) error {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), recordsDir) && e.Name() != m.Records {
			if err := os.RemoveAll(filepath.Join(m.dir, e.Name())); err != nil {
				return err
			}
		}
	}
	var batch []string
	flush := func() error {
		n, err := m.removeDestroyed(ctx, batch)
		m.Removed += n
		batch = batch[:0]
		return err
	}
	err = m.store.List(ctx, func(item vault.Item) error {
		if batch = append(batch, item.Name); len(batch) < 500 {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// removeDestroyed destroys those of the copies whose clips are not kept.
func (m *maker) removeDestroyed(ctx context.Context, names []string) (removed int64, err error) {
	clips := make([]string, len(names))
	for i, name := range names {
		clips[i], _, _ = strings.Cut(name, ".")
	}
	kept, err := m.DB.Claimed(ctx, clips)
	if err != nil {
		return 0, err
	}
	for i, name := range names {
		if kept[clips[i]] {
			continue
		}
		if err := m.store.Destroy(ctx, name); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
