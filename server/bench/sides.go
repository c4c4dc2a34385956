package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// side is one of those compared: it can be started on an empty directory.
type side struct {
	name  string
	start func(ctx context.Context, dir string) (*running, error)
}

// running is a started side.
type running struct {
	*program
	tus *tusTarget // nil for the floor, which is sent plain PUTs
	dir string     // goes with it
}

// open starts a side on a directory of its own.
func (b *bench) open(ctx context.Context, s side) (*running, error) {
	dir, err := os.MkdirTemp(b.dir, s.name+"-")
	if err != nil {
		return nil, err
	}
	r, err := s.start(ctx, dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", s.name, err), os.RemoveAll(dir))
	}
	r.dir = dir
	return r, nil
}

// close stops it and removes all it wrote.
func (r *running) close() error { return errors.Join(r.stop(), os.RemoveAll(r.dir)) }

// put sends one file.
func (r *running) put(w *wire, p payload) (receipt, error) {
	if r.tus != nil {
		return r.tus.put(w, p)
	}
	return putPlain(w, "/"+p.name, p)
}

// The names of the sides, as the table shows them.
const (
	ours  = "jikim"
	tusd  = "tusd"
	floor = "floor"
)

// house makes data directories of ours. The first is set up by the commands an
// administrator would use; every measured run gets a copy of it.
type house struct {
	bin   string
	model string // the data directory that is copied
	token string
}

// newHouse sets the model up in dir: an example institution and a token that
// may send and look.
func newHouse(ctx context.Context, bin, dir string) (*house, error) {
	h := &house{bin: bin, model: filepath.Join(dir, "model")}
	if err := run(ctx, bin, "institution", "import", filepath.Join("deploy", "examples", "hanbit.yaml"), "--data", h.model); err != nil {
		return nil, err
	}
	said, err := output(ctx, bin, "token", "create", "bench", "--role", "uploader", "--department", "minwon", "--data", h.model)
	if err != nil {
		return nil, err
	}
	lines := strings.Fields(said)
	if len(lines) == 0 {
		return nil, errors.New("token create printed nothing")
	}
	h.token = lines[len(lines)-1]
	return h, nil
}

// start serves a copy of the model, configured by config besides. Posters and
// copies for the player are not made: that is work for later, and for ffmpeg.
func (h *house) start(ctx context.Context, dir, config string) (*running, error) {
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "jikim.yaml")
	if err := run(ctx, "cp", "-a", h.model, data); err != nil { // -a: key files are refused unless only we can read them
		return nil, err
	}
	if err := os.WriteFile(file, []byte("media: {ffmpeg: /nonexistent}\n"+config), 0o600); err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	p, err := startProgram(ctx, dir, addr, h.bin, "serve", "--data", data, "--config", file, "--addr", addr)
	if err != nil {
		return nil, err
	}
	return &running{program: p, tus: &tusTarget{addr, "/api/v1/uploads", bearer(h.token)}}, nil
}

func (h *house) side() side {
	return side{ours, func(ctx context.Context, dir string) (*running, error) { return h.start(ctx, dir, "") }}
}

// tusdSide is tusd as its own program with its file store: plain bytes, no
// hash, no sync.
func tusdSide(bin string) side {
	return side{tusd, func(ctx context.Context, dir string) (*running, error) {
		addr, err := freeAddr()
		if err != nil {
			return nil, err
		}
		host, port, _ := strings.Cut(addr, ":")
		files := filepath.Join(dir, "files")
		if err := os.Mkdir(files, 0o700); err != nil {
			return nil, err
		}
		p, err := startProgram(ctx, dir, addr, bin, "-host", host, "-port", port, "-base-path", "/files/",
			"-upload-dir", files, "-verbose=false")
		if err != nil {
			return nil, err
		}
		return &running{program: p, tus: &tusTarget{addr: addr, path: "/files/"}}, nil
	}}
}

// floorSide is this very program as the bare loop of floor.go.
func floorSide() side {
	return side{floor, func(ctx context.Context, dir string) (*running, error) {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		addr, err := freeAddr()
		if err != nil {
			return nil, err
		}
		p, err := startProgram(ctx, dir, addr, self, "floor", addr, dir)
		if err != nil {
			return nil, err
		}
		return &running{program: p}, nil
	}}
}

// programOf finds a program: the variable's, else the one `make` installs.
func programOf(variable, name string) (string, bool) {
	path := os.Getenv(variable)
	if path == "" {
		path = filepath.Join(".tools", "bin", name)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	_, err = os.Stat(abs)
	return abs, err == nil
}
