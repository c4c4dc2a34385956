package seed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices/instant"
	"jikim/footage/ledger"
)

const (
	entriesAtOnce = 20_000 // under one checkpoint
	rowsAtOnce    = 500    // in one statement
)

// entries appends entries as the check-in of each clip would, by the ledger's
// own Append, many under one signature. They carry no digests.
func (f *filler) entries(ctx context.Context, p Plan) error {
	for from := 0; from < p.Entries; from += entriesAtOnce {
		entries := make([]ledger.Entry, min(entriesAtOnce, p.Entries-from))
		for i := range entries {
			id := ID(from + i)
			entries[i] = ledger.Entry{
				Act: ledger.ActCheckedIn, Actor: ledger.Actor{Account: "dock-1", Role: "agent", From: "10.0.0.1"}, Subject: "clip:" + id,
				Facts: map[string]string{"file_name": "DJI_" + id + ".MP4", "bytes": "1073741824", "department": Department(i % Departments(p.Clips)), "rule": "complaint@1"},
			}
		}
		if err := f.append(ctx, p, entries); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) append(ctx context.Context, p Plan, entries []ledger.Entry) (err error) {
	tx, err := f.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	if _, err = ledger.Append(&log{ctx, f, tx}, p.Signer, time.UnixMilli(p.NowMs), entries); err != nil {
		return err
	}
	return tx.Commit()
}

// log is ledger.Log on plain SQL, in long statements.
type log struct {
	ctx context.Context
	f   *filler
	tx  *sql.Tx
}

// Head implements ledger.Log.
func (l *log) Head() (h ledger.Head, err error) {
	var root []byte
	var at sql.NullInt64
	err = l.tx.QueryRowContext(l.ctx, "SELECT size, root, at, checkpoint FROM ledger_heads WHERE id = 1").Scan(&h.Size, &root, &at, &h.Checkpoint)
	copy(h.Root[:], root)
	if at.Valid {
		h.At = instant.FromMs(at.Int64)
	}
	return h, err
}

// ReadHashes implements tlog.HashReader.
func (l *log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		var h []byte
		if err := l.tx.QueryRowContext(l.ctx, fmt.Sprintf("SELECT hash FROM ledger_hashes WHERE idx = %d", at)).Scan(&h); err != nil {
			return nil, err
		}
		copy(out[i][:], h)
	}
	return out, nil
}

// Append implements ledger.Log.
func (l *log) Append(rows []ledger.Row, firstHash int64, hashes []tlog.Hash, head ledger.Head) error {
	err := l.insert("ledger_entries (idx, at, act, subject, account, body)", 6, len(rows), func(i int) []any {
		r := rows[i]
		return []any{r.Index, r.At.Ms(), string(r.Act), r.Subject, r.Account, r.Body}
	})
	if err != nil {
		return err
	}
	err = l.insert("ledger_hashes (idx, hash)", 2, len(hashes), func(i int) []any { return []any{firstHash + int64(i), hashes[i][:]} })
	if err != nil {
		return err
	}
	_, err = l.tx.ExecContext(l.ctx, l.f.numbered("UPDATE ledger_heads SET size = ?, root = ?, at = ?, checkpoint = ? WHERE id = 1"),
		head.Size, head.Root[:], head.At.Ms(), head.Checkpoint)
	return err
}

// insert puts n rows into a table by statements of rowsAtOnce.
func (l *log) insert(table string, width, n int, row func(i int) []any) error {
	for from := 0; from < n; from += rowsAtOnce {
		to := min(from+rowsAtOnce, n)
		marks := strings.TrimSuffix(strings.Repeat("("+strings.TrimSuffix(strings.Repeat("?,", width), ",")+"),", to-from), ",")
		args := make([]any, 0, width*(to-from))
		for i := from; i < to; i++ {
			args = append(args, row(i)...)
		}
		if _, err := l.tx.ExecContext(l.ctx, l.f.numbered("INSERT INTO "+table+" VALUES "+marks), args...); err != nil {
			return err
		}
	}
	return nil
}

// numbered writes parameters as the database wants them.
func (f *filler) numbered(text string) string {
	if f.lite {
		return text
	}
	var b strings.Builder
	n := 0
	for _, r := range text {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		n++
		fmt.Fprintf(&b, "$%d", n)
	}
	return b.String()
}
