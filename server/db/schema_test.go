package db_test

import (
	"sync"
	"testing"

	"jikim/server/db"
)

func TestTheSchemaIsWhatTheProgramStores(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		diff, err := d.SchemaDifferences()
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range diff {
			t.Error(line)
		}
	})
}

func TestMigrationsGoBothWays(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		if err := d.MigrateDown(); err != nil {
			t.Fatal(err)
		}
		steps, err := d.MigrationStatus()
		if err != nil || steps[len(steps)-1].Applied {
			t.Fatalf("after going down: %v %v", steps, err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() { errs[i] = d.Migrate() }) // several servers start at once
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		if steps, _ = d.MigrationStatus(); !steps[len(steps)-1].Applied {
			t.Error("not migrated again")
		}
	})
}
