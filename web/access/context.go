package access

import (
	"context"

	"jikim/devices/refuse"
)

type contextKey struct{}

// found is what authentication came to: somebody, or why nobody.
type found struct {
	who Who
	err error
}

// Into gives a context in which who is asking.
func Into(ctx context.Context, who Who) context.Context {
	return context.WithValue(ctx, contextKey{}, found{who: who})
}

// refused gives a context in which nobody is asking, because of err.
func refused(ctx context.Context, err error) context.Context {
	return context.WithValue(ctx, contextKey{}, found{err: err})
}

// From tells who is asking; false when nobody is signed in.
func From(ctx context.Context) (Who, bool) {
	f, ok := ctx.Value(contextKey{}).(found)
	if !ok || f.err != nil {
		return Who{}, false
	}
	return f.who, true
}

// ErrNobody is the answer to a request that needs someone.
var ErrNobody = refuse.New(refuse.Unauthenticated, "sign-in-needed",
	"로그인이 필요합니다. 로그인한 뒤 다시 시도하세요. 프로그램이라면 Authorization: Bearer 머리글에 토큰을 넣으세요.")

// Require tells who is asking, or why nobody is: a refusal of kind
// Unauthenticated, or a fault while finding out.
func Require(ctx context.Context) (Who, error) {
	f, ok := ctx.Value(contextKey{}).(found)
	if !ok {
		return Who{}, ErrNobody
	}
	return f.who, f.err
}
