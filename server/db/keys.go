package db

import (
	"context"

	"gorm.io/gorm"

	"jikim/footage/ledger"
)

// wrapping is a table with something wrapped by the institution's key: what
// names a row, the column, and the name under which it was wrapped.
type wrapping struct {
	table, key, column string
	name               func(key string) string
}

var wraps = []wrapping{
	{"clip_keys", "clip", "wrapped", func(clip string) string { return clip }},
	{"factors", "id", "sealed", func(id string) string { return "factor:" + id }},
}

// Rewrap gives everything the institution's key has wrapped to wrap, with the
// name it was wrapped under, and keeps what it answers. What was dropped
// meanwhile stays dropped. It gives how many were changed and can be repeated
// after an interruption.
func (d *DB) Rewrap(ctx context.Context, wrap func(name string, wrapped []byte) ([]byte, error)) (int, error) {
	changed := 0
	for _, w := range wraps {
		for after := ""; ; {
			rows, err := d.wrappedIn(ctx, w, after)
			if err != nil {
				return changed, err
			}
			if len(rows) == 0 {
				break
			}
			n, err := d.rewrapRows(ctx, w, rows, wrap)
			changed += n
			if err != nil {
				return changed, err
			}
			after = rows[len(rows)-1].Key
		}
	}
	return changed, nil
}

type wrappedRow struct {
	Key     string
	Wrapped []byte
}

func (d *DB) wrappedIn(ctx context.Context, w wrapping, after string) (rows []wrappedRow, err error) {
	err = d.read.WithContext(ctx).Table(w.table).Select(w.key+" AS key, "+w.column+" AS wrapped").
		Where(w.key+" > ? AND length("+w.column+") > 0", after).Order(w.key).Limit(500).Find(&rows).Error
	return rows, translate(err)
}

func (d *DB) rewrapRows(ctx context.Context, w wrapping, rows []wrappedRow, wrap func(name string, wrapped []byte) ([]byte, error)) (changed int, err error) {
	err = d.note(ctx, func(g *gorm.DB) error {
		for _, r := range rows {
			next, err := wrap(w.name(r.Key), r.Wrapped)
			if err != nil {
				return err
			}
			res := g.Table(w.table).Where(w.key+" = ? AND "+w.column+" = ?", r.Key, r.Wrapped).Update(w.column, next)
			if res.Error != nil {
				return res.Error
			}
			changed += int(res.RowsAffected)
		}
		return nil
	})
	return changed, err
}

// ChangeSigner replaces the ledger's key while the head is locked: replace is
// told the ledger's size and gives the new signer, under which e is appended.
func (d *DB) ChangeSigner(ctx context.Context, e ledger.Entry, replace func(size int64) (*ledger.Signer, error)) error {
	return d.change(ctx, e, func(tx *Tx) error {
		signer, err := replace(tx.head.Size)
		if err == nil {
			d.signer = signer // the commit loop is the only one that reads it now
		}
		return err
	})
}
