package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/child"
)

// newReader starts a pool of children of this very program that read metadata.
func newReader(size int) (*child.Pool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return child.NewPool(func() *exec.Cmd { return exec.Command(self, "metadata-child") }, size, 20*time.Second), nil
}

type inspectCmd struct {
	JSON  bool     `name:"json" help:"한 줄에 한 파일씩 JSON으로"`
	Files []string `arg:"" name:"file" help:"읽을 파일" type:"path"`
}

// Run reads each file in a child process. A file that cannot be read still
// gives a line.
func (c inspectCmd) Run(ctx context.Context, std streams) error {
	pool, err := newReader(1)
	if err != nil {
		return err
	}
	defer pool.Close()
	wrong := false
	enc := json.NewEncoder(std.out)
	enc.SetEscapeHTML(false)
	for i, path := range c.Files {
		report, err := inspectFile(ctx, pool, path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		wrong = wrong || len(report.Problems) > 0
		if c.JSON {
			err = enc.Encode(report)
		} else {
			if i > 0 {
				fmt.Fprintln(std.out)
			}
			err = report.Table(std.out)
		}
		if err != nil {
			return err
		}
	}
	if wrong {
		return errFound
	}
	return nil
}

func inspectFile(ctx context.Context, pool *child.Pool, path string) (metadata.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return metadata.Report{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return metadata.Report{}, err
	}
	report, err := pool.Read(ctx, f, info.Size(), info.Name())
	if err != nil {
		return report, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return report, err
	}
	report.File, report.SHA256, report.Bytes = path, hex.EncodeToString(h.Sum(nil)), info.Size()
	return report, nil
}
