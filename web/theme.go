package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"
)

// A person may choose how pages look; the choice is kept in this browser and
// works without scripts. Without a choice the system's wish for more contrast
// is followed.
const (
	themeCookie = "jikim_theme"
	themeYear   = 365 * 24 * 60 * 60 // seconds
)

// themes to choose from, the first being none.
var themes = []choice{
	{"", "기기 설정에 따름"},
	{"light", "기본 화면"},
	{"contrast", "선명한 화면"},
}

// themeOf is the theme chosen in this browser; "" = none.
func themeOf(r *http.Request) string {
	cookie, err := r.Cookie(themeCookie)
	if err != nil {
		return ""
	}
	return textKey(themes, cookie.Value)
}

func (s *site) setTheme(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	cookie := &http.Cookie{
		Name: themeCookie, Value: textKey(themes, f.Value("theme")), Path: "/", MaxAge: themeYear,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}
	if cookie.Value == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(cookie)
	return c.Redirect(http.StatusSeeOther, localPath(f.Value("back")))
}

// hereOf is where a form of the frame comes back to: the page shown, or when
// that answers a form, the page that had the form.
func hereOf(r *http.Request) string {
	if r.Method == http.MethodGet {
		return r.URL.RequestURI()
	}
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/"
	}
	return from.RequestURI()
}
