package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

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
	Calendar    monthSheet
	Day         instant.Date // the one day shown; "" = the next dueDays
	Purposes    []purposeTally
	Days        []dueDay
	Shown       int
	More        string // address of those due later
	First       string // address of the first page; "" = this is it
	Until       instant.Date
	Waiting     []destroyed
	WaitingMore bool // there are more than shown
	MayConfirm  bool
	MayHold     bool
	MayList     bool // open a clip's own page
}

// purposeTally is how many clips of a purpose fall due on the day shown.
type purposeTally struct {
	Name  string
	Clips int
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
	today := instant.DateOf(s.Now())
	body := dueBody{
		Form:        queryForm(c, ""),
		Departments: n.departments(reach),
		Until:       today.AddDays(dueDays),
	}
	q := body.query(reach, today)
	body.Day = q.day
	if err := s.fillCalendar(ctx, &body, q, today, n); err != nil {
		return err
	}
	if err := s.fillDue(ctx, &body, q, n); err != nil {
		return err
	}
	if err := s.fillWaiting(ctx, &body, q.department, n); err != nil {
		return err
	}
	body.MayConfirm = access.May(w, access.ConfirmDestruction, w.Department)
	body.MayHold = access.May(w, access.PlaceHold, w.Department)
	body.MayList = access.May(w, access.List, w.Department)
	return s.show(c, statusOf(body.Form), "due", "파기 예정", body)
}

// dueQuery is what part of what is to come is asked for.
type dueQuery struct {
	department string       // "" = all
	day        instant.Date // "" = the next dueDays
	month      instant.Date // any day of the month of the calendar
	cursor     string
}

// query reads the address; what is wrong with it is left in the form.
func (b *dueBody) query(reach string, today instant.Date) dueQuery {
	f := &b.Form
	q := dueQuery{
		department: f.choose("department", b.Departments, "볼 수 있는 부서가 아닙니다. 목록에서 부서를 고르세요."),
		day:        f.date("day"), month: today, cursor: f.Value("cursor"),
	}
	if q.department == "" {
		q.department = reach
	}
	if q.day != "" {
		q.month = q.day
	}
	if v := f.Value("month"); v != "" {
		month, err := instant.ParseDate(v + "-01")
		if err != nil {
			f.fail("month", "달이 아닙니다. 2026-10처럼 연-월로 입력하세요.")
			return q
		}
		q.month = month
	}
	return q
}

// address is the page with the same conditions at another place.
func (q dueQuery) address(set ...string) string {
	v := url.Values{}
	if q.department != "" {
		v.Set("department", q.department)
	}
	for i := 0; i+1 < len(set); i += 2 {
		if set[i+1] != "" {
			v.Set(set[i], set[i+1])
		}
	}
	if len(v) == 0 {
		return "/due"
	}
	return "/due?" + v.Encode()
}

// fillCalendar counts the days of the month.
func (s *site) fillCalendar(ctx context.Context, b *dueBody, q dueQuery, today instant.Date, n registryNames) error {
	if b.Form.Failed() {
		q.month = today
	}
	first, last := monthEnds(q.month)
	due, err := s.Records.DueByDay(ctx, first, last, q.department)
	if err != nil {
		return err
	}
	held, err := s.Records.HeldDueByDay(ctx, first, last, q.department)
	if err != nil {
		return err
	}
	clips, kept := map[instant.Date]int{}, map[instant.Date]int{}
	for _, t := range due {
		clips[t.Date] += t.Clips
		if t.Date == q.day {
			b.Purposes = append(b.Purposes, purposeTally{n.purpose(t.Purpose), t.Clips})
		}
	}
	for _, t := range held {
		kept[t.Date] = t.Clips
	}
	b.Calendar = monthOf(q.month, today, func(d instant.Date) monthCell {
		cell := monthCell{Count: clips[d]}
		if cell.Count > 0 {
			cell.Address = q.address("day", string(d)) + "#list"
		}
		if kept[d] > 0 {
			cell.Note = "보류 " + count(kept[d]) + "건"
		}
		return cell
	})
	b.Calendar.Prev = q.address("month", monthName(first.AddDays(-1)), "day", string(q.day))
	b.Calendar.Next = q.address("month", monthName(last.AddDays(1)), "day", string(q.day))
	return nil
}

// monthEnds gives the first and the last day of a day's month.
func monthEnds(d instant.Date) (first, last instant.Date) {
	start := d.Start()
	next := time.Date(start.Year(), start.Month()+1, 1, 0, 0, 0, 0, instant.KST)
	return instant.Date(monthName(d) + "-01"), instant.DateOf(next).AddDays(-1)
}

// monthName is the month of a day as addresses have it: 2026-10.
func monthName(d instant.Date) string { return string(d)[:len("2026-10")] }

func (s *site) fillDue(ctx context.Context, b *dueBody, q dueQuery, n registryNames) error {
	if b.Form.Failed() {
		return nil
	}
	var from instant.Time
	end := instant.Of(b.Until.AddDays(1).Start())
	if q.day != "" {
		from, end = instant.Of(q.day.Start()), instant.Of(q.day.AddDays(1).Start())
	}
	page, err := s.Records.DueBetween(ctx, from, end.Add(-time.Millisecond), q.department, q.cursor, duePage)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.Invalid {
		b.Form.fail(r.Field, r.Sentence)
		return nil
	}
	if err != nil {
		return err
	}
	ids := make([]string, len(page.Clips))
	for i, clip := range page.Clips {
		ids[i] = clip.ID
	}
	holds, err := s.Records.OpenHoldsOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, clip := range page.Clips {
		b.add(dueClip{clipRow: s.clipRow(n, clip), Holds: holds[clip.ID]}, s.now())
	}
	b.Shown = len(page.Clips)
	if page.Next != "" {
		b.More = q.address("day", string(q.day), "cursor", page.Next)
	}
	if q.cursor != "" {
		b.First = q.address("day", string(q.day))
	}
	return nil
}

// fillWaiting lists the destructions that wait for a person's confirmation.
func (s *site) fillWaiting(ctx context.Context, b *dueBody, department string, n registryNames) error {
	waiting, err := s.Records.Destructions(ctx, department, true, confirmPage+1)
	if err != nil {
		return err
	}
	b.WaitingMore = len(waiting) > confirmPage
	for _, d := range waiting[:min(len(waiting), confirmPage)] {
		b.Waiting = append(b.Waiting, destroyed{d, n.department(d.Department)})
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
