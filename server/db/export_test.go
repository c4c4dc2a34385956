package db

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"jikim/footage/ledger"
)

// UpdateLedger lets a test append to the ledger alone.
func (d *DB) UpdateLedger(ctx context.Context, fn func(ledger.Log) error) error {
	return d.write.WithContext(ctx).Transaction(func(g *gorm.DB) error { return fn(&txLog{g: g}) })
}

// Beside lets a test change what is stored past the ledger, as somebody with
// the database's password could.
func (d *DB) Beside(fn func(g *gorm.DB) error) error { return d.write.Transaction(fn) }

// Writer is the connection pool that changes go through.
func (d *DB) Writer() *gorm.DB { return d.write }

// Asked gives the statements that fn asks, without their being run.
func (d *DB) Asked(fn func(dry *DB)) []string {
	said := &statements{}
	fn(&DB{read: d.read.Session(&gorm.Session{DryRun: true, Logger: said}), lite: d.lite, clock: d.clock})
	return said.all
}

// statements is a logger that keeps them.
type statements struct {
	logger.Interface
	all []string
}

func (s *statements) Trace(_ context.Context, _ time.Time, told func() (string, int64), _ error) {
	sql, _ := told()
	s.all = append(s.all, sql)
}
