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
