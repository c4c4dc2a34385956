package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/footage/vault/disk"
	"jikim/server/db"
)

// Target is the empty place a backup goes back into. Its keys stand already.
type Target struct {
	DB       *db.DB
	Vault    vault.Store
	Verifier *ledger.Verifier
	KeyIDs   []string
	By       ledger.Actor
	// Marker is a file that stands in the data directory from the first blob to
	// the last entry: a restore that was broken off goes on where it stands.
	Marker string
	// Verify checks ledger and records; checkpoint is that of the backup.
	Verify func(ctx context.Context, checkpoint []byte) error
}

// Refusals of a place to restore into.
var (
	ErrVaultNotEmpty = refuse.New(refuse.Conflict, "vault-not-empty",
		"보관소에 이미 봉인된 영상이 있습니다. 아무것도 바꾸지 않았습니다. 빈 보관소(폴더나 버킷)를 정해 다시 실행해 주세요.")
	ErrOtherLedgerKey = refuse.New(refuse.Conflict, "other-ledger-key",
		"관리대장 서명 키가 이 백업의 것이 아닙니다. 아무것도 바꾸지 않았습니다. 이 백업을 만든 기관의 ledger.key를 제자리에 놓고 다시 실행해 주세요.")
	ErrOtherInstitutionKey = refuse.New(refuse.Conflict, "other-institution-key",
		"기관 키가 이 백업의 영상을 여는 키가 아닙니다. 아무것도 바꾸지 않았습니다. 보관해 둔 institution.key를 제자리에 놓고 다시 실행해 주세요.")
)

// Restored is what a restore came to.
type Restored struct {
	Manifest
	Uploads int // transfers that were under way and were ended: their bytes are in no backup
}

// Restore brings the backup in dir into an empty place: it checks every file
// first, copies the sealed blobs, loads the records (all or none), verifies
// them, and enters the restoration in the ledger.
func Restore(ctx context.Context, to Target, dir string) (Restored, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return Restored{}, err
	}
	r := &restorer{Target: to, Restored: Restored{Manifest: m}, dir: dir}
	for _, step := range []func(context.Context) error{r.keys, r.files, r.empty, r.source, r.blobs, r.load, r.settle} {
		if err := step(ctx); err != nil {
			return r.Restored, err
		}
	}
	return r.Restored, os.Remove(to.Marker)
}

type restorer struct {
	Target
	Restored
	dir     string
	store   *disk.Store // of the backup
	goingOn bool        // an earlier run of this restore was broken off
}

// keys makes sure that the keys in place are those of the backup.
func (r *restorer) keys(context.Context) error {
	c, err := r.Verifier.Open([]byte(r.Checkpoint))
	if err != nil {
		return ErrOtherLedgerKey.Because(err)
	}
	if c.Size != r.Entries {
		return ErrDamaged.Because(fmt.Errorf("%d entries, its checkpoint says %d", r.Entries, c.Size))
	}
	if len(r.InstitutionKeys) == 0 || !slices.Contains(r.KeyIDs, r.InstitutionKeys[0]) {
		return ErrOtherInstitutionKey
	}
	return nil
}

// files checks every file of the records, and that there are no others.
func (r *restorer) files(context.Context) error {
	dir := filepath.Join(r.dir, r.Records)
	stands, err := os.ReadDir(dir)
	if err != nil {
		return ErrDamaged.Because(err)
	}
	if len(stands) != len(r.Files) || !slices.Contains(r.fileNames(), blobList) {
		return ErrDamaged.Because(fmt.Errorf("%d files, the manifest names %d", len(stands), len(r.Files)))
	}
	for _, f := range r.Files {
		if err := checkFile(dir, f); err != nil {
			return err
		}
	}
	return nil
}

// empty makes sure that there is nothing to be written over, and marks the
// place.
func (r *restorer) empty(ctx context.Context) error {
	b, err := os.ReadFile(filepath.Join(r.dir, manifestName))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	mark := hex.EncodeToString(sum[:])
	switch stands, err := os.ReadFile(r.Marker); {
	case err == nil && strings.TrimSpace(string(stands)) == mark:
		r.goingOn = true
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if empty, err := r.DB.Empty(ctx); err != nil {
		return err
	} else if !empty {
		return db.ErrNotEmpty
	}
	err = r.Vault.List(ctx, func(vault.Item) error { return ErrVaultNotEmpty })
	if err != nil {
		return err
	}
	return putFile(r.Marker, []byte(mark+"\n"))
}

// source makes sure that every blob is there before anything is copied.
func (r *restorer) source(ctx context.Context) (err error) {
	if r.store, err = disk.Open(filepath.Join(r.dir, vaultDir)); err != nil {
		return err
	}
	return r.eachBlob(func(s db.Sealed) error {
		size, err := finishedSize(ctx, r.store, s.Name)
		if err == nil && size != s.Manifest.SealedSize() {
			err = ErrDamaged.Because(fmt.Errorf("%w: %s: %d", errSize, s.Name, size))
		}
		return err
	})
}

// eachBlob visits the blobs that are to be in the backup.
func (r *restorer) eachBlob(visit func(db.Sealed) error) error {
	absent := map[string]bool{}
	for _, name := range slices.Concat(r.Destroyed, r.Damaged) {
		absent[name] = true
	}
	return eachLine(filepath.Join(r.dir, r.Records, blobList), func(s db.Sealed) error {
		if absent[s.Name] {
			return nil
		}
		return visit(s)
	})
}

func (r *restorer) blobs(ctx context.Context) error {
	return r.eachBlob(func(s db.Sealed) error {
		_, err := copyBlob(ctx, r.store, r.Vault, s.Name, s.Manifest.SealedSize())
		return err
	})
}

func (r *restorer) load(ctx context.Context) error {
	if r.goingOn {
		if empty, err := r.DB.Empty(ctx); err != nil || !empty {
			return err // loaded by the run before
		}
	}
	snap := db.Snapshot{Steps: r.Steps, Tables: r.tables()}
	return r.DB.Load(ctx, snap, func(table string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(r.dir, r.Records, table+tableSuffix))
	})
}

// settle verifies what was loaded, ends what cannot be gone on with, and
// enters the restoration in the ledger.
func (r *restorer) settle(ctx context.Context) error {
	if err := r.Verify(ctx, []byte(r.Checkpoint)); err != nil {
		return err
	}
	if err := r.endUploads(ctx); err != nil {
		return err
	}
	e := ledger.Entry{Act: ledger.ActBackupRestored, Actor: r.By, Facts: map[string]string{
		"from": filepath.Base(r.dir), "made_at": r.MadeAt.String(), "entries": fmt.Sprint(r.Entries),
	}}
	return r.DB.Change(ctx, e, func(footage.Tx, *ledger.Entry) error { return nil })
}

// endUploads ends the transfers that were under way when the backup was made.
func (r *restorer) endUploads(ctx context.Context) error {
	evermore := instant.Of(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, state := range []footage.UploadState{footage.Receiving, footage.Checking} {
		for {
			ups, err := r.DB.UploadsIn(ctx, state, evermore, 500)
			if err != nil {
				return err
			}
			for _, up := range ups {
				up.Code, up.Detail = "restored", "서버를 백업에서 되살리기 전의 전송입니다. 받던 부분은 남아 있지 않으니 처음부터 다시 보내 주세요."
				e := ledger.Entry{
					Act: ledger.ActUploadAbandoned, Actor: r.By, Subject: "upload:" + up.ID, Why: up.Detail,
					Facts: map[string]string{"file_name": up.FileName},
				}
				if err := r.DB.RefuseUpload(ctx, e, up); err != nil {
					return err
				}
				r.Uploads++
			}
			if len(ups) == 0 {
				break
			}
		}
	}
	return nil
}
