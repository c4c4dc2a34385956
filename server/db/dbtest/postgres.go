// Package dbtest gives tests a real PostgreSQL of their own: its own data
// directory, its own socket, nothing shared with a server that happens to run
// on the machine, nothing left behind however the tests end.
//
// It is for tests only and knows nothing of our schema.
package dbtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// shared is the one server that all Postgres calls of a test binary use. It is
// never stopped from here: its supervisor stops it and removes its directory
// when the test binary is gone.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

var databases atomic.Int64

// Postgres gives the address (a postgres:// URL over a Unix socket) of a fresh,
// empty database that is dropped when the test ends. The server under it is
// started by the first call in a test binary and shared by the others; it
// syncs to disk as in production unless JIKIM_POSTGRES_FSYNC=off.
func Postgres(t testing.TB) (dsn string) {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.err = newServer() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	admin := shared.server.address("postgres")
	name := fmt.Sprintf("jikim_%d", databases.Add(1))
	if err := run(admin, "CREATE DATABASE "+name); err != nil {
		t.Fatalf("dbtest: create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := run(admin, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dbtest: drop the database: %v", err)
		}
	})
	return shared.server.address(name)
}

// PostgresServer starts a server for this test alone, so that the test may take
// it away and bring it back. It is running when PostgresServer returns and is
// gone, with its directory, when the test ends.
func PostgresServer(t testing.TB) *Server {
	t.Helper()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Errorf("dbtest: stop PostgreSQL: %v", err)
		}
	})
	return s
}

// Start starts a server for something that is not a test: a benchmark. Its
// database is empty. Remove must be called; should the caller be killed, the
// server goes all the same.
func Start() (*Server, error) {
	s, err := newServer()
	if err != nil {
		return nil, err
	}
	if err := run(s.address("postgres"), "CREATE DATABASE jikim"); err != nil {
		return nil, errors.Join(fmt.Errorf("dbtest: create a database: %w", err), s.remove())
	}
	return s, nil
}

// Remove stops the server and removes its directory.
func (s *Server) Remove() error { return s.remove() }

// run does one statement on a connection of its own.
func run(dsn, statement string) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	_, err = c.Exec(ctx, statement)
	return err
}
