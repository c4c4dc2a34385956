package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
)

const passwordTitle = "비밀번호 변경"

type passwordBody struct {
	Form     form
	Forced   bool
	Name     string // of the account
	Shortest int    // characters a password may have
}

func (s *site) passwordBody(c echo.Context, f form) passwordBody {
	w := who(c)
	return passwordBody{Form: f, Forced: w.MustChange, Name: w.Account, Shortest: s.Gate.PasswordLength()}
}

func (s *site) showPassword(c echo.Context) error {
	return s.show(c, http.StatusOK, "password", passwordTitle, s.passwordBody(c, form{}))
}

func (s *site) changePassword(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	w, ctx := who(c), c.Request().Context()
	old, chosen, again := f.values.Get("old"), f.values.Get("new"), f.values.Get("again")
	f.forget("old", "new", "again")
	if old == "" {
		f.fail("old", "지금 쓰는 비밀번호를 입력하세요.")
	}
	if chosen == "" {
		f.fail("new", "새 비밀번호를 입력하세요.")
	} else if chosen != again {
		f.fail("again", "새 비밀번호와 다릅니다. 두 칸에 똑같이 입력하세요.")
	}
	body := s.passwordBody(c, f)
	if f.Failed() {
		return s.show(c, http.StatusUnprocessableEntity, "password", passwordTitle, body)
	}
	if err := s.Gate.ChangePassword(ctx, w.Actor(), w.Account, old, chosen); err != nil {
		return s.refusePassword(c, body, err)
	}
	// The change ended every session of this account; this browser's goes on.
	if err := s.beginAnew(c); err != nil {
		return err
	}
	return s.done(c, "/", "비밀번호를 바꾸었습니다. 다른 곳에서 한 로그인은 모두 끝났습니다.")
}

func (s *site) refusePassword(c echo.Context, body passwordBody, err error) error {
	if r, ok := refuse.As(err); ok && r.Field == "password" {
		err = refuse.Field("new", r.Code, r.Sentence)
	}
	status, ok := body.Form.explain(err, "old", "new", "again")
	if !ok {
		return err
	}
	return s.show(c, status, "password", passwordTitle, body)
}
