package access

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

// load finds the session of a request and saves it before the first byte of
// the answer. Unlike scs's own middleware it sends the cookie only when it
// changed, so that a signed-in browser may keep what it is allowed to keep,
// and sends nothing of an answer whose session could not be saved.
func (s *Sessions) load(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var token string
		if cookie, err := r.Cookie(s.manager.Cookie.Name); err == nil {
			token = cookie.Value
		}
		ctx, err := s.manager.Load(context.WithValue(r.Context(), visitKey{}, &visit{}), token)
		if err != nil {
			s.manager.ErrorFunc(w, r, err)
			return
		}
		r = r.WithContext(ctx)
		sw := &sessionWriter{ResponseWriter: w, request: r, sessions: s, had: s.manager.Token(ctx)}
		next.ServeHTTP(sw, r)
		_ = sw.save() // when it fails, it has answered
	})
}

// sessionWriter saves the session before it lets anything through.
type sessionWriter struct {
	http.ResponseWriter
	request  *http.Request
	sessions *Sessions
	had      string // session token the request came with; "" when it stood for nothing
	saved    bool
	err      error
}

func (w *sessionWriter) save() error {
	if w.saved {
		return w.err
	}
	w.saved = true
	if w.err = w.sessions.save(w.request.Context(), w.ResponseWriter, w.had); w.err != nil {
		w.sessions.manager.ErrorFunc(w.ResponseWriter, w.request, w.err)
	}
	return w.err
}

func (s *Sessions) save(ctx context.Context, w http.ResponseWriter, had string) error {
	switch s.manager.Status(ctx) {
	case scs.Unmodified:
		// A use puts the end of the session off.
		if name, _, _ := s.signedIn(ctx); name == "" || visitOf(ctx).untouched {
			return nil
		}
		_, _, err := s.manager.Commit(ctx)
		return err
	case scs.Modified:
		token, expiry, err := s.manager.Commit(ctx)
		if err != nil {
			return err
		}
		if token != had {
			s.manager.WriteSessionCookie(ctx, w, token, expiry)
		}
	case scs.Destroyed:
		s.manager.WriteSessionCookie(ctx, w, "", time.Time{}) // gone at once
	}
	return nil
}

// WriteHeader saves the session, then sends the header.
func (w *sessionWriter) WriteHeader(status int) {
	if w.save() == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write saves the session, then sends b.
func (w *sessionWriter) Write(b []byte) (int, error) {
	if err := w.save(); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (w *sessionWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
