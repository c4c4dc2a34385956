package access

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
)

// FactorKind is a way to prove who one is besides the password.
type FactorKind string

// The kinds of second step.
const (
	TOTP     FactorKind = "totp"     // six digits of an authenticator app (RFC 6238)
	Passkey  FactorKind = "passkey"  // a WebAuthn credential
	Recovery FactorKind = "recovery" // codes on paper, each good once; only beside one of the others
)

// Korean is the kind's name on pages.
func (k FactorKind) Korean() string {
	switch k {
	case TOTP:
		return "인증 앱"
	case Passkey:
		return "패스키"
	case Recovery:
		return "복구 코드"
	default:
		return string(k)
	}
}

// Factor is one second step of one account. A removed one stays as a record
// without its secret.
type Factor struct {
	ID         string       `json:"id" gorm:"primaryKey"`
	Account    string       `json:"account"`
	Kind       FactorKind   `json:"kind"`
	Label      string       `json:"label"`                // which telephone or key, in the person's words
	Credential string       `json:"credential,omitempty"` // passkey: public key and flags, JSON of webauthn.Credential
	Hashes     []string     `json:"hashes,omitempty" gorm:"serializer:json"`
	CreatedAt  instant.Time `json:"created_at"`
	RemovedAt  instant.Time `json:"removed_at"`

	CredentialID *string      `json:"-"` // passkey: base64url, to find it by; nil for others and when removed
	Sealed       []byte       `json:"-"` // totp: the seed under the institution's key, bound to ID
	SignCount    int64        `json:"-"` // passkey: the authenticator's own count
	LastStep     int64        `json:"-"` // totp: the last time step whose code was taken
	LastUsed     instant.Time `json:"-"`
}

// RecordName is the name under which the ledger knows the factor.
func (f *Factor) RecordName() string { return "factor:" + f.ID }

// Left is how many recovery codes have not been used.
func (f *Factor) Left() int { return len(f.Hashes) }

// SecondFactor says of whom the institution asks a second step. Who has set
// one up is always asked for it.
type SecondFactor string

// The settings of SecondFactor.
const (
	SecondOff   SecondFactor = "off"
	SecondAdmin SecondFactor = "admin" // of system administrators
	SecondAll   SecondFactor = "all"   // of every person; tokens have no second step
)

// asks reports whether people of role must have a second step.
func (s SecondFactor) asks(role Role) bool {
	return s == SecondAll || s == SecondAdmin && role == Admin
}

// Refusals about second steps.
var (
	ErrMustEnrol = refuse.New(refuse.Forbidden, "second-step-needed",
		"이 기관은 2단계 인증을 요구합니다. 먼저 인증 앱이나 패스키를 등록한 뒤 다시 시도하세요.")
	errNoKeys = refuse.New(refuse.Unavailable, "second-step-unavailable",
		"이 서버는 기관의 키를 열지 못해 인증 앱을 쓸 수 없습니다. 시스템 관리자에게 알려 주세요.")
	errNoFactor = refuse.New(refuse.NotFound, "second-step-unknown",
		"그런 2단계 인증 수단이 없습니다. 화면을 새로 고쳐 목록을 확인하세요.")
	errManyFactors = refuse.New(refuse.Conflict, "second-steps-many",
		"2단계 인증 수단은 한 사람이 10개까지 등록할 수 있습니다. 쓰지 않는 것을 먼저 지우세요.")
)

// maxFactors bounds what one account may have.
const maxFactors = 10

// SecondSteps tells which kinds of second step an account has besides
// recovery codes; none means that its password alone lets in.
func SecondSteps(factors []Factor) (kinds []FactorKind) {
	for _, kind := range []FactorKind{TOTP, Passkey} {
		if slices.ContainsFunc(factors, func(f Factor) bool { return f.Kind == kind }) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (g *Gate) newID() (string, error) {
	b := make([]byte, 16)
	if _, err := io.ReadFull(g.random, b); err != nil {
		return "", fmt.Errorf("access: no randomness for an id: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// secret opens the seed of a factor, which only the institution's key can.
func (g *Gate) secret(id string, sealed []byte) (vault.Key, error) {
	if g.settings.Keys == nil {
		return vault.Key{}, errNoKeys
	}
	return g.settings.Keys.Unwrap("factor:"+id, sealed)
}

// addFactor saves a new factor of an account; its other sessions end.
func (g *Gate) addFactor(ctx context.Context, by ledger.Actor, f Factor) error {
	there, err := g.records.Factors(ctx, f.Account)
	if err != nil {
		return err
	}
	if f.Kind != Recovery && len(there) >= maxFactors {
		return errManyFactors
	}
	return g.alter(ctx, changedFactorAdded, by, f.Account, func(tx footage.Tx, a *Account, facts map[string]string) error {
		facts["kind"], facts["label"] = string(f.Kind), f.Label
		if r, ok := refuse.As(tx.Load(&Factor{ID: f.ID})); !ok || r.Kind != refuse.NotFound {
			return errStaleSetup // sent twice
		}
		f.CreatedAt = instant.Of(g.now())
		a.Epoch++
		return tx.Save(&f)
	})
}

// RemoveFactor takes a second step away, by the person, who gives the password
// once more. With the last one the recovery codes go too. Other sessions end.
func (g *Gate) RemoveFactor(ctx context.Context, by ledger.Actor, name, id, password string) error {
	if err := g.confirm(ctx, name, password); err != nil {
		return err
	}
	factors, err := g.records.Factors(ctx, name)
	if err != nil {
		return err
	}
	gone := slices.IndexFunc(factors, func(f Factor) bool { return f.ID == id && f.Kind != Recovery })
	if gone < 0 {
		return errNoFactor
	}
	remove := []Factor{factors[gone]}
	if rest := slices.Delete(slices.Clone(factors), gone, gone+1); len(SecondSteps(rest)) == 0 {
		remove = factors
	}
	return g.alter(ctx, changedFactorRemoved, by, name, func(tx footage.Tx, a *Account, facts map[string]string) error {
		facts["kind"], facts["label"] = string(factors[gone].Kind), factors[gone].Label
		a.Epoch++
		return g.dropFactors(tx, remove)
	})
}

// ResetSecondFactor takes all second steps of a person away, by an
// administrator: the telephone is lost. Sessions end.
func (g *Gate) ResetSecondFactor(ctx context.Context, by ledger.Actor, name string) error {
	name = CleanName(name)
	if by.Account == name {
		return errOwnReset
	}
	factors, err := g.records.Factors(ctx, name)
	if err != nil {
		return err
	}
	return g.alter(ctx, changedFactorsReset, by, name, func(tx footage.Tx, a *Account, facts map[string]string) error {
		facts["factors"] = fmt.Sprint(len(factors))
		a.Epoch++
		return g.dropFactors(tx, factors)
	})
}

// errOwnReset: who has stolen an administrator's session must not be able to
// take the second step away without the password.
var errOwnReset = refuse.New(refuse.Conflict, "second-step-own",
	"자기 2단계 인증은 여기서 지울 수 없습니다. 내 계정의 2단계 인증 화면에서 비밀번호를 입력하고 지우세요.")

func (g *Gate) dropFactors(tx footage.Tx, factors []Factor) error {
	for _, f := range factors {
		there := Factor{ID: f.ID}
		if err := tx.Load(&there); err != nil {
			return err
		}
		there.RemovedAt = instant.Of(g.now())
		there.Credential, there.Hashes, there.Sealed, there.CredentialID = "", nil, nil, nil
		if err := tx.Save(&there); err != nil {
			return err
		}
	}
	return nil
}

// confirm asks for the password of who is signed in once more.
func (g *Gate) confirm(ctx context.Context, name, password string) error {
	_, err := g.confirmed(ctx, name, password)
	return err
}

func (g *Gate) confirmed(ctx context.Context, name, password string) (Account, error) {
	if !g.names.take(name, g.now()) {
		return Account{}, ErrSignInOften
	}
	a, err := g.records.Account(ctx, name)
	if err != nil {
		return Account{}, err
	}
	same, err := g.hashes.matches(ctx, password, a.PasswordHash)
	if err == nil && !same {
		err = errOwnPassword
	}
	return a, err
}

var errOwnPassword = refuse.Field("password", "password-wrong",
	"지금 쓰는 비밀번호가 맞지 않습니다. 다시 입력하세요. 잊었다면 시스템 관리자에게 새로 정해 달라고 하세요.")

// labelOf brings a label to what can be shown in a line.
func labelOf(label string, kind FactorKind) (string, error) {
	label = shown(label)
	if len([]rune(label)) > maxDisplay {
		return "", refuse.Field("label", "label-long", fmt.Sprintf("이름이 너무 깁니다. %d자까지 쓸 수 있습니다.", maxDisplay))
	}
	return or(label, kind.Korean()), nil
}
