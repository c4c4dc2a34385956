package db

import (
	"context"

	"gorm.io/gorm"

	"jikim/footage/ledger"
)

// Rewrap gives every wrapped clip key to wrap and keeps what it answers. A key
// that was dropped meanwhile stays dropped. It gives how many were changed and
// can be repeated after an interruption.
func (d *DB) Rewrap(ctx context.Context, wrap func(clip string, wrapped []byte) ([]byte, error)) (int, error) {
	changed, after := 0, ""
	for {
		var keys []clipKey
		if err := d.read.WithContext(ctx).Where("clip > ?", after).Order("clip").Limit(500).Find(&keys).Error; err != nil {
			return changed, translate(err)
		}
		if len(keys) == 0 {
			return changed, nil
		}
		err := d.note(ctx, func(g *gorm.DB) error {
			for _, k := range keys {
				next, err := wrap(k.Clip, k.Wrapped)
				if err != nil {
					return err
				}
				res := g.Model(&clipKey{}).Where("clip = ? AND wrapped = ?", k.Clip, k.Wrapped).Update("wrapped", next)
				if res.Error != nil {
					return res.Error
				}
				changed += int(res.RowsAffected)
			}
			return nil
		})
		if err != nil {
			return changed, err
		}
		after = keys[len(keys)-1].Clip
	}
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
