package db

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"

	"jikim/devices/refuse"
)

// ErrAway is answered when the database cannot be reached.
var ErrAway = refuse.New(refuse.Unavailable, "database-away",
	"기록 저장소에 연결하지 못했습니다. 이미 저장된 것은 그대로 있으니 잠시 뒤 다시 시도해 주세요.")

// ErrFull is answered when the database has no room left.
var ErrFull = refuse.New(refuse.Full, "database-full",
	"기록 저장 공간이 가득 찼습니다. 이미 저장된 것은 그대로 있으니 시스템 관리자에게 알려 주세요.")

var errNotFound = refuse.New(refuse.NotFound, "not-found", "찾는 기록이 없습니다. 주소나 번호를 확인해 주세요.")

// awayCodes begin the SQLSTATEs of a PostgreSQL that is there but cannot serve
// now: connection lost, out of resources, shutting down, timeouts of ours.
var awayCodes = []string{"08", "53", "57P", "57014", "55P03", "25P03"}

// translate turns the driver's errors into refusals where a person can act on
// them, and leaves the rest as faults.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := refuse.As(err); ok {
		return err
	}
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows):
		return errNotFound.Because(err)
	case errors.Is(err, sqlite3.FULL):
		return ErrFull.Because(err)
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.IOERR), errors.Is(err, sqlite3.CANTOPEN):
		return ErrAway.Because(err)
	case errors.Is(err, context.Canceled):
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case strings.HasPrefix(pg.Code, "53100"):
			return ErrFull.Because(err)
		case slices.ContainsFunc(awayCodes, func(prefix string) bool { return strings.HasPrefix(pg.Code, prefix) }):
			return ErrAway.Because(err)
		}
		return err
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, net.ErrClosed) ||
		pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "unexpected EOF") ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "bad connection") {
		return ErrAway.Because(err)
	}
	return err
}

// orFull makes ErrFull of SQLite's "disk I/O error" when the disk is full: the
// driver does not always tell the two apart.
func (d *DB) orFull(err error) error {
	if d.lite && errors.Is(err, sqlite3.IOERR) && (errors.Is(err, syscall.ENOSPC) || noRoom(d.file)) {
		return ErrFull.Because(err)
	}
	return err
}
