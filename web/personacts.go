package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/footage/ledger"
)

// act does one thing to the account of the address; what speaks against it is
// said on the person's page.
func (s *site) act(c echo.Context, done string, do func(ctx context.Context, by ledger.Actor, name string) error) error {
	a, _, err := s.person(c)
	if err != nil {
		return err
	}
	if err := do(c.Request().Context(), who(c).Actor(), a.Name); err != nil {
		f := form{ID: "act"}
		status, ok := f.explain(err)
		if !ok {
			return err
		}
		return s.showPersonWith(c, status, f)
	}
	return s.done(c, personAddress(a.Name), done)
}

func (s *site) disablePerson(c echo.Context) error {
	return s.act(c, "사용을 정지했습니다. 로그인해 있었다면 바로 끝났습니다.", func(ctx context.Context, by ledger.Actor, name string) error {
		return s.Gate.SetDisabled(ctx, by, name, true)
	})
}

func (s *site) enablePerson(c echo.Context) error {
	return s.act(c, "다시 쓸 수 있게 했습니다.", func(ctx context.Context, by ledger.Actor, name string) error {
		return s.Gate.SetDisabled(ctx, by, name, false)
	})
}

func (s *site) unlockPerson(c echo.Context) error {
	return s.act(c, "잠금을 풀었습니다.", s.Gate.Unlock)
}

func (s *site) endSessions(c echo.Context) error {
	if a, _, err := s.person(c); err == nil && a.Name == who(c).Account {
		return s.endOtherSessions(c)
	}
	return s.act(c, "이 사용자의 로그인을 모두 끝냈습니다.", s.Gate.EndSessions)
}

func (s *site) resetSecond(c echo.Context) error {
	return s.act(c, "2단계 인증을 모두 지웠습니다. 본인이 다시 등록하게 알려 주세요.", s.Gate.ResetSecondFactor)
}

// resetPassword makes a new password up and shows it, once.
func (s *site) resetPassword(c echo.Context) error {
	a, _, err := s.person(c)
	if err != nil {
		return err
	}
	if a.Name == who(c).Account {
		return c.Redirect(http.StatusSeeOther, "/password")
	}
	password, err := s.Gate.NewPassword()
	if err != nil {
		return err
	}
	if err := s.Gate.ResetPassword(c.Request().Context(), who(c).Actor(), a.Name, password); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "secret", "비밀번호를 다시 정했습니다", secretBody{
		Sentence: "비밀번호를 다시 정했습니다. 본인에게 직접 알려 주세요. 로그인하면 새 비밀번호로 바꾸게 됩니다. 잠겨 있었다면 풀렸고, 로그인해 있었다면 끝났습니다.",
		What:     "로그인 이름과 임시 비밀번호", Name: a.Name, Secret: password, Back: personAddress(a.Name), BackText: "사용자 화면으로",
	})
}
