package web

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/web/access"
)

type holdsBody struct {
	Form        form
	Departments []choice
	Bases       []choice
	Tabs        []tabLink
	Released    bool
	Rows        []heldRow
	First, More string
	Open, Late  int // open holds in reach; of them those to be looked at again
}

// heldRow is a hold as a line of a list.
type heldRow struct {
	footage.Hold
	Clip clipRow
	Late bool // the day to look at it again has come
	Days int  // since it was placed
}

func (s *site) showHolds(c echo.Context) error {
	ctx, w := c.Request().Context(), who(c)
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	reach, n := scope(w, access.List), names(registry)
	body := holdsBody{Form: queryForm(c, ""), Departments: n.departments(reach), Bases: holdBases}
	filter := body.filter(reach)
	today := instant.DateOf(s.Now())
	if body.Open, body.Late, err = s.Records.CountHolds(ctx, filter.Department, today); err != nil {
		return err
	}
	body.Tabs = []tabLink{
		{Address: holdsAddress(body.Form, "state", ""), Text: "보류 중", Tally: count(body.Open), Current: !body.Released},
		{Address: holdsAddress(body.Form, "state", "released"), Text: "해제됨", Current: body.Released},
	}
	if body.Form.Failed() {
		return s.show(c, statusOf(body.Form), "holds", "보류", body)
	}
	page, next, err := s.Records.Holds(ctx, filter)
	if err != nil {
		return err
	}
	for _, h := range page {
		row := heldRow{Hold: h.Hold, Clip: s.clipRow(n, h.Clip), Days: int(s.now().Sub(h.Hold.PlacedAt).Hours()) / 24}
		row.Late = h.Hold.Open() && h.Hold.Until != "" && h.Hold.Until <= today
		body.Rows = append(body.Rows, row)
	}
	if next != "" {
		body.More = holdsAddress(body.Form, "cursor", next)
	}
	if filter.Cursor != "" {
		body.First = holdsAddress(body.Form, "cursor", "")
	}
	return s.show(c, statusOf(body.Form), "holds", "보류", body)
}

func (b *holdsBody) filter(reach string) footage.HoldFilter {
	f := &b.Form
	filter := footage.HoldFilter{
		Department: f.choose("department", b.Departments, "볼 수 있는 부서가 아닙니다. 목록에서 부서를 고르세요."),
		Basis:      f.choose("basis", b.Bases, "없는 근거입니다. 목록에서 보류 근거를 고르세요."),
		Released:   f.choose("state", []choice{{"released", "해제됨"}}, "없는 상태입니다. 위의 보기에서 고르세요.") == "released",
		Cursor:     f.text("cursor", 100),
	}
	b.Released = filter.Released
	if filter.Department == "" {
		filter.Department = reach
	}
	return filter
}

// holdsAddress is the list with the same conditions but one; another view
// begins at its first page.
func holdsAddress(f form, field, value string) string {
	q := url.Values{}
	for _, name := range []string{"department", "basis", "state"} {
		if v := f.Value(name); v != "" {
			q.Set(name, v)
		}
	}
	q.Del(field)
	if value != "" {
		q.Set(field, value)
	}
	if len(q) == 0 {
		return "/holds"
	}
	return "/holds?" + q.Encode()
}
