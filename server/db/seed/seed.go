// Package seed fills an empty database with invented clips and ledger entries,
// millions of them in minutes, so that lists, searches and the sweep can be
// measured at the size they are built for. What it makes is for measuring
// only: the clips have no bytes, no keys, and no entry vouches for them.
package seed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib"       // PostgreSQL for database/sql
	_ "github.com/ncruces/go-sqlite3/driver" // SQLite for database/sql

	"jikim/footage/ledger"
	"jikim/server/db"
)

// Shape of what is made: the first departments have many times what the last
// have, as offices do.
const (
	Devices       = 100    // of each department
	perDepartment = 50_000 // clips, in the mean
	years         = 3      // over which the clips were filmed, ending at Plan.Now
	dueEvery      = 900
)

// Plan says how much is made.
type Plan struct {
	Clips   int
	Entries int   // of the ledger
	NowMs   int64 // milliseconds since 1970; one live clip in 900 is due then
	Signer  *ledger.Signer
}

// Departments is among how many so many clips are divided: 200 at ten million.
// Fewer have fewer, so that pages of a small database are as full.
func Departments(clips int) int { return max(1, clips/perDepartment) }

// Department names department i.
func Department(i int) string { return fmt.Sprintf("dep-%d", i) }

// Device names device j of department i.
func Device(i, j int) string { return fmt.Sprintf("cam-%d-%d", i, j) }

// Purposes are the four that are used, the first for most.
var Purposes = []string{"complaint", "disaster", "publicity", "support"}

// ID is the id of clip n.
func ID(n int) string { return fmt.Sprintf("01930000-0000-7000-8000-%012d", n) }

// Fill makes what p says in a migrated database with neither clips nor, in
// case p.Entries is set, more than a few entries.
func Fill(ctx context.Context, c db.Config, p Plan) (err error) {
	f, err := open(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.pool.Close()) }()
	if err := f.clips(ctx, p); err != nil {
		return fmt.Errorf("seed: clips: %w", err)
	}
	if err := f.entries(ctx, p); err != nil {
		return fmt.Errorf("seed: ledger: %w", err)
	}
	_, err = f.pool.ExecContext(ctx, "ANALYZE")
	return err
}

// filler is a database being filled.
type filler struct {
	pool *sql.DB
	lite bool
}

func open(c db.Config) (*filler, error) {
	if c.Postgres != "" {
		pool, err := sql.Open("pgx", c.Postgres)
		return &filler{pool: pool}, err
	}
	// The library ends the process when SQLite wants more than 256 MiB.
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(OFF)", "cache_size(-60000)"}}
	pool, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", Path: c.SQLite, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1) // the pragmas are of one connection
	return &filler{pool: pool, lite: true}, nil
}

// dialect writes what the two databases say differently.
func (f *filler) dialect(text string) string {
	if f.lite {
		return strings.NewReplacer(
			"SERIES", "(WITH RECURSIVE s(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM s WHERE n < ?) SELECT n FROM s) AS s",
			"PAD(", "printf('%012d', ",
		).Replace(text)
	}
	return strings.NewReplacer(
		"SERIES", "generate_series($1::bigint, $2::bigint) AS s(n)",
		"PAD(", "to_char_12(",
	).Replace(text)
}
