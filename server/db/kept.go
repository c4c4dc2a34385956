package db

import (
	"context"

	"jikim/footage"
)

// EachKept visits every clip whose bytes are kept, then every made derivative.
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
			if err := clip(c); err != nil {
				if now, again := d.Clip(ctx, c.ID); again == nil && now.State != c.State {
					after = c.ID
					continue // destroyed while it was being looked at
				}
				return err
			}
			for _, m := range made {
				if m.State != footage.Made {
					continue
				}
				if err := derivative(m); err != nil {
					return err
				}
			}
			after = c.ID
		}
		if len(clips) == 0 {
			return nil
		}
	}
}
