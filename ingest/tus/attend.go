package tus

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/tus/tusd/v2/pkg/handler"
)

// attend stands around tusd's handler: nobody without the right gets as far as
// an upload's lock, what is on its way ends well when the server stops, and
// what a body holds is metered.
func (s *store) attend(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.Who(r.Context()); err != nil && r.Method != http.MethodOptions {
			s.write(w, r, err)
			return
		}
		ctx, cancel := context.WithCancelCause(r.Context())
		defer cancel(nil)
		defer context.AfterFunc(s.Stopping, func() { cancel(handler.ErrServerShutdown) })()
		body := &metered{ReadCloser: r.Body}
		r = r.WithContext(context.WithValue(ctx, meteredKey{}, body))
		r.Body = body
		next.ServeHTTP(w, r)
	})
}

// write answers with a problem, past tusd.
func (s *store) write(w http.ResponseWriter, r *http.Request, err error) {
	var no handler.Error
	errors.As(s.problem(r.Context(), err), &no)
	w.Header().Set("Content-Type", no.HTTPResponse.Header["Content-Type"])
	w.WriteHeader(no.HTTPResponse.StatusCode)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, no.HTTPResponse.Body) // whoever asked has gone
	}
}

// metered is a request's body that knows how much of it was read.
type metered struct {
	io.ReadCloser
	n int64
}

type meteredKey struct{}

func (c *metered) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n += int64(n)
	return n, err
}

// whole is src with what tusd withholds: it cuts a body without a length at
// the size that was announced, and a file that is longer would pass for whole.
func (u *upload) whole(ctx context.Context, offset int64, src io.Reader) io.Reader {
	body, ok := ctx.Value(meteredKey{}).(*metered)
	if !ok {
		return src
	}
	return &overrun{src: src, body: body, room: u.receipt.Upload().Size - offset}
}

type overrun struct {
	src  io.Reader
	body *metered
	room int64
}

// Read gives src, and one byte more when the body holds more than there is
// room for.
func (o *overrun) Read(p []byte) (int, error) {
	n, err := o.src.Read(p)
	if n == 0 && len(p) > 0 && o.body.n > o.room {
		return 1, nil
	}
	return n, err
}
