package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/server/db/dbtest"
)

// peek looks into a place past the server.
func (p place) peek(t testing.TB, look func(ctx context.Context, h *house)) {
	t.Helper()
	ctx := context.Background()
	h, err := openStores(ctx, p.data, p.config, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	look(ctx, h)
}

// where is the database of a place, for dbtest.Raw.
func (p place) where() string {
	if p.dsn != "" {
		return p.dsn
	}
	return filepath.Join(p.data, "jikim.db")
}

// alter changes the records past all our doors; it must change something.
func (p place) alter(t testing.TB, statement string, args ...any) {
	t.Helper()
	db := dbtest.Raw(t, p.where())
	defer db.Close()
	res, err := db.Exec(statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s changed %d rows: %v", statement, n, err)
	}
}

// count gives the one number a query asks for.
func (p place) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	db := dbtest.Raw(t, p.where())
	defer db.Close()
	if err := db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// await waits until a query gives want.
func (p place) await(t testing.TB, atMost time.Duration, want int, query string, args ...any) {
	t.Helper()
	got := 0
	for end := time.Now().Add(atMost); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got = p.count(t, query, args...); got == want {
			return
		}
	}
	t.Fatalf("after %s %s gives %d, want %d", atMost, query, got, want)
}

// clips gives every clip there is.
func (p place) clips(t testing.TB) (all []footage.Clip) {
	t.Helper()
	p.peek(t, func(ctx context.Context, h *house) {
		for cursor := ""; ; {
			page, err := h.db.ListClips(ctx, footage.Filter{Cursor: cursor, Limit: 200, Companions: true})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, page.Clips...)
			if cursor = page.Next; cursor == "" {
				return
			}
		}
	})
	return all
}

// entries gives the whole ledger.
func (p place) entries(t testing.TB) (all []ledger.Row) {
	t.Helper()
	p.peek(t, func(ctx context.Context, h *house) {
		for {
			rows, err := h.db.Rows(ctx, int64(len(all)), 1000)
			if err != nil {
				t.Fatal(err)
			}
			if all = append(all, rows...); len(rows) < 1000 {
				return
			}
		}
	})
	return all
}

// actsBySubject counts the entries of an act for each subject.
func (p place) actsBySubject(t testing.TB, act ledger.Act) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, row := range p.entries(t) {
		if row.Act == act {
			n[row.Subject]++
		}
	}
	return n
}

// kept names every original in the vault, whole or in part.
func (p place) kept(t testing.TB) (names []string) {
	t.Helper()
	p.peek(t, func(ctx context.Context, h *house) {
		err := h.vault.List(ctx, func(item vault.Item) error {
			if !strings.HasPrefix(item.Name, checkpointPrefix) && !strings.Contains(item.Name, ".") {
				names = append(names, fmt.Sprintf("%s %t", item.Name, item.Finished))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	slices.Sort(names)
	return names
}
