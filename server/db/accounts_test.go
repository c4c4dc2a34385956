package db_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
	"jikim/server/db"
	"jikim/web/access"
)

func TestFailuresAreCountedOneByOne(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		if err := save(d, &access.Account{Name: "hong", Role: access.Dock}); err != nil {
			t.Fatal(err)
		}
		counted := make([]int, 20)
		var wg sync.WaitGroup
		for i := range counted {
			wg.Go(func() {
				var err error
				if counted[i], err = d.CountFailure(context.Background(), "hong"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		slices.Sort(counted)
		for i, n := range counted {
			if n != i+1 {
				t.Fatalf("counted at once: %v", counted)
			}
		}
		if _, err := d.CountFailure(t.Context(), "nobody"); !notFound(err) {
			t.Errorf("of nobody: %v", err)
		}
	})
}

func TestFactorsComeBackAsTheyWereSaved(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		key, other := "cred-1", "cred-2"
		app := access.Factor{ID: "a", Account: "hong", Kind: access.TOTP, Label: "휴대전화", Sealed: []byte{0, 1, 0xff}, LastStep: 7, CreatedAt: instant.Of(c.now())}
		pass := access.Factor{ID: "b", Account: "hong", Kind: access.Passkey, Credential: `{"id":"x"}`, CredentialID: &key, SignCount: 1 << 31, CreatedAt: app.CreatedAt.Add(time.Second)}
		codes := access.Factor{ID: "c", Account: "kim", Kind: access.Recovery, Hashes: []string{"h1", "h2"}, CreatedAt: app.CreatedAt}
		gone := access.Factor{ID: "d", Account: "hong", Kind: access.Passkey, CredentialID: &other, RemovedAt: app.CreatedAt, CreatedAt: app.CreatedAt}
		for _, f := range []access.Factor{app, pass, codes, gone} {
			if err := save(d, &f); err != nil {
				t.Fatal(err)
			}
		}
		of := func(account string) (ids string) {
			all, err := d.Factors(t.Context(), account)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range all {
				ids += f.ID
			}
			return ids
		}
		if of("hong") != "ab" || of("kim") != "c" || of("") != "acb" || of("lee") != "" {
			t.Errorf("of hong %q, of kim %q, of all %q", of("hong"), of("kim"), of(""))
		}
		back, err := d.FactorByCredential(t.Context(), key)
		if err != nil || fmt.Sprintf("%+v", *back.CredentialID) != key || back.SignCount != pass.SignCount || back.Credential != pass.Credential {
			t.Errorf("by credential: %+v, %v", back, err)
		}
		if _, err := d.FactorByCredential(t.Context(), "cred-3"); !notFound(err) {
			t.Errorf("by no credential: %v", err)
		}
		all, _ := d.Factors(t.Context(), "hong")
		if string(all[0].Sealed) != string(app.Sealed) || all[0].LastStep != 7 {
			t.Errorf("%+v", all[0])
		}
	})
}

func TestTheRecordOfSignIns(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		begun := c.now()
		for i := range 120 {
			at := instant.Of(c.now())
			s := access.SignIn{
				ID: access.SignInID(at, fmt.Sprintf("%04d", i)), At: at, Account: []string{"hong", "kim", ""}[i%3], From: "10.0.0.7",
				Result: []access.Result{access.SignedIn, access.WrongPassword}[i%2], With: access.WithPassword,
			}
			if err := d.NoteSignIn(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			c.add(time.Hour)
		}
		ask := func(f access.SignInFilter) []access.SignIn {
			lines, err := d.SignIns(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			return lines
		}
		first := ask(access.SignInFilter{})
		if len(first) != 50 || first[0].At != instant.Of(begun.Add(119*time.Hour)) || first[0].From != "10.0.0.7" {
			t.Errorf("%d lines, first %+v", len(first), first[0])
		}
		var all []access.SignIn
		for before := ""; ; {
			page := ask(access.SignInFilter{Before: before, Limit: 33})
			if len(page) == 0 {
				break
			}
			all = append(all, page...)
			before = page[len(page)-1].ID
		}
		if len(all) != 120 || !slices.IsSortedFunc(all, func(a, b access.SignIn) int { return b.At.Std().Compare(a.At.Std()) }) {
			t.Errorf("in pages: %d", len(all))
		}
		if n := len(ask(access.SignInFilter{Account: "kim", Result: access.WrongPassword, Limit: 500})); n != 20 {
			t.Errorf("of kim, wrong: %d", n)
		}
		day := instant.DateOf(begun).AddDays(2)
		for _, s := range ask(access.SignInFilter{From: day, To: day, Limit: 500}) {
			if instant.DateOf(s.At.Std()) != day {
				t.Errorf("%v is not on %s", s.At, day)
			}
		}
		if n := len(ask(access.SignInFilter{From: day, To: day, Limit: 500})); n != 24 {
			t.Errorf("of one day: %d", n)
		}
		gone, err := d.PruneSignIns(t.Context(), instant.Of(begun.Add(100*time.Hour)))
		if left := ask(access.SignInFilter{Limit: 500}); err != nil || gone != 100 || len(left) != 20 {
			t.Errorf("pruned %d, %v; left %d", gone, err, len(left))
		}
	})
}

// A new institution's key wraps seeds of authenticator apps too, and what the
// ledger vouches for of them does not change.
func TestRewrapReachesSecondSteps(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		keys, err := vault.NewKeyFile(filepath.Join(t.TempDir(), "key"), reviewtest.NewRandom(1))
		if err != nil {
			t.Fatal(err)
		}
		seed := vault.Key{1, 2, 3}
		sealed, err := keys.Wrap("factor:a", seed)
		if err != nil {
			t.Fatal(err)
		}
		if err := save(d, &access.Factor{ID: "a", Account: "hong", Kind: access.TOTP, Sealed: sealed}, &access.Factor{ID: "b", Account: "hong", Kind: access.Recovery}); err != nil {
			t.Fatal(err)
		}
		if err := keys.Rotate(); err != nil {
			t.Fatal(err)
		}
		n, err := d.Rewrap(t.Context(), func(name string, wrapped []byte) ([]byte, error) {
			key, err := keys.Unwrap(name, wrapped)
			if err != nil {
				return nil, err
			}
			return keys.Wrap(name, key)
		})
		if err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		if err := keys.Drop(keys.KeyIDs()[1]); err != nil {
			t.Fatal(err)
		}
		all, err := d.Factors(t.Context(), "hong")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := keys.Unwrap("factor:a", all[0].Sealed); err != nil || got != seed {
			t.Errorf("%v, %v", got, err)
		}
		rows, _ := d.Rows(t.Context(), 0, 10)
		e, _ := ledger.Decode(rows[0].Body)
		if err := d.CheckRecords(t.Context(), rows, []ledger.Entry{e}); err != nil {
			t.Error(err)
		}
	})
}
