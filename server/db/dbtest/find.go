package dbtest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

var errNotInstalled = errors.New("dbtest: PostgreSQL's programs initdb and postgres were not found: " +
	"run deploy/setup.sh (it installs Debian's package postgresql), or set JIKIM_POSTGRES_BIN to the folder that holds them")

// findBin gives the folder of PostgreSQL's programs: JIKIM_POSTGRES_BIN when it
// is set (and then no other), else where pg_config points, else Debian's newest.
func findBin() (string, error) {
	if dir := os.Getenv("JIKIM_POSTGRES_BIN"); dir != "" {
		return firstComplete([]string{dir})
	}
	var candidates []string
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		candidates = append(candidates, strings.TrimSpace(string(out)))
	}
	return firstComplete(append(candidates, newestFirst("/usr/lib/postgresql")...))
}

// newestFirst lists base/<major>/bin, highest major version first.
func newestFirst(base string) []string {
	found, _ := filepath.Glob(filepath.Join(base, "*", "bin")) // the pattern is well-formed
	major := func(dir string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return major(b) - major(a) })
	return found
}

func firstComplete(dirs []string) (string, error) {
	for _, dir := range dirs {
		_, errInit := os.Stat(filepath.Join(dir, "initdb"))
		_, errServe := os.Stat(filepath.Join(dir, "postgres"))
		if errInit == nil && errServe == nil {
			return dir, nil
		}
	}
	return "", errNotInstalled
}
