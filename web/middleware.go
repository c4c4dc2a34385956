package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/web/access"
)

// middleware is what every request passes, outermost first.
func (s *site) middleware(e *echo.Echo) []echo.MiddlewareFunc {
	authenticate := access.Authenticate(s.Gate, s.Sessions, func(r *http.Request) string {
		return clientAddress(e, r)
	})
	return []echo.MiddlewareFunc{
		s.logRequest,
		s.secureHeaders,
		s.recoverPanic,
		sameOrigin,
		echo.WrapMiddleware(authenticate),
	}
}

func clientAddress(e *echo.Echo, r *http.Request) string {
	if e.IPExtractor != nil {
		return e.IPExtractor(r)
	}
	return echo.ExtractIPDirect()(r)
}

// policy is the Content-Security-Policy: everything from this server, no
// script or style inside a page, no framing by others.
const policy = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"

func (s *site) secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		// Not "no-referrer": browsers would then send "Origin: null" with our
		// own forms, and the cross-origin check could not tell them apart.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		return next(c)
	}
}

var errOtherSite = refuse.New(refuse.Forbidden, "cross-origin",
	"다른 사이트의 화면에서 보낸 요청이라 처리하지 않았습니다. 이 시스템의 화면을 열어 다시 시도하세요.")

func sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		if err := protection.Check(c.Request()); err != nil {
			return errOtherSite.Because(err)
		}
		return next(c)
	}
}

// recoverPanic turns a panic into a fault, so that it is answered and logged
// like one. A handler that means to break the connection may.
func (s *site) recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			}
		}()
		return next(c)
	}
}

// maxForm is the largest form a page takes, in bytes. Files go to the upload
// protocol, which has a limit of its own.
const maxForm = 64 << 10

func limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		limit := int64(maxForm)
		if c.Path() == planPath {
			limit = maxPlan
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		return next(c)
	}
}

// logRequest writes one line per request: the route, never the address as
// asked, which may hold a name or a token, and nobody's address or account.
func (s *site) logRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := s.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		if strings.HasPrefix(c.Path(), staticPrefix) || c.Path() == tilesPath {
			return nil // a page asks for dozens
		}
		s.Log.LogAttrs(context.WithoutCancel(c.Request().Context()), slog.LevelInfo, "request",
			slog.String("method", c.Request().Method),
			slog.String("route", c.Path()),
			slog.Int("status", c.Response().Status),
			slog.Int64("bytes", c.Response().Size),
			slog.Duration("took", s.Now().Sub(begun)))
		return nil
	}
}
