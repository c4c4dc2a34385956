package db

import (
	"context"

	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/footage"
)

// clipKey is a clip's wrapped key, in a table of its own so that it can be
// backed up and forgotten on its own.
type clipKey struct {
	Clip    string `gorm:"primaryKey"`
	Wrapped []byte
}

func (clipKey) TableName() string { return "clip_keys" }

// Key gives the wrapped key of a clip or of an upload under way.
func (d *DB) Key(ctx context.Context, clip string) ([]byte, error) {
	var k clipKey
	err := d.read.WithContext(ctx).Take(&k, "clip = ?", clip).Error
	return k.Wrapped, translate(err)
}

// Clip gives one clip.
func (d *DB) Clip(ctx context.Context, id string) (footage.Clip, error) {
	var c footage.Clip
	err := d.read.WithContext(ctx).Take(&c, "id = ?", id).Error
	return c, translate(err)
}

// Dossier gives a clip with everything that hangs on it.
func (d *DB) Dossier(ctx context.Context, id string) (footage.Dossier, error) {
	g := d.read.WithContext(ctx)
	var dos footage.Dossier
	var err error
	if dos.Clip, err = d.Clip(ctx, id); err != nil {
		return dos, err
	}
	if dos.Holds, err = holdsOf(g, id); err != nil {
		return dos, translate(err)
	}
	if dos.Derivatives, err = derivativesOf(g, id); err != nil {
		return dos, translate(err)
	}
	if err = g.Where("clip = ?", id).Order("id").Find(&dos.Corrections).Error; err != nil {
		return dos, translate(err)
	}
	var gone []footage.Destruction
	if err = g.Where("clip = ?", id).Limit(1).Find(&gone).Error; err != nil {
		return dos, translate(err)
	}
	if len(gone) == 1 {
		dos.Destruction = &gone[0]
	}
	return dos, nil
}

func holdsOf(g *gorm.DB, clip string) (holds []footage.Hold, err error) {
	err = g.Where("clip = ?", clip).Order("id").Find(&holds).Error
	return holds, err
}

func derivativesOf(g *gorm.DB, clip string) (made []footage.Derivative, err error) {
	err = g.Where("clip = ?", clip).Order("id").Find(&made).Error
	return made, err
}

// HoldsOf gives all holds of a clip.
func (d *DB) HoldsOf(ctx context.Context, clip string) ([]footage.Hold, error) {
	holds, err := holdsOf(d.read.WithContext(ctx), clip)
	return holds, translate(err)
}

// DerivativesOf gives all derivatives of a clip.
func (d *DB) DerivativesOf(ctx context.Context, clip string) ([]footage.Derivative, error) {
	made, err := derivativesOf(d.read.WithContext(ctx), clip)
	return made, translate(err)
}

// View gives one permission to look.
func (d *DB) View(ctx context.Context, id string) (footage.View, error) {
	var v footage.View
	err := d.read.WithContext(ctx).Take(&v, "id = ?", id).Error
	return v, translate(err)
}

// DueClips gives one page of live clips that may be destroyed at the moment
// at, the longest due first, of one department or (empty) of all.
func (d *DB) DueClips(ctx context.Context, at instant.Time, department, after string, limit int) (footage.Page, error) {
	return d.DueBetween(ctx, instant.Time{}, at, department, after, limit)
}

// DueBetween is DueClips for those that may be destroyed no sooner than from;
// not set = however long they are due.
func (d *DB) DueBetween(ctx context.Context, from, at instant.Time, department, after string, limit int) (footage.Page, error) {
	q := d.read.WithContext(ctx).Where("due_at IS NOT NULL AND state IN ('registered','review')").Where("due_at <= ?", at)
	if !from.IsZero() {
		q = q.Where("due_at >= ?", from)
	}
	if department != "" {
		q = q.Where("department = ?", department)
	}
	if after != "" {
		due, id, err := readCursor(after)
		if err != nil {
			return footage.Page{}, err
		}
		q = q.Where("(due_at, id) > (?, ?)", due, id)
	}
	limit = max(1, min(limit, 10_000))
	var clips []footage.Clip
	if err := q.Order("due_at, id").Limit(limit + 1).Find(&clips).Error; err != nil {
		return footage.Page{}, translate(err)
	}
	page := footage.Page{Clips: clips}
	if len(clips) > limit {
		page.Clips = clips[:limit]
		last := page.Clips[limit-1]
		page.Next = cursor(last.DueAt, last.ID)
	}
	return page, nil
}

// ClipsIn gives clips in a state, oldest first: those whose destruction was
// begun but not finished, for one.
func (d *DB) ClipsIn(ctx context.Context, s footage.State, limit int) ([]footage.Clip, error) {
	var clips []footage.Clip
	err := d.read.WithContext(ctx).Where("state = ?", s).Order("id").Limit(limit).Find(&clips).Error
	return clips, translate(err)
}

// ClipsWantingMedia gives clips whose derivatives are still to be made, oldest
// first, from behind the clip named after on.
func (d *DB) ClipsWantingMedia(ctx context.Context, after string, limit int) ([]footage.Clip, error) {
	var clips []footage.Clip
	err := d.read.WithContext(ctx).Where("media_todo AND id > ?", after).Order("id").Limit(limit).Find(&clips).Error
	return clips, translate(err)
}

// MediaDone notes that nothing is left to be made from the clip.
func (d *DB) MediaDone(ctx context.Context, clip string) error {
	return d.note(ctx, func(g *gorm.DB) error {
		return g.Model(&footage.Clip{}).Where("id = ?", clip).Update("media_todo", false).Error
	})
}

// Destructions gives records of destruction, newest first.
func (d *DB) Destructions(ctx context.Context, department string, onlyUnconfirmed bool, limit int) ([]footage.Destruction, error) {
	q := d.read.WithContext(ctx).Order("begun_at DESC, clip").Limit(limit)
	if department != "" {
		q = q.Where("department = ?", department)
	}
	if onlyUnconfirmed {
		q = q.Where("confirmed_at IS NULL AND destroyed_at IS NOT NULL")
	}
	var out []footage.Destruction
	err := q.Find(&out).Error
	return out, translate(err)
}
