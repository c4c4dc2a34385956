package web

import (
	"net/url"
	"regexp"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/web/access"
)

// signInTable is lines of the record of sign-ins.
type signInTable struct {
	Lines  []access.SignIn
	People bool // say whose each is
	Link   bool // to the person's page
}

// Badge says how a sign-in ended.
func (signInTable) Badge(l access.SignIn) badge {
	b := badge{l.Result.Korean(), "alert", "warn"}
	switch l.Result {
	case access.SignedIn:
		b.Icon, b.Tone = "check", "good"
	case access.SignedOut:
		b.Icon, b.Tone = "sign-out", ""
	case access.LockedNow, access.LockedOut, access.DisabledOut:
		b.Icon, b.Tone = "lock", "bad"
	}
	return b
}

// PersonAddress is the page of an account.
func (signInTable) PersonAddress(name string) string { return personAddress(name) }

type signInsBody struct {
	Form    form
	Own     bool // the person's own, not everybody's
	Results []choice
	Table   signInTable
	First   string
	Next    string
	Kept    int // days for which the record is kept
	Tabs    []tabLink
}

var signInResults = func() (all []choice) {
	for _, r := range access.Results() {
		all = append(all, choice{string(r), r.Korean()})
	}
	return all
}()

// showOwnSignIns is the signed-in person's own record.
func (s *site) showOwnSignIns(c echo.Context) error {
	return s.showSignInsOf(c, signInsBody{Form: queryForm(c, ""), Own: true}, who(c).Account)
}

// showSignIns is everybody's record, for those who look after access.
func (s *site) showSignIns(c echo.Context) error {
	body := signInsBody{Form: queryForm(c, ""), Tabs: accessTabs(who(c), "/sign-ins")}
	body.Table.People, body.Table.Link = true, access.May(who(c), access.ManageAccounts, "")
	return s.showSignInsOf(c, body, body.Form.text("account", 64))
}

var signInID = regexp.MustCompile(`^[0-9a-f]{12,40}$`)

func (s *site) showSignInsOf(c echo.Context, body signInsBody, account string) error {
	f := &body.Form
	body.Results, body.Kept = signInResults, int(s.SignInsKept.Hours()/24)
	filter := access.SignInFilter{
		Account: account,
		Result:  access.Result(f.choose("result", signInResults, "없는 결과입니다. 목록에서 고르세요.")),
		From:    f.date("from"), To: f.date("to"), Before: f.Value("before"), Limit: pageLength + 1,
	}
	if filter.From != "" && filter.To != "" && filter.To < filter.From {
		f.fail("to", "끝 날짜가 시작 날짜보다 이릅니다. 두 날짜를 확인하세요.")
	}
	if filter.Before != "" && !signInID.MatchString(filter.Before) {
		f.fail("", "쪽을 알아볼 수 없습니다. 검색을 다시 눌러 처음부터 보세요.")
	}
	title, path := "접속기록", "/sign-ins"
	if body.Own {
		title, path = "내 접속기록", "/account/sign-ins"
	}
	if !f.Failed() {
		lines, err := s.Records.SignIns(c.Request().Context(), filter)
		if err != nil {
			return err
		}
		if len(lines) > pageLength {
			lines = lines[:pageLength]
			body.Next = pageAddress(path, c.QueryParams(), "before", lines[pageLength-1].ID)
		}
		body.Table.Lines = lines
	}
	if filter.Before != "" {
		body.First = pageAddress(path, c.QueryParams(), "before", "")
	}
	return s.show(c, statusOf(*f), "sign-ins", title, body)
}

// pageAddress is a list with the same conditions at another place.
func pageAddress(path string, conditions url.Values, key, place string) string {
	q := url.Values{}
	for k, values := range conditions {
		if k != key && len(values) > 0 && values[0] != "" {
			q.Set(k, values[0])
		}
	}
	if place != "" {
		q.Set(key, place)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// lastSeen says when somebody last signed in.
func lastSeen(at instant.Time) string {
	if at.IsZero() {
		return "아직 없음"
	}
	return at.Korean()
}
