package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// v02Recordings: files that are one recording, what is known of a device's
// clock, and an institution's own device profiles. Columns are added by hand:
// GORM's AddColumn leaves NULL in old rows, and the lists compare with the empty text.
func v02Recordings() *gormigrate.Migration {
	type Profile struct {
		ID        string `gorm:"primaryKey"`
		Title     string
		Roots     string
		Files     string
		Ignore    string
		Continues string
		Position  int
	}
	columns := []struct{ table, name, kind string }{
		{"clips", "recording", "TEXT NOT NULL DEFAULT ''"},
		{"clips", "part", "TEXT NOT NULL DEFAULT ''"},
		{"clips", "chapter", "BIGINT NOT NULL DEFAULT 0"},
		{"clips", "lens", "TEXT NOT NULL DEFAULT ''"},
		{"clips", "group_key", "TEXT NOT NULL DEFAULT ''"},
		{"uploads", "device_clock", "TEXT NOT NULL DEFAULT ''"},
		{"uploads", "clock_read_at", "BIGINT"},
		{"devices", "clock_ahead_s", "BIGINT"},
		{"devices", "clock_checked_on", "TEXT NOT NULL DEFAULT ''"},
	}
	return &gormigrate.Migration{
		ID: "02-recordings",
		Migrate: func(tx *gorm.DB) error {
			if err := tx.Migrator().CreateTable(&Profile{}); err != nil {
				return err
			}
			for _, c := range columns {
				if err := tx.Exec("ALTER TABLE " + c.table + " ADD COLUMN " + c.name + " " + c.kind).Error; err != nil {
					return err
				}
			}
			for _, sql := range []string{
				`CREATE INDEX clips_of_recording ON clips (recording, id) WHERE recording <> ''`,
				`CREATE INDEX clips_siblings ON clips (group_key, id) WHERE group_key <> ''`,
			} {
				if err := tx.Exec(sql).Error; err != nil {
					return err
				}
			}
			return nil
		},
		Rollback: func(tx *gorm.DB) error {
			for _, index := range []string{"clips_of_recording", "clips_siblings"} {
				if err := tx.Exec("DROP INDEX " + index).Error; err != nil {
					return err
				}
			}
			for _, c := range columns {
				if err := tx.Exec("ALTER TABLE " + c.table + " DROP COLUMN " + c.name).Error; err != nil {
					return err
				}
			}
			return tx.Migrator().DropTable(&Profile{})
		},
	}
}
