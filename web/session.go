package web

import (
	"math"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/web/access"
)

// sessionLeft is how long the session of a page goes on; the page's own clock
// counts it down and warns.
type sessionLeft struct {
	Seconds    int    `json:"left"`       // begun ones count whole; 0 = nobody is signed in
	Extendable bool   `json:"extendable"` // by any use
	Account    string `json:"account,omitempty"`
	Warning    int    `json:"warning"` // seconds before the end at which to say so
}

func (s *site) sessionLeft(c echo.Context) sessionLeft {
	w, ok := access.From(c.Request().Context())
	if !ok {
		return sessionLeft{}
	}
	left, extendable := s.Sessions.Left(c.Request().Context())
	return sessionLeft{int(math.Ceil(left.Seconds())), extendable, w.Account, int(s.Sessions.Warning().Seconds())}
}

// showSession tells a page how long its session goes on. Asking is no use of
// the session: the page asks by itself.
func (s *site) showSession(c echo.Context) error {
	s.Sessions.Untouched(c.Request().Context())
	return c.JSON(http.StatusOK, s.sessionLeft(c))
}

// extendSession is pressed by a person who goes on.
func (s *site) extendSession(c echo.Context) error {
	return c.JSON(http.StatusOK, s.sessionLeft(c))
}

// sessionBroke answers a request whose session could not be read or written,
// as pages and the JSON interface each answer a fault.
func (s *site) sessionBroke(e *echo.Echo) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		e.HTTPErrorHandler(err, e.NewContext(r, w))
	}
}

// secrets are fields that are never kept, nor the forms they are in.
var secrets = []string{"password", "old", "new", "again", "code", "response"}

// nothingToKeep are places where a form that comes too late has no meaning any
// more.
var nothingToKeep = []string{"/sign-out", "/session"}

// keepForm keeps a form that was sent after the session had ended; false when
// it is not one to keep.
func (s *site) keepForm(c echo.Context) (bool, error) {
	ctx, r := c.Request().Context(), c.Request()
	if s.Sessions.Lapsed(ctx) == "" || !sentByPerson(r) || slices.Contains(nothingToKeep, r.URL.Path) {
		return false, nil
	}
	f, err := readForm(c, "")
	if err != nil {
		return false, err
	}
	for _, field := range secrets {
		if f.values.Has(field) {
			return false, nil
		}
	}
	return true, s.Sessions.Keep(ctx, r.URL.RequestURI(), f.values)
}

// sentByPerson reports whether a request is a form of a page rather than a
// script's.
func sentByPerson(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	mode := r.Header.Get("Sec-Fetch-Mode")
	return err == nil && kind == echo.MIMEApplicationForm && (mode == "" || mode == "navigate")
}

// sentAgain forgets the kept form once its place is sent a form again.
func (s *site) sentAgain(c echo.Context) {
	ctx := c.Request().Context()
	if form, ok := s.Sessions.Kept(ctx); ok && form.Path == c.Request().URL.RequestURI() {
		s.Sessions.DropKept(ctx)
	}
}

type keptBody struct {
	Path   string
	At     instant.Time
	Shown  []choice // name of a field and what was typed into it
	Fields []choice // every field and value as they go again
}

func (s *site) showKept(c echo.Context) error {
	kept, ok := s.Sessions.Kept(c.Request().Context())
	if !ok {
		return c.Redirect(http.StatusSeeOther, startOf(who(c)))
	}
	return s.show(c, http.StatusOK, "kept", "보내지 못한 입력", keptBodyOf(kept))
}

func keptBodyOf(kept access.KeptForm) keptBody {
	body := keptBody{Path: kept.Path, At: kept.At}
	for _, field := range sortedKeys(kept.Values) {
		for _, v := range kept.Values[field] {
			body.Fields = append(body.Fields, choice{field, v})
			if strings.TrimSpace(v) != "" {
				body.Shown = append(body.Shown, choice{textOf(keptFields, field), v})
			}
		}
	}
	return body
}

func sortedKeys(v url.Values) []string {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// keptFields puts the names of fields into people's words; others are shown as
// they are.
var keptFields = append([]choice{
	{"reason", "사유"},
	{"why", "까닭과 근거"},
	{"case", "사건번호"},
	{"now", "바로잡은 값"},
	{"display", "보이는 이름"},
	{"label", "이름"},
	{"title", "제목"},
	{"place", "장소"},
	{"note", "메모"},
	{"memo", "메모"},
}, facts...)

func (s *site) dropKept(c echo.Context) error {
	s.Sessions.DropKept(c.Request().Context())
	return s.done(c, startOf(who(c)), "보내지 못한 입력을 버렸습니다.")
}
