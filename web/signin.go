package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/web/access"
)

// showStart sends a person to where their work begins.
func (s *site) showStart(c echo.Context) error {
	w, err := access.Require(c.Request().Context())
	if err != nil {
		return s.askToSignIn(c, err)
	}
	return c.Redirect(http.StatusSeeOther, startOf(w))
}

// startOf is the page a role's work begins with.
func startOf(w access.Who) string {
	switch {
	case w.MustChange:
		return "/password"
	case w.Role == access.Dock, w.Role == access.Uploader:
		return "/upload"
	case w.Role == access.Responsible:
		return "/due"
	case w.Role == access.Auditor:
		return "/ledger"
	case w.Role == access.Admin:
		return "/registry"
	default:
		return "/clips"
	}
}

type signInBody struct {
	Form form
	Next string
}

func (s *site) showSignIn(c echo.Context) error {
	next := localPath(c.QueryParam("next"))
	if w, ok := access.From(c.Request().Context()); ok {
		return c.Redirect(http.StatusSeeOther, firstOf(next, startOf(w)))
	}
	return s.show(c, http.StatusOK, "sign-in", "로그인", signInBody{Next: next})
}

// firstOf is next, unless it leads nowhere in particular.
func firstOf(next, start string) string {
	if next == "/" {
		return start
	}
	return next
}

func (s *site) signIn(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	body := signInBody{Form: f, Next: localPath(f.Value("next"))}
	// Passwords are taken as typed: outer blanks may belong to them.
	name, password := f.Value("name"), f.values.Get("password")
	if name == "" {
		body.Form.fail("name", "로그인 이름을 입력하세요.")
	}
	if password == "" {
		body.Form.fail("password", "비밀번호를 입력하세요.")
	}
	body.Form.forget("password")
	if body.Form.Failed() {
		return s.show(c, http.StatusUnprocessableEntity, "sign-in", "로그인", body)
	}
	in, err := s.Gate.SignIn(ctx, name, password, c.RealIP())
	if err != nil {
		return s.refuseSignIn(c, body, err)
	}
	return s.welcome(c, in.Account, access.WithPassword, body.Next)
}

// welcome begins the session of who is in and leads to where they wanted to go.
func (s *site) welcome(c echo.Context, a access.Account, with access.With, next string) error {
	if err := s.Sessions.Start(c.Request().Context(), a, with); err != nil {
		return err
	}
	if a.MustChange {
		return s.done(c, "/password", "다른 사람이 정해 준 비밀번호입니다. 계속하려면 본인만 아는 비밀번호로 바꾸세요.")
	}
	w := access.Who{Role: a.Role, Department: a.Department}
	return c.Redirect(http.StatusSeeOther, firstOf(next, startOf(w)))
}

func (s *site) refuseSignIn(c echo.Context, body signInBody, err error) error {
	if r, ok := refuse.As(err); ok && r.Field == "" && r.Kind == refuse.Unauthenticated {
		err = refuse.Field("password", r.Code, r.Sentence)
	}
	status, ok := body.Form.explain(err, "name", "password")
	if !ok {
		return err
	}
	return s.show(c, status, "sign-in", "로그인", body)
}

func (s *site) signOut(c echo.Context) error {
	ctx := c.Request().Context()
	if err := s.Gate.SignOut(ctx, who(c)); err != nil {
		return err
	}
	if err := s.Sessions.End(ctx); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/sign-in")
}
