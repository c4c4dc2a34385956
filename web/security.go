package web

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/web/access"
)

const securityTitle = "2단계 인증 관리"

type securityBody struct {
	Factors    []factorLine
	Recovery   string // codes left; "" = none were made
	Passkeys   bool   // work at this address
	Forced     bool   // the institution asks for a second step and there is none yet
	Key, Codes form
	Remove     map[string]form // by factor
}

// factorLine is a second step as a line of a list.
type factorLine struct {
	ID       string
	Kind     access.FactorKind
	Label    string
	Added    instant.Time
	LastUsed instant.Time
}

func factorLines(factors []access.Factor) (lines []factorLine) {
	for _, f := range factors {
		if f.Kind != access.Recovery {
			lines = append(lines, factorLine{f.ID, f.Kind, f.Label, f.CreatedAt, f.LastUsed})
		}
	}
	return lines
}

// Icon of the kind.
func (l factorLine) Icon() string {
	if l.Kind == access.Passkey {
		return "key"
	}
	return "shield"
}

func recoveryLeft(factors []access.Factor) string {
	left, ok := access.RecoveryLeft(factors)
	if !ok {
		return ""
	}
	return strconv.Itoa(left)
}

// forms of the page, by the id under which their fields stand.
const (
	keyForm   = "key"
	codesForm = "codes"
)

func (s *site) showSecurity(c echo.Context) error {
	return s.showSecurityWith(c, http.StatusOK, form{})
}

// showSecurityWith shows the page with one of its forms as it was sent.
func (s *site) showSecurityWith(c echo.Context, status int, sent form) error {
	factors, err := s.Records.Factors(c.Request().Context(), who(c).Account)
	if err != nil {
		return err
	}
	body := securityBody{
		Factors: factorLines(factors), Recovery: recoveryLeft(factors),
		Passkeys: s.Gate.PasskeysAt(originOf(c)), Forced: who(c).MustEnrol,
		Key: form{ID: keyForm}, Codes: form{ID: codesForm}, Remove: map[string]form{},
	}
	for _, l := range body.Factors {
		body.Remove[l.ID] = form{ID: l.ID}
	}
	switch {
	case sent.ID == keyForm:
		body.Key = sent
	case sent.ID == codesForm:
		body.Codes = sent
	case sent.ID != "":
		body.Remove[sent.ID] = sent
	}
	return s.show(c, status, "security", securityTitle, body)
}

// refuseSecurity puts a refusal beside its field on the page it came from.
func (s *site) refuseSecurity(c echo.Context, f form, err error) error {
	status, ok := f.explain(err, "password", "label")
	if !ok {
		return err
	}
	return s.showSecurityWith(c, status, f)
}

// readSecret reads a form with the password in it, which is not sent back.
func readSecret(c echo.Context, id string) (f form, password string, err error) {
	if f, err = readForm(c, id); err != nil {
		return f, "", err
	}
	password = f.values.Get("password")
	f.forget("password")
	if password == "" {
		f.fail("password", "지금 쓰는 비밀번호를 입력하세요.")
	}
	return f, password, nil
}

var errNoFactor = refuse.New(refuse.NotFound, "second-step-unknown",
	"그런 2단계 인증 수단이 없습니다. 2단계 인증 관리 화면에서 목록을 확인하세요.")

func (s *site) removeFactor(c echo.Context) error {
	ctx, w := c.Request().Context(), who(c)
	mine, err := s.Records.Factors(ctx, w.Account)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(factorLines(mine), func(l factorLine) bool { return l.ID == c.Param("id") }) {
		return errNoFactor
	}
	f, password, err := readSecret(c, c.Param("id"))
	if err != nil {
		return err
	}
	if f.Failed() {
		return s.showSecurityWith(c, http.StatusUnprocessableEntity, f)
	}
	if err := s.Gate.RemoveFactor(ctx, w.Actor(), w.Account, c.Param("id"), password); err != nil {
		return s.refuseSecurity(c, f, err)
	}
	factors, err := s.Records.Factors(ctx, w.Account)
	if err != nil {
		return err
	}
	// Without a second step this session is worth what a password is worth.
	with := s.Sessions.With(ctx)
	if len(access.SecondSteps(factors)) == 0 {
		with = access.WithPassword
	}
	if err := s.beginWith(c, with); err != nil {
		return err
	}
	return s.done(c, "/account/security", "지웠습니다. 다른 곳에서 한 로그인은 모두 끝났습니다.")
}

type codesBody struct {
	Codes []string
	First bool // made together with the first second step
}

// makeCodes makes recovery codes and shows them, once.
func (s *site) makeCodes(c echo.Context) error {
	f, password, err := readSecret(c, codesForm)
	if err != nil {
		return err
	}
	if f.Failed() {
		return s.showSecurityWith(c, http.StatusUnprocessableEntity, f)
	}
	w := who(c)
	codes, err := s.Gate.MakeRecoveryCodes(c.Request().Context(), w.Actor(), w.Account, password)
	if r, ok := refuse.As(err); ok && r.Field == "" {
		return err // nothing to recover: the page has no such form
	}
	if err != nil {
		return s.refuseSecurity(c, f, err)
	}
	return s.show(c, http.StatusOK, "codes", "복구 코드", codesBody{Codes: codes})
}

// enrolled goes on after a second step was added: the session is worth it now,
// and who has no recovery codes yet is given some.
func (s *site) enrolled(c echo.Context, with access.With, password string) error {
	ctx, w := c.Request().Context(), who(c)
	if err := s.beginWith(c, with); err != nil {
		return err
	}
	factors, err := s.Records.Factors(ctx, w.Account)
	if err != nil {
		return err
	}
	if _, made := access.RecoveryLeft(factors); made {
		return s.done(c, "/account/security", "등록했습니다. 다음 로그인부터 비밀번호에 더해 확인합니다.")
	}
	codes, err := s.Gate.MakeRecoveryCodes(ctx, w.Actor(), w.Account, password)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "codes", "복구 코드", codesBody{Codes: codes, First: true})
}

func (s *site) enrolOptions(c echo.Context) error {
	return s.challenge(c, func() (access.Challenge, error) {
		return s.Gate.BeginPasskeyEnrolment(c.Request().Context(), originOf(c), who(c).Account)
	})
}

func (s *site) enrolPasskey(c echo.Context) error {
	f, password, err := readSecret(c, keyForm)
	if err != nil {
		return err
	}
	response := f.values.Get("response")
	f.forget("response")
	if response == "" {
		f.fail("", "브라우저가 패스키를 만들지 않았습니다. 다시 시도하거나 인증 앱을 쓰세요.")
	}
	if f.Failed() {
		return s.showSecurityWith(c, http.StatusUnprocessableEntity, f)
	}
	ctx, w := c.Request().Context(), who(c)
	err = s.Gate.FinishPasskeyEnrolment(ctx, w.Actor(), originOf(c), w.Account, s.Sessions.TakeChallenge(ctx), response, f.Value("label"), password)
	if err != nil {
		return s.refuseSecurity(c, f, err)
	}
	return s.enrolled(c, access.WithPasswordPasskey, password)
}

type appBody struct {
	Form   form
	Setup  access.TOTPSetup
	QR     template.HTML
	Forced bool
}

const appTitle = "인증 앱 등록"

// showApp begins the setup of an authenticator app, or goes on with the one
// that was begun.
func (s *site) showApp(c echo.Context) error {
	return s.showAppWith(c, http.StatusOK, form{})
}

func (s *site) showAppWith(c echo.Context, status int, f form) error {
	ctx, w := c.Request().Context(), who(c)
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	issuer := "지킴 " + registry.Institution.Name
	setup, err := s.Gate.PendingTOTP(issuer, w.Account, s.Sessions.Pending(ctx))
	if _, refused := refuse.As(err); refused {
		var pending string
		if pending, setup, err = s.Gate.BeginTOTP(issuer, w.Account); err == nil {
			s.Sessions.SetPending(ctx, pending)
		}
	}
	if err != nil {
		return err
	}
	code, err := qrCode(setup.Address)
	if err != nil {
		return fmt.Errorf("web: QR code of an authenticator app: %w", err)
	}
	return s.show(c, status, "app", appTitle, appBody{Form: f, Setup: setup, QR: code, Forced: w.MustEnrol})
}

func (s *site) enrolApp(c echo.Context) error {
	f, password, err := readSecret(c, "")
	if err != nil {
		return err
	}
	code := f.Value("code")
	f.forget("code")
	if code == "" {
		f.fail("code", "인증 앱에 보이는 여섯 자리를 입력하세요.")
	}
	if f.Failed() {
		return s.showAppWith(c, http.StatusUnprocessableEntity, f)
	}
	ctx, w := c.Request().Context(), who(c)
	err = s.Gate.ConfirmTOTP(ctx, w.Actor(), w.Account, s.Sessions.Pending(ctx), f.Value("label"), password, code)
	if err == nil {
		return s.enrolled(c, access.WithPasswordTOTP, password)
	}
	if r, ok := refuse.As(err); ok && r.Code == "setup-stale" {
		s.Sessions.SetPending(ctx, "")
	}
	status, ok := f.explain(err, "password", "label", "code")
	if !ok {
		return err
	}
	return s.showAppWith(c, status, f)
}
