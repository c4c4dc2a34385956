package media

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func shell(script string) program {
	return program{path: "/bin/sh", args: []string{"-c", script}, env: []string{"LC_ALL=C"}, memory: 1 << 30, ready: func() {}, length: time.Minute}
}

func TestAProgramIsBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "plain")
	p := shell(`echo nice $(nice); ulimit -v; ulimit -f; ulimit -c; ulimit -n; env; pwd; (echo plain > ` + file + `) 2>/dev/null; exit 0`)
	// It waits, as ffmpeg does for its original, until its limits stand.
	p.args = []string{"-c", "sleep 1; " + p.args[1]}
	var out []byte
	_, err := p.run(t.Context(), func(stdout io.Reader) (err error) {
		out, err = io.ReadAll(stdout)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"nice 15", "\n1048576\n0\n0\n64\n", "\nLC_ALL=C\n", "\n/\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "HOME=") {
		t.Error("it has our environment")
	}
	if b, err := os.ReadFile(file); err == nil && len(b) > 0 {
		t.Errorf("it wrote %q to a file", b)
	}
}

func TestAProgramsWholeGroupEnds(t *testing.T) {
	p := shell("sleep 60 & echo $!; sleep 60")
	p.length = 2 * time.Second
	var child int
	_, err := p.run(t.Context(), func(stdout io.Reader) error {
		b := make([]byte, 16)
		n, err := stdout.Read(b)
		if err != nil {
			return err
		}
		if child, err = strconv.Atoi(strings.TrimSpace(string(b[:n]))); err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, stdout)
		return err
	})
	if !errors.Is(err, errTooLong) {
		t.Errorf("ended with %v", err)
	}
	for range 100 {
		if !runs(child) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("process %d outlived its group", child)
}

// runs reports whether a process is there and not merely waiting to be buried.
func runs(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(b), ") Z ")
}

func TestHowAProgramEnds(t *testing.T) {
	drain := func(stdout io.Reader) error { _, err := io.Copy(io.Discard, stdout); return err }
	full := errors.New("no room")
	for _, c := range []struct {
		name, script string
		take         func(io.Reader) error
		want         error
	}{
		{"well", "echo x", drain, nil},
		{"badly", "exit 3", drain, errExit},
		{"killed", "kill -9 $$", drain, errExit},
		{"while nobody takes what it prints", "cat /dev/zero", func(io.Reader) error { return full }, full},
	} {
		if _, err := shell(c.script).run(t.Context(), c.take); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	ctx, stop := context.WithCancelCause(t.Context())
	stop(full)
	if _, err := shell("sleep 60").run(ctx, drain); !errors.Is(err, full) {
		t.Errorf("stopped before it began: %v", err)
	}
	said, err := shell("for i in 1 2 3 4 5 6 7 8 9; do head -c 1000 /dev/zero | tr '\\0' $i >&2; done; echo end >&2").run(t.Context(), drain)
	if err != nil || len(said) != maxSaid || !strings.HasSuffix(said, "9end\n") {
		t.Errorf("%v: %d bytes said", err, len(said))
	}
}
