package db_test

import (
	"path/filepath"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
	"jikim/server/db"
	"jikim/web/access"
	"jikim/web/access/accesstest"
)

// TestPeople: what the gate of web/access asks of every database.
func TestPeople(t *testing.T) {
	for name, config := range databases {
		t.Run(name, func(t *testing.T) {
			accesstest.Suite(t, func(t *testing.T, clock *reviewtest.Clock) accesstest.Stores {
				conf := config(t)
				conf.Clock = clock.Now
				d, err := db.Open(t.Context(), conf)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := d.Close(); err != nil {
						t.Error(err)
					}
				})
				if err := d.Migrate(); err != nil {
					t.Fatal(err)
				}
				d.Sign(ledgertest.NewSigner(t))
				return d
			})
		})
	}
}

func TestOldSignInsArePruned(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		begun := c.now()
		for range 12 {
			at := instant.Of(c.now())
			if err := d.NoteSignIn(t.Context(), access.SignIn{ID: access.SignInID(at, "00"), At: at, Result: access.SignedIn}); err != nil {
				t.Fatal(err)
			}
			c.add(time.Hour)
		}
		gone, err := d.PruneSignIns(t.Context(), instant.Of(begun.Add(10*time.Hour)))
		left, _ := d.SignIns(t.Context(), access.SignInFilter{})
		if err != nil || gone != 10 || len(left) != 2 {
			t.Errorf("pruned %d, %v; left %d", gone, err, len(left))
		}
		if gone, err = d.PruneSignIns(t.Context(), instant.Of(begun)); err != nil || gone != 0 {
			t.Errorf("again: %d, %v", gone, err)
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
