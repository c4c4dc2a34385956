package web

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/retention"
	"jikim/web/access"
)

const (
	pageLength = 50
	// countNoFurther bounds the counting of a list: beyond it nobody pages.
	countNoFurther = 10_000
)

type clipsBody struct {
	Form        form
	Departments []choice
	Purposes    []choice
	Devices     []choice
	States      []choice
	Narrowed    bool // by any condition
	Rows        []clipRow
	Map         *placesView // nil: no row has a place
	Count       int
	More        bool   // there are more than Count
	Next        string // address of the next page; "" = last
	First       string // address of the first page; "" = this is it
}

// clipRow is a clip as a line of a list.
type clipRow struct {
	footage.Clip
	DepartmentName, PurposeName, DeviceName string
	DDay                                    string
}

func (s *site) clipRow(n registryNames, c footage.Clip) clipRow {
	return clipRow{
		Clip:           c,
		DepartmentName: n.department(c.Department),
		PurposeName:    n.purpose(c.Purpose),
		DeviceName:     n.device(c.Device),
		DDay:           retention.DDay(s.Now(), c.DueAt),
	}
}

func (s *site) listClips(c echo.Context) error {
	ctx, w := c.Request().Context(), who(c)
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	reach, n := scope(w, access.List), names(registry)
	body := clipsBody{
		Form:        queryForm(c, ""),
		Departments: n.departments(reach),
		Purposes:    n.purposes(reach),
		Devices:     n.devices(reach),
		States:      clipStates,
	}
	filter := body.filter(reach)
	if !body.Form.Failed() {
		if err := s.fillClips(c, &body, filter, n); err != nil {
			return err
		}
	}
	return s.show(c, statusOf(body.Form), "clips", "영상 목록", body)
}

// filter reads the conditions; what is wrong with them is left in the form.
func (b *clipsBody) filter(reach string) footage.Filter {
	f := &b.Form
	filter := footage.Filter{
		Department: f.choose("department", b.Departments, "볼 수 있는 부서가 아닙니다. 목록에서 부서를 고르세요."),
		Purpose:    f.choose("purpose", b.Purposes, "등록된 목적이 아닙니다. 목록에서 목적을 고르세요."),
		Device:     f.choose("device", b.Devices, "등록된 기기가 아닙니다. 목록에서 기기를 고르세요."),
		State:      footage.State(f.choose("state", b.States, "없는 상태입니다. 목록에서 상태를 고르세요.")),
		From:       f.date("from"),
		To:         f.date("to"),
		Query:      f.text("q", 100),
		Limit:      pageLength,
	}
	if filter.From != "" && filter.To != "" && filter.To < filter.From {
		f.fail("to", "끝 날짜가 시작 날짜보다 이릅니다. 두 날짜를 확인하세요.")
	}
	b.Narrowed = filter != footage.Filter{Limit: pageLength}
	if filter.Department == "" {
		filter.Department = reach
	}
	filter.Cursor = f.Value("cursor")
	return filter
}

func (s *site) fillClips(c echo.Context, b *clipsBody, filter footage.Filter, n registryNames) error {
	ctx := c.Request().Context()
	page, err := s.Records.ListClips(ctx, filter)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.Invalid {
		b.Form.fail(r.Field, r.Sentence)
		return nil
	}
	if err != nil {
		return err
	}
	b.Map = s.placesOf(page.Clips, "")
	for _, clip := range page.Clips {
		b.Rows = append(b.Rows, s.clipRow(n, clip))
	}
	if b.Count, err = s.Records.CountClips(ctx, filter, countNoFurther+1); err != nil {
		return err
	}
	if b.Count > countNoFurther {
		b.Count, b.More = countNoFurther, true
	}
	if page.Next != "" {
		b.Next = listAddress(c.QueryParams(), page.Next)
	}
	if filter.Cursor != "" {
		b.First = listAddress(c.QueryParams(), "")
	}
	return nil
}

// listAddress is the list with the same conditions at another place.
func listAddress(conditions url.Values, cursor string) string {
	q := url.Values{}
	for key, values := range conditions {
		if key != "cursor" && len(values) > 0 && values[0] != "" {
			q.Set(key, values[0])
		}
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	if len(q) == 0 {
		return "/clips"
	}
	return "/clips?" + q.Encode()
}

// clip gives the clip of the address to who may do a to it. What another
// department has is hidden, not refused: that there is such a clip tells too.
func (s *site) clip(c echo.Context, a access.Action) (footage.Clip, error) {
	clip, err := s.Records.Clip(c.Request().Context(), c.Param("id"))
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		return footage.Clip{}, errNoClip
	}
	if err != nil {
		return footage.Clip{}, err
	}
	if !access.May(who(c), access.List, clip.Department) {
		return footage.Clip{}, errNoClip
	}
	if err := access.Allow(who(c), a, clip.Department); err != nil {
		return footage.Clip{}, err
	}
	return clip, nil
}

var errNoClip = refuse.New(refuse.NotFound, "clip-unknown",
	"그런 영상이 없거나 다른 부서의 영상입니다. 영상 목록에서 다시 찾아보세요.")
