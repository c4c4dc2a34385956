package dbtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// startTimeout bounds how long a server may take until it answers: generous,
// because a loaded machine with two cores recovers a log slowly.
const startTimeout = 60 * time.Second

// Server is one PostgreSQL with a directory of its own. It listens on a Unix
// socket in that directory only, so no port is taken and nobody else gets in.
// Its methods are not safe for concurrent use.
type Server struct {
	bin  string // folder of initdb and postgres
	dir  string // data/, log and the socket; owned by the user below
	user *user.User

	supervisor *exec.Cmd      // nil while stopped
	line       io.WriteCloser // the supervisor's standard input: closing it ends the server
}

// supervise runs the server and outlives the test binary by the moment it takes
// to clean up: its input ends when the binary is gone, killed or not, and then
// the server and its directory go too. The word "stop" keeps the directory.
const supervise = `
dir=$1; shift
"$@" </dev/null >>"$dir/log" 2>&1 &
server=$!
word=; read -r word
kill -QUIT "$server" 2>/dev/null; wait "$server"
[ "$word" = stop ] || rm -rf "$dir"
`

// newServer makes an empty cluster and starts it.
func newServer() (*Server, error) {
	bin, err := findBin()
	if err != nil {
		return nil, err
	}
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	dir, err := makeDir(owner)
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, user: owner}
	if err = s.initialise(); err == nil {
		err = s.start()
	}
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// DSN is the address (a postgres:// URL) of the server's database. It stays the
// same over Stop and Start.
func (s *Server) DSN() string { return s.address("jikim") }

// Stop takes the database away at once, as a power cut would: connections
// break, nothing is flushed. What was committed is there after Start.
func (s *Server) Stop() error {
	if s.supervisor == nil {
		return nil
	}
	if _, err := io.WriteString(s.line, "stop\n"); err != nil {
		return fmt.Errorf("dbtest: tell the supervisor to stop: %w", err)
	}
	return s.waitForSupervisor()
}

// Start brings a stopped database back and returns when it answers. Starting a
// running one does nothing.
func (s *Server) Start() error { return s.start() }

func (s *Server) start() error {
	if s.supervisor != nil {
		return nil
	}
	cmd := exec.Command("sh", append([]string{"-c", supervise, "supervise", s.dir}, s.command("postgres",
		"-D", filepath.Join(s.dir, "data"),
		"-k", s.dir,
		"-c", "listen_addresses=",
		"-c", "max_connections=200",
		"-c", "shared_buffers=64MB",
		"-c", "timezone=UTC",
		"-c", "fsync="+fsync(),
	)...)...)
	// A process group of its own: Ctrl-C ends the tests, and their end is what
	// the supervisor waits for.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	line, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("dbtest: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("dbtest: start the supervisor: %w", err)
	}
	s.supervisor, s.line = cmd, line
	return s.waitUntilReady()
}

// initialise makes the data directory. initdb's own syncing is left out: a
// cluster lost in a crash of the machine is not missed.
func (s *Server) initialise() error {
	args := s.command("initdb", "-D", filepath.Join(s.dir, "data"), "-U", "jikim", "--auth=trust",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("dbtest: initdb: %w\n%s", err, out)
	}
	return nil
}

// command gives the words that run one of PostgreSQL's programs as the server's
// user: PostgreSQL refuses to run as root.
func (s *Server) command(name string, args ...string) []string {
	var words []string
	if s.user != nil {
		words = []string{"setpriv", "--reuid=" + s.user.Uid, "--regid=" + s.user.Gid, "--clear-groups"}
	}
	return append(append(words, filepath.Join(s.bin, name)), args...)
}

func (s *Server) waitUntilReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.address("postgres"))
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("dbtest: PostgreSQL did not answer within %s: %w\n%s", startTimeout, err, log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Server) waitForSupervisor() error {
	cmd := s.supervisor
	s.supervisor, s.line = nil, nil
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("dbtest: supervisor: %w", err)
	}
	return nil
}

// remove stops the server and removes its directory.
func (s *Server) remove() error {
	if s.supervisor == nil {
		return os.RemoveAll(s.dir)
	}
	if err := s.line.Close(); err != nil {
		return err
	}
	return s.waitForSupervisor()
}

func (s *Server) address(database string) string {
	q := url.Values{"host": {s.dir}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User("jikim"), Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

func fsync() string {
	if os.Getenv("JIKIM_POSTGRES_FSYNC") == "off" {
		return "off"
	}
	return "on"
}

// serverUser is whom the server runs as: nil for ourselves, the package's own
// user when we are root.
func serverUser() (*user.User, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("dbtest: PostgreSQL does not run as root and there is no user postgres; install Debian's package postgresql: %w", err)
	}
	return u, nil
}

// makeDir makes the server's directory. A socket's path may have 107 bytes, so
// a long temporary directory is passed over for /tmp.
func makeDir(owner *user.User) (string, error) {
	base := os.TempDir()
	if len(base) > 60 {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, "jikim-pg-")
	if err != nil {
		return "", fmt.Errorf("dbtest: %w", err)
	}
	if owner == nil {
		return dir, nil
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		return "", errors.Join(fmt.Errorf("dbtest: %w", err), os.Remove(dir))
	}
	return dir, nil
}
