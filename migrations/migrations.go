// Package migrations is the history of the schema. Steps are only ever added;
// the structs inside a step are frozen as they were that day, so that a step
// does the same thing for ever whatever the domain has become. Steps run both
// ways on SQLite and PostgreSQL. The package imports nothing of ours.
package migrations

import (
	"fmt"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// lockID is the PostgreSQL advisory lock under which one server at a time
// migrates; gormigrate has no lock of its own.
const lockID = 0x6a696b696d // "jikim"

// all is every step in order.
func all() []*gormigrate.Migration {
	return []*gormigrate.Migration{
		v01FirstSchema(),
		v02Recordings(),
		v03People(),
		v05Batches(),
		v06Lists(),
		v07Tallies(),
		v08Lists(),
	}
}

// Up brings the schema to the newest step.
func Up(db *gorm.DB) error { return locked(db, (*gormigrate.Gormigrate).Migrate) }

// Down takes back the last step.
func Down(db *gorm.DB) error { return locked(db, (*gormigrate.Gormigrate).RollbackLast) }

// Step is one step and whether it has been applied.
type Step struct {
	ID      string
	Applied bool
}

// Status lists all steps.
func Status(db *gorm.DB) ([]Step, error) {
	applied := map[string]bool{}
	if db.Migrator().HasTable(options.TableName) {
		var ids []string
		if err := db.Table(options.TableName).Pluck(options.IDColumnName, &ids).Error; err != nil {
			return nil, err
		}
		for _, id := range ids {
			applied[id] = true
		}
	}
	var steps []Step
	for _, m := range all() {
		steps = append(steps, Step{ID: m.ID, Applied: applied[m.ID]})
	}
	return steps, nil
}

var options = gormigrate.Options{
	TableName:                 "migrations",
	IDColumnName:              "id",
	IDColumnSize:              255,
	UseTransaction:            true,
	ValidateUnknownMigrations: true, // an old program must not touch a newer schema
}

// locked runs act while no other server migrates the same database. SQLite's
// write lock does that by itself; PostgreSQL needs an advisory lock, held by
// the one connection of an outer transaction.
func locked(db *gorm.DB, act func(*gormigrate.Gormigrate) error) error {
	return db.Transaction(func(tx *gorm.DB) error {
		if tx.Name() == "postgres" {
			if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", lockID).Error; err != nil {
				return fmt.Errorf("migrations: lock: %w", err)
			}
		}
		inner := options
		inner.UseTransaction = false // the outer transaction covers all steps at once
		return act(gormigrate.New(tx, &inner, all()))
	})
}
