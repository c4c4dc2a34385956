package access_test

import (
	"strings"
	"testing"
	"time"

	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/web/access"
	"jikim/web/access/accesstest"
)

const site1 = "https://jikim.hanbit.example"

func newPasskeys(t *testing.T) (fixture, *accesstest.Authenticator) {
	t.Helper()
	s := accesstest.Fast
	s.Site, s.Keys = site1, accesstest.Keys(t)
	g := newGateWith(t, s)
	g.add(t, "hong", access.Reviewer, "minwon")
	return g, accesstest.NewAuthenticator(t)
}

func (f fixture) enrol(t *testing.T, key *accesstest.Authenticator, name string) error {
	t.Helper()
	c, err := f.BeginPasskeyEnrolment(t.Context(), "", name)
	if err != nil {
		t.Fatal(err)
	}
	return f.FinishPasskeyEnrolment(t.Context(), ledger.Actor{Account: name}, "", name, c.State, key.Create(c.Options, site1), "보안 키", good)
}

func TestAPasskeyIsTheSecondStep(t *testing.T) {
	g, key := newPasskeys(t)
	if err := g.enrol(t, key, "hong"); err != nil {
		t.Fatal(err)
	}
	in, err := g.SignIn(t.Context(), "hong", good, "a")
	if err != nil || len(in.Second) != 1 || in.Second[0] != access.Passkey {
		t.Fatalf("%+v, %v", in, err)
	}
	if strings.Contains(g.records.Acts(t), "signed-in") {
		t.Error("the ledger says that somebody is in who is not")
	}
	half := g.HalfOf(in.Account)
	c, err := g.BeginSecondPasskey(t.Context(), "", half)
	if err != nil {
		t.Fatal(err)
	}
	answer := key.Get(c.Options, site1)
	a, err := g.SecondPasskey(t.Context(), "", half, c.State, answer, "a")
	if err != nil || a.Name != "hong" {
		t.Fatalf("%+v, %v", a, err)
	}
	entries := g.records.Entries(t)
	if e := entries[len(entries)-1]; e.Act != ledger.ActSignedIn || e.Facts["with"] != "password+passkey" {
		t.Errorf("%+v", e)
	}

	_, err = g.SecondPasskey(t.Context(), "", half, c.State, answer, "a")
	if err == nil {
		t.Error("the same answer lets in again")
	}
	other := accesstest.NewAuthenticator(t)
	_ = other.Create(c.Options, site1)
	c, _ = g.BeginSecondPasskey(t.Context(), "", half)
	_, err = g.SecondPasskey(t.Context(), "", half, c.State, other.Get(c.Options, site1), "a")
	expect(t, err, refuse.Invalid, "passkey-refused")
	c, _ = g.BeginSecondPasskey(t.Context(), "", half)
	_, err = g.SecondPasskey(t.Context(), "", half, c.State, key.Get(c.Options, "https://evil.example"), "a")
	expect(t, err, refuse.Invalid, "passkey-refused")
	c, _ = g.BeginSecondPasskey(t.Context(), "", half)
	late := key.Get(c.Options, site1)
	g.clock.Wind(6 * time.Minute)
	_, err = g.SecondPasskey(t.Context(), "", half, c.State, late, "a")
	expect(t, err, refuse.Invalid, "passkey-refused")
}

func TestAPasskeyAloneLetsInWhoItKnows(t *testing.T) {
	g, key := newPasskeys(t)
	if err := g.enrol(t, key, "hong"); err != nil {
		t.Fatal(err)
	}
	try := func(change func(k *accesstest.Authenticator)) error {
		t.Helper()
		c, err := g.BeginPasskey("", "a")
		if err != nil {
			t.Fatal(err)
		}
		k := *key
		change(&k)
		a, err := g.PasskeySignIn(t.Context(), "", c.State, k.Get(c.Options, site1), "a")
		if err == nil && a.Name != "hong" {
			t.Errorf("it is %+v", a)
		}
		return err
	}
	if err := try(func(k *accesstest.Authenticator) { key.Count = 5; k.Count = 5 }); err != nil {
		t.Fatal(err)
	}
	expect(t, try(func(k *accesstest.Authenticator) { k.Count = 20; k.Verified = false }), refuse.Invalid, "passkey-refused")
	expect(t, try(func(k *accesstest.Authenticator) { k.Count = 3 }), refuse.Invalid, "passkey-refused") // a copy of the key
	stranger := accesstest.NewAuthenticator(t)
	expect(t, try(func(k *accesstest.Authenticator) {
		*k = *stranger
		_ = k.Create([]byte(`{"publicKey":{"user":{"id":"eA"}}}`), site1)
	}), refuse.Invalid, "passkey-refused")
	if err := g.SetDisabled(t.Context(), accesstest.System, "hong", true); err != nil {
		t.Fatal(err)
	}
	expect(t, try(func(k *accesstest.Authenticator) { k.Count = 30 }), refuse.Unauthenticated, "sign-in-refused")
	if got, want := g.records.Results(), "signed-in wrong-second wrong-second unknown-passkey disabled"; got != want {
		t.Errorf("the record has %s, want %s", got, want)
	}
}

func TestPasskeysAreEnrolledOnceWithThePassword(t *testing.T) {
	g, key := newPasskeys(t)
	g.add(t, "kim", access.Reviewer, "minwon")
	c, err := g.BeginPasskeyEnrolment(t.Context(), "", "hong")
	if err != nil {
		t.Fatal(err)
	}
	by, answer := ledger.Actor{Account: "hong"}, key.Create(c.Options, site1)
	finish := func(name, state, answer, label, password string) error {
		return g.FinishPasskeyEnrolment(t.Context(), by, "", name, state, answer, label, password)
	}
	expect(t, finish("hong", c.State, answer, "", "틀린 비밀번호입니다"), refuse.Invalid, "password-wrong")
	expect(t, finish("hong", c.State, answer, strings.Repeat("가", 41), good), refuse.Invalid, "label-long")
	expect(t, finish("hong", c.State, `{"id":"x"}`, "", good), refuse.Invalid, "passkey-refused")
	expect(t, finish("hong", "{}", answer, "", good), refuse.Invalid, "passkey-refused")
	expect(t, finish("kim", c.State, answer, "", good), refuse.Invalid, "passkey-refused")
	if err := finish("hong", c.State, answer, "", good); err != nil {
		t.Fatal(err)
	}
	expect(t, finish("hong", c.State, answer, "", good), refuse.Conflict, "passkey-there")
	factors, _ := g.records.Factors(t.Context(), "hong")
	if len(factors) != 1 || factors[0].Label != "패스키" || strings.Contains(factors[0].Credential, "attestationObject\":\"o") {
		t.Errorf("%+v", factors)
	}
}

func TestPasskeysNeedASite(t *testing.T) {
	g := newGate(t)
	for origin, want := range map[string]bool{
		"http://localhost:8080": true, "http://127.0.0.1:8080": false, "https://jikim.example": false, "": false, "::": false,
	} {
		if got := g.PasskeysAt(origin); got != want {
			t.Errorf("%q: %t", origin, got)
		}
	}
	with, _ := newPasskeys(t)
	if !with.PasskeysAt("http://10.0.0.1") {
		t.Error("the configured site is not believed")
	}
	_, err := g.BeginPasskey("http://10.0.0.1", "a")
	expect(t, err, refuse.Conflict, "passkey-unavailable")
}
