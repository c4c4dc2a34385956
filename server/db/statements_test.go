package db_test

import (
	"context"
	"errors"
	"testing"

	"gorm.io/gorm"

	"jikim/server/db"
)

// Statements outlive their run: what one run leaves behind must not be seen by
// the next.
func TestKeptStatements(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		g := d.Writer()
		for _, sql := range []string{"CREATE TABLE things (n bigint PRIMARY KEY, word text)", "INSERT INTO things VALUES (1, 'one'), (2, 'two'), (3, 'three')"} {
			if err := g.Exec(sql).Error; err != nil {
				t.Fatal(err)
			}
		}
		inTurn := func(g *gorm.DB) error {
			for n, want := range map[int]string{1: "one", 2: "two", 3: "three", 4: ""} {
				var word string
				if err := g.Raw("SELECT word FROM things WHERE n = ?", n).Scan(&word).Error; err != nil || word != want {
					t.Errorf("%d is %q, %v; want %q", n, word, err, want)
				}
			}
			return nil
		}
		for range 3 {
			if err := g.Transaction(inTurn); err != nil {
				t.Fatal(err)
			}
		}
		const insert = "INSERT INTO things VALUES (?, ?)"
		for range 2 { // a run that failed leaves the statement good
			if err := g.Exec(insert, 1, "again"); err.Error == nil {
				t.Fatal("a key twice")
			}
		}
		if err := g.Exec(insert, 4, nil).Error; err != nil {
			t.Fatal(err)
		}
		var word *string
		if err := g.Raw("SELECT word FROM things WHERE n = ?", 4).Scan(&word).Error; err != nil || word != nil {
			t.Errorf("word %v, %v; want none: values of an earlier run must be gone", word, err)
		}
	})
}

// A statement that is still being read from is not given to somebody else.
func TestKeptStatementInUse(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		if d.Lite() { // PostgreSQL has one answer at a time on a connection
			nestedReads(t, d.Writer())
		}
	})
}

func nestedReads(t *testing.T, g *gorm.DB) {
	t.Helper()
	const list = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 3) SELECT n FROM s"
	err := g.Transaction(func(tx *gorm.DB) error {
		rows, err := tx.Raw(list).Rows()
		if err != nil {
			return err
		}
		defer rows.Close()
		sum := 0
		for rows.Next() {
			var inner []int
			if err := tx.Raw(list).Scan(&inner).Error; err != nil {
				return err
			}
			var n int
			if err := rows.Scan(&n); err != nil {
				return err
			}
			sum += n * len(inner)
		}
		if sum != 18 {
			t.Errorf("sum %d, want 18", sum)
		}
		return rows.Err()
	})
	if err != nil {
		t.Error(err)
	}
}

// The schema changes under a kept statement, as a migration does.
func TestKeptStatementAfterSchemaChange(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		g := d.Writer()
		ask := func() (n int64) {
			if err := g.Raw("SELECT count(*) FROM later").Scan(&n).Error; err != nil {
				t.Error(err)
			}
			return n
		}
		for _, sql := range []string{"CREATE TABLE later (n bigint)", "INSERT INTO later VALUES (1)"} {
			if err := g.Exec(sql).Error; err != nil {
				t.Fatal(err)
			}
		}
		if n := ask(); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
		for _, sql := range []string{"DROP TABLE later", "CREATE TABLE later (word text, n bigint)"} {
			if err := g.Exec(sql).Error; err != nil {
				t.Fatal(err)
			}
		}
		if n := ask(); n != 0 {
			t.Errorf("%d rows, want none", n)
		}
	})
}

// An interrupted statement is as good as new.
func TestKeptStatementAfterCancel(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		const count = "SELECT count(*) FROM uploads"
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		var n int64
		if err := d.Writer().WithContext(gone).Raw(count).Scan(&n).Error; !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want the cancellation", err)
		}
		if err := d.Writer().Raw(count).Scan(&n).Error; err != nil {
			t.Error(err)
		}
	})
}
