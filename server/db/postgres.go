package db

import (
	"context"
	"database/sql"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// How long PostgreSQL may keep somebody waiting before it counts as away. The
// connection string may set the three of the server otherwise.
const (
	connectTimeout = 5 * time.Second
	// silence is how long bytes sent may stay without any sign of having
	// arrived before the network counts as cut.
	silence = 15 * time.Second
	// commitTimeout bounds one group of changes from begin to commit.
	commitTimeout = time.Minute
)

var patience = map[string]string{
	"statement_timeout": "30s",
	"lock_timeout":      "10s",
	// A server that froze while it had the ledger's head would stop all others.
	"idle_in_transaction_session_timeout": "60s",
}

func (d *DB) openPostgres(dsn string) error {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return err
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	for name, value := range patience {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	dialer := &net.Dialer{
		Timeout:         c.ConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silence, Interval: silence / 3, Count: 3},
		Control:         boundSilence,
	}
	c.DialFunc = dialer.DialContext
	pool := stdlib.OpenDB(*c)
	pool.SetMaxOpenConns(20)
	pool.SetMaxIdleConns(10)
	pool.SetConnMaxLifetime(30 * time.Minute)
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), gormConfig())
	if err != nil {
		return translate(err)
	}
	d.read, d.write = g, g
	return nil
}

// snapshot lets fn read the whole database as it stands at one moment, for as
// long as it takes; writers go on meanwhile.
func (d *DB) snapshot(ctx context.Context, fn func(g *gorm.DB) error) error {
	if d.lite {
		return translate(d.read.WithContext(ctx).Transaction(fn, &sql.TxOptions{ReadOnly: true}))
	}
	return translate(d.read.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		if err := waitForEver(g); err != nil {
			return err
		}
		return fn(g)
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}))
}

// patiently writes in one transaction that may take as long as it takes.
func (d *DB) patiently(ctx context.Context, fn func(g *gorm.DB) error) error {
	return translate(d.write.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		if !d.lite {
			if err := waitForEver(g); err != nil {
				return err
			}
		}
		return fn(g)
	}))
}

// waitForEver lifts the server's timeouts for the rest of the transaction.
func waitForEver(g *gorm.DB) error {
	for name := range patience {
		if err := g.Exec("SET LOCAL " + name + " = 0").Error; err != nil {
			return err
		}
	}
	return nil
}
