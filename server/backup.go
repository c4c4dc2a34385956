package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"jikim/server/backup"
)

// What a backup looks like is written down in package backup.

type backupCmd struct {
	Dir     string `arg:"" help:"사본을 둘 폴더: 비어 있거나, 이 기관의 앞선 백업" type:"path"`
	Verify  bool   `help:"복사한 봉인을 모두 열어 기록된 해시와 맞추어 본다"`
	records `embed:""`
}

// Run makes a backup while the server runs.
func (c backupCmd) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	from := backup.Source{
		DB: h.db, Vault: h.vault, Verifier: h.signer.Verifier(), KeyIDs: h.keys.KeyIDs(),
		By: operator(), Owner: h.owner, Program: version, Clock: h.clock,
	}
	if c.Verify {
		from.Keys = h.keys
	}
	r, err := backup.Make(ctx, from, c.Dir)
	if err != nil {
		return fmt.Errorf("백업을 마치지 못했습니다. 이 폴더에 앞선 백업이 있었다면 그대로 있습니다: %w", err)
	}
	tellBackup(std.out, c.Dir, r)
	if len(r.Damaged) > 0 {
		return errFound
	}
	return nil
}

func tellBackup(out io.Writer, dir string, r backup.Report) {
	fmt.Fprintf(out, "백업을 마쳤습니다: %s\n  %s의 기록, 대장 %d건까지.\n", dir, r.MadeAt.Korean(), r.Entries)
	fmt.Fprintf(out, "  봉인된 영상과 파생본 %d개 가운데 %d개(%.1f MiB)를 새로 복사했습니다. 앞선 백업에 있던 것 가운데 그 뒤 파기된 %d개는 백업에서도 지웠습니다.\n",
		r.Blobs, r.Copied, float64(r.CopiedBytes)/(1<<20), r.Removed)
	if n := len(r.Destroyed); n > 0 {
		fmt.Fprintf(out, "  백업하는 동안 파기된 %d개는 들어 있지 않습니다.\n", n)
	}
	for _, name := range r.Damaged {
		fmt.Fprintf(out, "이상을 찾았습니다: %s의 봉인된 바이트가 없거나 바뀌어 백업에 들어가지 못했습니다. 앞선 다른 백업에서 되돌려 주세요.\n", name)
	}
	fmt.Fprintln(out, "  키는 들어 있지 않습니다. 기관 키는 `jikim keys export`로 내보내고 관리대장 서명 키(ledger.key)를 함께 복사해, 백업과 다른 곳에 보관해 주세요.")
}

type restoreCmd struct {
	Dir     string `arg:"" help:"사본 폴더" type:"existingdir"`
	Deep    bool   `help:"되살린 뒤 봉인된 모든 바이트를 열어 해시까지 확인한다"`
	records `embed:""`
}

// restoringMark stands in a data directory while it is being restored.
const restoringMark = "RESTORING"

// Run restores a backup into an empty data directory.
func (c restoreCmd) Run(ctx context.Context, std streams) error {
	h, err := openStores(ctx, c.Data, c.Config, nowUTC)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.keysInPlace(); err != nil {
		return err
	}
	v := &verification{house: h, out: std.out}
	to := backup.Target{
		DB: h.db, Vault: h.vault, Verifier: h.signer.Verifier(), KeyIDs: h.keys.KeyIDs(), By: operator(),
		Marker: filepath.Join(h.data, restoringMark),
		Verify: func(ctx context.Context, checkpoint []byte) error {
			v.witnessed = [][]byte{checkpoint}
			return v.ledger(ctx, h.signer.Verifier())
		},
	}
	r, err := backup.Restore(ctx, to, c.Dir)
	if err != nil {
		return v.tell(err)
	}
	if c.Deep && len(r.Destroyed)+len(r.Damaged) == 0 {
		if err := v.bytes(ctx); err != nil {
			return v.tell(err)
		}
	}
	tellRestored(std.out, r)
	return nil
}

// keysInPlace opens the keys; a restore needs them before anything else.
func (h *house) keysInPlace() error {
	for _, path := range []string{h.config.Keys.Institution, h.config.Keys.Ledger} {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("되살리려면 키가 먼저 있어야 합니다. 보관해 둔 기관 키를 %s에, 관리대장 서명 키를 %s에 (권한 600으로) 놓고 다시 실행해 주세요. 키는 백업에 들어 있지 않습니다",
				h.config.Keys.Institution, h.config.Keys.Ledger)
		}
	}
	return h.loadKeys()
}

func tellRestored(out io.Writer, r backup.Restored) {
	fmt.Fprintf(out, "되살렸습니다: %s의 기록, 대장 %d건, 봉인된 영상과 파생본 %d개.\n",
		r.MadeAt.Korean(), r.Entries, r.Blobs-int64(len(r.Destroyed)+len(r.Damaged)))
	if r.Uploads > 0 {
		fmt.Fprintf(out, "  백업할 때 전송 중이던 파일 %d개는 끝냈습니다. 보내던 쪽에서 처음부터 다시 보냅니다.\n", r.Uploads)
	}
	for _, name := range r.Destroyed {
		fmt.Fprintf(out, "  %s: 백업하는 동안 파기되어 바이트가 없습니다. 기록만 되살아났으니 `jikim sweep`으로 파기를 마쳐 주세요.\n", name)
	}
	for _, name := range r.Damaged {
		fmt.Fprintf(out, "  %s: 백업할 때 이미 없거나 깨져 있었습니다.\n", name)
	}
	fmt.Fprintln(out, "  이 백업 뒤의 일은 되살아나지 않았습니다. 그 뒤의 보류를 먼저 다시 적고, `jikim sweep -n`으로 파기할 것을 확인해 주세요.")
}
