package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// v07Tallies: what calendars and boards count, each from one index alone, and
// the ledger by who did it.
func v07Tallies() *gormigrate.Migration {
	indexes := []struct{ name, on string }{
		{"clips_due_days", "clips (due_at, state, department, purpose) WHERE due_at IS NOT NULL"},
		{"clips_checked_in", "clips (checked_in_at, department, bytes)"},
		{"clips_stored", "clips (department, purpose, state, bytes) WHERE state <> 'destroyed'"},
		{"holds_open", "holds (id, released_at, clip, basis, until) WHERE released_at IS NULL"},
		{"ledger_entries_account", "ledger_entries (account, idx)"},
	}
	return &gormigrate.Migration{
		ID: "07-tallies",
		Migrate: func(tx *gorm.DB) error {
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
			return nil
		},
	}
}
