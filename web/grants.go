package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"jikim/footage/ledger"
	"jikim/web/access"
)

type grantsBody struct {
	Form        form
	Acts        []choice
	History     history
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
	body := grantsBody{Form: queryForm(c, ""), Acts: grantChoices, History: history{Subjects: true}, Tabs: accessTabs(who(c), "/grants")}
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
	if body.History.Lines, err = names(registry).lines(rows); err != nil {
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
	var rows []ledger.Row
	if account != "" {
		all, err := s.Records.History(ctx, "account:"+account)
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(slices.Clone(all), func(r ledger.Row) bool {
			return !slices.Contains(acts, r.Act) || before > 0 && r.Index >= before
		})
	} else {
		for _, a := range acts {
			some, err := s.Records.RowsOf(ctx, a, before, pageLength+1)
			if err != nil {
				return nil, err
			}
			rows = append(rows, some...)
		}
	}
	slices.SortFunc(rows, func(a, b ledger.Row) int { return cmp.Compare(b.Index, a.Index) })
	return rows[:min(len(rows), pageLength+1)], nil
}
