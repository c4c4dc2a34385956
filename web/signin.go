package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/web/access"
)

// showStart sends a person to where their work begins, or to what they could
// not send before.
func (s *site) showStart(c echo.Context) error {
	w, err := access.Require(c.Request().Context())
	if err != nil {
		return s.askToSignIn(c, err)
	}
	return c.Redirect(http.StatusSeeOther, s.onward(c, w, "/"))
}

// onward is where somebody who has just come in goes: first to what must be
// done, then to a form that came too late, then to where they wanted to go.
func (s *site) onward(c echo.Context, w access.Who, next string) string {
	if w.MustChange || w.MustEnrol {
		return startOf(w)
	}
	if _, ok := s.Sessions.Kept(c.Request().Context()); ok {
		return "/kept"
	}
	return firstOf(next, startOf(w))
}

// startOf is the page a role's work begins with.
func startOf(w access.Who) string {
	switch {
	case w.MustChange:
		return "/password"
	case w.MustEnrol:
		return "/account/security"
	case w.Role == access.Dock, w.Role == access.Uploader:
		return "/upload"
	case w.Role == access.Responsible:
		return "/due"
	case w.Role == access.Auditor:
		return "/ledger"
	case w.Role == access.Admin:
		return "/people"
	default:
		return "/clips"
	}
}

type signInBody struct {
	Form    form
	Passkey form
	Next    string
	// Passkeys tells whether one can sign in by passkey here.
	Passkeys bool
	// Demonstration is nil where footage is real.
	Demonstration *Demonstration
}

func (s *site) showSignIn(c echo.Context) error {
	next := localPath(c.QueryParam("next"))
	if w, ok := access.From(c.Request().Context()); ok {
		return c.Redirect(http.StatusSeeOther, s.onward(c, w, next))
	}
	return s.showSignInWith(c, http.StatusOK, signInBody{Next: next})
}

func (s *site) showSignInWith(c echo.Context, status int, body signInBody) error {
	body.Demonstration = s.Demonstration
	body.Passkeys, body.Passkey.ID = s.Gate.PasskeysAt(originOf(c)), "passkey"
	return s.show(c, status, "sign-in", "로그인", body)
}

// firstOf is next, unless it leads nowhere in particular.
func firstOf(next, start string) string {
	if next == "/" || next == "" {
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
		return s.showSignInWith(c, http.StatusUnprocessableEntity, body)
	}
	in, err := s.Gate.SignIn(ctx, name, password, c.RealIP())
	if err != nil {
		return s.refuseSignIn(c, body, err)
	}
	if len(in.Second) > 0 {
		return s.askSecond(c, in.Account, body.Next)
	}
	return s.welcome(c, in.Account, access.WithPassword, body.Next)
}

// welcome begins the session of who is in and leads to where they go.
func (s *site) welcome(c echo.Context, a access.Account, with access.With, next string) error {
	ctx := c.Request().Context()
	if err := s.Sessions.Start(ctx, a, with); err != nil {
		return err
	}
	w, err := s.Gate.Resume(ctx, a.Name, access.Stamp(a), with, c.RealIP())
	if err != nil {
		return err
	}
	switch {
	case w.MustChange:
		s.Sessions.Flash(ctx, "다른 사람이 정해 준 비밀번호입니다. 계속하려면 본인만 아는 비밀번호로 바꾸세요.")
	case w.MustEnrol:
		s.Sessions.Flash(ctx, "이 기관은 2단계 인증을 요구합니다. 인증 앱이나 패스키를 등록하면 다른 화면을 열 수 있습니다.")
	}
	return c.Redirect(http.StatusSeeOther, s.onward(c, w, next))
}

func (s *site) refuseSignIn(c echo.Context, body signInBody, err error) error {
	if r, ok := refuse.As(err); ok && r.Field == "" && r.Kind == refuse.Unauthenticated {
		err = refuse.Field("password", r.Code, r.Sentence)
	}
	status, ok := body.Form.explain(err, "name", "password")
	if !ok {
		return err
	}
	return s.showSignInWith(c, status, body)
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
