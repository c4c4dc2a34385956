package db

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jikim/devices/instant"
)

// Lease is one task claimed by one worker until a moment. A task is named by
// the record it is about ("destroy:0193…"); the work itself is found in the
// records, so no queue can disagree with them.
type lease struct {
	Task   string `gorm:"primaryKey"`
	Owner  string
	Until  int64
	Wanted bool // somebody else waits for it
}

func (lease) TableName() string { return "leases" }

// Claim takes the task for owner until now+d, or prolongs it when owner has it
// already. got is false while somebody else has it; then it is marked wanted.
func (d *DB) Claim(ctx context.Context, task, owner string, length time.Duration) (got bool, err error) {
	now := instant.Of(d.clock())
	err = d.note(ctx, func(g *gorm.DB) error {
		res := g.Exec(`INSERT INTO leases (task, owner, until, wanted) VALUES (?, ?, ?, false)
			ON CONFLICT (task) DO UPDATE SET owner = excluded.owner, until = excluded.until,
				wanted = leases.owner = excluded.owner AND leases.wanted
			WHERE leases.owner = excluded.owner OR leases.until < ?`,
			task, owner, now.Add(length).Ms(), now.Ms())
		if res.Error != nil {
			return res.Error
		}
		if got = res.RowsAffected == 1; got {
			return nil
		}
		return g.Exec(`UPDATE leases SET wanted = true WHERE task = ?`, task).Error
	})
	return got, err
}

// Wanted reports whether owner still has the task, and whether somebody else
// waits for it.
func (d *DB) Wanted(ctx context.Context, task, owner string) (has, wanted bool, err error) {
	var rows []lease
	err = d.read.WithContext(ctx).Where("task = ? AND owner = ? AND until >= ?", task, owner, instant.Of(d.clock()).Ms()).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return false, false, translate(err)
	}
	return true, rows[0].Wanted, nil
}

// Release gives the task back. Giving back what one does not have is no error.
func (d *DB) Release(ctx context.Context, task, owner string) error {
	return d.note(ctx, func(g *gorm.DB) error {
		return g.Where("task = ? AND owner = ?", task, owner).Delete(&lease{}).Error
	})
}

// ForgetLeases ends all leases at once. Only where it is known that none of
// their owners lives: after a restore, and in tests that kill servers.
func (d *DB) ForgetLeases(ctx context.Context) error {
	return d.note(ctx, func(g *gorm.DB) error { return g.Where("1 = 1").Delete(&lease{}).Error })
}
