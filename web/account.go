package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/web/access"
)

type accountBody struct {
	Account    access.Account
	Department string
	Abilities  []abilityLine
	Factors    []factorLine
	Recovery   string // how many codes are left; "" = none were made
	SignIns    signInTable
	With       access.With // what this session was begun with
}

// showAccount is what the signed-in person may know of their own account.
func (s *site) showAccount(c echo.Context) error {
	ctx, w := c.Request().Context(), who(c)
	account, err := s.Records.Account(ctx, w.Account)
	if err != nil {
		return err
	}
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	factors, err := s.Records.Factors(ctx, w.Account)
	if err != nil {
		return err
	}
	lines, err := s.Records.SignIns(ctx, access.SignInFilter{Account: w.Account, Limit: 5})
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "account", "내 계정", accountBody{
		Account: account, Department: names(registry).department(account.Department),
		Abilities: abilityLines(account.Role, account.Department), Factors: factorLines(factors), Recovery: recoveryLeft(factors),
		SignIns: signInTable{Lines: lines}, With: s.Sessions.With(ctx),
	})
}

// endOtherSessions signs the person out everywhere but in this browser.
func (s *site) endOtherSessions(c echo.Context) error {
	w := who(c)
	if err := s.Gate.EndSessions(c.Request().Context(), w.Actor(), w.Account); err != nil {
		return err
	}
	if err := s.beginAnew(c); err != nil {
		return err
	}
	return s.done(c, "/account", "다른 곳에서 한 로그인을 모두 끝냈습니다.")
}

// beginAnew goes on in this browser after a change that ended every session of
// the account.
func (s *site) beginAnew(c echo.Context) error {
	return s.beginWith(c, s.Sessions.With(c.Request().Context()))
}

func (s *site) beginWith(c echo.Context, with access.With) error {
	ctx := c.Request().Context()
	account, err := s.Records.Account(ctx, who(c).Account)
	if err != nil {
		return err
	}
	return s.Sessions.Start(ctx, account, with)
}

// abilityLine is one thing a role can do, in words.
type abilityLine struct {
	What string
	All  bool // in the whole institution rather than the own department
}

func abilityLines(role access.Role, department string) (lines []abilityLine) {
	for _, a := range access.Abilities(role, department) {
		lines = append(lines, abilityLine{a.Action.Korean(), a.Scope == access.All})
	}
	return lines
}
