package access

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"jikim/devices/instant"
	"jikim/footage"
)

// BeginPasskey asks for any passkey of this server: the only step of a
// sign-in, so the authenticator must make sure who holds it.
func (g *Gate) BeginPasskey(origin, from string) (Challenge, error) {
	if !g.addresses.take(from, g.now()) {
		return Challenge{}, ErrSignInOften
	}
	rp, err := g.relyingParty(origin)
	if err != nil {
		return Challenge{}, err
	}
	options, data, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, fmt.Errorf("access: passkey options: %w", err)
	}
	return g.challenge(options, data)
}

// PasskeySignIn lets in by a passkey alone. Errors: as SignIn, and
// passkey-refused.
func (g *Gate) PasskeySignIn(ctx context.Context, origin, state, response, from string) (Account, error) {
	if !g.addresses.take(from, g.now()) {
		return Account{}, ErrSignInOften
	}
	rp, err := g.relyingParty(origin)
	if err != nil {
		return Account{}, err
	}
	data, err := g.readCeremony(state)
	if err != nil {
		return Account{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return Account{}, errPasskey.Because(err)
	}
	f, err := g.records.FactorByCredential(ctx, credentialID(parsed.RawID))
	if isNotFound(err) {
		return Account{}, g.turnAway(ctx, SignIn{From: from, Result: UnknownPasskey, With: WithPasskey}, errPasskey)
	}
	if err != nil {
		return Account{}, err
	}
	a, err := g.records.Account(ctx, f.Account)
	if err != nil {
		return Account{}, err
	}
	h, err := holderOf(a, []Factor{f})
	if err != nil {
		return Account{}, err
	}
	owner := func(_, handle []byte) (webauthn.User, error) { return h, nil }
	c, err := rp.ValidateDiscoverableLogin(owner, data, parsed)
	if err := answered(c, err); err != nil {
		return Account{}, g.turnAway(ctx, SignIn{Account: a.Name, From: from, Result: WrongSecond, With: WithPasskey}, err)
	}
	return g.admit(ctx, a, from, WithPasskey, usePasskey(f.ID, c))
}

// answered tells whether an answer to a challenge counts. A count that went
// back is a copy of the authenticator.
func answered(c *webauthn.Credential, err error) error {
	switch {
	case err != nil:
		return errPasskey.Because(err)
	case c.Authenticator.CloneWarning:
		return errPasskey.Because(errors.New("the authenticator's count went back"))
	}
	return nil
}

// usePasskey notes the use of a passkey within the change that lets in; false
// when it was removed or used meanwhile.
func usePasskey(id string, c *webauthn.Credential) use {
	return func(tx footage.Tx, now instant.Time) (bool, error) {
		f := Factor{ID: id}
		if err := tx.Load(&f); err != nil {
			return false, err
		}
		count := int64(c.Authenticator.SignCount)
		if !f.RemovedAt.IsZero() || count != 0 && count <= f.SignCount {
			return false, nil
		}
		f.SignCount, f.LastUsed = count, now
		return true, tx.Save(&f)
	}
}

// BeginSecondPasskey asks the passkeys of an account whose password was right.
func (g *Gate) BeginSecondPasskey(ctx context.Context, origin string, half Half) (Challenge, error) {
	rp, err := g.relyingParty(origin)
	if err != nil {
		return Challenge{}, err
	}
	a, factors, err := g.halfway(ctx, half)
	if err != nil {
		return Challenge{}, err
	}
	h, err := holderOf(a, factors)
	if err != nil {
		return Challenge{}, err
	}
	if len(h.credentials) == 0 {
		return Challenge{}, errPasskey
	}
	options, data, err := rp.BeginLogin(h)
	if err != nil {
		return Challenge{}, fmt.Errorf("access: passkey options: %w", err)
	}
	return g.challenge(options, data)
}

// SecondPasskey is the second step of a sign-in by passkey.
func (g *Gate) SecondPasskey(ctx context.Context, origin string, half Half, state, response, from string) (Account, error) {
	rp, err := g.relyingParty(origin)
	if err != nil {
		return Account{}, err
	}
	a, factors, err := g.secondTry(ctx, half, from)
	if err != nil {
		return Account{}, err
	}
	data, err := g.readCeremony(state)
	if err != nil {
		return Account{}, err
	}
	h, err := holderOf(a, factors)
	if err != nil {
		return Account{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return Account{}, g.fail(ctx, a, from, WrongSecond, WithPasswordPasskey, errPasskey.Because(err))
	}
	c, err := rp.ValidateLogin(h, data, parsed)
	if err := answered(c, err); err != nil {
		return Account{}, g.fail(ctx, a, from, WrongSecond, WithPasswordPasskey, err)
	}
	i := slices.IndexFunc(factors, func(f Factor) bool { return f.CredentialID != nil && *f.CredentialID == credentialID(c.ID) })
	if i < 0 {
		return Account{}, errPasskey
	}
	return g.admit(ctx, a, from, WithPasswordPasskey, usePasskey(factors[i].ID, c))
}
