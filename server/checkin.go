package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"jikim/ingest/tus"
)

type checkinCmd struct {
	Server    string   `required:"" help:"서버 주소" placeholder:"URL"`
	TokenFile string   `required:"" help:"토큰이 든 파일" type:"existingfile" placeholder:"FILE"`
	Device    string   `help:"기기 일련번호 (모르면 비워 둔다)"`
	Purpose   string   `help:"촬영 목적 id (비우면 기기와 부서가 정한다)"`
	Batch     string   `help:"이번에 보내는 묶음의 이름"`
	Clock     string   `name:"device-clock" help:"지금 기기 시계가 가리키는 시각 (예: 2026-10-03T14:05:00). 시계가 틀린 만큼 촬영 시각을 바로잡는다" placeholder:"TIME"`
	Parallel  int      `help:"동시에 보낼 파일 수" default:"3"`
	JSON      bool     `name:"json" help:"한 줄에 한 파일씩 JSON으로"`
	State     string   `help:"끊긴 전송을 기억하는 파일" type:"path" placeholder:"FILE"`
	Paths     []string `arg:"" name:"path" help:"파일이나 폴더" type:"existingpath"`
}

// checkinLine is the receipt of one file.
type checkinLine struct {
	File    string `json:"file"`
	State   string `json:"state"` // checked-in, refused, failed
	Clip    string `json:"clip,omitempty"`
	Receipt string `json:"receipt,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	Bytes   int64  `json:"bytes"`
	Code    string `json:"code,omitempty"`
	Detail  string `json:"detail,omitempty"`
}

// Run sends every file under the paths; one that fails does not stop the rest.
func (c checkinCmd) Run(ctx context.Context, std streams) error {
	ticking, err := deviceClock(c.Clock, time.Now)
	if err != nil {
		return err
	}
	token, err := secretFile(c.TokenFile)
	if err != nil {
		return err
	}
	memory, err := openMemory(c.State)
	if err != nil {
		return err
	}
	files, err := c.collect()
	if err != nil {
		return err
	}
	client := &tus.Client{Server: strings.TrimRight(c.Server, "/"), Token: token, Memory: memory, Patience: time.Minute}
	printer := &receiptPrinter{json: c.JSON, out: std.out}
	room := make(chan struct{}, max(1, c.Parallel))
	var wg sync.WaitGroup
	for _, f := range files {
		f.DeviceClock = ticking
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			printer.print(send(ctx, client, f))
		})
	}
	wg.Wait()
	return printer.end(len(files))
}

func send(ctx context.Context, client *tus.Client, f tus.File) checkinLine {
	out, err := client.Send(ctx, f, nil)
	line := checkinLine{
		File: f.Path, State: out.State, Clip: out.Clip, Receipt: out.Receipt,
		SHA256: out.SHA256, Bytes: out.Bytes, Code: out.Code, Detail: out.Detail,
	}
	if err != nil {
		line.State, line.Detail = "failed", err.Error()
		var no *tus.Problem
		if errors.As(err, &no) {
			line.Code = no.Code
		}
	}
	return line
}

// collect finds every regular file under the paths, in order. A path may itself
// be a link, as cards are often reached by one; links below it are not
// followed: they could lead off the card. To have found nothing is an error:
// whoever empties a card after a success must not do so after a wrong path.
func (c checkinCmd) collect() ([]tus.File, error) {
	var files []tus.File
	for _, named := range c.Paths {
		root, err := filepath.EvalSymlinks(named)
		if err != nil {
			return nil, fmt.Errorf("%s을(를) 찾지 못했습니다: %w", named, err)
		}
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !d.Type().IsRegular() {
				return nil
			}
			rel, err := filepath.Rel(root, path)
			if err != nil || rel == "." {
				rel = filepath.Base(named)
			}
			files = append(files, tus.File{
				Local: path, Name: filepath.Base(rel), Path: filepath.ToSlash(rel),
				Device: c.Device, Purpose: c.Purpose, Batch: c.Batch,
			})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s 아래의 파일을 살펴보지 못했습니다: %w", named, err)
		}
	}
	if len(files) == 0 {
		return nil, errors.New("보낼 파일이 하나도 없습니다. 아무것도 보내지 않았으니 카메라에서 지우지 말고 경로를 확인해 주세요")
	}
	return files, nil
}

type receiptPrinter struct {
	mu         sync.Mutex
	json       bool
	out        io.Writer
	in, others int
}

func (p *receiptPrinter) print(line checkinLine) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if line.State == "checked-in" {
		p.in++
	} else {
		p.others++
	}
	if p.json {
		enc := json.NewEncoder(p.out)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(line) // a broken pipe ends the program anyway
		return
	}
	words := map[string]string{"checked-in": "등록 완료", "refused": "거절", "failed": "보내지 못함"}[line.State]
	fmt.Fprintf(p.out, "%s  %s  영수 %s\n", words, line.File, line.Receipt)
	if line.Detail != "" {
		fmt.Fprintln(p.out, "   ", line.Detail)
	}
}

func (p *receiptPrinter) end(all int) error {
	if p.others > 0 {
		return fmt.Errorf("%d개 가운데 %d개를 등록하지 못했습니다. 카메라에서 지우지 말고 다시 실행해 주세요. 받은 부분은 이어집니다", all, p.others)
	}
	if !p.json {
		fmt.Fprintf(p.out, "%d개를 모두 안전하게 저장했습니다. 카메라에서 지워도 됩니다.\n", p.in)
	}
	return nil
}

// fileMemory remembers unfinished uploads in a JSON file.
type fileMemory struct {
	mu   sync.Mutex
	path string
	at   map[string]string
}

func openMemory(path string) (*fileMemory, error) {
	if path == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = os.TempDir()
		}
		path = filepath.Join(cache, "jikim", "uploads.json")
	}
	m := &fileMemory{path: path, at: map[string]string{}}
	b, err := os.ReadFile(path)
	if err == nil {
		_ = json.Unmarshal(b, &m.at) // a damaged memory only means sending anew
	}
	return m, os.MkdirAll(filepath.Dir(path), 0o700)
}

// Recall implements tus.Memory.
func (m *fileMemory) Recall(fingerprint string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at[fingerprint]
}

// Remember implements tus.Memory.
func (m *fileMemory) Remember(fingerprint, location string) error {
	return m.change(func() { m.at[fingerprint] = location })
}

// Forget implements tus.Memory.
func (m *fileMemory) Forget(fingerprint string) error {
	return m.change(func() { delete(m.at, fingerprint) })
}

func (m *fileMemory) change(do func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
	b, err := json.Marshal(m.at)
	if err != nil {
		return err
	}
	next := m.path + ".new"
	if err := os.WriteFile(next, b, 0o600); err != nil {
		return err
	}
	return os.Rename(next, m.path)
}
