package retention_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/retention"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
)

// record places a clip without bytes.
func (k *keep) record(id string, change func(c *footage.Clip)) {
	c := overdue(id)
	c.SHA256 = strings.Repeat("0a", 32)
	change(&c)
	k.book.Put(&c)
	k.book.PutKey(id, []byte("key"))
}

func as(*footage.Clip) {}

// sweep runs one and gives what it told, by clip: "" went, a code stays.
func (k *keep) sweep(t testing.TB) (map[string]string, error) {
	t.Helper()
	told := map[string]string{}
	err := k.Sweep(context.Background(), cycle.Cycle, func(f retention.Finding) {
		if _, twice := told[f.Clip.ID]; twice {
			t.Errorf("told twice of %s", f.Clip.ID)
		}
		told[f.Clip.ID] = f.KeptCode
		if f.Err != nil {
			told[f.Clip.ID] = "failed"
		}
		if (f.Kept == "") != (f.KeptCode == "") {
			t.Errorf("%s is kept for %q: %q", f.Clip.ID, f.KeptCode, f.Kept)
		}
	})
	return told, err
}

func (k *keep) preview(t testing.TB, at time.Time) map[string]string {
	t.Helper()
	told := map[string]string{}
	err := k.Preview(context.Background(), instant.Of(at), func(f retention.Finding) error {
		told[f.Clip.ID] = f.KeptCode
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return told
}

// TestPreviewTellsWhatSweepDoes: for any keep, a preview of this moment and
// the sweep of this moment say the same, the preview does nothing, and a
// second sweep finds only what the first one left.
func TestPreviewTellsWhatSweepDoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := newKeep(t)
		for i := range rapid.IntRange(0, 6).Draw(rt, "clips") {
			id := fmt.Sprint("c", i)
			k.record(id, func(c *footage.Clip) {
				c.State = rapid.SampledFrom([]footage.State{footage.Registered, footage.Review, footage.Destroyed, footage.Destroying}).Draw(rt, "state")
				c.DueAt = instant.Of(dueDay.Add(time.Duration(rapid.IntRange(-100, 5).Draw(rt, "due")) * time.Hour))
				c.ExpiresOn = instant.DateOf(dueDay).AddDays(rapid.IntRange(-5, 1).Draw(rt, "expires"))
				switch rapid.IntRange(0, 5).Draw(rt, "odd") {
				case 0:
					c.ExpiresOn, c.DueAt = "", instant.Time{}
				case 1:
					c.ExpiresOn = ""
				case 2:
					c.CapturedAt = c.CheckedInAt.Add(time.Hour)
				}
			})
			for n := range rapid.IntRange(0, 2).Draw(rt, "holds") {
				h := footage.Hold{ID: fmt.Sprint(id, "-", n), Clip: id, Basis: "other", Reason: "사유", PlacedBy: "hong", PlacedAt: instant.Of(dueDay)}
				if rapid.Bool().Draw(rt, "released") {
					h = released(h)
				}
				k.book.Put(&h)
			}
		}
		if rapid.Bool().Draw(rt, "clock behind") {
			k.record("ahead", func(c *footage.Clip) { c.CheckedInAt = instant.Of(dueDay.Add(time.Hour)) })
		}
		want := k.preview(t, dueDay)
		if acts := k.book.Acts(t); acts != "" {
			rt.Fatalf("the preview did something: %s", acts)
		}
		got, err := k.sweep(t)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Errorf("previewed and done differ:\n%s", diff)
		}
		for id, kept := range got {
			if s := k.state(t, id); (kept == "") != (s == footage.Destroyed) {
				rt.Errorf("%s (%q) is %s", id, kept, s)
			}
		}
		again, err := k.sweep(t)
		if err != nil {
			rt.Fatal(err)
		}
		maps.DeleteFunc(want, func(_, kept string) bool { return kept == "" })
		if diff := cmp.Diff(want, again); diff != "" {
			rt.Errorf("a second sweep differs:\n%s", diff)
		}
	})
}

func TestPreviewNamesTheOfficerOfThatDay(t *testing.T) {
	k := newKeep(t)
	k.record("c1", as)
	for at, want := range map[time.Time]string{dueDay: "홍○○", dueDay.AddDate(1, 0, 0): "홍○○"} {
		err := k.Preview(t.Context(), instant.Of(at), func(f retention.Finding) error {
			if f.Officer != want {
				t.Errorf("%s: %q", at, f.Officer)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop := errors.New("enough")
	if err := k.Preview(t.Context(), instant.Of(dueDay), func(retention.Finding) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a visitor's error came back as %v", err)
	}
}

// TestSweepStepsOver: more kept clips than a page holds do not keep the sweep
// from those behind them, and it ends.
func TestSweepStepsOver(t *testing.T) {
	k := newKeep(t)
	const kept, going = 520, 3
	for i := range kept {
		id := fmt.Sprintf("kept%04d", i)
		k.record(id, func(c *footage.Clip) { c.CapturedAt = c.CheckedInAt.Add(time.Hour) })
	}
	for i := range going {
		k.record(fmt.Sprint("later", i), func(c *footage.Clip) { c.DueAt = c.DueAt.Add(time.Hour) })
	}
	told, err := k.sweep(t)
	if err != nil {
		t.Fatal(err)
	}
	gone := 0
	for _, code := range told {
		if code == "" {
			gone++
		}
	}
	if len(told) != kept+going || gone != going {
		t.Errorf("told of %d, %d went", len(told), gone)
	}
}

// TestHoldBetweenListingAndExecution: the gate asks at the moment itself.
func TestHoldBetweenListingAndExecution(t *testing.T) {
	k := newKeep(t)
	k.clip(t, "c1")
	k.clip(t, "c2")
	k.Records = lateList{k.book, func() {
		k.book.Put(&footage.Hold{ID: "h", Clip: "c1", Basis: "evidence", Reason: "고소 준비", PlacedBy: "hong", PlacedAt: instant.Of(dueDay)})
	}}
	told, err := k.sweep(t)
	if err != nil || told["c1"] != "on-hold" || told["c2"] != "" {
		t.Fatalf("%v, %v", told, err)
	}
	if s := k.state(t, "c1"); s != footage.Registered || k.told(t, "c1") != [2]int{} {
		t.Errorf("c1 is %s", s)
	}
	if o, err := vault.Open(t.Context(), k.vault, "c1", keyOf(t, k, "c1"), manifestOf(t, k, "c1")); err != nil {
		t.Error("what is held cannot be read:", err)
	} else {
		o.Close()
	}
	k.gone(t, "c2")
}

func keyOf(t testing.TB, k *keep, id string) vault.Key {
	t.Helper()
	wrapped, err := k.book.Key(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	key, err := k.vault.Keys.Unwrap(id, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func manifestOf(t testing.TB, k *keep, id string) vault.Manifest {
	t.Helper()
	c, err := k.book.Clip(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c.Manifest
}

// TestSweepGoesOnPastFailures: one clip's vault is away; the others go, the
// error is told, and the rest is completed later.
func TestSweepGoesOnPastFailures(t *testing.T) {
	k := newKeep(t)
	for i := range 4 {
		k.clip(t, fmt.Sprint("c", i))
	}
	k.Vault = brokenFor{k.vault, "c2.poster"}
	told, err := k.sweep(t)
	if !errors.Is(err, vault.ErrAway) {
		t.Errorf("the sweep said %v", err)
	}
	if diff := cmp.Diff(map[string]string{"c0": "", "c1": "", "c2": "failed", "c3": ""}, told); diff != "" {
		t.Error(diff)
	}
	k.Vault = k.vault
	if n, err := k.Resume(t.Context()); n != 1 || err != nil {
		t.Errorf("resumed %d, %v", n, err)
	}
	for i := range 4 {
		if d := k.gone(t, fmt.Sprint("c", i)); d.Cycle != cycle.Cycle {
			t.Errorf("%+v", d)
		}
	}
}

type brokenFor struct {
	vault.Store
	name string
}

func (b brokenFor) Destroy(ctx context.Context, name string) error {
	if name == b.name {
		return vault.ErrAway
	}
	return b.Store.Destroy(ctx, name)
}

// TestSweepsAtOnce: every server sweeps at the same hour; each clip goes once
// and nobody calls it a failure.
func TestSweepsAtOnce(t *testing.T) {
	k := newKeep(t)
	const clips = 40
	for i := range clips {
		k.record(fmt.Sprintf("c%02d", i), as)
	}
	var wg sync.WaitGroup
	told := make([]map[string]string, 3)
	for i := range told {
		other := &keep{Gate: k.gate(fmt.Sprint("server-", i)), book: k.book, vault: k.vault, clock: k.clock, wire: k.wire}
		wg.Go(func() {
			var err error
			if told[i], err = other.sweep(t); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var went []string
	for _, of := range told {
		for id, code := range of {
			if code != "" {
				t.Errorf("%s: %s", id, code)
			}
			went = append(went, id)
		}
	}
	if slices.Sort(went); len(went) != clips || len(slices.Compact(went)) != clips {
		t.Errorf("%d clips went %d times", clips, len(went))
	}
	for i := range clips {
		k.gone(t, fmt.Sprintf("c%02d", i))
	}
}

// TestSweepOverAnOldList: what another server has destroyed since the list was
// made is not a failure of this one.
func TestSweepOverAnOldList(t *testing.T) {
	k := newKeep(t)
	k.clip(t, "c1")
	k.clip(t, "c2")
	other := k.gate("server-2")
	k.Records = lateList{k.book, func() {
		if err := other.Destroy(t.Context(), cycle, "c1", "보관기간 만료"); err != nil {
			t.Error(err)
		}
	}}
	told, err := k.sweep(t)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"c2": ""}, told); diff != "" {
		t.Error(diff)
	}
	k.gone(t, "c1")
}

func TestSweepEndsWithItsContext(t *testing.T) {
	k := newKeep(t)
	for i := range 600 {
		k.record(fmt.Sprintf("c%03d", i), as)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := k.Sweep(ctx, cycle.Cycle, func(retention.Finding) {
		if n++; n == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || n > 500 {
		t.Errorf("told of %d, %v", n, err)
	}
	k.Records = recordsAway{k.book}
	if _, err := k.sweep(t); !errors.Is(err, errAway) {
		t.Errorf("%v", err)
	}
	if err := k.Preview(t.Context(), instant.Of(dueDay), func(retention.Finding) error { return nil }); !errors.Is(err, errAway) {
		t.Errorf("%v", err)
	}
	if _, err := k.Resume(t.Context()); !errors.Is(err, errAway) {
		t.Errorf("%v", err)
	}
	if err := k.Destroy(t.Context(), officer, "c599", "보관기간 만료"); !errors.Is(err, errAway) {
		t.Errorf("%v", err)
	}
}

var errAway = errors.New("the database is away")

type recordsAway struct{ *reviewtest.Book }

func (recordsAway) DueClips(context.Context, instant.Time, string, string, int) (footage.Page, error) {
	return footage.Page{}, errAway
}

func (recordsAway) ClipsIn(context.Context, footage.State, int) ([]footage.Clip, error) {
	return nil, errAway
}

func (recordsAway) LedgerAt(context.Context) (instant.Time, error) { return instant.Time{}, errAway }

func (recordsAway) Claim(context.Context, string, string, time.Duration) (bool, error) {
	return false, errAway
}
