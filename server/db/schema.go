package db

import (
	"fmt"
	"slices"
	"sync"

	"gorm.io/gorm/schema"

	"jikim/devices"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/web/access"
)

// models is every struct that is stored as it stands.
func models() []any {
	return []any{
		&devices.Institution{}, &devices.Department{}, &devices.Officer{}, &devices.Purpose{}, &devices.Device{}, &profile.Profile{},
		&footage.Upload{}, &footage.Clip{}, &clipKey{}, &footage.Hold{}, &footage.Derivative{}, &footage.View{},
		&footage.Correction{}, &footage.Destruction{}, &footage.Batch{}, &footage.SavedFilter{},
		&ledgerEntry{}, &ledgerHash{}, &ledgerHead{}, &recordHead{},
		&access.Account{}, &access.Token{}, &access.Factor{}, &access.SignIn{}, &session{}, &lease{},
	}
}

// SchemaDifferences compares the migrated schema with the structs of this
// program, column by column, and tells each difference in words.
func (d *DB) SchemaDifferences() ([]string, error) {
	var out []string
	for _, model := range models() {
		s, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
		if err != nil {
			return nil, err
		}
		columns, err := d.read.Migrator().ColumnTypes(model)
		if err != nil {
			return nil, err
		}
		var stands []string
		for _, c := range columns {
			stands = append(stands, c.Name())
		}
		for _, want := range s.DBNames {
			if !slices.Contains(stands, want) {
				out = append(out, fmt.Sprintf("%s.%s is not in the database", s.Table, want))
			}
		}
		for _, has := range stands {
			if !slices.Contains(s.DBNames, has) {
				out = append(out, fmt.Sprintf("%s.%s is in the database only", s.Table, has))
			}
		}
	}
	return out, nil
}
