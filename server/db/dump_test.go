package db_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"jikim/devices"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/server/db"
)

// aDump is a dump in memory.
type aDump struct {
	db.Snapshot
	files  map[string]*bytes.Buffer
	sealed []db.Sealed
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func dump(t testing.TB, d *db.DB) aDump {
	t.Helper()
	out := aDump{files: map[string]*bytes.Buffer{}}
	var err error
	out.Snapshot, err = d.Dump(t.Context(), func(table string) (io.WriteCloser, error) {
		out.files[table] = &bytes.Buffer{}
		return nopCloser{out.files[table]}, nil
	}, func(s db.Sealed) error { out.sealed = append(out.sealed, s); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (a aDump) open(table string) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(a.files[table].Bytes())), nil
}

// strangeRecords have values that a careless copy would change.
func strangeRecords(c *clock) []footage.Record {
	odd := aClip(100, c.now())
	odd.FileName, odd.SourcePath, odd.Metadata = "줄\n\"바꿈\" \u2028<&>\\ 😀.MP4", []byte{0, 1, 0xfe, '\n'}, strings.Repeat(`{"긴":"값"}`, 20_000)
	lat, lon := math.Nextafter(37.5, 38), -0.1
	odd.Lat, odd.Lon, odd.DurationS, odd.Bytes = &lat, &lon, 1.0/3, math.MaxInt64
	odd.MorePurposes, odd.Doubts = []string{"a", ""}, nil
	bare := footage.Clip{ID: "bare", State: footage.Review, SourcePath: []byte{}, Manifest: odd.Manifest}
	bare.CheckedInAt = odd.CheckedInAt
	return []footage.Record{
		&odd, &bare,
		&footage.Derivative{ID: odd.ID + ".poster", Clip: odd.ID, Kind: "poster", State: footage.Made, SHA256: "ab", Manifest: odd.Manifest},
		&footage.Derivative{ID: odd.ID + ".proxy", Clip: odd.ID, Kind: "proxy", State: footage.Failed, Detail: "까닭"},
		&devices.Purpose{ID: "p", Basis: []devices.LegalBasis{devices.BasisPublicTask}, Retention: devices.Retention{Days: 15, Permanent: false}, Version: 3},
		&devices.Officer{ID: "o", Department: "pr", Tier: devices.TierResponsible, From: "2026-01-01"},
	}
}

func fill(t testing.TB, d *db.DB, c *clock) {
	t.Helper()
	aHistory(t, d, c)
	for _, id := range []string{"clip-000100", "bare"} {
		if err := d.BeginUpload(t.Context(), footage.Upload{ID: id, State: footage.CheckedIn}, []byte{0, 0xff}); err != nil {
			t.Fatal(err)
		}
	}
	if err := save(d, strangeRecords(c)...); err != nil {
		t.Fatal(err)
	}
	if err := d.SaveSession(t.Context(), "s", []byte("x"), c.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
}

func TestADumpOfOneDatabaseFillsAnother(t *testing.T) {
	for from, fromConfig := range databases {
		for to, toConfig := range databases {
			t.Run(from+" to "+to, func(t *testing.T) {
				c := newClock()
				source := openDatabase(t, fromConfig(t), c)
				fill(t, source, c)
				was := dump(t, source)

				target := openDatabase(t, toConfig(t), c)
				if err := target.Load(t.Context(), was.Snapshot, was.open); err != nil {
					t.Fatal(err)
				}
				is := dump(t, target)
				for table, file := range was.files {
					if diff := cmp.Diff(file.String(), is.files[table].String()); diff != "" {
						t.Errorf("%s: %s", table, diff)
					}
				}
				if diff := cmp.Diff(was.sealed, is.sealed); diff != "" {
					t.Error(diff)
				}
				if err := verify(t.Context(), t, target); err != nil {
					t.Error(err)
				}
				if _, found, err := target.FindSession(t.Context(), "s"); found || err != nil {
					t.Errorf("somebody is still signed in: %v", err)
				}
				clip := aClip(7, c.now())
				if err := save(target, &clip); err != nil {
					t.Errorf("the copy cannot be written to: %v", err)
				}
			})
		}
	}
}

func TestADumpNamesWhatTheVaultMustHold(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		fill(t, d, c)
		var names []string
		for _, s := range dump(t, d).sealed {
			names = append(names, s.Name)
		}
		want := []string{"bare", "clip-000000", "clip-000001", "clip-000002", "clip-000100", "clip-000100.poster"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Error(diff)
		}
	})
}

func TestADumpHasEveryTable(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		stands, err := d.Writer().Migrator().GetTables()
		if err != nil {
			t.Fatal(err)
		}
		dumped := dump(t, d).files
		for _, table := range stands {
			if _, ok := dumped[table]; !ok && !slices.Contains([]string{"migrations", "sessions", "leases", "clip_words"}, table) {
				t.Errorf("%s is in no dump", table)
			}
		}
	})
}

func TestADumpIsOneMomentWhileAWriterGoesOn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		clip := aKeptClip(t, d, c, 1)
		ctx, stop := context.WithCancel(t.Context())
		var writer sync.WaitGroup
		var failed error
		writer.Go(func() {
			for i := 0; ctx.Err() == nil && failed == nil; i++ {
				clip.Batch = fmt.Sprint("batch ", i)
				failed = save(d, &clip, &footage.Hold{ID: fmt.Sprint("h", i), Clip: clip.ID})
			}
		})
		for range 5 {
			got := dump(t, d)
			if holds := int64(bytes.Count(got.files["holds"].Bytes(), []byte("\n"))) - 1; got.Head.Size != holds+1 {
				t.Errorf("%d entries but %d holds", got.Head.Size, holds)
			}
			copied := openDatabase(t, databases["sqlite"](t), c)
			if err := copied.Load(t.Context(), got.Snapshot, got.open); err != nil {
				t.Fatal(err)
			}
			if err := verify(t.Context(), t, copied); err != nil {
				t.Error(err)
			}
		}
		stop()
		writer.Wait()
		if failed != nil {
			t.Error(failed)
		}
	})
}

func TestLoadIsAllOrNothing(t *testing.T) {
	c := newClock()
	source := openDatabase(t, databases["sqlite"](t), c)
	fill(t, source, c)
	good := dump(t, source)
	bad := map[string]func(a *aDump){
		"cut off":        func(a *aDump) { a.files["clips"].Truncate(a.files["clips"].Len() / 2) },
		"a row missing":  func(a *aDump) { a.files["views"].Truncate(0); a.files["views"].WriteString(`{"table":"views"}`) },
		"another table":  func(a *aDump) { a.files["tokens"] = a.files["clips"] },
		"not a column":   func(a *aDump) { edit(a, "holds", `"name":"reason"`, `"name":"x\") --"`) },
		"not a kind":     func(a *aDump) { edit(a, "holds", `"kind":"text"`, `"kind":"blob"`) },
		"a value more":   func(a *aDump) { edit(a, "accounts", `["hong"`, `["hong","hong"`) },
		"number as text": func(a *aDump) { edit(a, "ledger_entries", `[0,`, `["0",`) },
		"no such table":  func(a *aDump) { a.Tables[0].Name, a.files["x"] = "x", a.files["institutions"] },
	}
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		for name, spoil := range bad {
			spoiled := aDump{Snapshot: good.Snapshot, files: map[string]*bytes.Buffer{}}
			spoiled.Tables = slices.Clone(good.Tables)
			for table, file := range good.files {
				spoiled.files[table] = bytes.NewBuffer(bytes.Clone(file.Bytes()))
			}
			spoil(&spoiled)
			if err := d.Load(t.Context(), spoiled.Snapshot, spoiled.open); err == nil {
				t.Fatalf("%s: loaded", name)
			}
			if empty, err := d.Empty(t.Context()); !empty || err != nil {
				t.Fatalf("%s: something stayed, %v", name, err)
			}
		}
		newer := good.Snapshot
		newer.Steps = append(slices.Clone(newer.Steps), "99-from-the-future")
		if err := d.Load(t.Context(), newer, good.open); !errors.Is(err, db.ErrNewer) {
			t.Errorf("a newer schema: %v", err)
		}
		if err := d.Load(t.Context(), good.Snapshot, good.open); err != nil {
			t.Fatal(err)
		}
		if err := d.Load(t.Context(), good.Snapshot, good.open); !errors.Is(err, db.ErrNotEmpty) {
			t.Errorf("loaded a second time: %v", err)
		}
	})
}

func edit(a *aDump, table, old, now string) {
	text := a.files[table].String()
	if !strings.Contains(text, old) {
		panic(table + " has no " + old)
	}
	a.files[table] = bytes.NewBufferString(strings.Replace(text, old, now, 1))
}

// Text that is not UTF-8 stands only where SQLite let somebody put it.
func TestADumpKeepsTextThatIsNone(t *testing.T) {
	c := newClock()
	d := openDatabase(t, databases["sqlite"](t), c)
	err := d.Beside(func(g *gorm.DB) error {
		return g.Exec(`INSERT INTO devices (id, serial, label) VALUES ('x', 's', CAST(x'ff00fe' AS TEXT))`).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	was := dump(t, d)
	copied := openDatabase(t, databases["sqlite"](t), c)
	if err := copied.Load(t.Context(), was.Snapshot, was.open); err != nil {
		t.Fatal(err)
	}
	var label string
	if err := copied.Writer().Raw("SELECT hex(label) FROM devices").Row().Scan(&label); err != nil || label != "FF00FE" {
		t.Errorf("%s, %v", label, err)
	}
}

// The head in a dump is signed: what was copied can be held against it.
func TestADumpCarriesItsCheckpoint(t *testing.T) {
	c := newClock()
	d := openDatabase(t, databases["sqlite"](t), c)
	fill(t, d, c)
	head, err := d.Head()
	if err != nil {
		t.Fatal(err)
	}
	got := dump(t, d)
	if diff := cmp.Diff(head, got.Head, cmp.Comparer(func(a, b ledger.Head) bool {
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		return bytes.Equal(x, y)
	})); diff != "" {
		t.Error(diff)
	}
}
