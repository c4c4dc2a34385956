package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"jikim/footage/ledger"
	"jikim/footage/vault"
)

type keysCmd struct {
	Init   keysInit   `cmd:"" help:"기관 키와 관리대장 서명 키를 만든다 (한 기관에 한 번)"`
	Show   keysShow   `cmd:"" help:"키의 번호와 관리대장 공개키를 보여 준다"`
	Rotate keysRotate `cmd:"" help:"새 키로 바꾼다"`
	Export keysExport `cmd:"" help:"기관 키의 보관용 사본을 만든다"`
}

type keysInit struct {
	records `embed:""`
}

func (c keysInit) Run(ctx context.Context, std streams) error {
	h, err := openStores(ctx, c.Data, c.Config, nowUTC)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.makeKeys(); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "키를 만들었습니다.\n  기관 키: %s\n  서명 키: %s\n두 파일을 금고에도 보관하고, 서버가 여럿이면 모든 서버의 같은 자리에 복사해 주세요. 기관 키를 잃으면 모든 영상을 잃습니다.\n",
		h.config.Keys.Institution, h.config.Keys.Ledger)
	return nil
}

type keysShow struct {
	records `embed:""`
}

func (c keysShow) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	fmt.Fprintf(std.out, "기관 키 번호(새것부터): %s\n관리대장 공개키:\n%s\n", strings.Join(h.keys.KeyIDs(), ", "), h.signer.Verifier().Text())
	return nil
}

type keysRotate struct {
	Ledger  bool `help:"기관 키 대신 관리대장 서명 키를 바꾼다"`
	records `embed:""`
}

func (c keysRotate) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	if c.Ledger {
		return h.rotateLedgerKey(ctx, std)
	}
	if err := h.keys.Rotate(); err != nil {
		return err
	}
	newest := h.keys.KeyIDs()[0]
	n, err := h.db.Rewrap(ctx, func(clip string, wrapped []byte) ([]byte, error) {
		if id, err := vault.KeyID(wrapped); err != nil || id == newest {
			return wrapped, err
		}
		key, err := h.keys.Unwrap(clip, wrapped)
		if err != nil {
			return nil, err
		}
		return h.keys.Wrap(clip, key)
	})
	if err != nil {
		return err
	}
	e := ledger.Entry{Act: ledger.ActKeyRotated, Actor: operator(), Facts: map[string]string{"key": "institution", "to": newest, "clips": fmt.Sprint(n)}}
	if err := h.db.Change(ctx, e, noRecords); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "기관 키를 %s(으)로 바꾸고 영상 키 %d개를 다시 감쌌습니다. 옛 키는 옛 백업을 위해 파일에 남아 있습니다. 키 파일을 금고에 다시 보관해 주세요.\n", newest, n)
	return nil
}

func (h *house) rotateLedgerKey(ctx context.Context, std streams) error {
	e := ledger.Entry{Act: ledger.ActKeyRotated, Actor: operator(), Facts: map[string]string{"key": "ledger"}}
	var verifier string
	err := h.db.ChangeSigner(ctx, e, func(size int64) (*ledger.Signer, error) {
		var err error
		if verifier, err = ledger.RotateKeyFile(h.config.Keys.Ledger, size, rand.Reader); err != nil {
			return nil, err
		}
		return ledger.OpenSigner(h.config.Keys.Ledger)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "관리대장 서명 키를 바꾸었습니다. 모든 서버에 키 파일을 두고 다시 시작해 주세요. 다시 시작할 때까지 돌고 있는 서버는 아무것도 기록하지 못합니다. 새 공개키:\n%s\n", verifier)
	return os.WriteFile(h.config.Keys.Ledger+".pub", []byte(verifier+"\n"), 0o644) // public by nature
}

type keysExport struct {
	File    string `arg:"" help:"사본을 둘 자리 (없는 파일)" type:"path"`
	records `embed:""`
}

func (c keysExport) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	b, err := os.ReadFile(h.config.Keys.Institution)
	if err != nil {
		return err
	}
	// The entry first: a copy nobody knows of must not exist.
	e := ledger.Entry{Act: ledger.ActKeyExported, Actor: operator(), Facts: map[string]string{"to": filepath.Base(c.File)}}
	if err := h.db.Change(ctx, e, noRecords); err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("사본을 만들지 못했습니다: %w", err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "기관 키의 사본을 %s에 만들었습니다. 봉인해 금고에 보관해 주세요.\n", c.File)
	return nil
}
