package db

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jikim/footage"
)

// SavedFilters gives the questions an account keeps, by name.
func (d *DB) SavedFilters(ctx context.Context, account string) ([]footage.SavedFilter, error) {
	var all []footage.SavedFilter
	err := d.read.WithContext(ctx).Where("account = ?", account).Order("name, id").Find(&all).Error
	return all, translate(err)
}

// SaveFilter keeps a question.
func (d *DB) SaveFilter(ctx context.Context, f footage.SavedFilter) error {
	return d.note(ctx, func(g *gorm.DB) error {
		return g.Clauses(clause.OnConflict{UpdateAll: true}).Create(&f).Error
	})
}

// DropFilter forgets a question of an account's. Forgetting what is not there
// is no error.
func (d *DB) DropFilter(ctx context.Context, account, id string) error {
	return d.note(ctx, func(g *gorm.DB) error {
		return g.Delete(&footage.SavedFilter{}, "account = ? AND id = ?", account, id).Error
	})
}
