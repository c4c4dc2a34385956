package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/web/access"
)

// Besides the actions of access, a route may be open to everybody or to
// whoever is signed in, even before a forced change of the password.
const (
	anybody  access.Action = "(anybody)"
	signedIn access.Action = "(signed in)"
)

// route is one address and what it takes to reach it. Where the action is
// about one clip, the handler asks again for that clip's department.
type route struct {
	method, path string
	needs        access.Action
	handler      echo.HandlerFunc
}

// routes is every page there is.
func (s *site) routes() []route {
	return []route{
		{http.MethodGet, "/", anybody, s.showStart},
		{http.MethodGet, "/sign-in", anybody, s.showSignIn},
		{http.MethodPost, "/sign-in", anybody, s.signIn},
		{http.MethodPost, "/sign-out", signedIn, s.signOut},
		{http.MethodGet, "/password", signedIn, s.showPassword},
		{http.MethodPost, "/password", signedIn, s.changePassword},
		{http.MethodPost, "/theme", anybody, s.setTheme},
		{http.MethodGet, "/help", anybody, s.showHelp},
		{http.MethodGet, "/parts", anybody, s.showParts},

		{http.MethodGet, "/upload", access.Upload, s.showUpload},

		{http.MethodGet, "/clips", access.List, s.listClips},
		{http.MethodGet, "/clips/:id", access.List, s.showClip},
		{http.MethodPost, "/clips/:id/views", access.ViewContent, s.openView},
		{http.MethodGet, "/clips/:id/watch/:token", access.ViewContent, s.watch},
		{http.MethodPost, "/clips/:id/holds", access.PlaceHold, s.placeHold},
		{http.MethodPost, "/clips/:id/holds/:hold/release", access.ReleaseHold, s.releaseHold},
		{http.MethodPost, "/clips/:id/corrections", access.Correct, s.correct},

		{http.MethodGet, "/due", access.ReadDue, s.showDue},
		{http.MethodGet, "/due/confirm", access.ConfirmDestruction, s.showConfirm},
		{http.MethodPost, "/due/confirm", access.ConfirmDestruction, s.confirm},

		{http.MethodGet, "/ledger", access.ReadLedger, s.showLedger},
		{http.MethodGet, "/registry", access.ReadRegistry, s.showRegistry},

		{http.MethodGet, tilesPath, signedIn, s.serveTiles},
		{http.MethodGet, staticPrefix + "*", anybody, s.serveAsset},
	}
}

func (s *site) route(e *echo.Echo) {
	for _, r := range s.routes() {
		e.Add(r.method, r.path, r.handler, limitBody, s.admit(r.needs))
	}
}

// admit lets a request through to a route that needs an action. Who is not
// signed in is sent to the sign-in page and comes back afterwards.
func (s *site) admit(needs access.Action) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if c.Request().Header.Get(echo.HeaderAuthorization) != "" {
				return errTokenOnPage // a token has no session to keep a sentence in
			}
			if needs == anybody {
				return next(c)
			}
			who, err := access.Require(c.Request().Context())
			if err != nil {
				return s.askToSignIn(c, err)
			}
			if needs == signedIn {
				return next(c)
			}
			if who.MustChange {
				return c.Redirect(http.StatusSeeOther, "/password")
			}
			if err := access.Allow(who, needs, who.Department); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// who is the person behind an admitted request.
func who(c echo.Context) access.Who {
	w, _ := access.From(c.Request().Context())
	return w
}

// scope is the department a person's right to a reaches; "" = all of them.
func scope(w access.Who, a access.Action) string {
	if access.Reach(w, a) == access.All {
		return ""
	}
	return w.Department
}
