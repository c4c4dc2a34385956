package access_test

import (
	"strings"
	"testing"

	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/web/access"
	"jikim/web/access/accesstest"
)

// Somebody must always be there who can manage accounts.
func TestTheLastAdministratorStays(t *testing.T) {
	g, ctx := newGate(t), t.Context()
	g.add(t, "root1", access.Admin, "")
	g.add(t, "root2", access.Admin, "")
	g.add(t, "hong", access.Reviewer, "minwon")
	one, two := ledger.Actor{Account: "root1"}, ledger.Actor{Account: "root2"}
	if err := g.SetDisabled(ctx, one, "root2", true); err != nil {
		t.Fatal(err)
	}
	expect(t, g.SetDisabled(ctx, two, "root1", true), refuse.Conflict, "account-last-admin")
	expect(t, g.Reassign(ctx, accesstest.System, "root1", access.Reviewer, "minwon", ""), refuse.Conflict, "account-last-admin")
	if err := g.Reassign(ctx, accesstest.System, "root1", access.Admin, "", "홍하나"); err != nil {
		t.Errorf("to stay an administrator: %v", err)
	}
	if err := g.SetDisabled(ctx, one, "hong", true); err != nil {
		t.Errorf("of somebody else: %v", err)
	}
	if err := g.Reassign(ctx, one, "root2", access.Dock, "minwon", ""); err != nil {
		t.Errorf("of a disabled administrator: %v", err)
	}
}

func TestUnlockAndEndSessions(t *testing.T) {
	g, ctx := newGate(t), t.Context()
	g.add(t, "hong", access.Reviewer, "minwon")
	for range 5 {
		_, _ = g.SignIn(ctx, "hong", "틀린 비밀번호입니다", "a")
	}
	if err := g.Unlock(ctx, accesstest.System, "hong"); err != nil {
		t.Fatal(err)
	}
	in, err := g.SignIn(ctx, "hong", good, "a")
	if err != nil {
		t.Fatal(err)
	}
	stamp := access.Stamp(in.Account)
	if _, err := g.Resume(ctx, "hong", stamp, access.WithPassword, "a"); err != nil {
		t.Fatal(err)
	}
	if err := g.EndSessions(ctx, accesstest.System, "hong"); err != nil {
		t.Fatal(err)
	}
	_, err = g.Resume(ctx, "hong", stamp, access.WithPassword, "a")
	expect(t, err, refuse.Unauthenticated, "session-ended")
	expect(t, g.Unlock(ctx, accesstest.System, "nobody"), refuse.NotFound, "not-found")
}

func TestShownNames(t *testing.T) {
	g, ctx := newGate(t), t.Context()
	for display, want := range map[string]string{
		"  홍  길동 ": "홍 길동", "홍\n길동\x00": "홍 길동", "\u202e홍길동": "홍길동", "<b>홍</b>": "<b>홍</b>", "": "hong", "홍\xff": "홍�", "🚁 홍": "🚁 홍",
	} {
		g := newGate(t)
		if err := g.AddAccount(ctx, accesstest.System, access.Account{Name: "hong", Display: display, Role: access.Admin}, good); err != nil {
			t.Errorf("%q: %v", display, err)
			continue
		}
		if a, _ := g.records.Account(ctx, "hong"); a.Display != want {
			t.Errorf("%q is shown as %q", display, a.Display)
		}
	}
	err := g.AddAccount(ctx, accesstest.System, access.Account{Name: "hong", Display: strings.Repeat("홍", 41), Role: access.Admin}, good)
	expect(t, err, refuse.Invalid, "display-long")
	g.add(t, "hong", access.Admin, "")
	expect(t, g.Reassign(ctx, accesstest.System, "hong", access.Admin, "", strings.Repeat("홍", 41)), refuse.Invalid, "display-long")
}

// Every action has words, and what a role can do is what the table says.
func TestAbilitiesInWords(t *testing.T) {
	for _, role := range append(access.Roles(), access.Agent) {
		for _, ability := range access.Abilities(role, "minwon") {
			if ability.Action.Korean() == string(ability.Action) {
				t.Errorf("%s has no words", ability.Action)
			}
			if !access.May(access.Who{Role: role, Department: "minwon"}, ability.Action, "minwon") {
				t.Errorf("%s may not %s", role, ability.Action)
			}
		}
	}
	if got := access.Abilities(access.Admin, ""); len(got) != 5 || got[0].Scope != access.All {
		t.Errorf("%+v", got)
	}
	if got := access.Abilities("root", ""); got != nil {
		t.Errorf("%+v", got)
	}
}
