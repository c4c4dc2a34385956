package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"jikim/devices/instant"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/footage/vault"
	"jikim/footage/vault/disk"
	"jikim/footage/vault/s3"
	"jikim/server/db"
)

// house is an opened data directory: records, bytes and keys. Every command
// that touches records works in one.
type house struct {
	data   string
	config Config
	clock  func() time.Time
	owner  string // names this process in leases

	db     *db.DB
	vault  vault.Store
	keys   *vault.KeyFile
	signer *ledger.Signer

	demo *windingClock // of a demonstration; nil otherwise

	witnessed int64 // size of the checkpoint last kept beside the bytes
}

// rehearsalMark is a file in the data directory that says: this is a rehearsal,
// its clock may be set and its footage is worth nothing.
const rehearsalMark = "REHEARSAL"

// openHouse opens a data directory, making it on the first use, and brings the
// schema up to date.
func openHouse(ctx context.Context, data, configFile string, clock func() time.Time) (*house, error) {
	if _, err := os.Stat(filepath.Join(data, restoringMark)); err == nil {
		return nil, errors.New("되살리기가 끝나지 않은 데이터 폴더입니다. jikim restore를 같은 사본으로 다시 실행해 끝낸 뒤 열어 주세요")
	}
	h, err := openStores(ctx, data, configFile, clock)
	if err != nil {
		return nil, err
	}
	err = h.db.Migrate()
	if err == nil {
		err = h.openKeys()
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// openStores opens database and vault as they are, without keys and without
// touching the schema.
func openStores(ctx context.Context, data, configFile string, clock func() time.Time) (*house, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("데이터 폴더를 만들지 못했습니다: %w", err)
	}
	config, err := readConfig(configFile, data)
	if err != nil {
		return nil, err
	}
	h := &house{data: data, config: config, clock: clock, owner: newOwner()}
	if h.vault, err = openVault(config.Vault); err != nil {
		return nil, err
	}
	dc := db.Config{SQLite: config.Database.SQLite, Clock: clock}
	if config.Database.PostgresDSNFile != "" {
		dc.SQLite = ""
		if dc.Postgres, err = secretFile(config.Database.PostgresDSNFile); err != nil {
			return nil, err
		}
	}
	if h.db, err = db.Open(ctx, dc); err != nil {
		return nil, err
	}
	return h, nil
}

func openVault(c VaultConfig) (vault.Store, error) {
	if c.S3.Bucket == "" {
		return disk.Open(c.Dir)
	}
	access, err := secretFile(c.S3.AccessKeyFile)
	if err != nil {
		return nil, err
	}
	secret, err := secretFile(c.S3.SecretKeyFile)
	if err != nil {
		return nil, err
	}
	return s3.Open(s3.Config{
		Endpoint: c.S3.Endpoint, Region: c.S3.Region, Bucket: c.S3.Bucket, Prefix: c.S3.Prefix, PathStyle: c.S3.PathStyle,
		AccessKey: access, SecretKey: secret,
	})
}

func newOwner() string {
	name, _ := os.Hostname() // a nameless machine is told apart by what follows
	return fmt.Sprintf("%s/%d/%s", name, os.Getpid(), randomHex(4))
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// openKeys opens the institution's keys. They are made by the first use of a
// data directory that is alone; where stores are shared, `jikim keys init`
// makes them once and the administrator carries them to every server.
func (h *house) openKeys() error {
	missing := []string{}
	for _, path := range []string{h.config.Keys.Institution, h.config.Keys.Ledger} {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			missing = append(missing, path)
		}
	}
	if len(missing) > 0 {
		head, err := h.db.Head()
		if err != nil {
			return err
		}
		if head.Size > 0 || len(missing) == 1 {
			return fmt.Errorf("기관의 키 파일이 없습니다: %v. 보관해 둔 키를 그 자리에 되돌려 놓은 뒤 다시 시작해 주세요. 새 키로는 지금까지의 영상을 열 수 없습니다", missing)
		}
		if h.config.shared() {
			return errors.New("기관의 키 파일이 없습니다. 여러 서버가 함께 쓰는 저장소에서는 `jikim keys init`으로 한 번만 만들어 모든 서버에 같은 파일을 두어야 합니다")
		}
		if err := h.makeKeys(); err != nil {
			return err
		}
	}
	return h.loadKeys()
}

// makeKeys makes both key files; it never writes over one.
func (h *house) makeKeys() error {
	for _, path := range []string{h.config.Keys.Institution, h.config.Keys.Ledger} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
	}
	if _, err := vault.NewKeyFile(h.config.Keys.Institution, rand.Reader); err != nil {
		return fmt.Errorf("기관 키를 만들지 못했습니다: %w", err)
	}
	verifier, err := ledger.NewKeyFile(h.config.Keys.Ledger, ledger.OriginPrefix+randomHex(8), rand.Reader)
	if err != nil {
		return fmt.Errorf("관리대장 서명 키를 만들지 못했습니다: %w", err)
	}
	return os.WriteFile(h.config.Keys.Ledger+".pub", []byte(verifier+"\n"), 0o644) // public by nature
}

func (h *house) loadKeys() (err error) {
	if h.keys, err = vault.OpenKeyFile(h.config.Keys.Institution, rand.Reader); err != nil {
		return fmt.Errorf("기관 키를 열지 못했습니다: %w", err)
	}
	if h.signer, err = ledger.OpenSigner(h.config.Keys.Ledger); err != nil {
		return fmt.Errorf("관리대장 서명 키를 열지 못했습니다: %w", err)
	}
	h.db.Sign(h.signer)
	return nil
}

// gate is the one door out.
func (h *house) gate() *retention.Gate {
	return &retention.Gate{Book: h.db, Records: h.db, Vault: h.vault, Clock: h.clock, Owner: h.owner}
}

// rehearsal reports whether the data directory is marked as a rehearsal.
func (h *house) rehearsal() bool {
	_, err := os.Stat(filepath.Join(h.data, rehearsalMark))
	return err == nil
}

func (h *house) now() instant.Time { return instant.Of(h.clock()) }

// Close closes the database.
func (h *house) Close() error { return h.db.Close() }
