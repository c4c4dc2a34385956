// Package db keeps the records of every room on SQLite or PostgreSQL. It is
// the only room that speaks GORM. The rooms below say what they need in small
// interfaces of their own; *DB implements them.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	sqlite "github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"jikim/footage/ledger"
	"jikim/migrations"
)

// Config says where the database is. Exactly one of SQLite and Postgres is set.
type Config struct {
	SQLite   string // path of the database file
	Postgres string // connection string
	Clock    func() time.Time
}

// DB is the open database.
type DB struct {
	read  *gorm.DB // many connections
	write *gorm.DB // SQLite: one connection; PostgreSQL: the same as read
	lite  bool
	file  string // of SQLite
	clock func() time.Time

	signer *ledger.Signer // nil until Sign: then nothing can be changed
	queue  chan *change
	stop   context.CancelFunc
	done   sync.WaitGroup
}

// Open connects; it does not migrate. Close must be called.
func Open(ctx context.Context, c Config) (*DB, error) {
	d := &DB{clock: c.Clock, queue: make(chan *change, 1024)}
	var err error
	switch {
	case c.SQLite != "":
		d.lite, d.file = true, c.SQLite
		err = d.openSQLite(c.SQLite)
	case c.Postgres != "":
		err = d.openPostgres(c.Postgres)
	default:
		err = errors.New("db: neither SQLite nor PostgreSQL is configured")
	}
	if err != nil {
		return nil, err
	}
	if err := d.Ping(ctx); err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.Background())
	d.stop = stop
	d.done.Add(1)
	go func() { defer d.done.Done(); d.commitLoop(run) }()
	return d, nil
}

func gormConfig() *gorm.Config {
	return &gorm.Config{
		Logger:                 logger.Discard, // errors are returned, not logged: they may hold personal data
		TranslateError:         true,
		SkipDefaultTransaction: true, // statements stay prepared below: see statements.go
	}
}

// openSQLite opens a pool with the one writer there can be, and a pool of
// readers beside it (WAL). synchronous=FULL makes a commit survive power loss;
// secure_delete overwrites removed keys.
func (d *DB) openSQLite(path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	// SQLite would let others read it; its side files take after this one.
	f, err := os.OpenFile(abs, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("db: open %s: %w", filepath.Base(path), err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	open := func(txlock string, conns int) (*gorm.DB, error) {
		q := url.Values{"_pragma": {
			"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)",
			"foreign_keys(ON)", "secure_delete(ON)", "cache_size(-8000)",
		}, "_txlock": {txlock}}
		dsn := (&url.URL{Scheme: "file", Path: abs, RawQuery: q.Encode()}).String()
		connector, err := (&sqlite.SQLite{}).OpenConnector(dsn)
		if err != nil {
			return nil, translate(err)
		}
		pool := sql.OpenDB(keeping{connector})
		pool.SetMaxOpenConns(conns)
		pool.SetMaxIdleConns(conns)
		g, err := gorm.Open(gormlite.OpenDB(pool), gormConfig())
		return g, translate(err)
	}
	if d.write, err = open("immediate", 1); err != nil {
		return fmt.Errorf("db: open %s: %w", filepath.Base(path), err)
	}
	if d.read, err = open("deferred", 4); err != nil {
		return fmt.Errorf("db: open %s: %w", filepath.Base(path), err)
	}
	return nil
}

// Sign gives the database the ledger's key. Without it nothing can be changed.
func (d *DB) Sign(s *ledger.Signer) { d.signer = s }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	pool, err := d.read.DB()
	if err != nil {
		return err
	}
	return translate(pool.PingContext(ctx))
}

// Close waits for changes under way and closes.
func (d *DB) Close() error {
	d.stop()
	d.done.Wait()
	var errs []error
	for _, g := range []*gorm.DB{d.read, d.write} {
		if pool, err := g.DB(); err == nil {
			errs = append(errs, pool.Close())
		}
		if !d.lite {
			break
		}
	}
	return errors.Join(errs...)
}

// Lite reports whether this is SQLite: one machine, one server.
func (d *DB) Lite() bool { return d.lite }

// Migrate brings the schema to the newest step.
func (d *DB) Migrate() error {
	return d.patiently(context.Background(), func(g *gorm.DB) error {
		if err := migrations.Up(g); err != nil {
			return err
		}
		return indexAll(g)
	})
}

// MigrateDown takes back the last step.
func (d *DB) MigrateDown() error { return d.patiently(context.Background(), migrations.Down) }

// MigrationStatus lists the steps.
func (d *DB) MigrationStatus() ([]migrations.Step, error) {
	if err := d.Ping(context.Background()); err != nil {
		return nil, err // else a database that is away passes for an empty one
	}
	steps, err := migrations.Status(d.read)
	return steps, translate(err)
}
