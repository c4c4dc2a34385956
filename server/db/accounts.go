package db

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jikim/devices/instant"
	"jikim/web/access"
)

// Account gives one account.
func (d *DB) Account(ctx context.Context, name string) (a access.Account, err error) {
	err = d.read.WithContext(ctx).Take(&a, "name = ?", name).Error
	return a, translate(err)
}

// Accounts gives all accounts by name.
func (d *DB) Accounts(ctx context.Context) (all []access.Account, err error) {
	err = d.read.WithContext(ctx).Order("name").Find(&all).Error
	return all, translate(err)
}

// CountFailure adds one to the failed sign-ins in a row of an account and gives
// how many they are now.
func (d *DB) CountFailure(ctx context.Context, name string) (failures int, err error) {
	err = d.note(ctx, func(g *gorm.DB) error {
		return g.Raw(`UPDATE accounts SET failures = failures + 1 WHERE name = ? RETURNING failures`, name).Scan(&failures).Error
	})
	if err == nil && failures == 0 {
		err = errNotFound
	}
	return failures, err
}

// Factors gives the second steps of one account ("" = of all), the oldest first.
func (d *DB) Factors(ctx context.Context, account string) (all []access.Factor, err error) {
	q := d.read.WithContext(ctx).Where("removed_at IS NULL")
	if account != "" {
		q = q.Where("account = ?", account)
	}
	err = q.Order("created_at, id").Find(&all).Error
	return all, translate(err)
}

// FactorByCredential finds a passkey by its credential's ID.
func (d *DB) FactorByCredential(ctx context.Context, id string) (f access.Factor, err error) {
	err = d.read.WithContext(ctx).Take(&f, "credential_id = ?", id).Error
	return f, translate(err)
}

// NoteSignIn keeps one line of the record of sign-ins.
func (d *DB) NoteSignIn(ctx context.Context, s access.SignIn) error {
	return d.note(ctx, func(g *gorm.DB) error { return g.Create(&s).Error })
}

// SignIns gives lines of the record of sign-ins, the newest first. Their IDs
// are in order of time, so days are ranges of them.
func (d *DB) SignIns(ctx context.Context, f access.SignInFilter) (lines []access.SignIn, err error) {
	q := d.read.WithContext(ctx)
	if f.Account != "" {
		q = q.Where("account = ?", f.Account)
	}
	if f.Result != "" {
		q = q.Where("result = ?", f.Result)
	}
	if f.From != "" {
		q = q.Where("id >= ?", access.SignInID(instant.Of(f.From.Start()), ""))
	}
	if f.To != "" {
		q = q.Where("id < ?", access.SignInID(instant.Of(f.To.AddDays(1).Start()), ""))
	}
	if f.Before != "" {
		q = q.Where("id < ?", f.Before)
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	err = q.Order("id DESC").Limit(f.Limit).Find(&lines).Error
	return lines, translate(err)
}

// pruneAtOnce bounds one commit of PruneSignIns.
const pruneAtOnce = 5000

// PruneSignIns takes the lines older than that away, and tells how many.
func (d *DB) PruneSignIns(ctx context.Context, older instant.Time) (gone int, err error) {
	for {
		var some int64
		err := d.note(ctx, func(g *gorm.DB) error {
			old := g.Model(&access.SignIn{}).Select("id").Where("id < ?", access.SignInID(older, "")).Order("id").Limit(pruneAtOnce)
			res := g.Delete(&access.SignIn{}, "id IN (?)", old)
			some = res.RowsAffected
			return res.Error
		})
		gone += int(some)
		if err != nil || some < pruneAtOnce {
			return gone, err
		}
	}
}

// Token gives one token by its id.
func (d *DB) Token(ctx context.Context, id string) (t access.Token, err error) {
	err = d.read.WithContext(ctx).Take(&t, "id = ?", id).Error
	return t, translate(err)
}

// Tokens gives all tokens by name.
func (d *DB) Tokens(ctx context.Context) (all []access.Token, err error) {
	err = d.read.WithContext(ctx).Order("name").Find(&all).Error
	return all, translate(err)
}

// NoteTokenUse keeps when a token was last used.
func (d *DB) NoteTokenUse(ctx context.Context, id string, at instant.Time) error {
	return d.note(ctx, func(g *gorm.DB) error {
		return g.Model(&access.Token{}).Where("id = ?", id).Update("last_used", at).Error
	})
}

type session struct {
	ID        string `gorm:"primaryKey"`
	Data      []byte
	ExpiresAt int64 `gorm:"index"`
}

func (session) TableName() string { return "sessions" }

// SaveSession keeps a session until expiry.
func (d *DB) SaveSession(ctx context.Context, id string, data []byte, expiry time.Time) error {
	return d.note(ctx, func(g *gorm.DB) error {
		return g.Clauses(clause.OnConflict{UpdateAll: true}).Create(&session{ID: id, Data: data, ExpiresAt: expiry.UnixMilli()}).Error
	})
}

// FindSession gives a session that has not expired.
func (d *DB) FindSession(ctx context.Context, id string) (data []byte, found bool, err error) {
	var hits []session
	err = d.read.WithContext(ctx).Where("id = ? AND expires_at > ?", id, d.clock().UnixMilli()).Limit(1).Find(&hits).Error
	if err != nil || len(hits) == 0 {
		return nil, false, translate(err)
	}
	return hits[0].Data, true, nil
}

// DeleteSession ends a session.
func (d *DB) DeleteSession(ctx context.Context, id string) error {
	return d.note(ctx, func(g *gorm.DB) error { return g.Delete(&session{}, "id = ?", id).Error })
}

// PruneSessions removes sessions that have expired.
func (d *DB) PruneSessions(ctx context.Context) error {
	return d.note(ctx, func(g *gorm.DB) error {
		return g.Delete(&session{}, "expires_at <= ?", d.clock().UnixMilli()).Error
	})
}
