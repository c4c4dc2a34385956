package db

import (
	"context"

	"gorm.io/gorm"

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
