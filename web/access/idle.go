package access

import (
	"context"
	"time"
)

// visit is what one request has to do with its session.
type visit struct {
	ends      time.Time // when the session found ends; zero when none was found
	limit     time.Time // when it ends in any case
	lapsed    string    // whose session it was that has ended
	untouched bool      // the request is not a use of the session
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// Untouched says that this request is not a use of the session: a page asked
// by itself, nobody pressed anything.
func (s *Sessions) Untouched(ctx context.Context) {
	if v := visitOf(ctx); v != nil {
		v.untouched = true
	}
}

// Left tells how long the session goes on after this request if nothing
// follows, and whether a further use puts the end off: after the lifetime
// nothing does. Zero when nobody is signed in.
func (s *Sessions) Left(ctx context.Context) (left time.Duration, extendable bool) {
	v := visitOf(ctx)
	if v == nil {
		return 0, false // came with a token, not with a session
	}
	if name, _, _ := s.signedIn(ctx); name == "" {
		return 0, false
	}
	now := s.now()
	ends, limit := v.ends, v.limit
	if data := s.values(ctx); !v.untouched {
		var next time.Time
		next, limit = s.store.endOf(data, now)
		if next.Sub(ends) >= s.store.saveEvery() {
			ends = next // else the write is spared and the old end stands
		}
	}
	return max(0, ends.Sub(now)), ends.Before(limit)
}

// Warning is how long before the end of a session a page says so.
func (s *Sessions) Warning() time.Duration { return s.settings.Warning }

func (s *Sessions) values(ctx context.Context) map[string]string {
	return map[string]string{keyIdle: s.manager.GetString(ctx, keyIdle), keyBegan: s.manager.GetString(ctx, keyBegan)}
}
