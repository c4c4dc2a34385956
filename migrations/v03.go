package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// v03People: second factors, the record of sign-ins, and a count on each
// account that ends its sessions.
func v03People() *gormigrate.Migration {
	type Factor struct {
		ID           string `gorm:"primaryKey"`
		Account      string `gorm:"index"`
		Kind         string
		Label        string
		Credential   string
		Hashes       string
		CreatedAt    *int64
		RemovedAt    *int64
		CredentialID *string `gorm:"uniqueIndex"`
		Sealed       []byte
		SignCount    int64
		LastStep     int64
		LastUsed     *int64
	}
	type SignIn struct {
		ID      string `gorm:"primaryKey"`
		At      *int64
		Account string
		From    string
		Result  string
		With    string
	}
	return &gormigrate.Migration{
		ID: "03-people",
		Migrate: func(tx *gorm.DB) error {
			if err := tx.Migrator().CreateTable(&Factor{}, &SignIn{}); err != nil {
				return err
			}
			for _, sql := range []string{
				`ALTER TABLE accounts ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0`,
				`CREATE INDEX sign_ins_by_account ON sign_ins (account, id DESC)`,
				`CREATE INDEX sign_ins_by_result ON sign_ins (result, id DESC)`,
			} {
				if err := tx.Exec(sql).Error; err != nil {
					return err
				}
			}
			return nil
		},
		Rollback: func(tx *gorm.DB) error {
			if err := tx.Exec(`ALTER TABLE accounts DROP COLUMN epoch`).Error; err != nil {
				return err
			}
			return tx.Migrator().DropTable(&Factor{}, &SignIn{})
		},
	}
}
