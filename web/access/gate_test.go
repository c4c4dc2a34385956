package access_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"jikim/devices"
	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/web/access"
	"jikim/web/access/accesstest"
)

const good = "말티즈 세 마리와 산책"

type fixture struct {
	*access.Gate
	records *accesstest.Records
	clock   *reviewtest.Clock
}

func newGate(t *testing.T) fixture {
	t.Helper()
	return newGateWith(t, accesstest.Fast)
}

func newGateWith(t *testing.T, s access.Settings) fixture {
	t.Helper()
	clock := reviewtest.NewClock(time.Now())
	records := accesstest.New(t, clock)
	records.SetRegistry(devices.Registry{Departments: []devices.Department{{ID: "minwon"}, {ID: "hongbo"}}})
	gate, err := access.NewGate(records, records, s, clock.Now, reviewtest.NewRandom(7))
	if err != nil {
		t.Fatal(err)
	}
	return fixture{gate, records, clock}
}

func (f fixture) add(t *testing.T, name string, role access.Role, department string) {
	t.Helper()
	a := access.Account{Name: name, Display: "홍○○", Role: role, Department: department}
	if err := f.AddAccount(t.Context(), accesstest.System, a, good); err != nil {
		t.Fatal(err)
	}
}

func TestSignIn(t *testing.T) {
	g := newGate(t)
	g.add(t, "hong", access.Reviewer, "minwon")
	for _, name := range []string{"hong", "HONG", " hong "} {
		in, err := g.SignIn(t.Context(), name, good, "10.0.0.7")
		if a := in.Account; err != nil || len(in.Second) > 0 || a.Name != "hong" || a.Role != access.Reviewer {
			t.Fatalf("%q: %+v, %v", name, in, err)
		}
	}
	entries := g.records.Entries(t)
	last := entries[len(entries)-1]
	if last.Act != ledger.ActSignedIn || last.Subject != "account:hong" || last.Actor != (ledger.Actor{Account: "hong", Role: "reviewer", From: "10.0.0.7"}) {
		t.Errorf("the entry is %+v", last)
	}
	stored, _ := g.records.Account(t.Context(), "hong")
	if stored.LastSignIn.IsZero() {
		t.Error("the last sign-in is not kept")
	}
}

// A password typed on a Mac comes decomposed; it is the same password.
func TestPasswordsAreComparedComposed(t *testing.T) {
	g := newGate(t)
	g.add(t, "hong", access.Reviewer, "minwon")
	decomposed := norm.NFD.String(good)
	if decomposed == good {
		t.Fatal("the test compares nothing")
	}
	if _, err := g.SignIn(t.Context(), "hong", decomposed, "a"); err != nil {
		t.Error(err)
	}
}

// The answer is one and the same, whatever the matter is.
func TestSignInRefusalsAreAlike(t *testing.T) {
	g := newGate(t)
	g.add(t, "hong", access.Reviewer, "minwon")
	g.add(t, "kim", access.Reviewer, "minwon")
	if err := g.SetDisabled(t.Context(), accesstest.System, "kim", true); err != nil {
		t.Fatal(err)
	}
	var answers []string
	for _, try := range [][2]string{{"hong", "틀린 비밀번호입니다"}, {"nobody", good}, {"kim", good}, {"", ""}, {"hong", strings.Repeat("x", 100_000)}} {
		_, err := g.SignIn(t.Context(), try[0], try[1], "10.0.0.9")
		r, ok := refuse.As(err)
		if !ok {
			t.Fatalf("%q: %v", try[0], err)
		}
		answer, _ := json.Marshal([]any{r.Kind, r.Code, r.Sentence, r.Field})
		answers = append(answers, string(answer))
	}
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("%s differs from %s", a, answers[0])
		}
	}
}

// People type passwords into the wrong field: neither the ledger nor the
// record of sign-ins keeps a name that is not there.
func TestUnknownNamesAreNotWrittenDown(t *testing.T) {
	g := newGate(t)
	_, _ = g.SignIn(t.Context(), "내비밀번호를여기에썼다", "hong", "10.0.0.9")
	lines, err := g.records.SignIns(t.Context(), access.SignInFilter{})
	if err != nil || len(lines) != 1 || lines[0].Result != access.UnknownName || lines[0].From != "10.0.0.9" || lines[0].Account != "" {
		t.Fatalf("%+v, %v", lines, err)
	}
	if got := g.records.Acts(t); got != "" {
		t.Errorf("the ledger has %s", got)
	}
}

func TestLockAfterFailures(t *testing.T) {
	g := newGate(t)
	g.add(t, "hong", access.Reviewer, "minwon")
	for range 5 {
		_, err := g.SignIn(t.Context(), "hong", "틀린 비밀번호입니다", "a")
		expect(t, err, refuse.Unauthenticated, "sign-in-refused")
	}
	_, err := g.SignIn(t.Context(), "hong", good, "a")
	expect(t, err, refuse.Unauthenticated, "sign-in-refused")
	g.clock.Wind(9 * time.Minute)
	_, err = g.SignIn(t.Context(), "hong", good, "a")
	expect(t, err, refuse.Unauthenticated, "sign-in-refused")
	g.clock.Wind(61 * time.Second)
	if _, err := g.SignIn(t.Context(), "hong", good, "a"); err != nil {
		t.Errorf("after the lock: %v", err)
	}
	if got, want := g.records.Acts(t), "account.added account.locked account.signed-in"; got != want {
		t.Errorf("the ledger has\n%s, want\n%s", got, want)
	}
	if got, want := g.records.Results(), "wrong-password wrong-password wrong-password wrong-password lock locked locked signed-in"; got != want {
		t.Errorf("the record has\n%s, want\n%s", got, want)
	}
}

func TestAGoodSignInForgivesFailures(t *testing.T) {
	g := newGate(t)
	g.add(t, "hong", access.Reviewer, "minwon")
	for range 3 {
		for range 4 {
			_, _ = g.SignIn(t.Context(), "hong", "틀린 비밀번호입니다", "a")
		}
		g.clock.Wind(time.Minute)
		if _, err := g.SignIn(t.Context(), "hong", good, "a"); err != nil {
			t.Fatal(err)
		}
		g.clock.Wind(time.Minute)
	}
}

func TestSignInIsLimited(t *testing.T) {
	s := accesstest.Fast
	s.AddressBurst, s.AddressEvery = 3, time.Second
	s.NameBurst, s.NameEvery = 4, time.Second
	g := newGateWith(t, s)
	try := func(name, from string) string {
		_, err := g.SignIn(t.Context(), name, "x", from)
		r, _ := refuse.As(err)
		return r.Code
	}
	for i, want := range []string{"sign-in-refused", "sign-in-refused", "sign-in-refused", "sign-in-too-often"} {
		if got := try("name"+string(rune('a'+i)), "10.0.0.1"); got != want {
			t.Errorf("attempt %d from one address: %s", i, got)
		}
	}
	if got := try("other", "10.0.0.2"); got != "sign-in-refused" {
		t.Errorf("another address is limited too: %s", got)
	}
	for i, want := range []string{"sign-in-refused", "sign-in-refused", "sign-in-refused", "sign-in-refused", "sign-in-too-often"} {
		if got := try("hong", "10.1.0."+string(rune('1'+i))); got != want {
			t.Errorf("attempt %d with one name: %s", i, got)
		}
	}
	before := g.records.Results()
	g.clock.Wind(1100 * time.Millisecond)
	if got := try("hong", "10.2.0.1"); got != "sign-in-refused" {
		t.Errorf("the limit does not end: %s", got)
	}
	if g.records.Results() == before {
		t.Error("no line")
	}
}

func TestSignInTellsFaultsFromRefusals(t *testing.T) {
	g := newGate(t)
	away := errors.New("disk on fire")
	g.records.Fault = away
	if _, err := g.SignIn(t.Context(), "hong", good, "a"); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
	if _, err := g.Bearer(t.Context(), "jikim_x", "a"); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}

func TestPasswordRule(t *testing.T) {
	for password, code := range map[string]string{
		"짧다":                          "password-short",
		"123456789":                   "password-short",
		strings.Repeat("가나다라", 40):    "password-long",
		"aaaaaaaaaaaa":                "password-repeats",
		"1234567890":                  "password-repeats",
		"zyxwvutsrqp":                 "password-repeats",
		"abc1abc1abc1":                "password-repeats",
		"hong2026 만세만세":               "password-is-name",
		"글자\x00가 섞인 비밀번호":             "password-characters",
		"correct horse battery":       "",
		"가나다라마바사아자차":                  "",
		strings.Repeat("가나다라마바사", 18): "password-repeats",
	} {
		g := newGate(t)
		err := g.AddAccount(t.Context(), accesstest.System, access.Account{Name: "hong2026", Role: access.Admin}, password)
		if code == "" {
			if err != nil {
				t.Errorf("%q: %v", password, err)
			}
			continue
		}
		r, ok := refuse.As(err)
		if !ok || r.Code != code || r.Field != "password" {
			t.Errorf("%q: %v, want %s", password, err, code)
		}
	}
}

func TestAddAccountRefuses(t *testing.T) {
	g := newGate(t)
	g.add(t, "hong", access.Reviewer, "minwon")
	for _, c := range []struct {
		name       string
		role       access.Role
		department string
		code       string
	}{
		{"h", access.Admin, "", "account-name"},
		{"hong gildong", access.Admin, "", "account-name"},
		{"token:x", access.Admin, "", "account-name"},
		{"hong\n", access.Admin, "", "account-exists"}, // trimmed
		{"Hong", access.Admin, "", "account-exists"},
		{"kim", "root", "", "role-unknown"},
		{"kim", access.Agent, "minwon", "role-token-only"},
		{"kim", access.Reviewer, "", "department-needed"},
		{"kim", access.Reviewer, "nowhere", "department-unknown"},
	} {
		err := g.AddAccount(t.Context(), accesstest.System, access.Account{Name: c.name, Role: c.role, Department: c.department}, good)
		if r, ok := refuse.As(err); !ok || r.Code != c.code {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if got := g.records.Acts(t); got != "account.added" {
		t.Errorf("refusals left entries: %s", got)
	}
}

func TestAccountsChange(t *testing.T) {
	g, ctx := newGate(t), t.Context()
	g.add(t, "hong", access.Reviewer, "minwon")
	admin := ledger.Actor{Account: "root1", Role: "admin"}

	if err := g.Reassign(ctx, admin, "hong", access.Uploader, "hongbo", ""); err != nil {
		t.Fatal(err)
	}
	a, _ := g.records.Account(ctx, "hong")
	if a.Role != access.Uploader || a.Department != "hongbo" || a.Display != "홍○○" {
		t.Errorf("%+v", a)
	}
	expect(t, g.Reassign(ctx, admin, "root1", access.Dock, "minwon", ""), refuse.Conflict, "account-oneself")
	expect(t, g.SetDisabled(ctx, admin, "root1", true), refuse.Conflict, "account-oneself")
	expect(t, g.SetDisabled(ctx, admin, "nobody", true), refuse.NotFound, "not-found")

	if err := g.ResetPassword(ctx, admin, "hong", "새로 정해 준 비밀번호"); err != nil {
		t.Fatal(err)
	}
	in, err := g.SignIn(ctx, "hong", "새로 정해 준 비밀번호", "x")
	if err != nil || !in.Account.MustChange {
		t.Fatalf("%+v, %v", in, err)
	}
	self := ledger.Actor{Account: "hong"}
	expect(t, g.ChangePassword(ctx, self, "hong", "아닌 비밀번호", good), refuse.Invalid, "password-wrong")
	expect(t, g.ChangePassword(ctx, self, "hong", "새로 정해 준 비밀번호", "새로 정해 준 비밀번호"), refuse.Invalid, "password-same")
	if err := g.ChangePassword(ctx, self, "hong", "새로 정해 준 비밀번호", good); err != nil {
		t.Fatal(err)
	}
	if in, err = g.SignIn(ctx, "hong", good, "x"); err != nil || in.Account.MustChange {
		t.Fatalf("%+v, %v", in, err)
	}
	var changes []string
	for _, e := range g.records.Entries(t) {
		if e.Act == ledger.ActAccountChanged {
			changes = append(changes, e.Facts["change"])
		}
	}
	if got := strings.Join(changes, " "); got != "post password-reset password" {
		t.Errorf("the ledger says %q", got)
	}
}
