package api

import (
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/footage/review"
	"jikim/web/access"
)

// copies are what a view shows beside the original; each has an address of its
// own.
var copies = []string{review.Poster, review.Proxy, review.Strip, review.Track, review.TrackLines}

// addressOf is where a view's content is answered.
func addressOf(token, what string) string { return Base + "/views/" + token + "/" + what }

// mountContent puts what is being looked at on g: GET and HEAD, with Range.
func (a *edge) mountContent(g *echo.Group) {
	mount := func(path string, what func(echo.Context) string) {
		answer := func(c echo.Context) error {
			w, r := c.Response(), c.Request()
			if err := a.serve(w, r, c.Param("token"), what(c)); err != nil {
				a.Problems.Write(w, r, err)
			}
			return nil
		}
		g.GET("/views/:token/"+path, answer)
		g.HEAD("/views/:token/"+path, answer)
	}
	mount("content", func(c echo.Context) string { return c.QueryParam("what") })
	for _, what := range copies {
		mount(what, func(echo.Context) string { return what })
	}
}

func (a *edge) serve(w http.ResponseWriter, r *http.Request, token, what string) error {
	who, err := admit(r.Context(), access.ViewContent)
	if err != nil {
		return err
	}
	content, err := a.Desk.Content(r.Context(), who.Account, token, what)
	if err != nil {
		return err
	}
	defer content.Close()
	// Somebody may have lost the right since the view was opened.
	if !access.May(who, access.ViewContent, content.Department) {
		return review.ErrNoView
	}
	setHeaders(w.Header(), content)
	if end, ok := rangeEnd(r.Header.Get("Range")); ok {
		content.Until(end)
	}
	http.ServeContent(w, r, "", content.ModTime, content)
	// The status is long sent: a body shorter than promised tells the client,
	// the log tells us.
	if err := content.Err(); err != nil {
		a.Problems.Log.ErrorContext(r.Context(), "content broke off",
			slog.String("clip", content.Clip), slog.Any("error", err))
	}
	return nil
}

// rangeEnd is where the one range of a Range header ends, when it says so.
// What a range means is http.ServeContent's; this only spares a distant store.
func rangeEnd(header string) (end int64, ok bool) {
	_, last, found := strings.Cut(strings.TrimPrefix(header, "bytes="), "-")
	n, err := strconv.ParseInt(last, 10, 64)
	return n + 1, found && err == nil && n >= 0 && n < math.MaxInt64
}

// setHeaders: whatever a file claims to be, a browser runs nothing of it and
// keeps nothing of it.
func setHeaders(h http.Header, content *review.Content) {
	mime, disposition := shown(content.MIME)
	if content.Save {
		disposition = "attachment"
	}
	h.Set("Content-Type", mime)
	h.Set("Content-Disposition", disposition+"; filename*=UTF-8''"+url.PathEscape(content.FileName))
	h.Set("ETag", fmt.Sprintf("%q", content.SHA256))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the address is the permission
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// shown tells as what a browser is given a file: pictures, sound and film are
// shown, everything else is only to be kept; of that, tracks have their type,
// for programs.
func shown(mime string) (contentType, disposition string) {
	kind, sub, _ := strings.Cut(mime, "/")
	switch kind {
	case "video", "audio":
		return mime, "inline"
	case "image":
		if !strings.HasPrefix(sub, "svg") { // which is a document with scripts
			return mime, "inline"
		}
	case "application":
		if sub == "geo+json" || sub == "jsonl" {
			return mime, "attachment"
		}
	}
	return "application/octet-stream", "attachment"
}
