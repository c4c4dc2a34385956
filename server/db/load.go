package db

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gorm.io/gorm"

	"jikim/devices/refuse"
)

// ErrNotEmpty refuses to load a dump over records.
var ErrNotEmpty = refuse.New(refuse.Conflict, "database-not-empty",
	"이 데이터베이스에는 이미 기록이 있습니다. 아무것도 바꾸지 않았습니다. 빈 데이터 폴더나 빈 데이터베이스를 정해 다시 실행해 주세요.")

// ErrNewer refuses a dump of a schema this program does not know.
var ErrNewer = refuse.New(refuse.Conflict, "newer-schema",
	"이 사본은 더 새로운 판의 프로그램으로 만든 것입니다. 아무것도 바꾸지 않았습니다. 그 판의 프로그램으로 되돌려 주세요.")

// Empty reports whether nothing has ever been recorded here.
func (d *DB) Empty(ctx context.Context) (bool, error) {
	if err := d.Ping(ctx); err != nil {
		return false, err
	}
	g := d.read.WithContext(ctx)
	all, err := layouts()
	if err != nil {
		return false, err
	}
	for _, l := range all {
		if !g.Migrator().HasTable(l.Table) {
			continue
		}
		q := g.Table(l.Table)
		if l.Table == (ledgerHead{}).TableName() {
			q = q.Where("size > 0") // an empty ledger has a head too
		}
		var some int64
		if err := q.Limit(1).Count(&some).Error; err != nil {
			return false, translate(err)
		}
		if some > 0 {
			return false, nil
		}
	}
	return true, nil
}

// Load fills an empty database from a dump, all of it or nothing, and leaves
// it at the newest step of the schema. open gives the file of each table.
func (d *DB) Load(ctx context.Context, snap Snapshot, open func(table string) (io.ReadCloser, error)) error {
	switch empty, err := d.Empty(ctx); {
	case err != nil:
		return err
	case !empty:
		return ErrNotEmpty
	}
	if err := d.migrateTo(snap.Steps); err != nil {
		return err
	}
	err := d.patiently(ctx, func(g *gorm.DB) error {
		for _, t := range snap.Tables {
			if err := loadFrom(g, t, open); err != nil {
				return fmt.Errorf("db: load %s: %w", t.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.Migrate()
}

// migrateTo brings the schema of an empty database to the steps of a dump.
func (d *DB) migrateTo(steps []string) error {
	if err := d.Migrate(); err != nil {
		return err
	}
	known, err := d.MigrationStatus()
	if err != nil {
		return err
	}
	for i, id := range steps {
		if i >= len(known) || known[i].ID != id {
			return ErrNewer
		}
	}
	for range len(known) - len(steps) {
		if err := d.MigrateDown(); err != nil {
			return err
		}
	}
	return nil
}

func loadFrom(g *gorm.DB, t Table, open func(string) (io.ReadCloser, error)) error {
	r, err := open(t.Name)
	if err != nil {
		return err
	}
	n, err := loadTable(g, t.Name, r)
	if err == nil && n != t.Rows {
		err = fmt.Errorf("%d rows, expected %d", n, t.Rows)
	}
	return errors.Join(err, r.Close())
}

// maxValues bounds the values of one INSERT; SQLite takes 32,766.
const maxValues = 8000

func loadTable(g *gorm.DB, table string, r io.Reader) (n int64, err error) {
	lines := json.NewDecoder(bufio.NewReaderSize(r, 1<<20))
	var l layout
	if err := lines.Decode(&l); err != nil {
		return 0, err
	}
	if err := checkLayout(g, table, l); err != nil {
		return 0, err
	}
	if err := g.Exec("DELETE FROM " + l.Table).Error; err != nil { // the head of an empty ledger
		return 0, err
	}
	batch := max(1, min(500, maxValues/len(l.Columns)))
	values := make([]any, 0, batch*len(l.Columns))
	for {
		var row []json.RawMessage
		if err := lines.Decode(&row); errors.Is(err, io.EOF) {
			return n, insert(g, l, values)
		} else if err != nil {
			return n, err
		}
		if values, err = appendRow(values, l, row); err != nil {
			return n, fmt.Errorf("row %d: %w", n+1, err)
		}
		n++
		if len(values) == cap(values) {
			if err := insert(g, l, values); err != nil {
				return n, err
			}
			values = values[:0]
		}
	}
}

// checkLayout makes sure that a dump names nothing but this table's columns:
// the names go into a statement.
func checkLayout(g *gorm.DB, table string, l layout) error {
	all, err := layouts()
	if err != nil {
		return err
	}
	if l.Table != table || !slices.ContainsFunc(all, func(known layout) bool { return known.Table == table }) {
		return fmt.Errorf("no such table: %q", l.Table)
	}
	types, err := g.Migrator().ColumnTypes(table)
	if err != nil {
		return err
	}
	var stands []string
	for _, c := range types {
		stands = append(stands, c.Name())
	}
	names := l.names()
	if slices.Sort(names); len(names) == 0 || len(slices.Compact(names)) != len(l.Columns) {
		return errors.New("no columns, or one twice")
	}
	for _, c := range l.Columns {
		if !slices.Contains(stands, c.Name) {
			return fmt.Errorf("no such column: %q", c.Name)
		}
	}
	return nil
}

func appendRow(values []any, l layout, row []json.RawMessage) ([]any, error) {
	if len(row) != len(l.Columns) {
		return values, fmt.Errorf("%d values for %d columns", len(row), len(l.Columns))
	}
	for i, c := range l.Columns {
		v, err := readValue(c.Kind, row[i])
		if err != nil {
			return values, fmt.Errorf("%s: %w", c.Name, err)
		}
		values = append(values, v)
	}
	return values, nil
}

// readValue reads one value as cellValue gave it.
func readValue(kind string, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch kind {
	case "int":
		return read[int64](raw)
	case "float":
		return read[float64](raw)
	case "bool":
		return read[bool](raw)
	case "bytes":
		return read[[]byte](raw)
	case "text":
		if raw[0] == '{' {
			v, err := read[notText](raw)
			return string(v.Base64), err
		}
		return read[string](raw)
	}
	return nil, fmt.Errorf("no such kind: %q", kind)
}

func read[T any](raw json.RawMessage) (v T, err error) {
	err = json.Unmarshal(raw, &v)
	return v, err
}

// insert writes whole rows of values in one statement.
func insert(g *gorm.DB, l layout, values []any) error {
	if len(values) == 0 {
		return nil
	}
	var q strings.Builder
	q.WriteString("INSERT INTO " + l.Table + " (" + quoted(l.names()) + ") VALUES ")
	for i := range values {
		switch {
		case i == 0:
			q.WriteByte('(')
		case i%len(l.Columns) == 0:
			q.WriteString("),(")
		default:
			q.WriteByte(',')
		}
		if g.Name() == "postgres" {
			fmt.Fprintf(&q, "$%d", i+1)
		} else {
			q.WriteByte('?')
		}
	}
	q.WriteByte(')')
	// Past the object mapper, which takes empty bytes for NULL.
	_, err := g.Statement.ConnPool.ExecContext(g.Statement.Context, q.String(), values...)
	return err
}
