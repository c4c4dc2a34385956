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

// Run reads each file in a child process. A file whose content makes no sense
// still gives a line; one that cannot be opened is told, and the rest is read.
func (c inspectCmd) Run(ctx context.Context, std streams) error {
	pool, err := newReader(1)
	if err != nil {
		return err
	}
	defer pool.Close()
	wrong, unread := false, 0
	beside := newNeighbours()
	for i, path := range c.Files {
		report, err := inspectFile(ctx, pool, path)
		if err != nil {
			fmt.Fprintf(std.err, "%s 파일을 읽지 못했습니다: %v\n", path, err)
			unread++
			continue
		}
		report.Companions = beside.companions(ctx, pool, path)
		wrong = wrong || len(report.Problems) > 0
		if err := c.print(std.out, report, i == 0); err != nil {
			return err
		}
	}
	switch {
	case unread > 0:
		return fmt.Errorf("%d개 가운데 %d개를 읽지 못했습니다. 이름과 권한을 확인한 뒤 다시 실행해 주세요", len(c.Files), unread)
	case wrong:
		return errFound
	}
	return nil
}

func (c inspectCmd) print(out io.Writer, report metadata.Report, first bool) error {
	if c.JSON {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return enc.Encode(report)
	}
	if !first {
		fmt.Fprintln(out)
	}
	return report.Table(out)
}

// inspectFile reads a file and hashes it.
func inspectFile(ctx context.Context, pool *child.Pool, path string) (metadata.Report, error) {
	report, err := readFile(ctx, pool, path)
	if err != nil {
		return report, err
	}
	f, err := os.Open(path)
	if err != nil {
		return report, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return report, err
	}
	report.File, report.SHA256 = path, hex.EncodeToString(h.Sum(nil))
	return report, nil
}

// readFile reads what a file says of itself, in a child process.
func readFile(ctx context.Context, pool *child.Pool, path string) (metadata.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return metadata.Report{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return metadata.Report{}, err
	}
	return pool.Read(ctx, f, info.Size(), info.Name())
}
