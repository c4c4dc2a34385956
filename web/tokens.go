package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/web/access"
)

type tokenLine struct {
	access.Token
	DepartmentName string
	LastSeen       string
}

// Live reports whether the token still lets in.
func (t tokenLine) Live() bool { return t.RevokedAt.IsZero() }

// State says it.
func (t tokenLine) State() badge {
	if t.Live() {
		return badge{"사용 중", "check", "good"}
	}
	return badge{"회수됨", "close", ""}
}

type tokensBody struct {
	Lines []tokenLine
	Tabs  []tabLink
}

type tokenBody struct {
	Form        form
	Roles       []choice
	Departments []choice
	// What it would let a program do, once that is known; then the form asks to go on.
	Checked        bool
	Role           access.Role
	DepartmentName string
	Abilities      []abilityLine
}

var tokenRoles = append([]choice{{string(access.Agent), access.Agent.Korean() + " (보내기만)"}}, roleChoices...)

func (s *site) listTokens(c echo.Context) error {
	ctx := c.Request().Context()
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	all, err := s.Records.Tokens(ctx)
	if err != nil {
		return err
	}
	n, body := names(registry), tokensBody{Tabs: accessTabs(who(c), "/tokens")}
	for _, live := range []bool{true, false} {
		for _, t := range all {
			if t.RevokedAt.IsZero() == live {
				body.Lines = append(body.Lines, tokenLine{t, n.department(t.Department), lastSeen(t.LastUsed)})
			}
		}
	}
	return s.show(c, http.StatusOK, "tokens", "토큰", body)
}

func (s *site) showNewToken(c echo.Context) error {
	return s.showToken(c, http.StatusOK, tokenBody{Form: form{values: url.Values{"role": {string(access.Agent)}}}})
}

func (s *site) showToken(c echo.Context, status int, b tokenBody) error {
	registry, err := s.Records.Registry(c.Request().Context())
	if err != nil {
		return err
	}
	n := names(registry)
	b.Roles, b.Departments = tokenRoles, n.departments("")
	if b.Checked {
		department := b.Form.Value("department")
		b.Role, b.DepartmentName = access.Role(b.Form.Value("role")), n.department(department)
		b.Abilities = abilityLines(b.Role, department)
	}
	return s.show(c, status, "token", "토큰 만들기", b)
}

// makeToken shows what the token would let a program do, then, when that was
// seen, makes it and shows its secret, once.
func (s *site) makeToken(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	name, role, department := f.Value("name"), access.Role(f.Value("role")), f.Value("department")
	err = s.Gate.CheckToken(ctx, name, role, department)
	if err == nil && !f.Is("step", "save") {
		return s.showToken(c, http.StatusOK, tokenBody{Form: f, Checked: true})
	}
	var secret string
	if err == nil {
		secret, err = s.Gate.CreateToken(ctx, who(c).Actor(), name, role, department)
	}
	if err != nil {
		status, ok := f.explain(err, "name", "role", "department")
		if !ok {
			return err
		}
		return s.showToken(c, status, tokenBody{Form: f})
	}
	return s.show(c, http.StatusOK, "secret", "토큰을 만들었습니다", secretBody{
		Sentence: "토큰을 만들었습니다. 지금 복사해 쓸 프로그램의 토큰 파일에 넣으세요(다른 사용자가 읽지 못하게 chmod 600). 채팅이나 메일로 보내지 마세요.",
		What:     "토큰", Name: access.CleanName(name), Secret: secret, Back: "/tokens", BackText: "토큰 목록으로",
	})
}

func (s *site) revokeToken(c echo.Context) error {
	id := c.Param("id")
	err := s.Gate.RevokeToken(c.Request().Context(), who(c).Actor(), id)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		return errNoToken
	}
	if err != nil {
		return err
	}
	return s.done(c, "/tokens", "토큰을 회수했습니다. 이 토큰으로는 더 이상 들어올 수 없습니다.")
}

var errNoToken = refuse.New(refuse.NotFound, "token-unknown", "그런 토큰이 없습니다. 토큰 목록에서 다시 찾아보세요.")
