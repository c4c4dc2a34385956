package db

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"jikim/footage"
	"jikim/footage/ledger"
)

// Batch gives what was said of a batch.
func (d *DB) Batch(ctx context.Context, id string) (footage.Batch, error) {
	var b footage.Batch
	err := d.read.WithContext(ctx).Take(&b, "id = ?", id).Error
	return b, translate(err)
}

// Batches gives what an account said of its batches, the newest first.
func (d *DB) Batches(ctx context.Context, account string, limit int) ([]footage.Batch, error) {
	var all []footage.Batch
	err := d.read.WithContext(ctx).Where("account = ?", account).Order("at DESC, id").Limit(limit).Find(&all).Error
	return all, translate(err)
}

// arrivalsAtOnce bounds the ids of one question.
const arrivalsAtOnce = 500

// Arrivals gives the files of a batch in the order in which their sending
// began, no more than limit.
func (d *DB) Arrivals(ctx context.Context, batch string, limit int) ([]footage.Arrival, error) {
	g := d.read.WithContext(ctx)
	var ups []footage.Upload
	err := g.Where("batch = ? AND batch <> ''", batch). // the literal predicate of the index
								Omit("Progress").Order("id").Limit(limit).Find(&ups).Error
	if err != nil {
		return nil, translate(err)
	}
	all := make([]footage.Arrival, 0, len(ups))
	for some := range slices.Chunk(ups, arrivalsAtOnce) {
		if all, err = addArrivals(g, all, some); err != nil {
			return nil, translate(err)
		}
	}
	return all, nil
}

func addArrivals(g *gorm.DB, all []footage.Arrival, ups []footage.Upload) ([]footage.Arrival, error) {
	ids, subjects := make([]string, 0, len(ups)), make([]string, 0, len(ups))
	for _, up := range ups {
		if up.Clip != "" {
			ids, subjects = append(ids, up.Clip), append(subjects, (&footage.Clip{ID: up.Clip}).RecordName())
		}
	}
	var clips []footage.Clip
	if err := g.Omit("Metadata", "Manifest", "SourcePath").Find(&clips, "id IN ?", ids).Error; err != nil {
		return nil, err
	}
	var entries []struct {
		Idx     int64
		Subject string
	}
	err := g.Model(&ledgerEntry{}).Select("idx", "subject").
		Where("subject IN ? AND act = ?", subjects, ledger.ActCheckedIn).Order("idx").Find(&entries).Error
	if err != nil {
		return nil, err
	}
	known, entered := map[string]footage.Clip{}, map[string]int64{}
	for _, c := range clips {
		known[c.ID] = c
	}
	for _, e := range slices.Backward(entries) { // the first of a clip is its own
		entered[e.Subject] = e.Idx
	}
	for _, up := range ups {
		a := footage.Arrival{Upload: up, Clip: known[up.Clip]}
		if at, ok := entered[a.Clip.RecordName()]; ok && a.Clip.ID != "" {
			a.Entry = &at
		}
		all = append(all, a)
	}
	return all, nil
}
