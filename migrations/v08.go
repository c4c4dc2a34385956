package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// v08Lists: words by which clips are found (filled after the last step, by the
// program that knows what a word is), what else lists are narrowed by, and
// the questions that people keep; and what a view is limited to.
func v08Lists() *gormigrate.Migration {
	type SavedFilter struct {
		ID      string `gorm:"primaryKey"`
		Account string
		Name    string
		Query   string
		At      *int64
	}
	const live = " WHERE state <> 'destroyed'"
	indexes := []struct{ name, on string }{
		{"clips_by_person", "clips (checked_in_by, sort_at DESC, id DESC, part)" + live},
		{"clips_by_confidence", "clips (time_confidence, sort_at DESC, id DESC, part)" + live},
		{"clips_by_batch", "clips (batch, sort_at DESC, id DESC, part) WHERE batch <> ''"},
		{"clips_by_place", "clips (lat, lon, id) WHERE lat IS NOT NULL"},
		{"saved_filters_by_account", "saved_filters (account, name, id)"},
	}
	return &gormigrate.Migration{
		ID: "08-lists",
		Migrate: func(tx *gorm.DB) error {
			// Bytes decide: what begins with a word lies together on both databases.
			words := `CREATE TABLE clip_words (word TEXT NOT NULL, clip TEXT NOT NULL, PRIMARY KEY (word, clip)) WITHOUT ROWID`
			if tx.Name() == "postgres" {
				words = `CREATE TABLE clip_words (word TEXT COLLATE "C" NOT NULL, clip TEXT NOT NULL, PRIMARY KEY (word, clip))`
			}
			if err := tx.Exec(words).Error; err != nil {
				return err
			}
			if err := tx.Migrator().CreateTable(&SavedFilter{}); err != nil {
				return err
			}
			if err := tx.Exec(`ALTER TABLE views ADD COLUMN "only" TEXT NOT NULL DEFAULT ''`).Error; err != nil {
				return err
			}
			for _, i := range indexes {
				if err := tx.Exec("CREATE INDEX " + i.name + " ON " + i.on).Error; err != nil {
					return err
				}
			}
			return nil
		},
		Rollback: func(tx *gorm.DB) error {
			for _, i := range indexes {
				if err := tx.Exec("DROP INDEX " + i.name).Error; err != nil {
					return err
				}
			}
			for _, sql := range []string{"DROP TABLE clip_words", `ALTER TABLE views DROP COLUMN "only"`} {
				if err := tx.Exec(sql).Error; err != nil {
					return err
				}
			}
			return tx.Migrator().DropTable(&SavedFilter{})
		},
	}
}
