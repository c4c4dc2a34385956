package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/web/access"
	"jikim/web/api"
)

var (
	errNoPage = refuse.New(refuse.NotFound, "no-such-page",
		"주소가 바뀌었거나 없는 화면입니다. 위 메뉴에서 다시 찾아 주세요.")
	errNoMethod = refuse.New(refuse.Invalid, "no-such-method",
		"이 주소로는 할 수 없는 요청입니다. 화면의 단추로 다시 시도해 주세요.")
	errLargeForm = refuse.New(refuse.TooLarge, "form-too-large",
		"보낸 내용이 너무 깁니다. 아무것도 저장하지 않았습니다. 앞 화면으로 돌아가 줄여서 다시 보내 주세요.")
	errTokenOnPage = refuse.New(refuse.Forbidden, "token-on-page",
		"토큰으로는 화면을 열 수 없습니다. 프로그램은 /api/v1을 쓰고, 사람은 토큰 없이 로그인하세요.")
)

// trouble is what the error page shows.
type trouble struct {
	Status    int
	Sentence  string
	Reference string // of a fault; "" for a refusal
	SignIn    string // address of the sign-in page, when that would help
}

// showError answers an error with a page.
func (s *site) showError(err error, c echo.Context) {
	if c.Response().Committed {
		s.Log.Error("the answer broke off", slog.String("route", c.Path()), slog.Any("error", err))
		return
	}
	t := s.troubleOf(err, c)
	sc := screen{Title: titleOf(t.Status), Now: s.now(), Body: t}
	if frameErr := s.dress(c, &sc); frameErr != nil && t.Reference == "" {
		// The page is shown without its frame; why is worth a line.
		s.Log.Error("error page without its frame", slog.Any("error", frameErr))
	}
	if t.Status == http.StatusTooManyRequests || t.Status == http.StatusServiceUnavailable {
		c.Response().Header().Set("Retry-After", "60")
	}
	if err := s.render(c, t.Status, "error", sc); err != nil {
		s.Log.Error("error page", slog.Any("error", err))
	}
}

// troubleOf says what to show for err, and logs it when it is a fault.
func (s *site) troubleOf(err error, c echo.Context) trouble {
	if r, ok := refuse.As(asRefusal(err)); ok {
		t := trouble{Status: api.Status(r.Kind), Sentence: r.Sentence}
		if r == errNoMethod {
			t.Status = http.StatusMethodNotAllowed
		}
		if r.Kind == refuse.Unauthenticated {
			t.SignIn = "/sign-in"
		}
		if r.Kind == refuse.Unavailable {
			s.Log.Error("unavailable", slog.String("route", c.Path()), slog.Any("error", err))
		}
		return t
	}
	reference := api.Reference(s.Random)
	s.Log.Error("fault", slog.String("reference", reference), slog.String("route", c.Path()), slog.Any("error", err))
	return trouble{
		Status: http.StatusInternalServerError, Reference: reference,
		Sentence: "처리하지 못했습니다. 이미 저장된 영상과 기록은 그대로입니다. 잠시 뒤 다시 시도하고, 그래도 안 되면 아래 번호를 시스템 관리자에게 알려 주세요.",
	}
}

// asRefusal translates what echo and net/http have to say.
func asRefusal(err error) error {
	var large *http.MaxBytesError
	var he *echo.HTTPError
	switch {
	case errors.As(err, &large):
		return errLargeForm
	case !errors.As(err, &he):
		return err
	case he.Code == http.StatusNotFound:
		return errNoPage
	case he.Code == http.StatusMethodNotAllowed:
		return errNoMethod
	case he.Code == http.StatusRequestEntityTooLarge:
		return errLargeForm
	default:
		return err
	}
}

var titles = map[int]string{
	http.StatusUnauthorized:          "로그인이 필요합니다",
	http.StatusForbidden:             "권한이 없습니다",
	http.StatusNotFound:              "찾을 수 없습니다",
	http.StatusMethodNotAllowed:      "할 수 없는 요청입니다",
	http.StatusConflict:              "지금은 할 수 없습니다",
	http.StatusGone:                  "더 이상 없습니다",
	http.StatusRequestEntityTooLarge: "내용이 너무 깁니다",
	http.StatusUnprocessableEntity:   "요청을 확인해 주세요",
	http.StatusTooManyRequests:       "잠시 뒤 다시 시도해 주세요",
	http.StatusServiceUnavailable:    "잠시 쓸 수 없습니다",
	http.StatusInsufficientStorage:   "저장 공간이 없습니다",
}

func titleOf(status int) string {
	if t, ok := titles[status]; ok {
		return t
	}
	return "처리하지 못했습니다"
}

// askToSignIn sends a person to the sign-in page, from where they come back. A
// form that came after the session had ended is kept and offered again once
// the same person is back; it is never sent by itself.
func (s *site) askToSignIn(c echo.Context, err error) error {
	r, ok := refuse.As(err)
	if !ok || r.Kind != refuse.Unauthenticated {
		return err
	}
	if c.Request().Method != http.MethodGet {
		kept, keepErr := s.keepForm(c)
		if keepErr != nil {
			return keepErr
		}
		if !kept {
			return err
		}
		return s.done(c, "/sign-in", "쓰지 않는 동안 로그인이 끝났습니다. 입력한 내용은 그대로 두었습니다. 30분 안에 다시 로그인하면 확인하고 이어서 보낼 수 있습니다.")
	}
	next := c.Request().URL.RequestURI()
	if next == "/" {
		return c.Redirect(http.StatusSeeOther, "/sign-in")
	}
	if r.Code != access.ErrNobody.Code {
		s.Sessions.Flash(c.Request().Context(), r.Sentence)
	}
	return c.Redirect(http.StatusSeeOther, "/sign-in?next="+url.QueryEscape(next))
}
