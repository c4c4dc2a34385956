package dbtest

import (
	"database/sql"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"       // the driver "pgx"
	_ "github.com/ncruces/go-sqlite3/driver" // the driver "sqlite3"
)

// Raw opens a database past every door of ours, to look and to tamper: a
// PostgreSQL by its address (a postgres:// URL), or else a SQLite file by its
// path. Whoever asks closes it.
func Raw(t testing.TB, where string) *sql.DB {
	t.Helper()
	driver, dsn := "sqlite3", "file:"+where
	if strings.HasPrefix(where, "postgres://") {
		driver, dsn = "pgx", where
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	return db
}
