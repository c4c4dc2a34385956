package db

import (
	"context"
	"database/sql/driver"

	sqlite "github.com/ncruces/go-sqlite3/driver"
)

// database/sql forgets a prepared statement when the transaction it was
// prepared in ends, and inside a transaction prepares one anew even if the
// pool has it. For SQLite, compiling a statement costs as much as running most
// of ours does. So the connections themselves keep statements prepared.
// (PostgreSQL's driver does that by itself.)

// keptStatements bounds how many each connection keeps. The program has about
// half as many; texts that vary with the length of a list are the rest.
const keptStatements = 256

// keeping makes connections that keep their statements.
type keeping struct{ driver.Connector }

// Connect implements driver.Connector.
func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keepingConn{liteConn: c.(liteConn), idle: map[string]*keptStatement{}}, nil
}

// liteConn is all that database/sql finds in a connection of the driver.
type liteConn interface {
	sqlite.Conn
	driver.ExecerContext
	driver.NamedValueChecker
}

type liteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// keepingConn is used by one goroutine at a time, as every driver.Conn.
type keepingConn struct {
	liteConn
	idle map[string]*keptStatement
}

// PrepareContext gives a statement that was prepared before, unless it is in
// use.
func (c *keepingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	s, err := c.liteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &keptStatement{liteStatement: s.(liteStatement), conn: c, query: query}, nil
}

// Prepare implements driver.Conn.
func (c *keepingConn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// Close implements driver.Conn. SQLite keeps a connection with statements open.
func (c *keepingConn) Close() error {
	for _, s := range c.idle {
		_ = s.liteStatement.Close() // says again how its last run failed
	}
	c.idle = nil
	return c.liteConn.Close()
}

type keptStatement struct {
	liteStatement
	conn  *keepingConn
	query string
}

// Close puts the statement back. The driver leaves it reset and without values
// after every run.
func (s *keptStatement) Close() error {
	if _, taken := s.conn.idle[s.query]; taken || s.conn.idle == nil || len(s.conn.idle) >= keptStatements {
		return s.liteStatement.Close()
	}
	s.conn.idle[s.query] = s
	return nil
}
