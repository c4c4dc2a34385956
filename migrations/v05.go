package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// v05Batches: what is said once of all files handed in together, and the way
// from a batch to its files.
func v05Batches() *gormigrate.Migration {
	type Batch struct {
		ID         string `gorm:"primaryKey"`
		Title      string
		Place      string
		Approval   string
		Department string
		Account    string
		At         *int64
	}
	return &gormigrate.Migration{
		ID: "05-batches",
		Migrate: func(tx *gorm.DB) error {
			if err := tx.Migrator().CreateTable(&Batch{}); err != nil {
				return err
			}
			for _, sql := range []string{
				`CREATE INDEX uploads_of_batch ON uploads (batch, id) WHERE batch <> ''`,
				`CREATE INDEX batches_by_account ON batches (account, at DESC, id)`,
			} {
				if err := tx.Exec(sql).Error; err != nil {
					return err
				}
			}
			return nil
		},
		Rollback: func(tx *gorm.DB) error {
			if err := tx.Exec(`DROP INDEX uploads_of_batch`).Error; err != nil {
				return err
			}
			return tx.Migrator().DropTable(&Batch{})
		},
	}
}
