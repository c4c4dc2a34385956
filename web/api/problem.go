package api

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
)

// Problem is how every refusal and every fault is answered (RFC 9457).
type Problem struct {
	Type   string   `json:"type" doc:"always about:blank; the code tells problems apart"`
	Title  string   `json:"title" doc:"the status in words"`
	Status int      `json:"status" doc:"the HTTP status"`
	Code   string   `json:"code" doc:"stable, lower-case-with-dashes; programs compare it"`
	Detail string   `json:"detail" doc:"Korean sentence for a person: what is wrong and what to do next"`
	Field  string   `json:"field,omitempty" doc:"the field it is about"`
	Errors []string `json:"errors,omitempty" doc:"for programmers: what about the request is not as documented"`
}

var _ huma.StatusError = (*Problem)(nil)

// Error is for logs; people are shown Detail.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType gives the media type of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders gives what a status asks for beside the body.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", "60")
	}
	return h
}

// Status is the one place where a kind of refusal becomes an HTTP status.
func Status(k refuse.Kind) int {
	switch k {
	case refuse.Unauthenticated:
		return http.StatusUnauthorized
	case refuse.Forbidden:
		return http.StatusForbidden
	case refuse.NotFound:
		return http.StatusNotFound
	case refuse.Conflict:
		return http.StatusConflict
	case refuse.Gone:
		return http.StatusGone
	case refuse.TooLarge:
		return http.StatusRequestEntityTooLarge
	case refuse.TooMany:
		return http.StatusTooManyRequests
	case refuse.Unavailable:
		return http.StatusServiceUnavailable
	case refuse.Full:
		return http.StatusInsufficientStorage
	default: // refuse.Invalid
		return http.StatusUnprocessableEntity
	}
}

func newProblem(status int, code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// Problems turns errors into problems. A fault is logged here, once, under the
// reference number the person is given.
type Problems struct {
	Log    *slog.Logger
	Random io.Reader // of reference numbers
}

// Of says what to answer for err.
func (p *Problems) Of(ctx context.Context, err error) *Problem {
	var made *Problem
	if errors.As(err, &made) {
		return made
	}
	if r, ok := refuse.As(err); ok {
		if r.Kind == refuse.Unavailable || r.Kind == refuse.Full {
			p.Log.ErrorContext(ctx, "unavailable", slog.String("code", r.Code), slog.Any("error", err))
		}
		made = newProblem(Status(r.Kind), r.Code, r.Sentence)
		made.Field = r.Field
		return made
	}
	if ctx.Err() != nil {
		return newProblem(http.StatusServiceUnavailable, "interrupted",
			"요청이 끝나기 전에 끊겼습니다. 다시 시도하세요.")
	}
	reference := Reference(p.Random)
	p.Log.ErrorContext(ctx, "fault", slog.String("reference", reference), slog.Any("error", err))
	return newProblem(http.StatusInternalServerError, "fault",
		"처리하지 못했습니다. 이미 저장된 것은 그대로 있으니 잠시 뒤 다시 시도하고, 그래도 안 되면 참조번호를 시스템 관리자에게 알려 주세요. (참조번호 "+reference+")")
}

// Reference is a number by which a fault is found in the log: eight letters and
// digits that are not mistaken for one another when read aloud.
func Reference(random io.Reader) string {
	b := make([]byte, 5)
	if _, err := io.ReadFull(random, b); err != nil {
		return "--------" // the person is answered all the same; the log has the time
	}
	return base32.StdEncoding.EncodeToString(b)
}

// Write answers err on a route of its own form.
func (p *Problems) Write(w http.ResponseWriter, r *http.Request, err error) {
	made := p.Of(r.Context(), err)
	body, err := json.Marshal(made)
	if err != nil {
		panic(err) // strings and a number
	}
	h := w.Header()
	for name, values := range made.GetHeaders() {
		h[name] = values
	}
	h.Set("Content-Type", made.ContentType(""))
	h.Del("Content-Length")
	w.WriteHeader(made.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(append(body, '\n')) // nobody is left to tell
	}
}

// errorHandler answers under /api/ what Echo or a middleware refuses, and
// leaves other addresses to rest.
func (p *Problems) errorHandler(rest echo.HTTPErrorHandler) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		switch {
		case !strings.HasPrefix(c.Request().URL.Path, "/api/"):
			rest(err, c)
		case c.Response().Committed:
			p.Log.ErrorContext(c.Request().Context(), "the answer broke off",
				slog.String("route", c.Path()), slog.Any("error", err))
		default:
			p.Write(c.Response(), c.Request(), fromEcho(err))
		}
	}
}

var errNoAddress = refuse.New(refuse.NotFound, "no-such-address",
	"없는 주소입니다. /api/v1/openapi.json에서 쓸 수 있는 주소를 확인하세요.")

func fromEcho(err error) error {
	var he *echo.HTTPError
	if !errors.As(err, &he) {
		return err
	}
	if _, ok := refuse.As(err); ok {
		return err
	}
	switch he.Code {
	case http.StatusNotFound:
		return errNoAddress
	case http.StatusMethodNotAllowed:
		return newProblem(he.Code, "no-such-method",
			"이 주소로는 할 수 없는 요청입니다. /api/v1/openapi.json에서 쓸 수 있는 방법을 확인하세요.")
	case http.StatusRequestEntityTooLarge:
		return refuse.New(refuse.TooLarge, "request-too-large", "보낸 내용이 너무 큽니다. 줄여서 다시 보내세요.")
	default:
		return err
	}
}

// fromHuma is what huma has to say about a request that is not as documented.
func fromHuma(status int, message string, errs ...error) huma.StatusError {
	var list []string
	for _, err := range errs {
		if err != nil {
			list = append(list, err.Error())
		}
	}
	if len(list) == 0 && message != "" {
		list = []string{message}
	}
	var p *Problem
	switch {
	case status == http.StatusRequestEntityTooLarge:
		p = newProblem(status, "request-too-large", "보낸 내용이 너무 큽니다. 줄여서 다시 보내세요.")
	case status == http.StatusUnsupportedMediaType:
		p = newProblem(status, "request-media-type", "application/json으로 보내세요.")
	case status == http.StatusRequestTimeout:
		p = newProblem(status, "request-slow", "요청이 끝까지 오지 않았습니다. 다시 보내세요.")
	default:
		p = newProblem(http.StatusUnprocessableEntity, "request-form", fmt.Sprintf(
			"요청이 정해진 모양과 다릅니다(%s). 이름과 값을 /api/v1/openapi.json과 견주어 고친 뒤 다시 보내세요.", strings.Join(list, "; ")))
	}
	p.Errors = list
	return p
}
