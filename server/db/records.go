package db

import (
	"strings"

	"jikim/devices"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/web/access"
)

// vouched is every kind of record the ledger vouches for: how to make an empty
// one from its key, which table it lies in, and which column holds the key.
var vouched = map[string]struct {
	table, column string
	empty         func(key string) footage.Record
}{
	"institution": {"institutions", "id", func(k string) footage.Record { return &devices.Institution{ID: k} }},
	"department":  {"departments", "id", func(k string) footage.Record { return &devices.Department{ID: k} }},
	"officer":     {"officers", "id", func(k string) footage.Record { return &devices.Officer{ID: k} }},
	"purpose":     {"purposes", "id", func(k string) footage.Record { return &devices.Purpose{ID: k} }},
	"device":      {"devices", "id", func(k string) footage.Record { return &devices.Device{ID: k} }},
	"profile":     {"profiles", "id", func(k string) footage.Record { return &profile.Profile{ID: k} }},
	"clip":        {"clips", "id", func(k string) footage.Record { return &footage.Clip{ID: k} }},
	"hold":        {"holds", "id", func(k string) footage.Record { return &footage.Hold{ID: k} }},
	"derivative":  {"derivatives", "id", func(k string) footage.Record { return &footage.Derivative{ID: k} }},
	"view":        {"views", "id", func(k string) footage.Record { return &footage.View{ID: k} }},
	"correction":  {"corrections", "id", func(k string) footage.Record { return &footage.Correction{ID: k} }},
	"batch":       {"batches", "id", func(k string) footage.Record { return &footage.Batch{ID: k} }},
	"destruction": {"destructions", "clip", func(k string) footage.Record { return &footage.Destruction{Clip: k} }},
	"account":     {"accounts", "name", func(k string) footage.Record { return &access.Account{Name: k} }},
	"factor":      {"factors", "id", func(k string) footage.Record { return &access.Factor{ID: k} }},
	"token":       {"tokens", "id", func(k string) footage.Record { return &access.Token{ID: k} }},
}

// primaryKey is the condition that finds r.
func primaryKey(r footage.Record) []any {
	kind, key, _ := strings.Cut(r.RecordName(), ":")
	return []any{vouched[kind].column + " = ?", key}
}
