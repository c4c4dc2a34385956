package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/web/access"
)

// Besides the actions of access, a route may be open to everybody or to
// whoever is signed in, even before a forced change of the password or a
// second step that is asked for.
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
		{http.MethodPost, "/sign-in/passkey/options", anybody, s.passkeyOptions},
		{http.MethodPost, "/sign-in/passkey", anybody, s.signInByPasskey},
		{http.MethodGet, "/sign-in/second", anybody, s.showSecond},
		{http.MethodPost, "/sign-in/second", anybody, s.second},
		{http.MethodPost, "/sign-in/second/options", anybody, s.secondOptions},
		{http.MethodGet, "/session", anybody, s.showSession},
		{http.MethodPost, "/session", signedIn, s.extendSession},
		{http.MethodGet, "/kept", signedIn, s.showKept},
		{http.MethodPost, "/kept/drop", signedIn, s.dropKept},
		{http.MethodGet, "/password", signedIn, s.showPassword},
		{http.MethodPost, "/password", signedIn, s.changePassword},

		{http.MethodGet, "/account", signedIn, s.showAccount},
		{http.MethodGet, "/account/sign-ins", signedIn, s.showOwnSignIns},
		{http.MethodPost, "/account/sessions/end", signedIn, s.endOtherSessions},
		{http.MethodGet, "/account/security", signedIn, s.showSecurity},
		{http.MethodGet, "/account/security/app", signedIn, s.showApp},
		{http.MethodPost, "/account/security/app", signedIn, s.enrolApp},
		{http.MethodPost, "/account/security/passkeys/options", signedIn, s.enrolOptions},
		{http.MethodPost, "/account/security/passkeys", signedIn, s.enrolPasskey},
		{http.MethodPost, "/account/security/codes", signedIn, s.makeCodes},
		{http.MethodPost, "/account/security/:id/remove", signedIn, s.removeFactor},
		{http.MethodPost, "/theme", anybody, s.setTheme},
		{http.MethodGet, "/help", anybody, s.showHelp},
		{http.MethodGet, "/parts", anybody, s.showParts},

		{http.MethodGet, "/board", access.ReadRegistry, s.showBoard},

		{http.MethodGet, "/upload", access.Upload, s.showUpload},
		{http.MethodPost, planPath, access.Upload, s.planUpload},
		{http.MethodPost, "/upload/batches", access.Upload, s.noteBatch},
		{http.MethodGet, "/upload/receipts/:batch", signedIn, s.showReceipt},

		{http.MethodGet, "/clips", access.List, s.listClips},
		{http.MethodPost, "/clips/previews", access.ViewContent, s.previewClips},
		{http.MethodPost, "/clips/export", access.List, s.exportClips},
		{http.MethodPost, "/clips/filters", access.List, s.saveFilter},
		{http.MethodPost, "/clips/filters/:id/drop", access.List, s.dropFilter},
		{http.MethodGet, "/clips/correct", access.Correct, s.showCorrectClips},
		{http.MethodPost, "/clips/correct", access.Correct, s.correctClips},
		{http.MethodGet, "/clips/:id", access.List, s.showClip},
		{http.MethodGet, "/clips/:id/history", access.List, s.showHistory},
		{http.MethodPost, "/clips/:id/views", access.ViewContent, s.openView},
		{http.MethodPost, "/clips/:id/downloads", access.Download, s.download},
		{http.MethodGet, "/clips/:id/watch/:token", access.ViewContent, s.watch},
		{http.MethodPost, "/clips/:id/watch/:token/on", access.ViewContent, s.watchOn},
		{http.MethodGet, "/clips/:id/watch/:token/making", access.ViewContent, s.showMaking},
		{http.MethodPost, "/clips/:id/holds", access.PlaceHold, s.placeHold},
		{http.MethodPost, "/clips/:id/holds/:hold/release", access.ReleaseHold, s.releaseHold},
		{http.MethodPost, "/clips/:id/corrections", access.Correct, s.correct},

		{http.MethodGet, "/holds", access.List, s.showHolds},

		{http.MethodGet, "/review", access.Correct, s.showReview},
		{http.MethodGet, "/review/:id", access.Correct, s.showDoubt},

		{http.MethodGet, "/due", access.ReadDue, s.showDue},
		{http.MethodGet, "/due/hold", access.PlaceHold, s.showDueHold},
		{http.MethodPost, "/due/hold", access.PlaceHold, s.holdDue},
		{http.MethodGet, "/due/confirm", access.ConfirmDestruction, s.showConfirm},
		{http.MethodPost, "/due/confirm", access.ConfirmDestruction, s.confirm},

		{http.MethodGet, "/ledger", access.ReadLedger, s.showLedger},
		{http.MethodGet, "/registry", access.ReadRegistry, s.showRegistry},

		{http.MethodGet, "/people", access.ManageAccounts, s.listPeople},
		{http.MethodPost, "/people", access.ManageAccounts, s.addPerson},
		{http.MethodGet, "/people/new", access.ManageAccounts, s.showNewPerson},
		{http.MethodGet, "/people/:name", access.ManageAccounts, s.showPerson},
		{http.MethodGet, "/people/:name/post", access.ManageAccounts, s.showPersonPost},
		{http.MethodPost, "/people/:name/post", access.ManageAccounts, s.changePost},
		{http.MethodPost, "/people/:name/disable", access.ManageAccounts, s.disablePerson},
		{http.MethodPost, "/people/:name/enable", access.ManageAccounts, s.enablePerson},
		{http.MethodPost, "/people/:name/unlock", access.ManageAccounts, s.unlockPerson},
		{http.MethodPost, "/people/:name/password", access.ManageAccounts, s.resetPassword},
		{http.MethodPost, "/people/:name/second-factor/reset", access.ManageAccounts, s.resetSecond},
		{http.MethodPost, "/people/:name/sessions/end", access.ManageAccounts, s.endSessions},
		{http.MethodGet, "/tokens", access.ManageTokens, s.listTokens},
		{http.MethodPost, "/tokens", access.ManageTokens, s.makeToken},
		{http.MethodGet, "/tokens/new", access.ManageTokens, s.showNewToken},
		{http.MethodPost, "/tokens/:id/revoke", access.ManageTokens, s.revokeToken},
		{http.MethodGet, "/grants", access.ReadAccess, s.showGrants},
		{http.MethodGet, "/sign-ins", access.ReadAccess, s.showSignIns},

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
			if c.Request().Method == http.MethodPost {
				s.sentAgain(c)
			}
			if needs == signedIn {
				return next(c)
			}
			if who.MustChange || who.MustEnrol {
				return c.Redirect(http.StatusSeeOther, startOf(who))
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
