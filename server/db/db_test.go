package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
	"jikim/footage/vault"
	"jikim/server/db"
	"jikim/server/db/dbtest"
)

// clock is a hand-wound clock.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// databases is every database, each call a fresh and empty one.
var databases = map[string]func(t testing.TB) db.Config{
	"sqlite":   func(t testing.TB) db.Config { return db.Config{SQLite: filepath.Join(t.TempDir(), "jikim.db")} },
	"postgres": func(t testing.TB) db.Config { return db.Config{Postgres: dbtest.Postgres(t)} },
}

// eachDatabase runs a test on SQLite and on PostgreSQL.
func eachDatabase(t *testing.T, test func(t *testing.T, d *db.DB, c *clock)) {
	for name, config := range databases {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			test(t, openDatabase(t, config(t), c), c)
		})
	}
}

func newClock() *clock { return &clock{t: time.Date(2026, 10, 3, 5, 0, 0, 0, time.UTC)} }

// openDatabase opens and migrates a database, with a key for its ledger.
func openDatabase(t testing.TB, conf db.Config, c *clock) *db.DB {
	t.Helper()
	conf.Clock = c.now
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
}

func aClip(i int, at time.Time) footage.Clip {
	twin := fmt.Sprint("twin-", i)
	lat, lon := 37.5, 126.7+float64(i)/1000
	return footage.Clip{
		ID: fmt.Sprintf("clip-%06d", i), State: footage.Registered, FileName: fmt.Sprintf("민원_%d.MP4", i),
		SourcePath: []byte{0xff, 'a'}, Department: []string{"pr", "civil"}[i%2], Purpose: "p" + fmt.Sprint(i%3), Device: "cam-1",
		Bytes: 12, SHA256: fmt.Sprintf("%064d", i), Kind: "video", MIME: "video/mp4", DurationS: 12.345, Lat: &lat, Lon: &lon,
		Metadata: `{"a":"<b>"}`, CapturedAt: instant.Of(at), TimeConfidence: "B", CheckedInAt: instant.Of(at.Add(time.Hour)), CheckedInBy: "hong",
		Rule: "p@1", FiledOn: instant.DateOf(at), ExpiresOn: instant.DateOf(at).AddDays(15), DueAt: instant.Of(instant.DateOf(at).AddDays(16).Start()),
		Reasons: []string{"촬영일부터 15일 <보관>"}, Manifest: vault.Manifest{Alg: "x", Segments: []vault.Run{{Count: 1, Len: 12}}}, Twin: &twin,
	}
}

func save(d *db.DB, records ...footage.Record) error {
	e := ledger.Entry{Act: ledger.ActCheckedIn, Actor: ledger.Actor{Account: "hong"}, Subject: records[0].RecordName()}
	return d.Change(context.Background(), e, func(tx footage.Tx, _ *ledger.Entry) error {
		for _, r := range records {
			if err := tx.Save(r); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestAChangeAndItsEntryStandTogether(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		clip := aClip(1, c.now())
		if err := save(d, &clip, &footage.Hold{ID: "h1", Clip: clip.ID, Reason: "수사"}); err != nil {
			t.Fatal(err)
		}
		back, err := d.Clip(t.Context(), clip.ID)
		if err != nil {
			t.Fatal(err)
		}
		digest, _ := db.Digest(&clip)
		again, _ := db.Digest(&back)
		if digest != again {
			t.Errorf("a clip read back is not what was written:\n%s", cmp.Diff(fmt.Sprintf("%+v", clip), fmt.Sprintf("%+v", back)))
		}
		rows, err := d.History(t.Context(), "clip:"+clip.ID)
		if err != nil || len(rows) != 1 {
			t.Fatalf("history: %d rows, %v", len(rows), err)
		}
		e, err := ledger.Decode(rows[0].Body)
		if err != nil {
			t.Fatal(err)
		}
		if e.Records["clip:"+clip.ID] != digest || e.Records["hold:h1"] == "" {
			t.Errorf("the entry does not vouch for what was saved: %v", e.Records)
		}

		boom := errors.New("boom")
		err = d.Change(t.Context(), ledger.Entry{Act: ledger.ActHeld, Actor: ledger.Actor{Account: "hong"}}, func(tx footage.Tx, _ *ledger.Entry) error {
			other := aClip(2, c.now())
			if err := tx.Save(&other); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Errorf("a failed change gave %v", err)
		}
		if _, err := d.Clip(t.Context(), "clip-000002"); err == nil {
			t.Error("a failed change left a clip behind")
		}
		if head, _ := d.Head(); head.Size != 1 {
			t.Errorf("a failed change left an entry: size %d", head.Size)
		}
	})
}

func TestManyChangesAtOnceAreAllKept(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		var wg sync.WaitGroup
		const n = 200
		errs := make([]error, n)
		for i := range n {
			wg.Go(func() {
				clip := aClip(i, c.now())
				if i%10 == 0 {
					clip.Twin = nil
				}
				errs[i] = save(d, &clip)
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		r := d.Ledger(t.Context())
		head, err := r.Head()
		if err != nil || head.Size != n {
			t.Fatalf("head %d, %v", head.Size, err)
		}
	})
}

func TestListPagesByCursor(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		const n = 130
		var clips []footage.Record
		for i := range n {
			clip := aClip(i, c.now().Add(time.Duration(i/3)*time.Minute)) // three share each moment
			clips = append(clips, &clip)
		}
		if err := save(d, clips...); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		f := footage.Filter{Department: "civil", Limit: 7}
		for {
			page, err := d.ListClips(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, clip := range page.Clips {
				if clip.Department != "civil" || seen[clip.ID] {
					t.Fatalf("%s of %s came twice or from elsewhere", clip.ID, clip.Department)
				}
				seen[clip.ID] = true
			}
			if page.Next == "" {
				break
			}
			f.Cursor = page.Next
		}
		if len(seen) != n/2 {
			t.Errorf("paging found %d of %d", len(seen), n/2)
		}
		if got, _ := d.CountClips(t.Context(), footage.Filter{}, 100); got != 100 {
			t.Errorf("bounded count gave %d", got)
		}
		page, err := d.ListClips(t.Context(), footage.Filter{Query: "원_12", Limit: 50})
		if err != nil || len(page.Clips) != 11 { // 12 and 120…129
			t.Errorf("query found %d, %v", len(page.Clips), err)
		}
		if _, err := d.ListClips(t.Context(), footage.Filter{Cursor: "nonsense"}); !errors.Is(err, refuse.New(refuse.Invalid, "bad-cursor", "")) {
			t.Errorf("a nonsense cursor gave %v", err)
		}
		due, err := d.DueClips(t.Context(), instant.Of(c.now().AddDate(0, 0, 20)), "civil", "", 10)
		if err != nil || len(due.Clips) != 10 || due.Next == "" {
			t.Errorf("due: %d, %v", len(due.Clips), err)
		}
	})
}

func TestALeaseHasOneOwner(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		claim := func(owner string, want bool) {
			t.Helper()
			got, err := d.Claim(t.Context(), "destroy:1", owner, time.Minute)
			if err != nil || got != want {
				t.Fatalf("claim by %s: %v, %v; want %v", owner, got, err, want)
			}
		}
		claim("a", true)
		claim("b", false)
		if has, wanted, err := d.Wanted(t.Context(), "destroy:1", "a"); !has || !wanted || err != nil {
			t.Errorf("a has %v wanted %v %v", has, wanted, err)
		}
		claim("a", true) // prolonged
		c.add(2 * time.Minute)
		claim("b", true)
		claim("a", false)
		if err := d.Release(t.Context(), "destroy:1", "a"); err != nil { // not a's any more
			t.Fatal(err)
		}
		claim("c", false)
		if err := d.Release(t.Context(), "destroy:1", "b"); err != nil {
			t.Fatal(err)
		}
		claim("c", true)
	})
}

func TestRegistryIsSavedAsOneAct(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		reg := devices.Registry{
			Institution: devices.Institution{ID: "hanbit", Name: "한빛구"},
			Departments: []devices.Department{{ID: "civil", Name: "민원과"}},
			Officers:    []devices.Officer{{ID: "o1", Department: "civil", Tier: devices.TierResponsible, Name: "홍○○", From: "2026-01-01"}},
			Purposes:    []devices.Purpose{{ID: "complaint", Name: "악성민원", Basis: []devices.LegalBasis{devices.BasisPublicTask}, Retention: devices.Retention{Days: 15}, Version: 1}},
			Devices:     []devices.Device{{ID: "cam-1", Serial: "S1", Department: "civil"}},
		}
		e := ledger.Entry{Act: ledger.ActRegistryImported, Actor: ledger.Actor{Account: "admin"}}
		put := func() error {
			return d.SaveRegistry(t.Context(), e, func(devices.Registry, *ledger.Entry) (devices.Registry, error) { return reg, nil })
		}
		if err := put(); err != nil {
			t.Fatal(err)
		}
		back, err := d.Registry(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(reg, back); diff != "" {
			t.Error(diff)
		}
		name, err := d.ResponsibleOfficer(t.Context(), "civil", "2026-10-03")
		if name != "홍○○" || err != nil {
			t.Errorf("officer %q %v", name, err)
		}
		if _, found, _ := d.DeviceBySerial(t.Context(), "S1"); !found {
			t.Error("device not found by serial")
		}
	})
}
