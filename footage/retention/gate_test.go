package retention_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
)

// dueDay is the first day on which overdue clips may go.
var dueDay = kst("2026-11-17 04:00")

// keep is an institution with clips and a gate.
type keep struct {
	*retention.Gate
	book  *reviewtest.Book
	vault *reviewtest.Vault
	clock *reviewtest.Clock
	wire  *reviewtest.Wire
}

func newKeep(t testing.TB) *keep {
	t.Helper()
	clock := reviewtest.NewClock(dueDay)
	k := &keep{book: reviewtest.NewBook(t, clock), vault: reviewtest.NewVault(t), clock: clock, wire: &reviewtest.Wire{}}
	k.book.SetRegistry(devices.Registry{Officers: []devices.Officer{
		{Department: "minwon", Tier: devices.TierResponsible, Name: "김○○", From: "2020-01-01", Until: "2026-11-16"},
		{Department: "minwon", Tier: devices.TierOperating, Name: "박○○", From: "2020-01-01"},
		{Department: "minwon", Tier: devices.TierResponsible, Name: "홍○○", From: "2026-11-17"},
	}})
	k.book.Wire = k.wire
	k.Gate = k.gate("server-1")
	return k
}

// gate is another server's door to the same keep.
func (k *keep) gate(owner string) *retention.Gate {
	return &retention.Gate{Book: k.book, Records: k.book, Vault: reviewtest.Brittle{Store: k.vault, Wire: k.wire}, Clock: k.clock.Now, Owner: owner}
}

// overdue is a clip of 15 days, filmed on 2026-11-01.
func overdue(id string) footage.Clip {
	f := filmed(kst("2026-11-01 10:00"), minwon)
	twin, lat := "twin of "+id, 37.5
	c := footage.Clip{
		ID: id, FileName: id + ".mp4", SourcePath: []byte("DCIM/" + id), Department: "minwon", Purpose: "minwon", Kind: "video",
		CapturedAt: instant.Of(f.CapturedAt), TimeConfidence: "C", CheckedInAt: instant.Of(f.CheckedInAt),
		Lat: &lat, Lon: &lat, Metadata: `{"kind":"video"}`, MediaTodo: true, Twin: &twin,
	}
	retention.Apply(&c, retention.Decide(f))
	return c
}

// clip keeps an overdue clip with a poster that has a record and all the rest
// that has none: its maker was cut off.
func (k *keep) clip(t testing.TB, id string) footage.Clip {
	t.Helper()
	c := overdue(id)
	k.vault.Keep(t, k.book, c, []byte("원본 "+id))
	k.vault.Derive(t, k.book, footage.Derivative{Clip: id, Kind: "poster"}, []byte("포스터"))
	k.vault.Derive(t, k.book, footage.Derivative{Clip: id, Kind: "sketch"}, []byte("그림")) // a kind of some other version
	for _, kind := range []string{"proxy", "track", "strip"} {
		w, err := k.vault.Resume(t.Context(), id+"."+kind, vault.Mark{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("반쯤")); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// blobs names everything in the vault.
func (k *keep) blobs(t testing.TB) (names []string) {
	t.Helper()
	err := k.vault.List(context.Background(), func(item vault.Item) error {
		names = append(names, item.Name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func (k *keep) state(t testing.TB, id string) footage.State {
	t.Helper()
	c, err := k.book.Clip(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c.State
}

// gone fails unless nothing of the clip is left but its records, complete.
func (k *keep) gone(t testing.TB, id string) footage.Destruction {
	t.Helper()
	for _, name := range k.blobs(t) {
		if name == id || strings.HasPrefix(name, id+".") {
			t.Errorf("%s is still in the vault", name)
		}
	}
	if slices.Contains(k.book.Keys(), id) {
		t.Errorf("the key of %s is still there", id)
	}
	d, err := k.book.Dossier(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	c := d.Clip
	if c.State != footage.Destroyed || c.Twin != nil || c.MediaTodo || c.Lat != nil || c.Lon != nil || c.Metadata != "" || c.SourcePath != nil {
		t.Errorf("the record of %s is %+v", id, c)
	}
	for _, made := range d.Derivatives {
		if made.State != footage.Discarded {
			t.Errorf("%s is %s", made.ID, made.State)
		}
	}
	if d.Destruction == nil || d.Destruction.DestroyedAt.IsZero() || d.Destruction.BegunAt.IsZero() ||
		d.Destruction.Officer != "홍○○" || d.Destruction.FileName != c.FileName || d.Destruction.SHA256 != c.SHA256 || c.SHA256 == "" {
		t.Fatalf("the record of destruction is %+v", d.Destruction)
	}
	if n := k.told(t, id); n != [2]int{1, 1} {
		t.Errorf("the ledger tells %v times of the beginning and the end of %s", n, id)
	}
	return *d.Destruction
}

// told counts the entries of a clip's destruction: begun, destroyed.
func (k *keep) told(t testing.TB, id string) (n [2]int) {
	t.Helper()
	for _, e := range k.book.Entries(t) {
		for i, act := range []ledger.Act{ledger.ActDestructionBegun, ledger.ActDestroyed} {
			if e.Act == act && e.Subject == "clip:"+id {
				n[i]++
			}
		}
	}
	return n
}

var (
	officer = ledger.Actor{Account: "hong", Role: "responsible"}
	cycle   = ledger.Actor{Account: "system", Cycle: "자동 파기 2026-11-17"}
)

func expect(t testing.TB, err error, kind refuse.Kind, code string) {
	t.Helper()
	no, ok := refuse.As(err)
	if !ok || no.Kind != kind || no.Code != code || no.Sentence == "" {
		t.Errorf("got %v, want the refusal %q", err, code)
	}
}

func TestDestroyByAPersonIsConfirmedByIt(t *testing.T) {
	k := newKeep(t)
	k.clip(t, "c1")
	k.clip(t, "c2")
	if err := k.Destroy(t.Context(), officer, "c1", "보관기간 만료"); err != nil {
		t.Fatal(err)
	}
	d := k.gone(t, "c1")
	if d.By != "hong" || d.Cycle != "" || d.ConfirmedBy != "hong" || d.ConfirmedAt != d.BegunAt || d.Reason != "보관기간 만료" {
		t.Errorf("%+v", d)
	}
	e := k.book.Entries(t)[0]
	if e.Actor != officer || e.Why != "보관기간 만료" || e.Facts["sha256"] != d.SHA256 || e.Facts["expires_on"] != "2026-11-16" ||
		e.Records["clip:c1"] == "" || e.Records["destruction:c1"] == "" {
		t.Errorf("the entry is %+v", e)
	}
	if err := k.Destroy(t.Context(), cycle, "c2", "보관기간 만료"); err != nil {
		t.Fatal(err)
	}
	if d := k.gone(t, "c2"); d.Cycle != cycle.Cycle || d.By != "system" || d.ConfirmedBy != "" || !d.ConfirmedAt.IsZero() {
		t.Errorf("a cycle's destruction is confirmed by nobody yet: %+v", d)
	}
}

// TestGateCutAtEveryStep cuts the wire to records and vault at each call in
// turn, before and after it had its effect, for good and for that call only.
// Whatever was begun is brought to its end by Resume, once.
func TestGateCutAtEveryStep(t *testing.T) {
	k := newKeep(t)
	k.clip(t, "whole")
	k.wire.Cut(reviewtest.Cut{})
	if err := k.Destroy(t.Context(), cycle, "whole", "보관기간 만료"); err != nil {
		t.Fatal(err)
	}
	steps := k.wire.Mend()
	if len(steps) < 8 {
		t.Fatalf("only %q goes over the wire", steps)
	}
	for i, step := range steps {
		for _, cut := range []reviewtest.Cut{
			{At: i + 1},
			{At: i + 1, Late: true},
			{At: i + 1, Once: true},
			{At: i + 1, Once: true, Late: true},
			{At: i + 1, Err: vault.ErrAway},
		} {
			t.Run(fmt.Sprintf("%s late=%t once=%t", step, cut.Late, cut.Once), func(t *testing.T) {
				id := fmt.Sprintf("c%d-%t-%t-%t", i, cut.Late, cut.Once, cut.Err != nil)
				k.clip(t, id)
				k.wire.Cut(cut)
				err := k.Destroy(t.Context(), cycle, id, "보관기간 만료")
				k.wire.Mend()
				if err == nil {
					t.Fatal("destroyed over a cut wire")
				}
				k.book.ForgetLeases()
				switch k.state(t, id) {
				case footage.Registered: // nothing had happened: it is all there
					if n := k.told(t, id); n != [2]int{} || !slices.Contains(k.book.Keys(), id) || !slices.Contains(k.blobs(t), id) {
						t.Errorf("half begun: %v", n)
					}
					err = k.Destroy(t.Context(), cycle, id, "보관기간 만료")
				case footage.Destroying:
					if slices.Contains(k.book.Keys(), id) {
						t.Error("it is being destroyed and can still be read")
					}
					_, err = k.gate("server-2").Resume(t.Context())
				default: // it was done, only the answer was lost
					err = nil
				}
				if err != nil {
					t.Fatal(err)
				}
				k.gone(t, id)
			})
		}
	}
}

func TestResumeAfterResumeWasCut(t *testing.T) {
	k := newKeep(t)
	for i := range 3 {
		k.clip(t, fmt.Sprint("c", i))
		k.wire.Cut(reviewtest.Cut{At: 5}) // the change that begins has been made
		if err := k.Destroy(t.Context(), cycle, fmt.Sprint("c", i), "보관기간 만료"); err == nil {
			t.Fatal("the wire was not cut")
		}
		k.wire.Mend()
	}
	for range 50 {
		k.book.ForgetLeases()
		k.wire.Cut(reviewtest.Cut{At: 4, Late: true})
		n, err := k.Resume(t.Context())
		k.wire.Mend()
		if err == nil && n == 0 {
			break
		}
	}
	k.book.ForgetLeases()
	if _, err := k.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		k.gone(t, fmt.Sprint("c", i))
	}
}

// TestVaultAway: what cannot be destroyed now cannot be read any more either,
// says so, and goes later.
func TestVaultAway(t *testing.T) {
	k := newKeep(t)
	k.clip(t, "c1")
	k.Vault = awayVault{k.vault}
	err := k.Destroy(t.Context(), officer, "c1", "보관기간 만료")
	if !errors.Is(err, vault.ErrAway) {
		t.Fatalf("%v", err)
	}
	if s := k.state(t, "c1"); s != footage.Destroying {
		t.Errorf("it is %s", s)
	}
	if keys := k.book.Keys(); len(keys) != 0 {
		t.Errorf("keys are left: %q", keys)
	}
	expect(t, k.Destroy(t.Context(), officer, "c1", "다시"), refuse.Conflict, "being-destroyed")
	if n, err := k.Resume(t.Context()); n != 0 || !errors.Is(err, vault.ErrAway) {
		t.Errorf("resumed %d, %v", n, err)
	}
	k.Vault = k.vault
	if n, err := k.Resume(t.Context()); n != 1 || err != nil {
		t.Errorf("resumed %d, %v", n, err)
	}
	if d := k.gone(t, "c1"); d.By != "hong" || d.ConfirmedBy != "hong" {
		t.Errorf("whoever finishes it, it was decided by hong: %+v", d)
	}
	expect(t, k.Destroy(t.Context(), officer, "c1", "다시"), refuse.Gone, "already-destroyed")
	if n, err := k.Resume(t.Context()); n != 0 || err != nil {
		t.Errorf("resumed %d, %v", n, err)
	}
}

type awayVault struct{ vault.Store }

func (awayVault) Destroy(context.Context, string) error { return vault.ErrAway }

// TestTheGateAsksMay: the refusals come through, and nothing has happened.
func TestTheGateAsksMay(t *testing.T) {
	for code, arrange := range map[string]func(k *keep, c *footage.Clip){
		"on-hold": func(k *keep, c *footage.Clip) {
			k.book.Put(&footage.Hold{ID: "h", Clip: c.ID, Basis: "evidence", Reason: "고소 준비", PlacedBy: "hong", PlacedAt: instant.Of(dueDay)})
		},
		"not-due":          func(k *keep, _ *footage.Clip) { k.clock.Wind(-24 * time.Hour) },
		"kept-permanently": func(_ *keep, c *footage.Clip) { c.ExpiresOn, c.DueAt = "", instant.Time{} },
		"implausible-time": func(_ *keep, c *footage.Clip) { c.CapturedAt = c.CheckedInAt.Add(time.Hour) },
		"clock-behind":     func(_ *keep, c *footage.Clip) { c.CheckedInAt = instant.Of(dueDay.Add(time.Hour)) },
		"unknown-state":    func(_ *keep, c *footage.Clip) { c.State = "limbo" },
	} {
		t.Run(code, func(t *testing.T) {
			k := newKeep(t)
			c := overdue("c1")
			arrange(k, &c)
			k.vault.Keep(t, k.book, c, []byte("원본"))
			expect(t, k.Destroy(t.Context(), officer, "c1", "보관기간 만료"), refuse.Conflict, code)
			if acts := k.book.Acts(t); acts != "" || len(k.book.Keys()) != 1 || len(k.blobs(t)) != 1 || k.state(t, "c1") != c.State {
				t.Errorf("something has happened: %q", acts)
			}
			if held := k.book.Holder("destroy:c1"); held != "" {
				t.Errorf("%s still has the lease", held)
			}
		})
	}
	k := newKeep(t)
	expect(t, k.Destroy(t.Context(), officer, "nothing", "보관기간 만료"), refuse.NotFound, "not-found")
}

// TestLedgerAheadOfTheClock: a clock set back behind what the ledger says may
// not decide.
func TestLedgerAheadOfTheClock(t *testing.T) {
	k := newKeep(t)
	k.clip(t, "c1")
	k.clip(t, "c2")
	k.clock.Wind(48 * time.Hour)
	if err := k.Destroy(t.Context(), officer, "c1", "보관기간 만료"); err != nil {
		t.Fatal(err)
	}
	k.clock.Wind(-time.Hour)
	expect(t, k.Destroy(t.Context(), officer, "c2", "보관기간 만료"), refuse.Conflict, "clock-behind")
}

// TestGatesAtOnce: many hands on one clip, of one server and of several; the
// ledger tells of one destruction.
func TestGatesAtOnce(t *testing.T) {
	k := newKeep(t)
	gates := []*retention.Gate{k.Gate, k.Gate, k.gate("server-2"), k.gate("server-3")}
	for round := range 10 {
		id := fmt.Sprint("c", round)
		k.clip(t, id)
		var wg sync.WaitGroup
		errs := make([]error, len(gates))
		for i, g := range gates {
			wg.Go(func() {
				if errs[i] = g.Destroy(t.Context(), cycle, id, "보관기간 만료"); errs[i] != nil {
					_, errs[i] = g.Resume(t.Context()) // the job that stands beside every sweep
				}
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		k.gone(t, id)
	}
}

// TestResumeOfWhatIsDone: a list of clips to resume may be old when its turn
// comes.
func TestResumeOfWhatIsDone(t *testing.T) {
	k := newKeep(t)
	k.clip(t, "c1")
	k.Vault = awayVault{k.vault}
	if err := k.Destroy(t.Context(), officer, "c1", "보관기간 만료"); err == nil {
		t.Fatal("the vault is away")
	}
	other := k.gate("server-2")
	k.Vault = k.vault
	k.Records = lateList{k.book, func() {
		if _, err := other.Resume(t.Context()); err != nil {
			t.Error(err)
		}
		k.clock.Wind(time.Hour)
	}}
	if _, err := k.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := k.gone(t, "c1"); d.DestroyedAt != instant.Of(dueDay) {
		t.Errorf("destroyed %s, recorded as %s", instant.Of(dueDay), d.DestroyedAt)
	}
}

// lateList lets something happen between a list and what is done with it.
type lateList struct {
	*reviewtest.Book
	meanwhile func()
}

func (l lateList) ClipsIn(ctx context.Context, s footage.State, limit int) ([]footage.Clip, error) {
	clips, err := l.Book.ClipsIn(ctx, s, limit)
	l.meanwhile()
	return clips, err
}

func (l lateList) DueClips(ctx context.Context, at instant.Time, department, cursor string, limit int) (footage.Page, error) {
	page, err := l.Book.DueClips(ctx, at, department, cursor, limit)
	l.meanwhile()
	return page, err
}

// TestDiscard: what an ended upload left goes, under its own name and those of
// derivatives; what is kept, on its way in or on its way out does not, whoever
// asks.
func TestDiscard(t *testing.T) {
	k := newKeep(t)
	k.clip(t, "c1")
	k.clip(t, "c2")
	k.Vault = awayVault{k.vault}
	_ = k.Destroy(t.Context(), cycle, "c2", "보관기간 만료")
	k.Vault = k.vault
	k.book.PutUpload(footage.Upload{ID: "receiving", State: footage.Receiving})
	k.book.PutUpload(footage.Upload{ID: "checking", State: footage.Checking})
	k.book.PutUpload(footage.Upload{ID: "refused", State: footage.Refused})
	before := k.blobs(t)
	for _, name := range []string{"c1", "c1.poster", "c1.proxy", "c2", "c2.sketch", "receiving", "checking"} {
		if err := k.Discard(t.Context(), name); err == nil {
			t.Errorf("%s was discarded", name)
		}
	}
	if got := k.blobs(t); !slices.Equal(got, before) {
		t.Errorf("the vault has %q, had %q", got, before)
	}
	for _, name := range []string{"refused", "refused.proxy"} {
		w, err := k.vault.Resume(t.Context(), name, vault.Mark{})
		if err != nil {
			t.Fatal(err)
		}
		w.Close()
		for range 2 {
			if err := k.Discard(t.Context(), name); err != nil {
				t.Error(err)
			}
		}
	}
	if got := k.blobs(t); !slices.Equal(got, before) {
		t.Errorf("the vault has %q, want %q", got, before)
	}
	k.book.Fault = errAway
	if err := k.Discard(t.Context(), "refused"); !errors.Is(err, errAway) {
		t.Errorf("%v", err)
	}
}

func TestConfirm(t *testing.T) {
	k := newKeep(t)
	for _, id := range []string{"c1", "c2", "c3"} {
		k.clip(t, id)
	}
	for _, id := range []string{"c1", "c2"} {
		if err := k.Destroy(t.Context(), cycle, id, "보관기간 만료"); err != nil {
			t.Fatal(err)
		}
	}
	k.Vault = awayVault{k.vault}
	_ = k.Destroy(t.Context(), cycle, "c3", "보관기간 만료")
	before := len(k.book.Entries(t))
	at := instant.Of(dueDay.Add(time.Hour))
	confirm := func(clips ...string) error { return retention.Confirm(t.Context(), k.book, officer, clips, at) }

	expect(t, confirm(), refuse.Invalid, "nothing-chosen")
	expect(t, confirm("c1", "nothing"), refuse.NotFound, "not-found")
	expect(t, confirm("c1", "c3"), refuse.Conflict, "not-destroyed-yet")
	if n := len(k.book.Entries(t)); n != before {
		t.Errorf("refusals left %d entries", n-before)
	}
	if d, _ := k.book.Dossier(t.Context(), "c1"); d.Destruction.ConfirmedBy != "" {
		t.Error("a refused confirmation confirmed some")
	}
	if err := confirm("c1"); err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Hour)
	for range 2 { // the second time there is nothing left to confirm
		if err := confirm("c1", "c2", "c2"); err != nil {
			t.Fatal(err)
		}
	}
	entries := k.book.Entries(t)[before:]
	if len(entries) != 2 {
		t.Fatalf("two confirmations left %d entries", len(entries))
	}
	e := entries[1]
	if e.Act != ledger.ActDestructionConfirmed || e.Actor != officer || e.Facts["count"] != "1" || len(e.Records) != 1 || e.Records["destruction:c2"] == "" {
		t.Errorf("the entry is %+v", e)
	}
	for id, when := range map[string]instant.Time{"c1": at.Add(-time.Hour), "c2": at} {
		d, err := k.book.Dossier(t.Context(), id)
		if err != nil || d.Destruction.ConfirmedBy != "hong" || d.Destruction.ConfirmedAt != when {
			t.Errorf("%s: %+v, %v", id, d.Destruction, err)
		}
	}
}
