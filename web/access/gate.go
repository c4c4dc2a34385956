package access

import (
	"context"
	"io"
	"time"

	"github.com/alexedwards/argon2id"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
)

// Records is what the gate reads, and the little it may write without an
// entry in the ledger. What is not there is a refusal of kind NotFound.
type Records interface {
	AccountRecords
	TokenRecords
	FactorRecords
	SignInRecords
	Registry(ctx context.Context) (devices.Registry, error)
}

// AccountRecords keeps accounts.
type AccountRecords interface {
	Account(ctx context.Context, name string) (Account, error)
	// Accounts gives all accounts by name.
	Accounts(ctx context.Context) ([]Account, error)
	// CountFailure adds one to the failed sign-ins in a row of an account and
	// gives how many they are now, so that servers counting at once lose none.
	CountFailure(ctx context.Context, name string) (int, error)
}

// TokenRecords keeps tokens.
type TokenRecords interface {
	Token(ctx context.Context, id string) (Token, error)
	Tokens(ctx context.Context) ([]Token, error)
	NoteTokenUse(ctx context.Context, id string, at instant.Time) error
}

// FactorRecords keeps second steps. Removed ones are not given.
type FactorRecords interface {
	// Factors gives those of one account ("" = of all), the oldest first.
	Factors(ctx context.Context, account string) ([]Factor, error)
	// FactorByCredential finds a passkey by its credential's ID in base64url.
	FactorByCredential(ctx context.Context, id string) (Factor, error)
}

// SignInRecords keeps the record of sign-ins.
type SignInRecords interface {
	NoteSignIn(ctx context.Context, s SignIn) error
	// SignIns gives lines, the newest first.
	SignIns(ctx context.Context, f SignInFilter) ([]SignIn, error)
}

// Settings of the gate. The zero value of a field means its default.
type Settings struct {
	// Argon is the work of one password hash. Default: 19 MiB, 2 passes, one
	// lane (OWASP's recommendation for argon2id): some 25 ms.
	Argon argon2id.Params
	// Failures in a row after which an account is locked. Default 5.
	Failures int
	// LockFor is how long it is then locked. Default 10 minutes.
	LockFor time.Duration
	// PasswordLength is the fewest characters of a password. Default 10, never fewer than 8.
	PasswordLength int
	// AddressBurst and AddressEvery limit sign-ins from one address: that many
	// at once, then one every so often. Default 20 and 3 seconds: an office
	// behind one address comes in on a Monday morning, a guesser does not.
	AddressBurst int
	AddressEvery time.Duration
	// NameBurst and NameEvery limit sign-ins with one name. Default 10 and 6 seconds.
	NameBurst int
	NameEvery time.Duration
	// SecondFactor says of whom a second step is asked. Default off.
	SecondFactor SecondFactor
	// Site is where people reach the server, "https://jikim.example.go.kr":
	// passkeys are bound to its host name. "" = passkeys on localhost only.
	Site string
	// Keys seals the seeds of authenticator apps. nil = there can be none.
	Keys vault.Keyring
}

func (s Settings) withDefaults() Settings {
	if s.Argon.Memory == 0 {
		s.Argon = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	}
	s.Failures = or(s.Failures, 5)
	s.LockFor = or(s.LockFor, 10*time.Minute)
	s.PasswordLength = max(or(s.PasswordLength, 10), 8)
	s.AddressBurst = or(s.AddressBurst, 20)
	s.AddressEvery = or(s.AddressEvery, 3*time.Second)
	s.NameBurst = or(s.NameBurst, 10)
	s.NameEvery = or(s.NameEvery, 6*time.Second)
	return s
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Gate lets people and programs in, and keeps their accounts and tokens. It
// does not ask who may manage accounts: its callers do, with May.
type Gate struct {
	book     footage.Book
	records  Records
	settings Settings
	now      func() time.Time
	random   io.Reader

	hashes    hashing
	addresses *buckets
	names     *buckets
	accounts  *recent[Account]
	tokens    *recent[Token]
}

// NewGate makes a gate. now is the clock; random gives the bytes of tokens.
func NewGate(book footage.Book, records Records, settings Settings, now func() time.Time, random io.Reader) (*Gate, error) {
	settings = settings.withDefaults()
	hashes, err := newHashing(settings.Argon)
	if err != nil {
		return nil, err
	}
	return &Gate{
		book: book, records: records, settings: settings, now: now, random: random,
		hashes:    hashes,
		addresses: newBuckets(settings.AddressBurst, settings.AddressEvery),
		names:     newBuckets(settings.NameBurst, settings.NameEvery),
		accounts:  newRecent[Account](),
		tokens:    newRecent[Token](),
	}, nil
}

// What ledger.ActAccountChanged entries say under "change".
const (
	changedPost          = "post"     // role, department or name shown
	changedDisabled      = "disabled" // may not sign in any more
	changedEnabled       = "enabled"
	changedPassword      = "password"       // by the person
	changedByResetter    = "password-reset" // by an administrator
	changedUnlocked      = "unlocked"
	changedSessionsEnded = "sessions-ended"
	changedFactorAdded   = "second-step-added"
	changedFactorRemoved = "second-step-removed"
	changedFactorsReset  = "second-step-reset" // by an administrator
	changedRecoveryMade  = "recovery-codes-made"
)

// entry begins a ledger entry of now.
func (g *Gate) entry(act ledger.Act, by ledger.Actor, subject string) ledger.Entry {
	return ledger.Entry{V: 1, At: instant.Of(g.now()), Act: act, Actor: by, Subject: subject}
}
