// Package accesstest keeps accounts, tokens and sessions in memory for tests
// of everything that asks who is there. It is for tests only.
package accesstest

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
	"jikim/web/access"
)

// Records is a book that also answers what access asks of a database.
type Records struct {
	*reviewtest.Book
	mu       sync.Mutex // of what is below
	sessions map[string]session
	clock    *reviewtest.Clock
	Saves    int // how often a session was written
	signIns  []access.SignIn

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

// CountFailure adds one to the failures of an account.
func (r *Records) CountFailure(ctx context.Context, name string) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, err := r.Account(ctx, name)
	if err != nil {
		return 0, err
	}
	a.Failures++
	r.Put(&a)
	return a.Failures, nil
}

// Factors gives the second steps of an account ("" = of all).
func (r *Records) Factors(_ context.Context, account string) (list []access.Factor, err error) {
	for _, f := range reviewtest.All[*access.Factor](r.Book) {
		if f.RemovedAt.IsZero() && (account == "" || f.Account == account) {
			list = append(list, *f)
		}
	}
	slices.SortStableFunc(list, func(a, b access.Factor) int { return cmp.Compare(a.CreatedAt.Ms(), b.CreatedAt.Ms()) })
	return list, r.Fault
}

// FactorByCredential finds a passkey.
func (r *Records) FactorByCredential(ctx context.Context, id string) (access.Factor, error) {
	all, err := r.Factors(ctx, "")
	if err != nil {
		return access.Factor{}, err
	}
	for _, f := range all {
		if f.CredentialID != nil && *f.CredentialID == id {
			return f, nil
		}
	}
	return access.Factor{}, refuse.New(refuse.NotFound, "not-found", "찾는 기록이 없습니다.")
}

// NoteSignIn keeps one line of the record of sign-ins.
func (r *Records) NoteSignIn(_ context.Context, s access.SignIn) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Fault == nil {
		r.signIns = append(r.signIns, s)
	}
	return r.Fault
}

// SignIns gives lines, the newest first.
func (r *Records) SignIns(_ context.Context, f access.SignInFilter) (list []access.SignIn, err error) {
	r.mu.Lock()
	lines := slices.Clone(r.signIns)
	r.mu.Unlock()
	slices.SortFunc(lines, func(a, b access.SignIn) int { return strings.Compare(b.ID, a.ID) })
	for _, s := range lines {
		day := instant.DateOf(s.At.Std())
		if (f.Account == "" || s.Account == f.Account) && (f.Result == "" || s.Result == f.Result) &&
			(f.From == "" || day >= f.From) && (f.To == "" || day <= f.To) && (f.Before == "" || s.ID < f.Before) {
			list = append(list, s)
		}
	}
	return list[:min(len(list), cmp.Or(f.Limit, 50))], r.Fault
}

// Results gives how all sign-ins ended, the oldest first, joined by spaces.
func (r *Records) Results() string {
	var results []string
	for _, s := range r.signIns {
		results = append(results, string(s.Result))
	}
	return strings.Join(results, " ")
}

// Keys seals for tests what the institution's key seals.
func Keys(t testing.TB) vault.Keyring {
	t.Helper()
	keys, err := vault.NewKeyFile(filepath.Join(t.TempDir(), "institution.key"), reviewtest.NewRandom(11))
	if err != nil {
		t.Fatal(err)
	}
	return keys
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
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Saves++
	r.sessions[id] = session{data: data, expiry: expiry}
	return r.SessionFault
}

// FindSession gives a session that has not expired.
func (r *Records) FindSession(_ context.Context, id string) ([]byte, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions[id]
	return s.data, ok && r.clock.Now().Before(s.expiry), r.SessionFault
}

// DeleteSession ends a session.
func (r *Records) DeleteSession(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
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
