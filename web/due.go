package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/web/access"
	"jikim/web/api"
)

const (
	dueDays = 30
	// duePage is how many clips one page of the preview shows.
	duePage = 200
	// confirmPage is how many destructions are confirmed at once.
	confirmPage = 100
)

type dueBody struct {
	Form        form
	Departments []choice
	Days        []dueDay
	Shown       int
	More        string // address of those due later
	First       string // address of the first page; "" = this is it
	Until       instant.Date
	Waiting     []destroyed
	WaitingMore bool // there are more than shown
	MayConfirm  bool
	MayList     bool // open a clip's own page
}

// dueDay is the clips that fall due on one day.
type dueDay struct {
	Date    instant.Date // "" = overdue
	DDay    string
	Clips   []dueClip
	Held    int
	Overdue bool
}

type dueClip struct {
	clipRow
	Holds []footage.Hold // open ones
}

// destroyed is a destruction as a line of a list.
type destroyed struct {
	footage.Destruction
	DepartmentName string
}

func (s *site) showDue(c echo.Context) error {
	ctx, w := c.Request().Context(), who(c)
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	reach, n := scope(w, access.ReadDue), names(registry)
	body := dueBody{
		Form:        queryForm(c, ""),
		Departments: n.departments(reach),
		Until:       instant.DateOf(s.Now()).AddDays(dueDays),
	}
	department := body.Form.choose("department", body.Departments, "볼 수 있는 부서가 아닙니다. 목록에서 부서를 고르세요.")
	if department == "" {
		department = reach
	}
	if err := s.fillDue(c, &body, department, n); err != nil {
		return err
	}
	waiting, err := s.Records.Destructions(ctx, department, true, confirmPage+1)
	if err != nil {
		return err
	}
	body.WaitingMore = len(waiting) > confirmPage
	for _, d := range waiting[:min(len(waiting), confirmPage)] {
		body.Waiting = append(body.Waiting, destroyed{d, n.department(d.Department)})
	}
	body.MayConfirm = access.May(w, access.ConfirmDestruction, w.Department)
	body.MayList = access.May(w, access.List, w.Department)
	return s.show(c, statusOf(body.Form), "due", "파기 예정", body)
}

func (s *site) fillDue(c echo.Context, b *dueBody, department string, n registryNames) error {
	if b.Form.Failed() {
		return nil
	}
	ctx, cursor := c.Request().Context(), b.Form.Value("cursor")
	end := instant.Of(b.Until.AddDays(1).Start())
	page, err := s.Records.DueClips(ctx, end, department, cursor, duePage)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.Invalid {
		b.Form.fail(r.Field, r.Sentence)
		return nil
	}
	if err != nil {
		return err
	}
	for _, clip := range page.Clips {
		if !clip.DueAt.Before(end) {
			break // due at the very midnight that ends the last day
		}
		line := dueClip{clipRow: s.clipRow(n, clip)}
		if line.Holds, err = s.openHolds(c, clip.ID); err != nil {
			return err
		}
		b.add(line, s.now())
	}
	b.Shown = len(page.Clips)
	if page.Next != "" {
		b.More = dueAddress(b.Form.Value("department"), page.Next)
	}
	if cursor != "" {
		b.First = dueAddress(b.Form.Value("department"), "")
	}
	return nil
}

// add puts a clip under its day; clips come soonest first.
func (b *dueBody) add(line dueClip, now instant.Time) {
	day := dueDay{Date: instant.DateOf(line.DueAt.Std()), DDay: line.DDay}
	if !now.Before(line.DueAt) {
		day = dueDay{Overdue: true, DDay: "지남"}
	}
	if k := len(b.Days); k == 0 || b.Days[k-1].Date != day.Date || b.Days[k-1].Overdue != day.Overdue {
		b.Days = append(b.Days, day)
	}
	last := &b.Days[len(b.Days)-1]
	last.Clips = append(last.Clips, line)
	if len(line.Holds) > 0 {
		last.Held++
	}
}

func (s *site) openHolds(c echo.Context, clip string) ([]footage.Hold, error) {
	all, err := s.Records.HoldsOf(c.Request().Context(), clip)
	if err != nil {
		return nil, err
	}
	var open []footage.Hold
	for _, h := range all {
		if h.Open() {
			open = append(open, h)
		}
	}
	return open, nil
}

func dueAddress(department, cursor string) string {
	q := url.Values{}
	if department != "" {
		q.Set("department", department)
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	if len(q) == 0 {
		return "/due"
	}
	return "/due?" + q.Encode()
}

type confirmBody struct {
	Destructions []destroyed
	Officer      string // who confirms
	Sentence     string // what is wrong; "" = nothing
}

// showConfirm says what a confirmation means before it is given.
func (s *site) showConfirm(c echo.Context) error {
	return s.showConfirmOf(c, http.StatusOK, c.QueryParams()["clip"], "")
}

func (s *site) showConfirmOf(c echo.Context, status int, clips []string, sentence string) error {
	chosen, err := s.unconfirmed(c, clips)
	if err != nil {
		return err
	}
	if len(clips) == 0 {
		return s.done(c, "/due#waiting", "확인할 파기 기록을 하나 이상 고르세요.")
	}
	if len(chosen) == 0 {
		return s.done(c, "/due#waiting", "고른 파기 기록은 이미 확인되었거나 확인할 수 없는 기록입니다. 목록을 다시 보세요.")
	}
	return s.show(c, status, "confirm", "파기 확인",
		confirmBody{Destructions: chosen, Officer: who(c).Display, Sentence: sentence})
}

// unconfirmed gives those of the clips whose destruction the person may
// confirm and nobody has.
func (s *site) unconfirmed(c echo.Context, clips []string) ([]destroyed, error) {
	ctx := c.Request().Context()
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return nil, err
	}
	asked := map[string]bool{}
	for _, id := range clips {
		asked[id] = true
	}
	waiting, err := s.Records.Destructions(ctx, scope(who(c), access.ConfirmDestruction), true, confirmPage)
	if err != nil {
		return nil, err
	}
	var chosen []destroyed
	for _, d := range waiting {
		if asked[d.Clip] {
			chosen = append(chosen, destroyed{d, names(registry).department(d.Department)})
		}
	}
	return chosen, nil
}

func (s *site) confirm(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	clips := f.values["clip"]
	chosen, err := s.unconfirmed(c, clips)
	if err != nil {
		return err
	}
	if len(chosen) == 0 || len(chosen) != len(clips) {
		return s.showConfirmOf(c, http.StatusConflict, clips,
			"그사이 목록이 바뀌었습니다. 아래 남은 기록을 다시 살펴보고 확인하세요.")
	}
	ids := make([]string, len(chosen))
	for i, d := range chosen {
		ids[i] = d.Clip
	}
	err = s.Confirm(c.Request().Context(), who(c).Actor(), ids, s.now())
	if r, ok := refuse.As(err); ok {
		return s.showConfirmOf(c, api.Status(r.Kind), clips, r.Sentence)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/due#waiting", "파기 "+count(len(ids))+"건을 확인했습니다. 확인한 사람과 시각이 관리대장에 남았습니다.")
}
