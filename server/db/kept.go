package db

import (
	"context"

	"jikim/footage"
)

// EachKept visits every clip whose bytes are kept, each with its made
// derivatives. Clips may be destroyed meanwhile: what a visitor finds wrong with
// those is passed over.
func (d *DB) EachKept(ctx context.Context, clip func(footage.Clip) error, derivative func(footage.Derivative) error) error {
	after := ""
	for {
		var clips []footage.Clip
		err := d.read.WithContext(ctx).Where("id > ? AND state IN ?", after, []footage.State{footage.Registered, footage.Review}).
			Order("id").Limit(500).Find(&clips).Error
		if err != nil {
			return translate(err)
		}
		for _, c := range clips {
			made, err := d.DerivativesOf(ctx, c.ID)
			if err != nil {
				return err
			}
			err = clip(c)
			for _, m := range made {
				if err == nil && m.State == footage.Made {
					err = derivative(m)
				}
			}
			if err != nil && !d.endedMeanwhile(ctx, c.ID) {
				return err
			}
			after = c.ID
		}
		if len(clips) == 0 {
			return nil
		}
	}
}

// endedMeanwhile reports whether a clip that was kept is no longer: what could
// not be found of it, its derivatives included, was destroyed.
func (d *DB) endedMeanwhile(ctx context.Context, clip string) bool {
	now, err := d.Clip(ctx, clip)
	return err == nil && (now.State == footage.Destroying || now.State == footage.Destroyed)
}
