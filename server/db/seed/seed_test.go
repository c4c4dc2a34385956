package seed_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/server/db"
	"jikim/server/db/dbtest"
	"jikim/server/db/seed"
)

const clips = 3000

func TestSQLite(t *testing.T) {
	try(t, db.Config{SQLite: filepath.Join(t.TempDir(), "jikim.db"), Clock: time.Now})
}

func TestPostgreSQL(t *testing.T) {
	try(t, db.Config{Postgres: dbtest.Postgres(t), Clock: time.Now})
}

func try(t *testing.T, c db.Config) {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "ledger.key")
	if _, err := ledger.NewKeyFile(key, ledger.OriginPrefix+"seed", rand.Reader); err != nil {
		t.Fatal(err)
	}
	signer, err := ledger.OpenSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	d.Sign(signer)
	now := time.Now()
	if err := seed.Fill(t.Context(), c, seed.Plan{Clips: clips, Entries: clips, NowMs: now.UnixMilli(), Signer: signer}); err != nil {
		t.Fatal(err)
	}
	lists(t, d)
	due, err := d.DueClips(t.Context(), instant.Of(now), "", "", 100)
	if err != nil || len(due.Clips) < clips/1000 || len(due.Clips) > clips/500 {
		t.Errorf("%d due, %v", len(due.Clips), err)
	}
	if _, err := ledger.Verify(t.Context(), d, signer.Verifier(), ledger.Options{}); err != nil {
		t.Error(err)
	}
	goesOn(t, d)
}

// lists asks for clips as pages do.
func lists(t *testing.T, d *db.DB) {
	t.Helper()
	for name, f := range map[string]footage.Filter{
		"all": {}, "department": {Department: seed.Department(0)}, "purpose": {Department: seed.Department(0), Purpose: seed.Purposes[0]},
		"state": {State: footage.Review}, "gone": {State: footage.Destroyed},
	} {
		page, err := d.ListClips(t.Context(), f)
		if err != nil || len(page.Clips) == 0 {
			t.Errorf("%s: %d clips, %v", name, len(page.Clips), err)
		}
	}
	all, err := d.CountClips(t.Context(), footage.Filter{}, clips)
	if err != nil || all < clips*98/100 || all == clips {
		t.Errorf("%d live clips of %d, %v", all, clips, err)
	}
	if c, err := d.Clip(t.Context(), seed.ID(clips-1)); err != nil || c.SHA256 == "" || len(c.SHA256) != 64 || len(c.Reasons) != 1 || c.Manifest.Size() == 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

// goesOn changes the filled database as the server would.
func goesOn(t *testing.T, d *db.DB) {
	t.Helper()
	hold := footage.Hold{ID: "h", Clip: seed.ID(1), Basis: "evidence", Reason: "시험"}
	e := ledger.Entry{Act: ledger.ActHeld, Actor: ledger.Actor{Account: "t"}, Subject: "clip:" + hold.Clip}
	err := d.Change(context.Background(), e, func(tx footage.Tx, _ *ledger.Entry) error { return tx.Save(&hold) })
	if err != nil {
		t.Error(err)
	}
	head, err := d.Head()
	if err != nil || head.Size != clips+1 {
		t.Errorf("ledger of %d, %v", head.Size, err)
	}
}
