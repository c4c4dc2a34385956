package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/web/access"
)

// personLine is an account as a line of a list.
type personLine struct {
	access.Account
	DepartmentName string
	Steps          []access.FactorKind // second steps set up
	State          badge
	LastSeen       string
}

// Address is the page of the person.
func (p personLine) Address() string { return personAddress(p.Name) }

func personAddress(name string) string { return "/people/" + url.PathEscape(name) }

type peopleBody struct {
	Form        form
	Roles       []choice
	Departments []choice
	States      []choice
	Lines       []personLine
	Count       int
	First, Next string
	Tabs        []tabLink
}

// personStates to search for.
var personStates = []choice{
	{"in-use", "사용 중"}, {"locked", "잠김"}, {"disabled", "사용 정지"}, {"new", "첫 비밀번호"}, {"no-second", "2단계 없음"},
}

var roleChoices = func() (all []choice) {
	for _, r := range access.Roles() {
		all = append(all, choice{string(r), r.Korean()})
	}
	return all
}()

// accessTabs are the pages about who may come in.
func accessTabs(w access.Who, here string) (tabs []tabLink) {
	for _, t := range []struct {
		address, text string
		needs         access.Action
	}{
		{"/people", "사용자", access.ManageAccounts},
		{"/tokens", "토큰", access.ManageTokens},
		{"/grants", "권한 기록", access.ReadAccess},
		{"/sign-ins", "접속기록", access.ReadAccess},
	} {
		if access.May(w, t.needs, "") {
			tabs = append(tabs, tabLink{Address: t.address, Text: t.text, Current: t.address == here})
		}
	}
	return tabs
}

func (s *site) listPeople(c echo.Context) error {
	ctx := c.Request().Context()
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	n := names(registry)
	body := peopleBody{
		Form: queryForm(c, ""), Roles: roleChoices, Departments: n.departments(""), States: personStates,
		Tabs: accessTabs(who(c), "/people"),
	}
	f := &body.Form
	want := peopleFilter{
		role:       access.Role(f.choose("role", body.Roles, "없는 역할입니다. 목록에서 고르세요.")),
		department: f.choose("department", body.Departments, "등록된 부서가 아닙니다. 목록에서 고르세요."),
		state:      f.choose("state", personStates, "없는 상태입니다. 목록에서 고르세요."),
		text:       strings.ToLower(f.text("q", 100)),
		after:      f.text("after", 64),
	}
	if !f.Failed() {
		lines, err := s.people(c, n)
		if err != nil {
			return err
		}
		body.fill(lines, want, c.QueryParams())
	}
	return s.show(c, statusOf(*f), "people", "사용자", body)
}

type peopleFilter struct {
	role                           access.Role
	department, state, text, after string
}

func (w peopleFilter) takes(p personLine) bool {
	return (w.role == "" || p.Role == w.role) && (w.department == "" || p.Department == w.department) &&
		(w.text == "" || strings.Contains(strings.ToLower(p.Name+" "+p.Display), w.text)) && w.takesState(p)
}

func (w peopleFilter) takesState(p personLine) bool {
	switch w.state {
	case "no-second":
		return len(p.Steps) == 0 && !p.Disabled
	case "":
		return true
	}
	return p.State.Text == textOf(personStates, w.state)
}

// fill takes the lines wanted, a page of them after where the last one ended.
func (b *peopleBody) fill(all []personLine, want peopleFilter, conditions url.Values) {
	all = slices.DeleteFunc(all, func(p personLine) bool { return !want.takes(p) })
	b.Count = len(all)
	if want.after != "" {
		all = slices.DeleteFunc(all, func(p personLine) bool { return p.Name <= want.after })
		b.First = pageAddress("/people", conditions, "after", "")
	}
	if len(all) > pageLength {
		all = all[:pageLength]
		b.Next = pageAddress("/people", conditions, "after", all[pageLength-1].Name)
	}
	b.Lines = all
}

// people gives every account as a line, by name.
func (s *site) people(c echo.Context, n registryNames) ([]personLine, error) {
	ctx := c.Request().Context()
	accounts, err := s.Records.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	factors, err := s.Records.Factors(ctx, "")
	if err != nil {
		return nil, err
	}
	of := map[string][]access.Factor{}
	for _, f := range factors {
		of[f.Account] = append(of[f.Account], f)
	}
	lines := make([]personLine, 0, len(accounts))
	for _, a := range accounts {
		lines = append(lines, s.personLine(a, of[a.Name], n))
	}
	// By name as Go orders it: a database may order otherwise, and paging
	// compares here.
	slices.SortFunc(lines, func(a, b personLine) int { return cmp.Compare(a.Name, b.Name) })
	return lines, nil
}

func (s *site) personLine(a access.Account, factors []access.Factor, n registryNames) personLine {
	return personLine{
		Account: a, DepartmentName: n.department(a.Department), Steps: access.SecondSteps(factors),
		State: personState(a, s.now()), LastSeen: lastSeen(a.LastSignIn),
	}
}

func personState(a access.Account, now instant.Time) badge {
	switch {
	case a.Disabled:
		return badge{textOf(personStates, "disabled"), "close", ""}
	case a.Locked(now):
		return badge{textOf(personStates, "locked"), "lock", "bad"}
	case a.MustChange:
		return badge{textOf(personStates, "new"), "key", "warn"}
	default:
		return badge{textOf(personStates, "in-use"), "check", "good"}
	}
}

type personBody struct {
	Person    personLine
	Locked    bool
	Oneself   bool // the person looking
	Abilities []abilityLine
	Factors   []factorLine
	Recovery  string
	SignIns   signInTable
	Grants    grantTable
	Act       form // what was pressed and could not be done
}

func (s *site) showPerson(c echo.Context) error {
	return s.showPersonWith(c, http.StatusOK, form{})
}

// recentLines is how much of a record a person's page shows.
const recentLines = 10

func (s *site) showPersonWith(c echo.Context, status int, act form) error {
	ctx := c.Request().Context()
	a, n, err := s.person(c)
	if err != nil {
		return err
	}
	factors, err := s.Records.Factors(ctx, a.Name)
	if err != nil {
		return err
	}
	lines, err := s.Records.SignIns(ctx, access.SignInFilter{Account: a.Name, Limit: recentLines})
	if err != nil {
		return err
	}
	rows, err := s.grants(ctx, "", a.Name, 0)
	if err != nil {
		return err
	}
	grants, err := n.grantLines(rows[:min(len(rows), recentLines)], false)
	if err != nil {
		return err
	}
	return s.show(c, status, "person", a.Display, &personBody{
		Person: s.personLine(a, factors, n), Locked: a.Locked(s.now()), Oneself: a.Name == who(c).Account,
		Abilities: abilityLines(a.Role, a.Department), Factors: factorLines(factors), Recovery: recoveryLeft(factors),
		SignIns: signInTable{Lines: lines}, Grants: grantTable{Lines: grants}, Act: act,
	})
}

var errNoPerson = refuse.New(refuse.NotFound, "account-unknown", "그런 사용자가 없습니다. 사용자 목록에서 다시 찾아보세요.")

// person is the account of the address, and the names to show it with.
func (s *site) person(c echo.Context) (access.Account, registryNames, error) {
	ctx := c.Request().Context()
	name, err := url.PathUnescape(c.Param("name"))
	if err != nil || strings.ContainsRune(name, 0) {
		return access.Account{}, registryNames{}, errNoPerson
	}
	a, err := s.Records.Account(ctx, name)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		return a, registryNames{}, errNoPerson
	}
	if err != nil {
		return a, registryNames{}, err
	}
	registry, err := s.Records.Registry(ctx)
	return a, names(registry), err
}

// grantActs are what a person or a token was given, and what was taken away.
var grantActs = []ledger.Act{ledger.ActAccountAdded, ledger.ActAccountChanged, ledger.ActTokenCreated, ledger.ActTokenRevoked}
