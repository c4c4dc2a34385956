// Package accesstest keeps accounts, tokens and sessions in memory for tests
// of everything that asks who is there. It is for tests only.
package accesstest

import (
	"context"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"jikim/devices/instant"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/web/access"
)

// Records is a book that also answers what access asks of a database.
type Records struct {
	*reviewtest.Book
	sessions map[string]session
	clock    *reviewtest.Clock
	Saves    int // how often a session was written

	SessionFault error // when set, what reading and writing a session answers
}

type session struct {
	data   []byte
	expiry time.Time
}

// New gives empty records.
func New(t testing.TB, clock *reviewtest.Clock) *Records {
	t.Helper()
	return &Records{Book: reviewtest.NewBook(t, clock), sessions: map[string]session{}, clock: clock}
}

// Fast is a gate's settings with hashes that cost nothing.
var Fast = access.Settings{Argon: argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 8, KeyLength: 16}}

// System is the actor of what tests set up.
var System = ledger.Actor{Account: "system"}

// Account gives one account.
func (r *Records) Account(ctx context.Context, name string) (access.Account, error) {
	a := access.Account{Name: name}
	err := r.Find(ctx, &a)
	return a, err
}

// Accounts gives all accounts.
func (r *Records) Accounts(context.Context) (list []access.Account, err error) {
	for _, a := range reviewtest.All[*access.Account](r.Book) {
		list = append(list, *a)
	}
	return list, r.Fault
}

// Token gives one token.
func (r *Records) Token(ctx context.Context, id string) (access.Token, error) {
	t := access.Token{ID: id}
	err := r.Find(ctx, &t)
	return t, err
}

// Tokens gives all tokens.
func (r *Records) Tokens(context.Context) (list []access.Token, err error) {
	for _, t := range reviewtest.All[*access.Token](r.Book) {
		list = append(list, *t)
	}
	return list, r.Fault
}

// NoteTokenUse keeps when a token was last used.
func (r *Records) NoteTokenUse(ctx context.Context, id string, at instant.Time) error {
	t, err := r.Token(ctx, id)
	if err != nil {
		return err
	}
	t.LastUsed = at
	r.Put(&t)
	return nil
}

// SaveSession keeps a session.
func (r *Records) SaveSession(_ context.Context, id string, data []byte, expiry time.Time) error {
	r.Saves++
	r.sessions[id] = session{data: data, expiry: expiry}
	return r.SessionFault
}

// FindSession gives a session that has not expired.
func (r *Records) FindSession(_ context.Context, id string) ([]byte, bool, error) {
	s, ok := r.sessions[id]
	return s.data, ok && r.clock.Now().Before(s.expiry), r.SessionFault
}

// DeleteSession ends a session.
func (r *Records) DeleteSession(_ context.Context, id string) error {
	delete(r.sessions, id)
	return r.SessionFault
}

// SessionIDs gives the names under which sessions are kept.
func (r *Records) SessionIDs() (ids []string) {
	for id := range r.sessions {
		ids = append(ids, id)
	}
	return ids
}
