package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/web/access"
	"jikim/web/access/accesstest"
)

func newSecond(t *testing.T, asked access.SecondFactor) fixture {
	t.Helper()
	s := accesstest.Fast
	s.Keys, s.SecondFactor = accesstest.Keys(t), asked
	s.NameBurst, s.AddressBurst = 1000, 1000
	return newGateWith(t, s)
}

// code is what an authenticator app shows now.
func (f fixture) code(t *testing.T, setup access.TOTPSetup, ahead time.Duration) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(setup.Secret, " ", ""), f.clock.Now().Add(ahead))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// app sets an authenticator app up for name.
func (f fixture) app(t *testing.T, name string) access.TOTPSetup {
	t.Helper()
	pending, setup, err := f.BeginTOTP("한빛시: 지킴", name)
	if err != nil {
		t.Fatal(err)
	}
	err = f.ConfirmTOTP(t.Context(), ledger.Actor{Account: name}, name, pending, "휴대전화", good, f.code(t, setup, 0))
	if err != nil {
		t.Fatal(err)
	}
	f.clock.Wind(31 * time.Second)
	return setup
}

func (f fixture) half(t *testing.T, name string) access.Half {
	t.Helper()
	in, err := f.SignIn(t.Context(), name, good, "a")
	if err != nil || len(in.Second) == 0 {
		t.Fatalf("%+v, %v", in, err)
	}
	return f.HalfOf(in.Account)
}

func TestAnAppIsTheSecondStep(t *testing.T) {
	g := newSecond(t, access.SecondOff)
	g.add(t, "hong", access.Reviewer, "minwon")
	setup := g.app(t, "hong")
	if !strings.HasPrefix(setup.Address, "otpauth://totp/") || !strings.Contains(setup.Address, "%EC%A7%80%ED%82%B4:hong?") {
		t.Errorf("the address is %s", setup.Address)
	}
	if f, _ := g.records.Factors(t.Context(), "hong"); strings.Contains(string(f[0].Sealed), strings.ReplaceAll(setup.Secret, " ", "")) {
		t.Error("the seed is kept as it is")
	}
	half := g.half(t, "hong")
	for _, wrong := range []string{"", "000000", "12345", "<script>", "😀😀😀😀😀😀", strings.Repeat("9", 5000)} {
		g.clock.Wind(time.Second)
		_, err := g.SecondCode(t.Context(), half, wrong, "a")
		if r, ok := refuse.As(err); !ok || r.Code != "second-step-refused" {
			t.Errorf("%.10q: %v", wrong, err)
		}
		if wrong == "12345" { // three wrong so far; two more would lock
			if err := g.Unlock(t.Context(), accesstest.System, "hong"); err != nil {
				t.Fatal(err)
			}
		}
	}
	code := g.code(t, setup, 0)
	a, err := g.SecondCode(t.Context(), half, " "+code[:3]+" "+code[3:]+" ", "a")
	if err != nil || a.Name != "hong" {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := g.SecondCode(t.Context(), g.half(t, "hong"), code, "a"); err == nil {
		t.Error("a code is good twice")
	}
	g.clock.Wind(time.Minute)
	if _, err := g.SecondCode(t.Context(), g.half(t, "hong"), g.code(t, setup, -30*time.Second), "a"); err != nil {
		t.Errorf("a telephone half a minute behind: %v", err)
	}
	_, err = g.SecondCode(t.Context(), g.half(t, "hong"), g.code(t, setup, -90*time.Second), "a")
	expect(t, err, refuse.Invalid, "second-step-refused")
}

func TestTheSecondStepCountsTowardsTheLock(t *testing.T) {
	g := newSecond(t, access.SecondOff)
	g.add(t, "hong", access.Reviewer, "minwon")
	setup := g.app(t, "hong")
	half := g.half(t, "hong")
	for range 5 {
		_, err := g.SecondCode(t.Context(), half, "000000", "a")
		expect(t, err, refuse.Invalid, "second-step-refused")
	}
	// The password between the guesses forgives nothing; locked is locked.
	_, err := g.SignIn(t.Context(), "hong", good, "a")
	expect(t, err, refuse.Unauthenticated, "sign-in-refused")
	_, err = g.SecondCode(t.Context(), half, g.code(t, setup, 0), "a")
	expect(t, err, refuse.Invalid, "second-step-refused")
	if !strings.HasSuffix(g.records.Acts(t), " account.locked") {
		t.Errorf("the ledger has %s", g.records.Acts(t))
	}
	if err := g.Unlock(t.Context(), accesstest.System, "hong"); err != nil {
		t.Fatal(err)
	}
	if _, err := g.SecondCode(t.Context(), half, g.code(t, setup, 0), "a"); err != nil {
		t.Errorf("after the lock was lifted: %v", err)
	}
}

func TestTheSecondStepIsLimited(t *testing.T) {
	s := accesstest.Fast
	s.Keys, s.NameBurst, s.Failures = accesstest.Keys(t), 6, 100
	g := newGateWith(t, s)
	g.add(t, "hong", access.Reviewer, "minwon")
	g.app(t, "hong")
	half := g.half(t, "hong")
	for range 20 {
		if _, err := g.SecondCode(t.Context(), half, "000000", "a"); err != nil {
			if r, _ := refuse.As(err); r.Code == "sign-in-too-often" {
				return
			}
		}
	}
	t.Error("nobody stopped the guessing")
}

func TestAHalfSignInEnds(t *testing.T) {
	g := newSecond(t, access.SecondOff)
	g.add(t, "hong", access.Reviewer, "minwon")
	setup := g.app(t, "hong")
	half := g.half(t, "hong")
	g.clock.Wind(10 * time.Minute)
	_, err := g.SecondCode(t.Context(), half, g.code(t, setup, 0), "a")
	expect(t, err, refuse.Unauthenticated, "second-step-late")
	half = g.half(t, "hong")
	if err := g.ResetPassword(t.Context(), accesstest.System, "hong", "새로 정해 준 비밀번호"); err != nil {
		t.Fatal(err)
	}
	_, err = g.SecondCode(t.Context(), half, g.code(t, setup, 0), "a")
	expect(t, err, refuse.Unauthenticated, "second-step-late")
	_, err = g.SecondCode(t.Context(), access.Half{}, "123456", "a")
	expect(t, err, refuse.Unauthenticated, "second-step-late")
}

func TestRecoveryCodesAreGoodOnce(t *testing.T) {
	g := newSecond(t, access.SecondOff)
	g.add(t, "hong", access.Reviewer, "minwon")
	by := ledger.Actor{Account: "hong"}
	_, err := g.MakeRecoveryCodes(t.Context(), by, "hong", good)
	expect(t, err, refuse.Conflict, "second-step-missing")
	g.app(t, "hong")
	_, err = g.MakeRecoveryCodes(t.Context(), by, "hong", "아닌 비밀번호입니다")
	expect(t, err, refuse.Invalid, "password-wrong")
	old, err := g.MakeRecoveryCodes(t.Context(), by, "hong", good)
	if err != nil {
		t.Fatal(err)
	}
	codes, err := g.MakeRecoveryCodes(t.Context(), by, "hong", good)
	if err != nil || len(codes) != 10 || codes[0] == codes[1] {
		t.Fatalf("%q, %v", codes, err)
	}
	_, err = g.SecondCode(t.Context(), g.half(t, "hong"), old[0], "a")
	expect(t, err, refuse.Invalid, "second-step-refused")
	if _, err := g.SecondCode(t.Context(), g.half(t, "hong"), strings.ToUpper(strings.ReplaceAll(codes[3], "-", " ")), "a"); err != nil {
		t.Fatal(err)
	}
	_, err = g.SecondCode(t.Context(), g.half(t, "hong"), codes[3], "a")
	expect(t, err, refuse.Invalid, "second-step-refused")
	factors, _ := g.records.Factors(t.Context(), "hong")
	if left, ok := access.RecoveryLeft(factors); left != 9 || !ok {
		t.Errorf("%d left", left)
	}
	for _, f := range factors {
		for _, h := range f.Hashes {
			if strings.Contains(h, "-") || len(h) != 64 {
				t.Errorf("a code is kept as %q", h)
			}
		}
	}
}

func TestSecondStepsAreTakenAway(t *testing.T) {
	g := newSecond(t, access.SecondOff)
	g.add(t, "hong", access.Reviewer, "minwon")
	g.app(t, "hong")
	by := ledger.Actor{Account: "hong"}
	if _, err := g.MakeRecoveryCodes(t.Context(), by, "hong", good); err != nil {
		t.Fatal(err)
	}
	factors, _ := g.records.Factors(t.Context(), "hong")
	expect(t, g.RemoveFactor(t.Context(), by, "hong", factors[0].ID, "아닌 비밀번호입니다"), refuse.Invalid, "password-wrong")
	expect(t, g.RemoveFactor(t.Context(), by, "hong", "nothing", good), refuse.NotFound, "second-step-unknown")
	expect(t, g.RemoveFactor(t.Context(), by, "hong", factors[1].ID, good), refuse.NotFound, "second-step-unknown") // codes go with the last
	before, _ := g.records.Account(t.Context(), "hong")
	if err := g.RemoveFactor(t.Context(), by, "hong", factors[0].ID, good); err != nil {
		t.Fatal(err)
	}
	after, _ := g.records.Account(t.Context(), "hong")
	if access.Stamp(before) == access.Stamp(after) {
		t.Error("other sessions go on")
	}
	if left, _ := g.records.Factors(t.Context(), "hong"); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	g.app(t, "hong")
	expect(t, g.ResetSecondFactor(t.Context(), by, "hong"), refuse.Conflict, "second-step-own")
	if err := g.ResetSecondFactor(t.Context(), accesstest.System, "hong"); err != nil {
		t.Fatal(err)
	}
	if in, err := g.SignIn(t.Context(), "hong", good, "a"); err != nil || len(in.Second) != 0 {
		t.Errorf("%+v, %v", in, err)
	}
	var changes []string
	for _, e := range g.records.Entries(t) {
		if e.Act == ledger.ActAccountChanged {
			changes = append(changes, e.Facts["change"])
		}
	}
	want := "second-step-added recovery-codes-made second-step-removed second-step-added second-step-reset"
	if got := strings.Join(changes, " "); got != want {
		t.Errorf("the ledger says %q, want %q", got, want)
	}
}

func TestSetupsThatAreNone(t *testing.T) {
	g := newSecond(t, access.SecondOff)
	g.add(t, "hong", access.Reviewer, "minwon")
	by := ledger.Actor{Account: "hong"}
	pending, setup, err := g.BeginTOTP("지킴", "hong")
	if err != nil {
		t.Fatal(err)
	}
	again, err := g.PendingTOTP("지킴", "hong", pending)
	if err != nil || again != setup {
		t.Errorf("%+v, %v", again, err)
	}
	expect(t, g.ConfirmTOTP(t.Context(), by, "hong", pending, "", good, "000000"), refuse.Invalid, "code-wrong")
	expect(t, g.ConfirmTOTP(t.Context(), by, "hong", pending, "", "아닌 비밀번호입니다", g.code(t, setup, 0)), refuse.Invalid, "password-wrong")
	expect(t, g.ConfirmTOTP(t.Context(), by, "hong", "", "", good, "000000"), refuse.Conflict, "setup-stale")
	if err := g.ConfirmTOTP(t.Context(), by, "hong", "x."+strings.SplitN(pending, ".", 2)[1], "", good, g.code(t, setup, 0)); err == nil {
		t.Error("a seed sealed for another setup opens")
	}
	if err := g.ConfirmTOTP(t.Context(), by, "hong", pending, "", good, g.code(t, setup, 0)); err != nil {
		t.Fatal(err)
	}
	expect(t, g.ConfirmTOTP(t.Context(), by, "hong", pending, "", good, g.code(t, setup, 0)), refuse.Conflict, "setup-stale")
	for range 9 {
		g.app(t, "hong")
	}
	pending, setup, _ = g.BeginTOTP("지킴", "hong")
	expect(t, g.ConfirmTOTP(t.Context(), by, "hong", pending, "", good, g.code(t, setup, 0)), refuse.Conflict, "second-steps-many")
	keyless := newGate(t)
	_, _, err = keyless.BeginTOTP("지킴", "hong")
	expect(t, err, refuse.Unavailable, "second-step-unavailable")
}

func TestWhoMustHaveASecondStep(t *testing.T) {
	for _, c := range []struct {
		asked access.SecondFactor
		role  access.Role
		want  bool
	}{
		{access.SecondOff, access.Admin, false},
		{access.SecondAdmin, access.Admin, true},
		{access.SecondAdmin, access.Reviewer, false},
		{access.SecondAll, access.Reviewer, true},
		{access.SecondAll, access.Dock, true},
	} {
		g := newSecond(t, c.asked)
		g.add(t, "hong", c.role, "minwon")
		a, _ := g.records.Account(t.Context(), "hong")
		for with, must := range map[access.With]bool{
			access.WithPassword: c.want, "": c.want,
			access.WithPasskey: false, access.WithPasswordTOTP: false, access.WithPasswordRecovery: false,
		} {
			who, err := g.Resume(t.Context(), "hong", access.Stamp(a), with, "x")
			if err != nil || who.MustEnrol != must {
				t.Errorf("%s, %s with %q: %t, %v", c.asked, c.role, with, who.MustEnrol, err)
			}
			if must && access.Reach(who, access.ReadRegistry) != access.None {
				t.Errorf("%s has rights before a second step", c.role)
			}
		}
	}
}
