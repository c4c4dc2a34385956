package accesstest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/web/access"
)

// Stores is all that people come in by: what a database gives to the gate.
type Stores interface {
	footage.Book
	access.Records
	access.SessionRecords
}

// Suite is what every Stores must do. open gives fresh and empty ones, which
// read the time from clock.
func Suite(t *testing.T, open func(t *testing.T, clock *reviewtest.Clock) Stores) {
	for name, test := range map[string]func(*testing.T, suite){
		"failures are counted one by one":     suiteFailures,
		"second steps come back as saved":     suiteFactors,
		"the record of sign-ins is in pages":  suiteSignIns,
		"sessions are found until they end":   suiteSessions,
		"an app and a recovery code let in":   suiteCodes,
		"a passkey lets in":                   suitePasskey,
		"the lock holds and is lifted":        suiteLock,
		"an administrator is always left":     suiteLastAdmin,
		"a code is taken by one of many only": suiteReplay,
	} {
		t.Run(name, func(t *testing.T) {
			clock := reviewtest.NewClock(time.Date(2026, 10, 3, 5, 0, 0, 0, time.UTC))
			stores := open(t, clock)
			settings := Fast
			settings.NameBurst, settings.AddressBurst = 1000, 1000
			settings.Keys, settings.Site = Keys(t), "https://jikim.example"
			gate, err := access.NewGate(stores, stores, settings, clock.Now, &locked{r: reviewtest.NewRandom(5)})
			if err != nil {
				t.Fatal(err)
			}
			test(t, suite{stores, gate, clock})
		})
	}
}

// locked lets several goroutines draw.
type locked struct {
	mu sync.Mutex
	r  interface{ Read([]byte) (int, error) }
}

func (l *locked) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}

type suite struct {
	Stores
	gate  *access.Gate
	clock *reviewtest.Clock
}

const suitePassword = "말티즈 세 마리와 산책"

func (s suite) add(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := s.gate.AddAccount(t.Context(), System, access.Account{Name: name, Role: access.Admin}, suitePassword); err != nil {
			t.Fatal(err)
		}
	}
}

func (s suite) save(t *testing.T, r footage.Record) {
	t.Helper()
	e := ledger.Entry{Act: ledger.ActAccountChanged, Actor: System, Subject: r.RecordName()}
	if err := s.Change(t.Context(), e, func(tx footage.Tx, _ *ledger.Entry) error { return tx.Save(r) }); err != nil {
		t.Fatal(err)
	}
}

func notFound(err error) bool {
	r, ok := refuse.As(err)
	return ok && r.Kind == refuse.NotFound
}

func suiteFailures(t *testing.T, s suite) {
	s.add(t, "hong")
	counted := make([]int, 20)
	var wg sync.WaitGroup
	for i := range counted {
		wg.Go(func() {
			var err error
			if counted[i], err = s.CountFailure(context.Background(), "hong"); err != nil {
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
	if _, err := s.CountFailure(t.Context(), "nobody"); !notFound(err) {
		t.Errorf("of nobody: %v", err)
	}
}

func suiteFactors(t *testing.T, s suite) {
	now := instant.Of(s.clock.Now())
	key, other := "cred-1", "cred-2"
	for _, f := range []*access.Factor{
		{ID: "a", Account: "hong", Kind: access.TOTP, Label: "휴대전화", Sealed: []byte{0, 1, 0xff}, LastStep: 7, CreatedAt: now},
		{ID: "b", Account: "hong", Kind: access.Passkey, Credential: `{"id":"x"}`, CredentialID: &key, SignCount: 1 << 31, CreatedAt: now.Add(time.Second)},
		{ID: "c", Account: "kim", Kind: access.Recovery, Hashes: []string{"h1", "h2"}, CreatedAt: now},
		{ID: "d", Account: "hong", Kind: access.Passkey, CredentialID: &other, RemovedAt: now, CreatedAt: now},
	} {
		s.save(t, f)
	}
	of := func(account string) (ids string) {
		all, err := s.Factors(t.Context(), account)
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
	back, err := s.FactorByCredential(t.Context(), key)
	if err != nil || back.CredentialID == nil || *back.CredentialID != key || back.SignCount != 1<<31 || back.Credential != `{"id":"x"}` {
		t.Errorf("by credential: %+v, %v", back, err)
	}
	if _, err := s.FactorByCredential(t.Context(), "cred-3"); !notFound(err) {
		t.Errorf("by no credential: %v", err)
	}
	if all, _ := s.Factors(t.Context(), "hong"); string(all[0].Sealed) != "\x00\x01\xff" || all[0].LastStep != 7 {
		t.Errorf("%+v", all[0])
	}
}

func suiteSignIns(t *testing.T, s suite) {
	begun := s.clock.Now()
	for i := range 120 {
		at := instant.Of(s.clock.Now())
		line := access.SignIn{
			ID: access.SignInID(at, fmt.Sprintf("%04d", i)), At: at, Account: []string{"hong", "kim", ""}[i%3], From: "10.0.0.7",
			Result: []access.Result{access.SignedIn, access.WrongPassword}[i%2], With: access.WithPassword,
		}
		if err := s.NoteSignIn(t.Context(), line); err != nil {
			t.Fatal(err)
		}
		s.clock.Wind(time.Hour)
	}
	ask := func(f access.SignInFilter) []access.SignIn {
		lines, err := s.SignIns(t.Context(), f)
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
	if len(all) != 120 || !slices.IsSortedFunc(all, func(a, b access.SignIn) int { return cmp.Compare(b.At.Ms(), a.At.Ms()) }) {
		t.Errorf("in pages: %d", len(all))
	}
	if n := len(ask(access.SignInFilter{Account: "kim", Result: access.WrongPassword, Limit: 500})); n != 20 {
		t.Errorf("of kim, wrong: %d", n)
	}
	day := instant.DateOf(begun).AddDays(2)
	of := ask(access.SignInFilter{From: day, To: day, Limit: 500})
	for _, line := range of {
		if instant.DateOf(line.At.Std()) != day {
			t.Errorf("%v is not on %s", line.At, day)
		}
	}
	if len(of) != 24 {
		t.Errorf("of one day: %d", len(of))
	}
}

func suiteSessions(t *testing.T, s suite) {
	ends := s.clock.Now().Add(time.Hour)
	for _, data := range []string{"one", "two\x00"} {
		if err := s.SaveSession(t.Context(), "id", []byte(data), ends); err != nil {
			t.Fatal(err)
		}
	}
	if data, found, err := s.FindSession(t.Context(), "id"); err != nil || !found || string(data) != "two\x00" {
		t.Errorf("%q, %t, %v", data, found, err)
	}
	s.clock.Wind(time.Hour)
	if _, found, err := s.FindSession(t.Context(), "id"); err != nil || found {
		t.Errorf("after its end: %t, %v", found, err)
	}
	for range 2 {
		if err := s.DeleteSession(t.Context(), "id"); err != nil {
			t.Error(err)
		}
	}
}
