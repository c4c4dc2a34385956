package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// v06Lists: lists leave out what only goes with a picture, so the indexes of
// lists know what part of its recording a file is: a count is answered from the
// index alone, as before.
func v06Lists() *gormigrate.Migration {
	lists := []struct{ name, columns, predicate string }{
		{"clips_list", "sort_at DESC, id DESC", " WHERE state <> 'destroyed'"},
		{"clips_by_department", "department, sort_at DESC, id DESC", " WHERE state <> 'destroyed'"},
		{"clips_by_purpose", "department, purpose, sort_at DESC, id DESC", " WHERE state <> 'destroyed'"},
		{"clips_by_any_purpose", "purpose, sort_at DESC, id DESC", " WHERE state <> 'destroyed'"},
		{"clips_by_device", "device, sort_at DESC, id DESC", " WHERE state <> 'destroyed'"},
		{"clips_by_state", "state, department, sort_at DESC, id DESC", ""},
	}
	rebuild := func(tx *gorm.DB, more string) error {
		for _, l := range lists {
			for _, sql := range []string{
				"DROP INDEX " + l.name,
				"CREATE INDEX " + l.name + " ON clips (" + l.columns + more + ")" + l.predicate,
			} {
				if err := tx.Exec(sql).Error; err != nil {
					return err
				}
			}
		}
		return nil
	}
	return &gormigrate.Migration{
		ID:       "06-lists",
		Migrate:  func(tx *gorm.DB) error { return rebuild(tx, ", part") },
		Rollback: func(tx *gorm.DB) error { return rebuild(tx, "") },
	}
}
