package db

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/migrations"
)

// A dump is every table as JSON Lines, the same whichever database it came
// from: the first line names the columns and their kinds, each further line is
// one row as an array. Kinds: text, int (64 bits), float (shortest form that
// reads back exactly), bool, bytes (base64). NULL is null; text that is not
// UTF-8 is {"base64":"…"}.

// passing is what does not outlive the server that made it: nobody is signed
// in, and no task claimed, by a restored copy.
var passing = []string{"sessions", "leases"}

// Table is one table of a dump.
type Table struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}

// Sealed is a blob that the dumped records want in the vault.
type Sealed struct {
	Name     string         `json:"name"`
	Clip     string         `json:"clip"` // whose key opens it
	SHA256   string         `json:"sha256"`
	Manifest vault.Manifest `json:"manifest"`
}

// Snapshot is what a dump shows: the database at one moment.
type Snapshot struct {
	Steps  []string // of the schema, in order
	Head   ledger.Head
	Tables []Table
}

// Dump writes every table to where create says, and names every blob the
// records want, as all of it stood at one moment. Writers go on meanwhile.
func (d *DB) Dump(ctx context.Context, create func(table string) (io.WriteCloser, error), sealed func(Sealed) error) (Snapshot, error) {
	var snap Snapshot
	err := d.snapshot(ctx, func(g *gorm.DB) (err error) {
		snap = Snapshot{}
		if snap.Head, err = readHead(g); err != nil {
			return err
		}
		steps, err := migrations.Status(g)
		if err != nil {
			return err
		}
		for _, s := range steps {
			if s.Applied {
				snap.Steps = append(snap.Steps, s.ID)
			}
		}
		layouts, err := layouts()
		if err != nil {
			return err
		}
		for _, l := range layouts {
			n, err := dumpInto(g, l, create)
			if err != nil {
				return fmt.Errorf("db: dump %s: %w", l.Table, err)
			}
			snap.Tables = append(snap.Tables, Table{l.Table, n})
		}
		return eachSealed(g, sealed)
	})
	return snap, err
}

// layout is a table's name and columns: the first line of its file.
type layout struct {
	Table   string   `json:"table"`
	Columns []column `json:"columns"`
	key     []string
}

type column struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// layouts gives every table that is dumped, from the structs it stores.
func layouts() ([]layout, error) {
	var all []layout
	for _, model := range models() {
		s, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
		if err != nil {
			return nil, err
		}
		if slices.Contains(passing, s.Table) {
			continue
		}
		l := layout{Table: s.Table, key: s.PrimaryFieldDBNames}
		for _, name := range s.DBNames {
			kind, ok := kinds[s.FieldsByDBName[name].DataType]
			if !ok {
				return nil, fmt.Errorf("db: column %s.%s has no kind", s.Table, name)
			}
			l.Columns = append(l.Columns, column{name, kind})
		}
		all = append(all, l)
	}
	return all, nil
}

var kinds = map[schema.DataType]string{
	schema.String: "text", schema.Int: "int", schema.Uint: "int", "bigint": "int",
	schema.Float: "float", schema.Bool: "bool", schema.Bytes: "bytes",
}

func quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }

func (l layout) names() []string {
	names := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		names[i] = c.Name
	}
	return names
}

func dumpInto(g *gorm.DB, l layout, create func(string) (io.WriteCloser, error)) (int64, error) {
	w, err := create(l.Table)
	if err != nil {
		return 0, err
	}
	n, err := dumpTable(g, l, w)
	return n, errors.Join(err, w.Close())
}

func dumpTable(g *gorm.DB, l layout, w io.Writer) (n int64, err error) {
	rows, err := g.Raw("SELECT " + quoted(l.names()) + " FROM " + l.Table + " ORDER BY " + quoted(l.key)).Rows()
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	buffer := bufio.NewWriterSize(w, 1<<20)
	lines := json.NewEncoder(buffer)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(l); err != nil {
		return 0, err
	}
	cells, values := make([]any, len(l.Columns)), make([]any, len(l.Columns))
	for i, c := range l.Columns {
		cells[i] = newCell(c.Kind)
	}
	for ; rows.Next(); n++ {
		if err := rows.Scan(cells...); err != nil {
			return n, err
		}
		for i := range cells {
			values[i] = cellValue(cells[i])
		}
		if err := lines.Encode(values); err != nil {
			return n, err
		}
	}
	return n, errors.Join(rows.Err(), buffer.Flush())
}

// notText is text that JSON cannot hold.
type notText struct {
	Base64 []byte `json:"base64"`
}

// newCell gives room for one value of a kind.
func newCell(kind string) any {
	switch kind {
	case "int":
		return new(sql.Null[int64])
	case "float":
		return new(sql.Null[float64])
	case "bool":
		return new(sql.Null[bool])
	case "bytes":
		return new(sql.Null[[]byte])
	default:
		return new(sql.Null[string])
	}
}

// cellValue gives what is in a cell, nil for NULL.
func cellValue(cell any) any {
	switch c := cell.(type) {
	case *sql.Null[int64]:
		return orNil(*c)
	case *sql.Null[float64]:
		return orNil(*c)
	case *sql.Null[bool]:
		return orNil(*c)
	case *sql.Null[[]byte]:
		return orNil(*c)
	case *sql.Null[string]:
		if !utf8.ValidString(c.V) {
			return notText{[]byte(c.V)}
		}
		return orNil(*c)
	}
	panic("db: no such cell") // newCell makes no other
}

func orNil[T any](c sql.Null[T]) any {
	if !c.Valid {
		return nil
	}
	return c.V
}

// eachSealed names the originals of kept clips, then their derivatives, each
// in the order of names.
func eachSealed(g *gorm.DB, visit func(Sealed) error) error {
	const kept = "('registered','review')"
	originals := g.Model(&footage.Clip{}).Select("id, sha256, manifest").Where("state IN " + kept).Order("id")
	err := scanEach(originals, func(c *footage.Clip) error {
		return visit(Sealed{Name: c.ID, Clip: c.ID, SHA256: c.SHA256, Manifest: c.Manifest})
	})
	if err != nil {
		return err
	}
	made := g.Model(&footage.Derivative{}).Select("id, clip, sha256, manifest").
		Where("state = 'made' AND clip IN (SELECT id FROM clips WHERE state IN " + kept + ")").Order("id")
	return scanEach(made, func(m *footage.Derivative) error {
		return visit(Sealed{Name: m.ID, Clip: m.Clip, SHA256: m.SHA256, Manifest: m.Manifest})
	})
}

func scanEach[T any](q *gorm.DB, visit func(*T) error) error {
	rows, err := q.Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := q.ScanRows(rows, &v); err != nil {
			return err
		}
		if err := visit(&v); err != nil {
			return err
		}
	}
	return rows.Err()
}
