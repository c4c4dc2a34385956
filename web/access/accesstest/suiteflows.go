package accesstest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"jikim/footage/ledger"
	"jikim/web/access"
)

// What people do at the gate, over whatever stores.

// app sets an authenticator app up and gives what it shows now.
func (s suite) app(t *testing.T, name string) (code func() string) {
	t.Helper()
	pending, setup, err := s.gate.BeginTOTP("지킴", name)
	if err != nil {
		t.Fatal(err)
	}
	code = func() string {
		t.Helper()
		s.clock.Wind(31 * time.Second)
		c, err := totp.GenerateCode(strings.ReplaceAll(setup.Secret, " ", ""), s.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if err := s.gate.ConfirmTOTP(t.Context(), ledger.Actor{Account: name}, name, pending, "휴대전화", suitePassword, code()); err != nil {
		t.Fatal(err)
	}
	return code
}

func (s suite) half(t *testing.T, name string) access.Half {
	t.Helper()
	in, err := s.gate.SignIn(t.Context(), name, suitePassword, "a")
	if err != nil || len(in.Second) == 0 {
		t.Fatalf("%+v, %v", in, err)
	}
	return s.gate.HalfOf(in.Account)
}

func suiteCodes(t *testing.T, s suite) {
	s.add(t, "hong")
	code := s.app(t, "hong")
	recovery, err := s.gate.MakeRecoveryCodes(t.Context(), ledger.Actor{Account: "hong"}, "hong", suitePassword)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{code(), recovery[0]} {
		if _, err := s.gate.SecondCode(t.Context(), s.half(t, "hong"), c, "a"); err != nil {
			t.Errorf("%q: %v", c, err)
		}
		if _, err := s.gate.SecondCode(t.Context(), s.half(t, "hong"), c, "a"); err == nil {
			t.Errorf("%q is good twice", c)
		}
	}
	if err := s.gate.ResetSecondFactor(t.Context(), System, "hong"); err != nil {
		t.Fatal(err)
	}
	if in, err := s.gate.SignIn(t.Context(), "hong", suitePassword, "a"); err != nil || len(in.Second) != 0 {
		t.Errorf("after the reset: %+v, %v", in, err)
	}
}

func suitePasskey(t *testing.T, s suite) {
	s.add(t, "hong")
	key := NewAuthenticator(t)
	c, err := s.gate.BeginPasskeyEnrolment(t.Context(), "", "hong")
	if err != nil {
		t.Fatal(err)
	}
	made := key.Create(c.Options, "https://jikim.example")
	if err := s.gate.FinishPasskeyEnrolment(t.Context(), ledger.Actor{Account: "hong"}, "", "hong", c.State, made, "", suitePassword); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if c, err = s.gate.BeginPasskey("", "a"); err != nil {
			t.Fatal(err)
		}
		a, err := s.gate.PasskeySignIn(t.Context(), "", c.State, key.Get(c.Options, "https://jikim.example"), "a")
		if err != nil || a.Name != "hong" {
			t.Errorf("%+v, %v", a, err)
		}
	}
	key.Count = 0 // a copy of the key
	c, _ = s.gate.BeginPasskey("", "a")
	if _, err := s.gate.PasskeySignIn(t.Context(), "", c.State, key.Get(c.Options, "https://jikim.example"), "a"); err == nil {
		t.Error("a count that went back lets in")
	}
}

func suiteLock(t *testing.T, s suite) {
	s.add(t, "hong")
	for range 5 {
		if _, err := s.gate.SignIn(t.Context(), "hong", "틀린 비밀번호입니다", "a"); err == nil {
			t.Fatal("a wrong password lets in")
		}
	}
	if _, err := s.gate.SignIn(t.Context(), "hong", suitePassword, "a"); err == nil {
		t.Error("a locked account lets in")
	}
	if err := s.gate.Unlock(t.Context(), System, "hong"); err != nil {
		t.Fatal(err)
	}
	if in, err := s.gate.SignIn(t.Context(), "hong", suitePassword, "a"); err != nil || in.Account.Failures != 0 {
		t.Errorf("after the lock was lifted: %+v, %v", in, err)
	}
}

// Two administrators who stop each other at once: one is left.
func suiteLastAdmin(t *testing.T, s suite) {
	s.add(t, "one", "two")
	var wg sync.WaitGroup
	for by, whom := range map[string]string{"one": "two", "two": "one"} {
		wg.Go(func() { _ = s.gate.SetDisabled(context.Background(), ledger.Actor{Account: by}, whom, true) }) // one must fail
	}
	wg.Wait()
	all, err := s.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if left := slices.DeleteFunc(all, func(a access.Account) bool { return a.Disabled }); len(left) != 1 {
		t.Errorf("left: %+v", left)
	}
}

func suiteReplay(t *testing.T, s suite) {
	s.add(t, "hong")
	code := s.app(t, "hong")
	half, c := s.half(t, "hong"), code()
	in := make([]bool, 6)
	var wg sync.WaitGroup
	for i := range in {
		wg.Go(func() {
			_, err := s.gate.SecondCode(context.Background(), half, c, fmt.Sprint("10.0.0.", i))
			in[i] = err == nil
		})
	}
	wg.Wait()
	if n := len(slices.DeleteFunc(in, func(ok bool) bool { return !ok })); n != 1 {
		t.Errorf("one code let in %d times", n)
	}
}
