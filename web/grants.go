package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/footage/ledger"
	"jikim/web/access"
)

type grantsBody struct {
	Form        form
	Acts        []choice
	Table       grantTable
	First, Next string
	Tabs        []tabLink
}

var grantChoices = func() (all []choice) {
	for _, a := range grantActs {
		all = append(all, choice{string(a), ledger.Label(a)})
	}
	return all
}()

// showGrants is who was given which right, when and by whom, and who lost it:
// the ledger's entries about accounts and tokens.
func (s *site) showGrants(c echo.Context) error {
	ctx := c.Request().Context()
	body := grantsBody{Form: queryForm(c, ""), Acts: grantChoices, Table: grantTable{Whom: true}, Tabs: accessTabs(who(c), "/grants")}
	f := &body.Form
	act := ledger.Act(f.choose("act", grantChoices, "없는 구분입니다. 목록에서 고르세요."))
	account := access.CleanName(f.text("account", 64))
	before := int64(0)
	if v := f.Value("before"); v != "" {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 1 {
			f.fail("", "쪽을 알아볼 수 없습니다. 검색을 다시 눌러 처음부터 보세요.")
		}
		before = n
		body.First = pageAddress("/grants", c.QueryParams(), "before", "")
	}
	if f.Failed() {
		return s.show(c, http.StatusUnprocessableEntity, "grants", "권한 기록", body)
	}
	rows, err := s.grants(ctx, act, account, before)
	if err != nil {
		return err
	}
	if len(rows) > pageLength {
		rows = rows[:pageLength]
		body.Next = pageAddress("/grants", c.QueryParams(), "before", strconv.FormatInt(rows[pageLength-1].Index, 10))
	}
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	if body.Table.Lines, err = names(registry).grantLines(rows, access.May(who(c), access.ManageAccounts, "")); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "grants", "권한 기록", body)
}

// grants gives entries below before (0 = from the end), newest first, one more
// than a page where there are as many.
func (s *site) grants(ctx context.Context, act ledger.Act, account string, before int64) ([]ledger.Row, error) {
	acts := grantActs
	if act != "" {
		acts = []ledger.Act{act}
	}
	subject := ""
	if account != "" {
		subject = "account:" + account
	}
	var rows []ledger.Row
	for _, a := range acts {
		some, err := s.Records.RowsOf(ctx, ledger.Query{Act: a, Subject: subject, Before: before, Limit: pageLength + 1})
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, func(a, b ledger.Row) int { return cmp.Compare(b.Index, a.Index) })
	return rows[:min(len(rows), pageLength+1)], nil
}

// grantTable is entries about rights, in words.
type grantTable struct {
	Lines []grantLine
	Whom  bool // say to whom: they are not all about one person
}

type grantLine struct {
	Number     int64 // of the ledger's entry
	At         instant.Time
	Of         string // account, or token and its name
	Address    string // page of the account; "" = none
	What, More string
	By, From   string
}

func (n registryNames) grantLines(rows []ledger.Row, link bool) ([]grantLine, error) {
	read, err := n.lines(rows)
	if err != nil {
		return nil, err
	}
	out := make([]grantLine, 0, len(read))
	for _, l := range read {
		what, more := n.granted(l.Entry)
		g := grantLine{Number: l.Number(), At: l.At, What: what, More: more, By: l.By(), From: l.Actor.From}
		if name, ok := strings.CutPrefix(l.Subject, "account:"); ok {
			g.Of = name
			if link {
				g.Address = personAddress(name)
			}
		} else {
			g.Of = "토큰 " + l.Entry.Facts["name"]
		}
		out = append(out, g)
	}
	return out, nil
}

// granted says what an entry gave or took, and of what kind it was.
func (n registryNames) granted(e ledger.Entry) (what, more string) {
	f := e.Facts
	switch {
	case e.Act == ledger.ActAccountAdded, e.Act == ledger.ActTokenCreated:
		return ledger.Label(e.Act), n.post(f["role"], f["department"])
	case e.Act == ledger.ActTokenRevoked:
		return ledger.Label(e.Act), ""
	}
	what = textOf(accountChanges, f["change"])
	switch {
	case f["role"] != "":
		more = n.post(f["was_role"], f["was_department"]) + " → " + n.post(f["role"], f["department"])
	case f["kind"] != "":
		more = access.FactorKind(f["kind"]).Korean() + ": " + f["label"]
	case f["factors"] != "":
		more = f["factors"] + "개"
	case f["codes"] != "":
		more = f["codes"] + "개"
	}
	return what, more
}

// post is a role in a department.
func (n registryNames) post(role, department string) string {
	return access.Role(role).Korean() + "(" + n.department(department) + ")"
}
