package dbtest

import (
	"bufio"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

func TestPostgresGivesFreshDatabases(t *testing.T) {
	first, second := Postgres(t), Postgres(t)
	if _, err := connect(t, first).Exec(t.Context(), "CREATE TABLE only_here (n int)"); err != nil {
		t.Fatal(err)
	}
	if _, err := connect(t, second).Exec(t.Context(), "SELECT * FROM only_here"); err == nil {
		t.Error("a table of one database is seen in another")
	}
}

func TestPostgresDropsTheDatabaseThoughConnected(t *testing.T) {
	var dsn string
	outer := t
	t.Run("user", func(t *testing.T) {
		dsn = Postgres(t)
		held, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		outer.Cleanup(func() { _ = held.Close(context.Background()) }) // open while it is dropped
	})
	if c, err := pgx.Connect(t.Context(), dsn); err == nil {
		_ = c.Close(t.Context())
		t.Error("the database is still there after its test")
	}
}

func TestPostgresIsDurableByDefault(t *testing.T) {
	want := fsync()
	var got string
	if err := connect(t, Postgres(t)).QueryRow(t.Context(), "SHOW fsync").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("fsync is %q, want %q", got, want)
	}
}

func TestServerGoesAwayAndComesBack(t *testing.T) {
	s := PostgresServer(t)
	dsn := s.DSN()
	held := connect(t, dsn)
	if _, err := held.Exec(t.Context(), "CREATE TABLE kept AS SELECT 42 AS n"); err != nil {
		t.Fatal(err)
	}

	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a connection outlived the server")
	}
	if c, err := pgx.Connect(t.Context(), dsn); err == nil {
		_ = c.Close(t.Context())
		t.Error("a stopped server answers")
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stopping twice: %v", err)
	}

	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := connect(t, s.DSN()).QueryRow(t.Context(), "SELECT n FROM kept").Scan(&n); err != nil || n != 42 {
		t.Errorf("after the restart: %d, %v; want what was committed", n, err)
	}
}

func TestServerLeavesNothing(t *testing.T) {
	var dir string
	t.Run("user", func(t *testing.T) { dir = PostgresServer(t).dir })
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the directory is still there: %v", err)
	}
}

// The test binary starts itself, the copy starts a server and is killed: the
// server and its directory must go all the same.
func TestServerEndsWithAKilledTestBinary(t *testing.T) {
	if os.Getenv("DBTEST_CHILD") != "" {
		println(Postgres(t))
		select {}
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), "DBTEST_CHILD=1")
	out, err := child.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	dsn, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	dsn = strings.TrimSpace(dsn)
	connect(t, dsn)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed: its status says no more

	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	dir := u.Query().Get("host")
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there", dir)
		}
	}
	if _, err := pgx.Connect(t.Context(), dsn); err == nil {
		t.Error("the server still answers")
	}
}

func TestFindBinNewestFirst(t *testing.T) {
	base := t.TempDir()
	for _, major := range []string{"9", "15", "17"} {
		if err := os.MkdirAll(filepath.Join(base, major, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{filepath.Join(base, "17/bin"), filepath.Join(base, "15/bin"), filepath.Join(base, "9/bin")}
	if diff := cmp.Diff(want, newestFirst(base)); diff != "" {
		t.Error(diff)
	}
}

func TestFindBinSaysWhatIsMissing(t *testing.T) {
	t.Setenv("JIKIM_POSTGRES_BIN", t.TempDir())
	_, err := findBin()
	if err == nil || !strings.Contains(err.Error(), "deploy/setup.sh") {
		t.Errorf("got %v, want a sentence that says what to run", err)
	}
}
