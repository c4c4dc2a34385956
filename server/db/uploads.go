package db

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// errLost is answered to a server whose lease on an upload has passed to
// another one; what it had not yet recorded was never acknowledged.
var errLost = refuse.New(refuse.Conflict, "upload-elsewhere",
	"이 파일은 지금 다른 연결에서 전송되고 있습니다. 잠시 뒤 이어서 전송됩니다.")

// BeginUpload keeps a new upload and its wrapped key.
func (d *DB) BeginUpload(ctx context.Context, up footage.Upload, wrapped []byte) error {
	return d.note(ctx, func(g *gorm.DB) error {
		if err := g.Create(&up).Error; err != nil {
			return err
		}
		return g.Create(&clipKey{Clip: up.ID, Wrapped: wrapped}).Error
	})
}

// Upload gives one upload.
func (d *DB) Upload(ctx context.Context, id string) (footage.Upload, error) {
	var up footage.Upload
	err := d.read.WithContext(ctx).Take(&up, "id = ?", id).Error
	return up, translate(err)
}

// SaveProgress records how much of an upload is durable. On PostgreSQL owner
// must still have the upload's lease; a server that lost it changes nothing.
func (d *DB) SaveProgress(ctx context.Context, up footage.Upload, owner string) error {
	return d.note(ctx, func(g *gorm.DB) error {
		q := g.Model(&footage.Upload{}).Where("id = ? AND state IN ?", up.ID, []footage.UploadState{footage.Receiving, footage.Checking})
		if !d.lite {
			q = q.Where("EXISTS (SELECT 1 FROM leases WHERE task = ? AND owner = ?)", "upload:"+up.ID, owner)
		}
		res := q.Select("State", "Offset", "Progress", "TouchedAt").Updates(&up)
		if res.Error == nil && res.RowsAffected == 0 {
			return errLost
		}
		return res.Error
	})
}

// CheckIn registers the clip an upload has become, in one change: clip, entry,
// the end of the upload, and what join changes of its recording; join may be
// nil. When the same file stands registered already, it registers nothing, ends
// the upload as its duplicate and gives that clip's id.
func (d *DB) CheckIn(ctx context.Context, e ledger.Entry, up footage.Upload, clip footage.Clip, join footage.Joining) (registered string, err error) {
	err = d.change(ctx, e, func(tx *Tx) error {
		up, clip := up, clip // join changes them
		var stands footage.Upload
		if err := tx.g.Take(&stands, "id = ?", up.ID).Error; err != nil {
			return err
		}
		if stands.State != footage.Receiving && stands.State != footage.Checking {
			registered = stands.Clip // another worker was first
			return errAlready
		}
		var twins []footage.Clip
		// The hash too, which the ledger vouches for: a forged twin must not make
		// a new recording pass for one that is here.
		if err := tx.g.Where("twin = ? AND sha256 = ?", clip.Twin, clip.SHA256).Limit(1).Find(&twins).Error; err != nil {
			return err
		}
		if len(twins) == 1 {
			registered = twins[0].ID
			return d.endAsDuplicate(tx, up, twins[0])
		}
		registered = clip.ID
		if err := tx.register(&up, &clip, join); err != nil {
			return err
		}
		up.State, up.Clip = footage.CheckedIn, clip.ID
		return tx.g.Save(&up).Error
	})
	if errors.Is(err, errAlready) {
		err = nil
	}
	return registered, err
}

// register saves a new clip with all that changes of its recording. No server
// registers another meanwhile: the ledger's head is locked.
func (tx *Tx) register(up *footage.Upload, clip *footage.Clip, join footage.Joining) error {
	if join != nil {
		others, err := join(relatives{tx.g}, tx.entry, up, clip)
		if err != nil {
			return err
		}
		for i := range others {
			if err := tx.Save(&others[i]); err != nil {
				return err
			}
		}
	}
	return tx.Save(clip)
}

var errAlready = errors.New("db: already checked in")

func (d *DB) endAsDuplicate(tx *Tx, up footage.Upload, twin footage.Clip) error {
	tx.entry.Act = ledger.ActUploadRefused
	tx.entry.Subject = twin.RecordName()
	tx.entry.Why = "이미 등록된 영상과 같은 파일"
	up.State, up.Clip = footage.CheckedIn, twin.ID
	up.Code, up.Detail = "duplicate", "이미 등록된 영상입니다. 새로 등록하지 않았고, 등록된 영상은 그대로 있습니다."
	if err := tx.DropKey(up.ID); err != nil {
		return err
	}
	return tx.g.Save(&up).Error
}

// RefuseUpload ends an upload that will not become a clip; its key goes with it.
func (d *DB) RefuseUpload(ctx context.Context, e ledger.Entry, up footage.Upload) error {
	return d.change(ctx, e, func(tx *Tx) error {
		var stands footage.Upload
		if err := tx.g.Take(&stands, "id = ?", up.ID).Error; err != nil {
			return err
		}
		if stands.State == footage.CheckedIn {
			return refuse.New(refuse.Conflict, "already-checked-in", "이미 등록된 영상이라 전송을 취소할 수 없습니다. 지워야 한다면 부서의 관리책임자에게 알려 주세요.")
		}
		if err := tx.DropKey(up.ID); err != nil {
			return err
		}
		up.State = footage.Refused
		return tx.g.Save(&up).Error
	})
}

// UploadsIn gives uploads in a state that nobody has touched since before,
// oldest first.
func (d *DB) UploadsIn(ctx context.Context, s footage.UploadState, before instant.Time, limit int) ([]footage.Upload, error) {
	var ups []footage.Upload
	err := d.read.WithContext(ctx).Where("state = ? AND touched_at < ?", s, before).Order("touched_at").Limit(limit).Find(&ups).Error
	return ups, translate(err)
}

// Claimed reports which of the names belong to something that is on its way in
// or kept; bytes under any other name are orphans.
func (d *DB) Claimed(ctx context.Context, ids []string) (map[string]bool, error) {
	claimed := map[string]bool{}
	for _, q := range []*gorm.DB{
		d.read.WithContext(ctx).Model(&footage.Upload{}).Where("id IN ? AND state IN ?", ids, []footage.UploadState{footage.Receiving, footage.Checking}),
		d.read.WithContext(ctx).Model(&footage.Clip{}).Where("id IN ? AND state <> 'destroyed'", ids),
	} {
		var found []string
		if err := q.Pluck("id", &found).Error; err != nil {
			return nil, translate(err)
		}
		for _, id := range found {
			claimed[id] = true
		}
	}
	return claimed, nil
}
