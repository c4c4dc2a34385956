package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/web/access"
)

const secondTitle = "2단계 인증"

type secondBody struct {
	Form                   form
	Passkey                form
	Next                   string
	App, Key, HasRecovery  bool
	PasskeyReady, OnlyKeys bool
}

// askSecond leads who gave the right password to the second step.
func (s *site) askSecond(c echo.Context, a access.Account, next string) error {
	if err := s.Sessions.SetHalf(c.Request().Context(), s.Gate.HalfOf(a)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/sign-in/second"+nextQuery(next))
}

func nextQuery(next string) string {
	if next == "" || next == "/" {
		return ""
	}
	return "?next=" + url.QueryEscape(next)
}

func (s *site) showSecond(c echo.Context) error {
	return s.showSecondWith(c, http.StatusOK, secondBody{Next: localPath(c.QueryParam("next"))})
}

func (s *site) showSecondWith(c echo.Context, status int, body secondBody) error {
	ctx := c.Request().Context()
	factors, err := s.Gate.Halfway(ctx, s.Sessions.Half(ctx))
	if err != nil {
		return s.backToSignIn(c, err, body.Next)
	}
	kinds := access.SecondSteps(factors)
	body.App, body.Key = slices.Contains(kinds, access.TOTP), slices.Contains(kinds, access.Passkey)
	_, body.HasRecovery = access.RecoveryLeft(factors)
	body.PasskeyReady = body.Key && s.Gate.PasskeysAt(originOf(c))
	body.Passkey.ID, body.OnlyKeys = "passkey", !body.App && !body.HasRecovery
	return s.show(c, status, "second", secondTitle, body)
}

// backToSignIn leads who waited too long to the beginning.
func (s *site) backToSignIn(c echo.Context, err error, next string) error {
	r, ok := refuse.As(err)
	if !ok || r.Kind != refuse.Unauthenticated {
		return err
	}
	return s.done(c, "/sign-in"+nextQuery(next), r.Sentence)
}

// second takes a code, or the answer of a passkey.
func (s *site) second(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	body := secondBody{Form: f, Next: localPath(f.Value("next"))}
	half, code, response := s.Sessions.Half(ctx), f.Value("code"), f.values.Get("response")
	body.Form.forget("code", "response")
	var a access.Account
	with := access.WithPasswordTOTP
	switch {
	case response != "":
		with = access.WithPasswordPasskey
		a, err = s.Gate.SecondPasskey(ctx, originOf(c), half, s.Sessions.TakeChallenge(ctx), response, c.RealIP())
	case code == "":
		body.Form.fail("code", "확인 코드를 입력하세요.")
		return s.showSecondWith(c, http.StatusUnprocessableEntity, body)
	default:
		a, err = s.Gate.SecondCode(ctx, half, code, c.RealIP())
	}
	if err == nil {
		return s.welcome(c, a, with, body.Next)
	}
	if r, ok := refuse.As(err); ok && r.Code == access.ErrHalfEnded.Code {
		return s.backToSignIn(c, err, body.Next)
	}
	status, ok := body.Form.explain(err, "code")
	if !ok {
		return err
	}
	return s.showSecondWith(c, status, body)
}

// secondOptions is the challenge for a passkey as the second step.
func (s *site) secondOptions(c echo.Context) error {
	ctx := c.Request().Context()
	return s.challenge(c, func() (access.Challenge, error) {
		return s.Gate.BeginSecondPasskey(ctx, originOf(c), s.Sessions.Half(ctx))
	})
}

// challenge gives a page's script what the browser asks an authenticator.
func (s *site) challenge(c echo.Context, begin func() (access.Challenge, error)) error {
	made, err := begin()
	if r, ok := refuse.As(err); ok {
		return c.JSON(http.StatusOK, map[string]string{"refused": r.Sentence})
	}
	if err != nil {
		return err
	}
	s.Sessions.SetChallenge(c.Request().Context(), made.State)
	return c.JSONBlob(http.StatusOK, made.Options)
}

// passkeyOptions is the challenge for a passkey as the only step.
func (s *site) passkeyOptions(c echo.Context) error {
	return s.challenge(c, func() (access.Challenge, error) { return s.Gate.BeginPasskey(originOf(c), c.RealIP()) })
}

// signInByPasskey lets in by a passkey alone.
func (s *site) signInByPasskey(c echo.Context) error {
	f, err := readForm(c, "passkey")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	response := f.values.Get("response")
	f.forget("response")
	body := signInBody{Passkey: f, Next: localPath(f.Value("next"))}
	a, err := s.Gate.PasskeySignIn(ctx, originOf(c), s.Sessions.TakeChallenge(ctx), response, c.RealIP())
	if err == nil {
		return s.welcome(c, a, access.WithPasskey, body.Next)
	}
	status, ok := body.Passkey.explain(err)
	if !ok {
		return err
	}
	return s.showSignInWith(c, status, body)
}

// originOf is where the browser believes to be. Only the configured site and
// localhost are acted upon (access.Gate).
func originOf(c echo.Context) string {
	scheme := "http://"
	if c.IsTLS() {
		scheme = "https://"
	}
	return scheme + c.Request().Host
}
