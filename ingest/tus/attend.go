package tus

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
)

// attend stands around tusd's handler: nobody without the right gets as far as
// an upload's lock, what is on its way ends well when the server stops, and
// what a body holds is known.
func (s *store) attend(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.Who(r.Context()); err != nil && r.Method != http.MethodOptions {
			s.write(w, r, err)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		b := &body{ReadCloser: r.Body, wake: func() {
			_ = http.NewResponseController(w).SetReadDeadline(longAgo) // not every writer has one
			cancel()                                                   // tusd gives the vault ten more seconds
		}}
		defer context.AfterFunc(s.Stopping, func() { b.interrupt(handler.ErrServerShutdown) })()
		r = r.WithContext(context.WithValue(ctx, bodyKey{}, b))
		r.Body = b
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

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// body is a request's body that knows how much of it was read and can be ended
// from outside. tusd has a way to end one, but looks for the body without a
// lock and misses one that it is about to read.
type body struct {
	io.ReadCloser
	n    int64
	wake func() // ends a Read that waits

	mu  sync.Mutex
	why error // once interrupted
}

type bodyKey struct{}

func bodyOf(ctx context.Context) (*body, bool) {
	b, ok := ctx.Value(bodyKey{}).(*body)
	return b, ok
}

// interrupt ends the body: what has been read stays, and why is answered.
func (b *body) interrupt(why error) {
	b.mu.Lock()
	if b.why == nil {
		b.why = why
	}
	b.mu.Unlock()
	b.wake()
}

func (b *body) interrupted() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.why
}

func (b *body) Read(p []byte) (int, error) {
	if why := b.interrupted(); why != nil {
		return 0, why
	}
	n, err := b.ReadCloser.Read(p)
	b.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		if why := b.interrupted(); why != nil {
			err = why
		}
	}
	return n, err
}

// whole is src with what tusd withholds: it cuts a body without a length at
// the size that was announced, and a file that is longer would pass for whole.
func (u *upload) whole(ctx context.Context, offset int64, src io.Reader) io.Reader {
	b, ok := bodyOf(ctx)
	if !ok {
		return src
	}
	return &overrun{src: src, body: b, room: u.receipt.Upload().Size - offset}
}

type overrun struct {
	src  io.Reader
	body *body
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
