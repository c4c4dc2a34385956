package access_test

import (
	"testing"

	"jikim/devices/refuse"
	"jikim/web/access"
)

var actions = []access.Action{
	access.Upload, access.List, access.ViewContent, access.PlaceHold, access.ReleaseHold, access.Correct,
	access.ReadDue, access.ConfirmDestruction, access.ReadLedger, access.ReadRegistry,
	access.ManageAccounts, access.ManageTokens, access.ReadAccess, access.Download,
}

// TestEveryCell spells the whole table: - none, o own department, A all.
func TestEveryCell(t *testing.T) {
	table := []struct {
		role access.Role
		want string
	}{
		//                       upl lst vie hol rel cor due con led reg acc tok rec dow
		{access.Dock /*       */, "o   -   -   -   -   -   -   -   -   -   -   -   -   -"},
		{access.Uploader /*   */, "o   o   o   -   -   -   -   -   -   -   -   -   -   o"},
		{access.Reviewer /*   */, "-   o   o   o   -   o   -   -   -   -   -   -   -   o"},
		{access.Responsible /**/, "-   o   o   o   o   o   o   o   o   o   -   -   -   o"},
		{access.Auditor /*    */, "-   A   -   -   -   -   A   -   A   A   -   -   A   -"},
		{access.Admin /*      */, "-   -   -   -   -   -   -   -   A   A   A   A   A   -"},
		{access.Agent /*      */, "o   -   -   -   -   -   -   -   -   -   -   -   -   -"},
		{"" /*                */, "-   -   -   -   -   -   -   -   -   -   -   -   -   -"},
		{"root" /*            */, "-   -   -   -   -   -   -   -   -   -   -   -   -   -"},
	}
	for _, row := range table {
		for i, action := range actions {
			cell := row.want[4*i]
			who := access.Who{Account: "hong", Role: row.role, Department: "minwon"}
			for _, ask := range []struct {
				department string
				want       bool
			}{
				{"minwon", cell != '-'},
				{"hongbo", cell == 'A'},
				{"", cell == 'A'},
			} {
				if got := access.May(who, action, ask.department); got != ask.want {
					t.Errorf("%s may %s in %q: %v, the table says %c", row.role, action, ask.department, got, cell)
				}
			}
			who.Department = "" // of the whole institution
			if got := access.May(who, action, "hongbo"); got != (cell != '-') {
				t.Errorf("institution-wide %s may %s: %v, the table says %c", row.role, action, got, cell)
			}
			who.MustChange, who.MustEnrol = true, true
			if access.May(who, action, "hongbo") {
				t.Errorf("%s may %s before changing the password someone else set", row.role, action)
			}
		}
	}
}

func TestAnUnknownActionIsDenied(t *testing.T) {
	for _, role := range []access.Role{access.Admin, access.Responsible, access.Auditor} {
		if access.May(access.Who{Role: role}, "footage.erase", "") {
			t.Errorf("%s may do what no table names", role)
		}
	}
}

func TestAllowSaysWhy(t *testing.T) {
	hong := access.Who{Account: "hong", Role: access.Reviewer, Department: "minwon"}
	if err := access.Allow(hong, access.List, "minwon"); err != nil {
		t.Errorf("own department: %v", err)
	}
	expect(t, access.Allow(hong, access.List, "hongbo"), refuse.Forbidden, "not-permitted")
	hong.MustChange = true
	expect(t, access.Allow(hong, access.List, "minwon"), refuse.Forbidden, "password-change-needed")
}

func TestRolesHaveKoreanNames(t *testing.T) {
	for _, r := range []access.Role{access.Dock, access.Uploader, access.Reviewer, access.Responsible, access.Auditor, access.Admin, access.Agent} {
		if !r.Known() || r.Korean() == string(r) {
			t.Errorf("%q: known %v, called %q", r, r.Known(), r.Korean())
		}
	}
	if access.Role("root").Known() {
		t.Error("root is no role")
	}
}

// expect fails unless err is a refusal of that kind and code with a sentence.
func expect(t *testing.T, err error, kind refuse.Kind, code string) {
	t.Helper()
	r, ok := refuse.As(err)
	if !ok || r.Kind != kind || r.Code != code || r.Sentence == "" {
		t.Errorf("got %v, want a refusal %q of kind %d", err, code, kind)
	}
}
