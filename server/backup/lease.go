package backup

import (
	"context"
	"errors"
	"time"

	"jikim/server/db"
)

// leaseLength is how long after a broken-off backup nobody else may begin one.
const leaseLength = 2 * time.Minute

// withLease runs work while nobody else makes a backup.
func withLease(ctx context.Context, d *db.DB, owner string, work func(context.Context) error) error {
	const task = "backup"
	got, err := d.Claim(ctx, task, owner, leaseLength)
	if err != nil {
		return err
	}
	if !got {
		return ErrBusy
	}
	ctx, lose := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		renew(ctx, d, task, owner, lose)
	}()
	err = work(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	lose(nil)
	<-ended
	return errors.Join(err, d.Release(context.WithoutCancel(ctx), task, owner))
}

func renew(ctx context.Context, d *db.DB, task, owner string, lose context.CancelCauseFunc) {
	tick := time.NewTicker(leaseLength / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if got, err := d.Claim(ctx, task, owner, leaseLength); err == nil && !got {
				lose(ErrBusy)
				return
			}
		}
	}
}
