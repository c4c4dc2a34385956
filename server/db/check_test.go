package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
	"jikim/server/db"
	"jikim/web/access"
)

// aKeptClip is a clip on its way through: an upload with its key, checked in.
func aKeptClip(t testing.TB, d *db.DB, c *clock, i int) footage.Clip {
	t.Helper()
	clip := aClip(i, c.now())
	up := footage.Upload{ID: clip.ID, State: footage.Receiving, Size: clip.Bytes, FileName: clip.FileName}
	if err := d.BeginUpload(t.Context(), up, []byte("wrapped key of "+clip.ID)); err != nil {
		t.Fatal(err)
	}
	e := ledger.Entry{Act: ledger.ActCheckedIn, Actor: ledger.Actor{Account: "hong"}, Subject: clip.RecordName()}
	if _, err := d.CheckIn(t.Context(), e, up, clip, nil); err != nil {
		t.Fatal(err)
	}
	return clip
}

// verify checks ledger and records as the command does.
func verify(ctx context.Context, t testing.TB, d *db.DB) error {
	_, err := ledger.Verify(ctx, d.Ledger(ctx), ledgertest.NewSigner(t).Verifier(), ledger.Options{
		EachBatch: func(rows []ledger.Row, entries []ledger.Entry) error { return d.CheckRecords(ctx, rows, entries) },
	})
	if err == nil {
		err = d.CheckUnvouched(ctx)
	}
	return err
}

// aHistory is a small institution's: clips, one held, one destroyed, accounts
// whose names have everything in them.
func aHistory(t testing.TB, d *db.DB, c *clock) {
	t.Helper()
	for i := range 4 {
		aKeptClip(t, d, c, i)
	}
	gone := footage.Clip{ID: "clip-000003"}
	err := d.Change(t.Context(), ledger.Entry{Act: ledger.ActDestructionBegun, Actor: ledger.Actor{Account: "system"}}, func(tx footage.Tx, _ *ledger.Entry) error {
		if err := tx.Load(&gone); err != nil {
			return err
		}
		gone.State, gone.Twin = footage.Destroyed, nil
		return errors.Join(tx.Save(&gone), tx.Save(&footage.Destruction{Clip: gone.ID, FileName: gone.FileName, By: "system"}), tx.DropKey(gone.ID))
	})
	if err != nil {
		t.Fatal(err)
	}
	clip := footage.Clip{ID: "clip-000000"}
	for _, purpose := range []string{"p7", "p8"} {
		err := d.Change(t.Context(), ledger.Entry{Act: ledger.ActCorrected, Actor: ledger.Actor{Account: "hong"}}, func(tx footage.Tx, _ *ledger.Entry) error {
			if err := tx.Load(&clip); err != nil {
				return err
			}
			clip.Purpose = purpose
			return tx.Save(&clip)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	records := []footage.Record{&footage.Hold{ID: "h1", Clip: "clip-000001", Reason: "수사"}}
	for _, name := range []string{"hong", `a"b\c`, "홍 ○○<&>\u2028", "x:y"} {
		records = append(records, &access.Account{Name: name, Role: access.Reviewer, CreatedAt: instant.Of(c.now())})
	}
	if err := save(d, records...); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyNamesWhatWasChangedOutside(t *testing.T) {
	const forged = `INSERT INTO clips SELECT 'forged', state, file_name, source_path, department, purpose, more_purposes, device, batch,
		bytes, sha256, kind, mime, duration_s, width, height, lat, lon, metadata, captured_at, time_confidence, checked_in_at, checked_in_by,
		sort_at, rule, filed_on, expires_on, due_at, reasons, doubts, manifest, media_todo, NULL, recording, part, chapter, lens, group_key FROM clips WHERE id = 'clip-000001'`
	cases := []struct {
		name   string
		do     []string
		code   string
		record string
	}{
		{"a column of a clip", []string{`UPDATE clips SET expires_on = '2026-10-04' WHERE id = 'clip-000001'`}, "record-altered", "clip:clip-000001"},
		{"one bit of a place", []string{`UPDATE clips SET lat = 37.500000000000007 WHERE id = 'clip-000001'`}, "record-altered", "clip:clip-000001"},
		{"a column to NULL", []string{`UPDATE clips SET captured_at = NULL WHERE id = 'clip-000001'`}, "record-altered", "clip:clip-000001"},
		{"hold removed", []string{`DELETE FROM holds`}, "record-removed", "hold:h1"},
		{"hold released", []string{`UPDATE holds SET released_at = 1`}, "record-altered", "hold:h1"},
		{"clip removed", []string{`DELETE FROM clips WHERE id = 'clip-000002'`}, "record-removed", "clip:clip-000002"},
		{"clip added", []string{forged}, "record-added", "clip:forged"},
		{"clip added with an index", []string{forged, `INSERT INTO record_heads (record, idx) VALUES ('clip:forged', 1)`}, "index-altered", "clip:forged"},
		{"index to the future", []string{`UPDATE record_heads SET idx = 7 WHERE record = 'clip:clip-000001'`, `UPDATE clips SET purpose = 'p9' WHERE id = 'clip-000001'`}, "index-altered", "clip:clip-000001"},
		{"index past the end", []string{`UPDATE record_heads SET idx = 700 WHERE record = 'clip:clip-000001'`, `UPDATE clips SET purpose = 'p9' WHERE id = 'clip-000001'`}, "index-altered", "clip:clip-000001"},
		{"index removed with the record", []string{`DELETE FROM record_heads WHERE record = 'hold:h1'`, `DELETE FROM holds`}, "index-altered", "hold:h1"},
		{"older row and index put back", []string{`UPDATE clips SET purpose = 'p7' WHERE id = 'clip-000000'`, `UPDATE record_heads SET idx = 5 WHERE record = 'clip:clip-000000'`}, "index-altered", "clip:clip-000000"},
		{"older row put back", []string{`UPDATE clips SET purpose = 'p7' WHERE id = 'clip-000000'`}, "record-altered", "clip:clip-000000"},
		{"destroyed clip revived", []string{`UPDATE clips SET state = 'registered' WHERE id = 'clip-000003'`}, "record-altered", "clip:clip-000003"},
		{"key of a destroyed clip put back", []string{`INSERT INTO clip_keys (clip, wrapped) VALUES ('clip-000003', 'x')`}, "key-added", "clip:clip-000003"},
		{"key removed", []string{`DELETE FROM clip_keys WHERE clip = 'clip-000002'`}, "key-removed", "clip:clip-000002"},
		{"account's role", []string{`UPDATE accounts SET role = 'admin' WHERE name = 'hong'`}, "record-altered", "account:hong"},
		{"account that needs escapes", []string{`UPDATE accounts SET role = 'admin' WHERE name LIKE 'a"b%'`}, "record-altered", `account:a"b\c`},
		{"place in the lists", []string{`UPDATE clips SET sort_at = 0 WHERE id = 'clip-000002'`}, "record-altered", "clip:clip-000002"},
		{"no place in the lists", []string{`UPDATE clips SET sort_at = NULL WHERE id = 'clip-000002'`}, "record-altered", "clip:clip-000002"},
		{"twin of a destroyed clip", []string{`UPDATE clips SET twin = 'x' WHERE id = 'clip-000003'`}, "record-altered", "clip:clip-000003"},
		{"what is not vouched for", []string{`UPDATE clips SET media_todo = true`, `UPDATE accounts SET failures = 3, last_sign_in = 12, locked_until = 13`}, "", ""},
	}
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		aHistory(t, d, c)
		if err := verify(t.Context(), t, d); err != nil {
			t.Fatalf("before anything was changed: %v", err)
		}
		for _, tt := range cases {
			t.Run(tt.name, func(t *testing.T) {
				tampered(t, d, tt.do, func(d *db.DB) {
					err := verify(t.Context(), t, d)
					var found *db.Discrepancy
					switch {
					case tt.code == "" && err != nil:
						t.Errorf("found %v where nothing is wrong", err)
					case tt.code == "":
					case !errors.As(err, &found):
						t.Errorf("not found: %v", err)
					case found.Code != tt.code || found.Record != tt.record || !strings.Contains(found.Sentence, strings.TrimPrefix(tt.record, "clip:")):
						t.Errorf("found %+v, want %s of %s", found, tt.code, tt.record)
					}
				})
			})
		}
		if err := verify(t.Context(), t, d); err != nil {
			t.Errorf("after all was put back: %v", err)
		}
	})
}

// tampered runs statements beside the ledger, lets look see them, and puts
// every table back as it was.
func tampered(t *testing.T, d *db.DB, statements []string, look func(*db.DB)) {
	t.Helper()
	tables := []string{"clips", "holds", "accounts", "record_heads", "clip_keys"}
	all := func(forms ...string) {
		t.Helper()
		err := d.Beside(func(g *gorm.DB) error {
			for _, s := range forms {
				if err := g.Exec(s).Error; err != nil {
					return fmt.Errorf("%s: %w", s, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var save, back []string
	for _, table := range tables {
		save = append(save, "CREATE TABLE kept_"+table+" AS SELECT * FROM "+table)
		back = append(back, "DELETE FROM "+table, "INSERT INTO "+table+" SELECT * FROM kept_"+table, "DROP TABLE kept_"+table)
	}
	all(save...)
	defer all(back...)
	all(statements...)
	look(d)
}

func TestVerifyWhileAWriterGoesOn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		var clips []footage.Clip
		for i := range 20 {
			clips = append(clips, aKeptClip(t, d, c, i))
		}
		ctx, stop := context.WithCancel(t.Context())
		var writer sync.WaitGroup
		var wrote int
		var failed error
		writer.Go(func() {
			for ; ctx.Err() == nil && failed == nil; wrote++ {
				clip := clips[wrote%len(clips)]
				clip.Batch = fmt.Sprint("batch ", wrote)
				failed = save(d, &clip, &footage.Correction{ID: fmt.Sprint("c", wrote), Clip: clip.ID})
			}
		})
		for range 30 {
			if err := verify(t.Context(), t, d); err != nil {
				t.Error(err)
				break
			}
		}
		stop()
		writer.Wait()
		if failed != nil || wrote == 0 {
			t.Errorf("%d changes, %v", wrote, failed)
		}
	})
}
