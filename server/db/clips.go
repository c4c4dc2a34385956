package db

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/devices/refuse"
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

const (
	defaultPage = 50
	maxPage     = 200
)

// ListClips gives one page of clips, newest first. The cursor replaces the
// upper bound of the period, so that a deep page costs what the first does.
func (d *DB) ListClips(ctx context.Context, f footage.Filter) (footage.Page, error) {
	q, err := d.filtered(ctx, f)
	if err != nil {
		return footage.Page{}, err
	}
	limit := pageSize(f.Limit)
	var clips []footage.Clip
	// What only a clip's own page shows is most of its row.
	q = q.Omit("Metadata", "Manifest", "SourcePath")
	if err := q.Order("sort_at DESC, id DESC").Limit(limit + 1).Find(&clips).Error; err != nil {
		return footage.Page{}, translate(err)
	}
	page := footage.Page{Clips: clips}
	if len(clips) > limit {
		page.Clips = clips[:limit]
		last := page.Clips[limit-1]
		page.Next = cursor(last.SortAt, last.ID)
	}
	return page, nil
}

// CountClips counts what the filter shows, no further than limit.
func (d *DB) CountClips(ctx context.Context, f footage.Filter, limit int) (int, error) {
	f.Cursor = ""
	q, err := d.filtered(ctx, f)
	if err != nil {
		return 0, err
	}
	var n int64
	err = d.read.WithContext(ctx).Table("(?) AS counted", q.Model(&footage.Clip{}).Select("id").Limit(limit)).Count(&n).Error
	return int(n), translate(err)
}

func (d *DB) filtered(ctx context.Context, f footage.Filter) (*gorm.DB, error) {
	q := d.read.WithContext(ctx)
	for column, value := range map[string]string{
		"department": f.Department, "purpose": f.Purpose, "device": f.Device, "kind": f.Kind,
	} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	} else {
		q = q.Where("state <> 'destroyed'") // literal: the partial indexes need it
	}
	if f.Recording != "" {
		q = inRecordings(q, []string{f.Recording})
	}
	switch {
	case f.Companions:
	case f.Query != "": // one that is asked for by its number is shown
		q = q.Where("(part IN ('','main','still') OR id = ?)", f.Query)
	default:
		q = q.Where("part IN ('','main','still')")
	}
	if f.From != "" {
		q = q.Where("sort_at >= ?", instant.Of(f.From.Start()))
	}
	switch {
	case f.Cursor != "":
		at, id, err := readCursor(f.Cursor)
		if err != nil {
			return nil, err
		}
		q = q.Where("(sort_at, id) < (?, ?)", at, id)
	case f.To != "":
		q = q.Where("sort_at < ?", instant.Of(f.To.AddDays(1).Start()))
	}
	if f.Query != "" {
		like := "%" + likeEscaper.Replace(f.Query) + "%"
		q = q.Where(`(file_name LIKE ? ESCAPE '\' OR batch LIKE ? ESCAPE '\' OR id = ?)`, like, like, f.Query)
	}
	return q, nil
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func pageSize(limit int) int {
	switch {
	case limit <= 0:
		return defaultPage
	case limit > maxPage:
		return maxPage
	}
	return limit
}

func cursor(at instant.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d/%s", at.Ms(), id))
}

func readCursor(s string) (instant.Time, string, error) {
	bad := refuse.Field("cursor", "bad-cursor", "목록의 다음 쪽을 찾지 못했습니다. 목록을 처음부터 다시 열어 주세요.")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return instant.Time{}, "", bad
	}
	var ms int64
	var id string
	if n, err := fmt.Sscanf(string(b), "%d/%s", &ms, &id); err != nil || n != 2 {
		return instant.Time{}, "", bad
	}
	return instant.FromMs(ms), id, nil
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
