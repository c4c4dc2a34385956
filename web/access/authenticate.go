package access

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
)

// Authenticate finds out who is asking, by Bearer token or session cookie, and
// puts the outcome into the request's context for From and Require. It never
// answers for itself: a page sends nobody to the sign-in, the JSON interface
// says 401, a public page does not care. A token, when given, alone decides.
//
// address tells the client's address; nil takes the connection's. Give the
// function that knows the proxies in front of the server.
func Authenticate(gate *Gate, sessions *Sessions, address func(*http.Request) string) func(http.Handler) http.Handler {
	if address == nil {
		address = connectionAddress
	}
	return func(next http.Handler) http.Handler {
		withSession := sessions.load(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, err := bySession(r.Context(), gate, sessions, address(r))
			if err != nil {
				sessions.manager.ErrorFunc(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		}))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token, ok := bearer(r)
			if !ok {
				withSession.ServeHTTP(w, r)
				return
			}
			ctx := r.Context()
			if who, err := gate.Bearer(ctx, token, address(r)); err != nil {
				ctx = refused(ctx, err)
			} else {
				ctx = Into(ctx, who)
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// bySession finds out whose session it is. Whose it was until lately is
// remembered too, for a form that comes too late.
func bySession(ctx context.Context, gate *Gate, sessions *Sessions, from string) (context.Context, error) {
	name, stamp, with := sessions.signedIn(ctx)
	lapsed := visitOf(ctx).lapsed
	if name != "" {
		who, err := gate.Resume(ctx, name, stamp, with, from)
		if err == nil {
			return Into(ctx, who), nil
		}
		if !errors.Is(err, ErrSessionEnded) {
			return refused(ctx, err), nil
		}
		lapsed = name
	}
	if lapsed != "" {
		return refused(ctx, ErrSessionEnded), sessions.lapse(ctx, lapsed)
	}
	if sessions.Lapsed(ctx) != "" {
		return refused(ctx, ErrSessionEnded), nil
	}
	return ctx, nil
}

// bearer gives the token of an Authorization header. A header of any other
// scheme is a token nobody has, not the absence of one.
func bearer(r *http.Request) (string, bool) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", false
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", true
	}
	return strings.TrimSpace(token), true
}

func connectionAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
