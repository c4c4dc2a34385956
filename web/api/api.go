// Package api is the JSON interface of the product: what scripts and agents
// call under /api/v1. It shows records and passes decisions to the rooms
// below; it decides nothing about footage itself.
//
// Every call is one line in calls, with the right it needs; a call about one
// clip asks again for the department of that clip. What a person may not know
// of is answered like what is not there.
package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review"
	"jikim/web/access"
)

// Base is where the interface stands.
const Base = "/api/v1"

// Records is what the interface reads. What is not there is a refusal of kind
// NotFound.
type Records interface {
	ListClips(ctx context.Context, f footage.Filter) (footage.Page, error)
	Clip(ctx context.Context, id string) (footage.Clip, error)
	Dossier(ctx context.Context, id string) (footage.Dossier, error)
	// Recording gives the files of a recording that are not destroyed.
	Recording(ctx context.Context, id string) ([]footage.Clip, error)
	// History gives the ledger's rows about one record, oldest first.
	History(ctx context.Context, record string) ([]ledger.Row, error)
	Upload(ctx context.Context, id string) (footage.Upload, error)
}

// Desk is where footage is looked at, held and corrected.
type Desk interface {
	OpenView(ctx context.Context, by ledger.Actor, clip, reason, caseNo string) (token string, v footage.View, err error)
	Content(ctx context.Context, account, token, what string) (*review.Content, error)
	PlaceHold(ctx context.Context, by ledger.Actor, clip, basis, reason string, until instant.Date) (footage.Hold, error)
	ReleaseHold(ctx context.Context, by ledger.Actor, clip, hold, reason string) error
	Correct(ctx context.Context, by ledger.Actor, clip, field, now, why string) (footage.Correction, error)
}

// Deps is all the interface stands on.
type Deps struct {
	Records  Records
	Ledger   ledger.Reader
	Desk     Desk
	Problems *Problems
	Now      func() time.Time
	Version  string // of the program, for the OpenAPI document
	// Progress tells how far the playable copy of a clip has come that this very
	// server is making, 0 to 1; running is false when it makes none. May be nil.
	Progress func(clip string) (fraction float64, running bool)
}

// edge is the interface at work.
type edge struct {
	Deps
	huma huma.API
}

// Mount puts the interface on e under Base. Who is asking must be found out
// before (access.Authenticate), and requests of other sites refused
// (http.CrossOriginProtection): both are middleware of e, not of this room.
// The upload protocol stands beside it at Base/uploads, mounted by others.
// What Echo itself refuses under /api/ is answered as a problem; the rest is
// left to the error handler that e has.
func Mount(e *echo.Echo, d Deps) {
	speakOurForm()
	e.HTTPErrorHandler = d.Problems.errorHandler(e.HTTPErrorHandler)
	g := e.Group(Base)
	a := &edge{Deps: d, huma: humaecho.NewWithGroup(e, g, config(d.Version))}
	calls(a)
	a.mountContent(g)
	describeOthers(a.huma.OpenAPI())
}

// speakOurForm makes huma's own refusals problems of ours. huma offers no
// other way than its package variables; they are set once, before the first
// route is registered.
var speakOurForm = sync.OnceFunc(func() {
	huma.NewError = fromHuma
	huma.NewErrorWithContext = func(_ huma.Context, status int, message string, errs ...error) huma.StatusError {
		return fromHuma(status, message, errs...)
	}
})

// calls is every call there is, with the right it needs.
func calls(a *edge) {
	call(a, http.MethodGet, "/clips", access.List, a.listClips, "영상 목록")
	call(a, http.MethodGet, "/clips/{id}", access.List, a.getClip, "영상 한 건의 기록")
	call(a, http.MethodPost, "/clips/{id}/views", access.ViewContent, a.openView, "사유를 적고 열람 시작")
	call(a, http.MethodPost, "/clips/{id}/holds", access.PlaceHold, a.placeHold, "파기 보류")
	call(a, http.MethodDelete, "/clips/{id}/holds/{hold}", access.ReleaseHold, a.releaseHold, "보류 해제")
	call(a, http.MethodPost, "/clips/{id}/corrections", access.Correct, a.correct, "촬영 시각·기기·목적 정정")
	call(a, http.MethodGet, "/ledger/checkpoint", anyone, a.checkpoint, "서명된 체크포인트")
	call(a, http.MethodGet, "/ledger/entries", access.ReadLedger, a.entries, "관리대장 항목")
	call(a, http.MethodGet, "/ledger/proof", anyone, a.proof, "포함·일관성 증명")
	call(a, http.MethodGet, "/uploads/{id}", access.Upload, a.getUpload, "전송 상태")
}

// anyone needs no particular right, only somebody who is signed in: what it
// stands for is meant to be kept by others (checkpoints, proofs) or says
// nothing about footage (hashes).
const anyone access.Action = "(signed in)"

// statusOf a call that worked.
func statusOf(method string) int {
	switch method {
	case http.MethodPost:
		return http.StatusCreated
	case http.MethodDelete:
		return http.StatusNoContent
	default:
		return http.StatusOK
	}
}

// call registers one call: who is asking, whether they have the right at all,
// then the handler.
func call[I, O any](a *edge, method, path string, needs access.Action, handle func(context.Context, access.Who, *I) (*O, error), summary string) {
	op := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary,
		DefaultStatus: statusOf(method), MaxBodyBytes: maxBody, BodyReadTimeout: 10 * time.Second,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound},
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		who, err := admit(ctx, needs)
		if err != nil {
			return nil, a.Problems.Of(ctx, err)
		}
		out, err := handle(ctx, who, in)
		if err != nil {
			return nil, a.Problems.Of(ctx, err)
		}
		return out, nil
	})
}

// maxBody is the largest request there is: a reason of 500 characters fits many times.
const maxBody = 64 << 10

func admit(ctx context.Context, needs access.Action) (access.Who, error) {
	who, err := access.Require(ctx)
	switch {
	case err != nil:
		return who, err
	case who.MustChange:
		return who, access.ErrMustChange
	case needs != anyone && access.Reach(who, needs) == access.None:
		return who, access.ErrForbidden
	}
	return who, nil
}
