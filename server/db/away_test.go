package db_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"jikim/devices"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
	"jikim/server/db"
	"jikim/server/db/dbtest"
	"jikim/web/access"
)

// doors is everything others ask of a database that has clip-000001.
func doors(d *db.DB, clip footage.Clip) map[string]func(ctx context.Context) error {
	type ask = func(context.Context) error
	e := ledger.Entry{Act: ledger.ActHeld, Actor: ledger.Actor{Account: "hong"}}
	nothing := func(footage.Tx, *ledger.Entry) error { return nil }
	up := footage.Upload{ID: "up", State: footage.Receiving}
	return map[string]ask{
		"Account":            func(ctx context.Context) error { _, err := d.Account(ctx, "hong"); return err },
		"Accounts":           func(ctx context.Context) error { _, err := d.Accounts(ctx); return err },
		"Tokens":             func(ctx context.Context) error { _, err := d.Tokens(ctx); return err },
		"CountFailure":       func(ctx context.Context) error { _, err := d.CountFailure(ctx, "hong"); return err },
		"Factors":            func(ctx context.Context) error { _, err := d.Factors(ctx, "hong"); return err },
		"FactorByCredential": func(ctx context.Context) error { _, err := d.FactorByCredential(ctx, "c"); return err },
		"SignIns":            func(ctx context.Context) error { _, err := d.SignIns(ctx, access.SignInFilter{}); return err },
		"NoteSignIn":         func(ctx context.Context) error { return d.NoteSignIn(ctx, access.SignIn{ID: "s"}) },
		"PruneSignIns":       func(ctx context.Context) error { _, err := d.PruneSignIns(ctx, clip.DueAt); return err },
		"SaveSession": func(ctx context.Context) error {
			return d.SaveSession(ctx, "s", []byte("x"), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
		},
		"FindSession":        func(ctx context.Context) error { _, _, err := d.FindSession(ctx, "s"); return err },
		"DeleteSession":      func(ctx context.Context) error { return d.DeleteSession(ctx, "s") },
		"PruneSessions":      d.PruneSessions,
		"Clip":               func(ctx context.Context) error { _, err := d.Clip(ctx, clip.ID); return err },
		"Dossier":            func(ctx context.Context) error { _, err := d.Dossier(ctx, clip.ID); return err },
		"Key":                func(ctx context.Context) error { _, err := d.Key(ctx, clip.ID); return err },
		"ListClips":          func(ctx context.Context) error { _, err := d.ListClips(ctx, footage.Filter{}); return err },
		"CountClips":         func(ctx context.Context) error { _, err := d.CountClips(ctx, footage.Filter{}, 10); return err },
		"DueClips":           func(ctx context.Context) error { _, err := d.DueClips(ctx, clip.DueAt, "", "", 10); return err },
		"ClipsIn":            func(ctx context.Context) error { _, err := d.ClipsIn(ctx, footage.Review, 10); return err },
		"ClipsWantingMedia":  func(ctx context.Context) error { _, err := d.ClipsWantingMedia(ctx, "", 10); return err },
		"MediaDone":          func(ctx context.Context) error { return d.MediaDone(ctx, clip.ID) },
		"Destructions":       func(ctx context.Context) error { _, err := d.Destructions(ctx, "", true, 10); return err },
		"HoldsOf":            func(ctx context.Context) error { _, err := d.HoldsOf(ctx, clip.ID); return err },
		"DerivativesOf":      func(ctx context.Context) error { _, err := d.DerivativesOf(ctx, clip.ID); return err },
		"EachKept":           func(ctx context.Context) error { return d.EachKept(ctx, func(footage.Clip) error { return nil }, nil) },
		"Change":             func(ctx context.Context) error { return d.Change(ctx, e, nothing) },
		"Claim":              func(ctx context.Context) error { _, err := d.Claim(ctx, "t", "o", time.Minute); return err },
		"Wanted":             func(ctx context.Context) error { _, _, err := d.Wanted(ctx, "t", "o"); return err },
		"Release":            func(ctx context.Context) error { return d.Release(ctx, "t", "o") },
		"LedgerAt":           func(ctx context.Context) error { _, err := d.LedgerAt(ctx); return err },
		"Head":               func(context.Context) error { _, err := d.Head(); return err },
		"ReadHashes":         func(context.Context) error { _, err := d.ReadHashes([]int64{0}); return err },
		"Rows":               func(ctx context.Context) error { _, err := d.Rows(ctx, 0, 10); return err },
		"RowsOf":             func(ctx context.Context) error { _, err := d.RowsOf(ctx, ledger.Query{Limit: 10}); return err },
		"History":            func(ctx context.Context) error { _, err := d.History(ctx, clip.RecordName()); return err },
		"Ledger.Head":        func(ctx context.Context) error { _, err := d.Ledger(ctx).Head(); return err },
		"Ledger.Rows":        func(ctx context.Context) error { _, err := d.Ledger(ctx).Rows(ctx, 0, 10); return err },
		"Ledger.ReadHashes":  func(ctx context.Context) error { _, err := d.Ledger(ctx).ReadHashes([]int64{0}); return err },
		"CheckRecords":       func(ctx context.Context) error { return checkOne(ctx, d, clip) },
		"CheckUnvouched":     d.CheckUnvouched,
		"Registry":           func(ctx context.Context) error { _, err := d.Registry(ctx); return err },
		"DeviceBySerial":     func(ctx context.Context) error { _, _, err := d.DeviceBySerial(ctx, "s"); return err },
		"Purposes":           func(ctx context.Context) error { _, err := d.Purposes(ctx, "pr"); return err },
		"ResponsibleOfficer": func(ctx context.Context) error { _, err := d.ResponsibleOfficer(ctx, "pr", "2026-10-03"); return err },
		"SaveRegistry":       func(ctx context.Context) error { return d.SaveRegistry(ctx, e, keepRegistry) },
		"BeginUpload":        func(ctx context.Context) error { return d.BeginUpload(ctx, up, []byte("k")) },
		"UploadsIn": func(ctx context.Context) error {
			_, err := d.UploadsIn(ctx, footage.Checking, clip.DueAt, 10)
			return err
		},
		"SavedFilters":    func(ctx context.Context) error { _, err := d.SavedFilters(ctx, "hong"); return err },
		"SaveFilter":      func(ctx context.Context) error { return d.SaveFilter(ctx, footage.SavedFilter{ID: "f"}) },
		"DropFilter":      func(ctx context.Context) error { return d.DropFilter(ctx, "hong", "f") },
		"RecordingSizes":  func(ctx context.Context) error { _, err := d.RecordingSizes(ctx, []string{clip.ID}); return err },
		"Recording":       func(ctx context.Context) error { _, err := d.Recording(ctx, clip.ID); return err },
		"Profiles":        func(ctx context.Context) error { _, err := d.Profiles(ctx); return err },
		"Claimed":         func(ctx context.Context) error { _, err := d.Claimed(ctx, []string{"a"}); return err },
		"Rewrap":          func(ctx context.Context) error { _, err := d.Rewrap(ctx, keepKey); return err },
		"MigrationStatus": func(context.Context) error { _, err := d.MigrationStatus(); return err },
		"Migrate":         func(context.Context) error { return d.Migrate() },
		"Ping":            d.Ping,
	}
}

func notFound(err error) bool {
	no, ok := refuse.As(err)
	return ok && no.Kind == refuse.NotFound
}

func keepRegistry(now devices.Registry, _ *ledger.Entry) (devices.Registry, error) { return now, nil }

func keepKey(_ string, wrapped []byte) ([]byte, error) { return wrapped, nil }

func checkOne(ctx context.Context, d *db.DB, clip footage.Clip) error {
	digest, err := db.Digest(&clip)
	if err != nil {
		return err
	}
	return d.CheckRecords(ctx, []ledger.Row{{Index: 0}}, []ledger.Entry{{Records: map[string]string{clip.RecordName(): digest}}})
}

// patience is how long a database that is away may keep somebody waiting.
const patience = 20 * time.Second

func TestPostgresGoesAwayAndComesBack(t *testing.T) {
	server := dbtest.PostgresServer(t)
	c := newClock()
	d := openDatabase(t, db.Config{Postgres: server.DSN()}, c)
	clip := aKeptClip(t, d, c, 1)
	if back, err := d.Clip(t.Context(), clip.ID); err != nil {
		t.Fatal(err)
	} else {
		clip = back
	}

	// One that is inside a change when the power goes.
	inside, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		e := ledger.Entry{Act: ledger.ActHeld, Actor: ledger.Actor{Account: "hong"}}
		ended <- d.Change(context.Background(), e, func(tx footage.Tx, _ *ledger.Entry) error {
			close(inside)
			<-goOn
			return tx.Save(&footage.Hold{ID: "lost", Clip: clip.ID})
		})
	}()
	<-inside
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	close(goOn)
	if err := <-ended; !errors.Is(err, db.ErrAway) {
		t.Errorf("the change under way ended with %v", err)
	}
	for name, ask := range doors(d, clip) {
		started := time.Now()
		if err := ask(t.Context()); !errors.Is(err, db.ErrAway) {
			t.Errorf("%s, while the database is away: %v", name, err)
		}
		if took := time.Since(started); took > patience {
			t.Errorf("%s kept us waiting for %s", name, took)
		}
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	for name, ask := range doors(d, clip) {
		if err := ask(t.Context()); err != nil && !notFound(err) {
			t.Errorf("%s, after the database came back: %v", name, err)
		}
	}
	if holds, err := d.HoldsOf(t.Context(), clip.ID); err != nil || len(holds) != 0 {
		t.Errorf("the change that failed left %v, %v", holds, err)
	}
	if err := verify(t.Context(), t, d); err != nil {
		t.Error(err)
	}
}

func TestPostgresNotThereAtTheStart(t *testing.T) {
	server := dbtest.PostgresServer(t)
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	_, err := db.Open(t.Context(), db.Config{Postgres: server.DSN(), Clock: newClock().now})
	if !errors.Is(err, db.ErrAway) || time.Since(started) > patience {
		t.Errorf("%v after %s", err, time.Since(started))
	}
}

func TestSQLiteFull(t *testing.T) {
	c := newClock()
	d := openDatabase(t, databases["sqlite"](t), c)
	clip := aKeptClip(t, d, c, 0)
	limit := func(pages int) {
		t.Helper()
		if err := d.Writer().Exec(fmt.Sprint("PRAGMA max_page_count = ", pages)).Error; err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite takes it for the size the file has
	var full error
	before, _ := d.Head()
	kept := int64(0)
	for i := 1; i < 1000 && full == nil; i++ {
		next := aClip(i, c.now())
		if full = save(d, &next); full == nil {
			kept++
		}
	}
	if !errors.Is(full, db.ErrFull) {
		t.Fatalf("a full database answers %v", full)
	}
	if head, err := d.Head(); err != nil || head.Size != before.Size+kept {
		t.Errorf("the ledger has %d entries, %v; want %d", head.Size, err, before.Size+kept)
	}
	if _, err := d.Clip(t.Context(), clip.ID); err != nil {
		t.Errorf("a full database does not read: %v", err)
	}
	limit(1 << 30)
	next := aClip(2000, c.now())
	if err := save(d, &next); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if _, err := ledger.Verify(t.Context(), d.Ledger(t.Context()), ledgertest.NewSigner(t).Verifier(), ledger.Options{}); err != nil {
		t.Error(err)
	}
}
