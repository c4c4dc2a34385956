package db

import (
	"context"

	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
)

// Recording gives the files of a recording that are not destroyed, oldest
// first, without what only a clip's own page shows (see footage.Page).
func (d *DB) Recording(ctx context.Context, id string) ([]footage.Clip, error) {
	var clips []footage.Clip
	err := inRecordings(d.read.WithContext(ctx), []string{id}).Where("state <> 'destroyed'").
		Omit("Metadata", "Manifest", "SourcePath").Order("id").Limit(footage.MostFiles).Find(&clips).Error
	return clips, translate(err)
}

// inRecordings repeats the literal predicate of the index, which the planner needs.
func inRecordings(g *gorm.DB, ids []string) *gorm.DB {
	return g.Where("recording IN ? AND recording <> ''", ids)
}

// Profiles gives the institution's own card layouts.
func (d *DB) Profiles(ctx context.Context) (own []profile.Profile, err error) {
	err = d.read.WithContext(ctx).Order("position, id").Find(&own).Error
	return own, translate(err)
}

// relatives implements footage.Relatives inside a change.
type relatives struct{ g *gorm.DB }

const live = "clips.state IN ('registered','review')"

// Siblings implements footage.Relatives.
func (r relatives) Siblings(groupKey string, limit int) ([]footage.Relative, error) {
	return r.whole(r.g.Where("group_key = ? AND group_key <> ''", groupKey), limit)
}

// Members implements footage.Relatives.
func (r relatives) Members(recordings []string, limit int) ([]footage.Relative, error) {
	return r.whole(inRecordings(r.g, recordings), limit)
}

// Size implements footage.Relatives.
func (r relatives) Size(recordings []string, limit int) (int, error) {
	var n int64
	some := inRecordings(r.g, recordings).Model(&footage.Clip{}).Where(live).Select("id").Limit(limit)
	err := r.g.Table("(?) AS counted", some).Count(&n).Error
	return int(n), translate(err)
}

// relative is a clip and what other tables say of it: the upload it came as
// has its id.
type relative struct {
	footage.Clip `gorm:"embedded"`
	Sent         string
	Settled      bool
}

func (r relatives) whole(q *gorm.DB, limit int) ([]footage.Relative, error) {
	var rows []relative
	err := q.Table("clips").Where(live).Order("clips.id").Limit(limit).
		Select(`clips.*, COALESCE((SELECT u.purpose FROM uploads u WHERE u.id = clips.id), '') AS sent,
			EXISTS (SELECT 1 FROM corrections k WHERE k.clip = clips.id) AS settled`).
		Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	found := make([]footage.Relative, len(rows))
	for i, row := range rows {
		found[i] = footage.Relative{Clip: row.Clip, Sent: row.Sent, Settled: row.Settled}
	}
	return found, nil
}

// Neighbours implements footage.Relatives. It walks the index of the device's
// list.
func (r relatives) Neighbours(device string, from, to instant.Time, limit int) ([]footage.Clip, error) {
	var clips []footage.Clip
	err := r.g.Where("device = ? AND state <> 'destroyed' AND sort_at >= ? AND sort_at <= ?", device, from, to).
		Where(live + " AND part = 'main'").
		Omit("Manifest").Order("sort_at DESC, id DESC").Limit(limit).Find(&clips).Error
	return clips, translate(err)
}
