package db

import (
	"context"
	"database/sql"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/footage/ledger"
)

// The ledger is the one table that is read from end to end, so it is read
// without the object mapper: row by row, into memory of one batch.

// reader reads the ledger outside a change; it implements ledger.Reader.
type reader struct{ g *gorm.DB }

// Ledger gives the ledger for reading and proving.
func (d *DB) Ledger(ctx context.Context) ledger.Reader {
	return &reader{g: d.read.WithContext(ctx)}
}

// Head implements ledger.Reader.
func (r *reader) Head() (ledger.Head, error) {
	head, err := readHead(r.g)
	return head, translate(err)
}

// ReadHashes implements ledger.Reader.
func (r *reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes, err := readHashes(r.g, indexes)
	return hashes, translate(err)
}

// Rows implements ledger.Reader.
func (r *reader) Rows(ctx context.Context, from int64, limit int) ([]ledger.Row, error) {
	rows, err := readRows(r.g.WithContext(ctx).Where("idx >= ?", from).Order("idx").Limit(limit), limit)
	return rows, translate(err)
}

// Head implements ledger.Reader.
func (d *DB) Head() (ledger.Head, error) { return (&reader{g: d.read}).Head() }

// ReadHashes implements ledger.Reader.
func (d *DB) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	return (&reader{g: d.read}).ReadHashes(indexes)
}

// Rows implements ledger.Reader.
func (d *DB) Rows(ctx context.Context, from int64, limit int) ([]ledger.Row, error) {
	return (&reader{g: d.read}).Rows(ctx, from, limit)
}

// History gives every entry whose subject is the record, oldest first: for a
// clip also those about its holds, views and derivatives.
func (d *DB) History(ctx context.Context, record string) ([]ledger.Row, error) {
	rows, err := readRows(d.read.WithContext(ctx).Where("subject = ?", record).Order("idx").Limit(1000), 0)
	return rows, translate(err)
}

// RowsOf gives the entries a query asks for, newest first.
func (d *DB) RowsOf(ctx context.Context, ask ledger.Query) ([]ledger.Row, error) {
	q := d.read.WithContext(ctx).Order("idx DESC").Limit(ask.Limit)
	for column, value := range map[string]string{"act": string(ask.Act), "subject": ask.Subject, "account": ask.Account} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if !ask.Since.IsZero() {
		first, err := d.firstEntryAt(ctx, ask.Since)
		if err != nil {
			return nil, err
		}
		q = q.Where("idx >= ?", first)
	}
	if !ask.Until.IsZero() {
		end, err := d.firstEntryAt(ctx, ask.Until)
		if err != nil {
			return nil, err
		}
		if ask.Before == 0 || end < ask.Before {
			q = q.Where("idx < ?", end)
			ask.Before = 0
		}
	}
	if ask.Before > 0 {
		q = q.Where("idx < ?", ask.Before)
	}
	rows, err := readRows(q, ask.Limit)
	return rows, translate(err)
}

// firstEntryAt is the index of the first entry made at a moment or later. The
// ledger is in the order of time, so halving finds it without an index of times.
func (d *DB) firstEntryAt(ctx context.Context, t instant.Time) (int64, error) {
	head, err := d.Ledger(ctx).Head()
	if err != nil {
		return 0, err
	}
	low, high := int64(0), head.Size
	for low < high {
		middle := low + (high-low)/2
		var at int64
		if err := d.read.WithContext(ctx).Model(&ledgerEntry{}).Where("idx = ?", middle).Pluck("at", &at).Error; err != nil {
			return 0, translate(err)
		}
		if at < t.Ms() {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// bodyChunk is how much room for bodies is taken at a time.
const bodyChunk = 64 << 10

// readRows reads the entries that q finds, about so many.
func readRows(q *gorm.DB, about int) ([]ledger.Row, error) {
	found, err := q.Model(&ledgerEntry{}).Select("idx, at, act, subject, account, body").Rows()
	if err != nil {
		return nil, err
	}
	defer found.Close()
	rows := make([]ledger.Row, 0, min(max(about, 0), 1000))
	var (
		room []byte
		r    ledger.Row
		at   int64
		act  string
		body sql.RawBytes
	)
	for found.Next() {
		if err := found.Scan(&r.Index, &at, &act, &r.Subject, &r.Account, &body); err != nil {
			return nil, err
		}
		if len(body) > cap(room)-len(room) {
			room = make([]byte, 0, max(bodyChunk, len(body)))
		}
		start := len(room)
		room = append(room, body...)
		r.At, r.Act, r.Body = instant.FromMs(at), ledger.Act(act), room[start:len(room):len(room)]
		rows = append(rows, r)
	}
	return rows, found.Err()
}

// readHashes reads hashes by index, in the order asked for; ledger.ErrNoHash
// when one is missing. A run without gaps is read as one range.
func readHashes(g *gorm.DB, indexes []int64) ([]tlog.Hash, error) {
	n := len(indexes)
	if n == 0 {
		return nil, nil
	}
	if ascending(indexes) {
		return readHashRange(g, indexes[0], n)
	}
	stored := make(map[int64]tlog.Hash, n)
	err := eachHash(g.Where("idx IN ?", indexes), func(index int64, h tlog.Hash) { stored[index] = h })
	if err != nil {
		return nil, err
	}
	out := make([]tlog.Hash, n)
	for i, index := range indexes {
		h, ok := stored[index]
		if !ok {
			return nil, noHash(index)
		}
		out[i] = h
	}
	return out, nil
}

func readHashRange(g *gorm.DB, first int64, n int) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, 0, n)
	gap := false
	err := eachHash(g.Where("idx BETWEEN ? AND ?", first, first+int64(n)-1).Order("idx"), func(index int64, h tlog.Hash) {
		gap = gap || index != first+int64(len(out))
		out = append(out, h)
	})
	if err == nil && (gap || len(out) < n) {
		err = noHash(first)
	}
	return out, err
}

// eachHash gives every whole hash that q finds; one of another length is as
// good as missing.
func eachHash(q *gorm.DB, each func(index int64, h tlog.Hash)) error {
	found, err := q.Model(&ledgerHash{}).Select("idx, hash").Rows()
	if err != nil {
		return err
	}
	defer found.Close()
	var index int64
	var hash sql.RawBytes
	for found.Next() {
		if err := found.Scan(&index, &hash); err != nil {
			return err
		}
		if len(hash) == tlog.HashSize {
			each(index, tlog.Hash(hash))
		}
	}
	return found.Err()
}

func noHash(from int64) error {
	return fmt.Errorf("db: stored hash %d or after: %w", from, ledger.ErrNoHash)
}

// ascending reports whether each index is one more than that before it.
func ascending(indexes []int64) bool {
	for i := 1; i < len(indexes); i++ {
		if indexes[i] != indexes[i-1]+1 {
			return false
		}
	}
	return true
}
