package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/server/db"
)

type verifyCmd struct {
	Deep    bool     `help:"봉인된 모든 바이트를 열어 해시까지 확인한다"`
	Against []string `help:"따로 보관해 둔 체크포인트 파일. 여러 번 쓸 수 있다" type:"existingfile" placeholder:"FILE"`
	Key     string   `help:"관리대장 서명의 공개키 파일 (없으면 이 데이터 폴더의 키)" type:"existingfile" placeholder:"FILE"`
	records `embed:""`
}

// Run verifies as it stands: it changes nothing, needs no server and works on
// a copy.
func (c verifyCmd) Run(ctx context.Context, std streams) error {
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("확인할 데이터 폴더를 열지 못했습니다: %w", err)
	}
	h, err := openStores(ctx, c.Data, c.Config, nowUTC)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.loadKeys(); err != nil && (c.Key == "" || c.Deep) {
		return err
	}
	verifier, err := c.verifier(h)
	if err != nil {
		return err
	}
	v := &verification{house: h, out: std.out}
	if err := v.witnesses(ctx, c.Against); err != nil {
		return v.tell(err)
	}
	if err := v.ledger(ctx, verifier); err != nil {
		return v.tell(err)
	}
	if c.Deep {
		if err := v.bytes(ctx); err != nil {
			return v.tell(err)
		}
	}
	fmt.Fprintln(std.out, "이상이 없습니다.")
	return nil
}

func (c verifyCmd) verifier(h *house) (*ledger.Verifier, error) {
	if c.Key == "" {
		return h.signer.Verifier(), nil
	}
	b, err := os.ReadFile(c.Key)
	if err != nil {
		return nil, err
	}
	return ledger.NewVerifier(strings.TrimSpace(string(b)))
}

// wrong is something found wrong, in words.
type wrong struct{ sentence string }

func (w *wrong) Error() string { return w.sentence }

func wrongf(format string, args ...any) error { return &wrong{fmt.Sprintf(format, args...)} }

// verification is one run of verify.
type verification struct {
	*house
	out       io.Writer
	witnessed [][]byte
}

// tell prints what is wrong; other errors stay what they are.
func (v *verification) tell(err error) error {
	var f *ledger.Finding
	var w *wrong
	var d *db.Discrepancy
	switch {
	case errors.As(err, &f):
		fmt.Fprintln(v.out, "이상을 찾았습니다:", f.Sentence)
	case errors.As(err, &d):
		fmt.Fprintln(v.out, "이상을 찾았습니다:", d.Sentence)
	case errors.As(err, &w):
		fmt.Fprintln(v.out, "이상을 찾았습니다:", w.sentence)
	default:
		return err
	}
	return errFound
}

// witnesses gathers checkpoints that were kept outside the database: beside
// the bytes, and those the caller kept.
func (v *verification) witnesses(ctx context.Context, files []string) error {
	kept, err := v.keptCheckpoints(ctx)
	if err != nil {
		return err
	}
	v.witnessed = kept
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		v.witnessed = append(v.witnessed, b)
	}
	return nil
}

func (v *verification) ledger(ctx context.Context, verifier *ledger.Verifier) error {
	started := time.Now()
	report, err := ledger.Verify(ctx, v.db.Ledger(ctx), verifier, ledger.Options{
		Witnessed: v.witnessed,
		EachBatch: func(rows []ledger.Row, entries []ledger.Entry) error { return v.db.CheckRecords(ctx, rows, entries) },
	})
	if err != nil {
		return err
	}
	if err := v.db.CheckUnvouched(ctx); err != nil {
		return err
	}
	fmt.Fprintf(v.out, "관리대장: %d건, 서명과 순서와 기록이 모두 맞습니다 (밖에 둔 체크포인트 %d개와도 맞음, %s).\n",
		report.Head.Size, report.Witnessed, time.Since(started).Round(time.Millisecond))
	return nil
}

// bytes opens every sealed byte of every live clip and derivative.
func (v *verification) bytes(ctx context.Context) error {
	started := time.Now()
	var blobs, total int64
	check := func(clip, name, sha string, size int64, m vault.Manifest, words string) error {
		wrapped, err := v.db.Key(ctx, clip)
		if err != nil {
			return wrongf("%s의 키가 없습니다 (%s).", words, clip)
		}
		key, err := v.keys.Unwrap(clip, wrapped)
		if err != nil {
			return wrongf("%s의 키가 열리지 않습니다: 다른 영상의 키이거나 바뀌었습니다 (%s).", words, clip)
		}
		got, err := vault.Check(ctx, v.vault, name, key, m)
		switch {
		case errors.Is(err, vault.ErrNotFound):
			return wrongf("%s의 봉인된 바이트가 보관소에 없습니다 (%s).", words, name)
		case errors.Is(err, vault.ErrCorrupt):
			return wrongf("%s의 봉인된 바이트가 바뀌었습니다 (%s).", words, name)
		case err != nil:
			return err
		case got != sha || m.Size() != size:
			return wrongf("%s의 내용이 기록된 해시와 다릅니다 (%s).", words, name)
		}
		blobs++
		total += size
		return nil
	}
	err := v.db.EachKept(ctx,
		func(c footage.Clip) error {
			return check(c.ID, c.ID, c.SHA256, c.Bytes, c.Manifest, "원본 "+c.FileName)
		},
		func(d footage.Derivative) error {
			return check(d.Clip, d.ID, d.SHA256, d.Bytes, d.Manifest, "파생본 "+d.Kind)
		})
	if err != nil {
		return err
	}
	if err := v.noOrphans(ctx); err != nil {
		return err
	}
	seconds := time.Since(started).Seconds()
	fmt.Fprintf(v.out, "보관소: 봉인 %d개, %.1f MiB를 모두 열어 확인했습니다 (%.1f초, %.0f MB/s).\n",
		blobs, float64(total)/(1<<20), seconds, float64(total)/1e6/max(seconds, 1e-3))
	return nil
}

// noOrphans looks for blobs that belong to no record. What is found is looked
// for again: a clip may have been destroyed while the list was made.
func (v *verification) noOrphans(ctx context.Context) error {
	suspects, err := v.unclaimed(ctx, nil)
	if err != nil || len(suspects) == 0 {
		return err
	}
	still, err := v.unclaimed(ctx, suspects)
	for name, size := range still {
		return wrongf("보관소에 어느 기록에도 속하지 않는 바이트가 있습니다 (%s, %d바이트).", name, size)
	}
	return err
}

// unclaimed gives the blobs, of those named in among or of all, that no record
// claims.
func (v *verification) unclaimed(ctx context.Context, among map[string]int64) (map[string]int64, error) {
	found := map[string]int64{}
	err := v.vault.List(ctx, func(item vault.Item) error {
		if _, wanted := among[item.Name]; among != nil && !wanted || strings.HasPrefix(item.Name, checkpointPrefix) {
			return nil
		}
		id, _, _ := strings.Cut(item.Name, ".")
		claimed, err := v.db.Claimed(ctx, []string{id})
		if err == nil && !claimed[id] {
			found[item.Name] = item.Size
		}
		return err
	})
	return found, err
}
