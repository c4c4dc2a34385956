package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"jikim/footage/ledger"
	"jikim/server/db"
	"jikim/server/db/dbtest"
	"jikim/server/db/seed"
)

// recordsBench measures records alone: no bytes, no uploads.
type recordsBench struct {
	dir, bin string
	clips    int
	postgres bool
	tell     func(format string, args ...any)
}

const fewClips = 10_000 // what large databases are compared with

// archive is a data directory whose database was filled.
type archive struct {
	engine string
	clips  int
	house  *house
	config db.Config
	file   string // configuration for the server; "" = none
	signer *ledger.Signer
	db     *db.DB
	token  string
}

func measureRecords(ctx context.Context, r recordsBench) error {
	t := &table{how: fmt.Sprintf("목록마다 %d번.", pagesEach)}
	engines := []string{"SQLite"}
	if r.postgres {
		engines = append(engines, "PostgreSQL")
	}
	for _, engine := range engines {
		if err := r.engine(ctx, t, engine); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	t.note("지어낸 영상 %d건과 관리대장 %d건을 SQL로 한꺼번에 넣음: 부서 %d곳(큰 부서에 몰림), 기기 %d대, 3년. 대장 항목에는 기록의 해시가 없어 기록 대조는 재지 않음.",
		r.clips, r.clips, seed.Departments(r.clips), seed.Departments(r.clips)*seed.Devices)
	t.note("질의는 데이터베이스를 부른 시간, 답은 서버의 /api/v1을 127.0.0.1에서 부른 시간.")
	return t.print(os.Stdout)
}

// engine measures one database at both sizes.
func (r recordsBench) engine(ctx context.Context, t *table, engine string) error {
	few, err := r.measured(ctx, nil, engine, fewClips)
	if err != nil {
		return err
	}
	many := &recordRows{table: t, engine: engine, clips: r.clips, few: few}
	_, err = r.measured(ctx, many, engine, r.clips)
	return err
}

// measured fills a database, measures it and removes it. With rows it also
// measures what is not compared between sizes.
func (r recordsBench) measured(ctx context.Context, rows *recordRows, engine string, clips int) (l listing, err error) {
	dir, err := os.MkdirTemp(r.dir, "records-")
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	a := &archive{engine: engine, clips: clips, house: &house{bin: r.bin, model: filepath.Join(dir, "data")}}
	if engine == "PostgreSQL" {
		server, err := dbtest.Start()
		if err != nil {
			return l, err
		}
		defer func() { _ = server.Remove() }()
		if err := a.usePostgres(dir, server.DSN()); err != nil {
			return l, err
		}
	}
	start := time.Now()
	if err := a.fill(ctx); err != nil {
		return l, err
	}
	defer func() { _ = a.db.Close() }()
	r.tell("%s: %d건을 %.0f초에 채움", engine, clips, time.Since(start).Seconds())
	if l, err = a.list(ctx); err != nil {
		return l, err
	}
	if rows != nil {
		err = rows.all(ctx, a, l)
	}
	return l, err
}

// usePostgres writes the configuration of a server on PostgreSQL.
func (a *archive) usePostgres(dir, dsn string) error {
	a.file = filepath.Join(dir, "jikim.yaml")
	a.config.Postgres = dsn
	secret := filepath.Join(dir, "dsn")
	if err := os.WriteFile(secret, []byte(dsn+"\n"), 0o600); err != nil {
		return err
	}
	return os.WriteFile(a.file, []byte("database: {postgres_dsn_file: '"+secret+"'}\n"), 0o600)
}

// command runs one of our commands on the data directory.
func (a *archive) command(ctx context.Context, args ...string) (string, error) {
	args = append(args, "--data", a.house.model)
	if a.file != "" {
		args = append(args, "--config", a.file)
	}
	return output(ctx, a.house.bin, args...)
}

// fill sets the data directory up as an administrator would and fills it.
func (a *archive) fill(ctx context.Context) error {
	if a.file != "" {
		if _, err := a.command(ctx, "keys", "init"); err != nil {
			return err
		}
	}
	if _, err := a.command(ctx, "institution", "import", filepath.Join("deploy", "examples", "hanbit.yaml")); err != nil {
		return err
	}
	said, err := a.command(ctx, "token", "create", "bench", "--role", "auditor")
	if err != nil {
		return err
	}
	a.token = strings.TrimSpace(said[strings.LastIndexAny(strings.TrimSpace(said), " \n")+1:])
	if a.config.Postgres == "" {
		a.config.SQLite = filepath.Join(a.house.model, "jikim.db")
	}
	a.config.Clock = time.Now
	if a.signer, err = ledger.OpenSigner(filepath.Join(a.house.model, "keys", "ledger.key")); err != nil {
		return err
	}
	plan := seed.Plan{Clips: a.clips, Entries: a.clips, NowMs: time.Now().UnixMilli(), Signer: a.signer}
	if err := seed.Fill(ctx, a.config, plan); err != nil {
		return err
	}
	if a.db, err = db.Open(ctx, a.config); err != nil {
		return err
	}
	a.db.Sign(a.signer)
	return nil
}
