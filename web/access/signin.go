package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Refusals at the door. ErrSignIn is one answer for an unknown name, a wrong
// password, a locked and a disabled account: who does not know the password
// learns nothing, not even that a guess made during a lock was right.
var (
	ErrSignIn = refuse.New(refuse.Unauthenticated, "sign-in-refused",
		"이름이나 비밀번호가 맞지 않거나, 여러 번 틀려 잠시 잠긴 계정입니다. 확인한 뒤 10분쯤 지나 다시 시도하고, 그래도 안 되면 시스템 관리자에게 문의하세요.")
	ErrSignInOften = refuse.New(refuse.TooMany, "sign-in-too-often",
		"로그인을 너무 자주 시도했습니다. 1분쯤 기다린 뒤 다시 시도하세요.")
)

// errOvertaken: the account changed while its password was compared.
var errOvertaken = ErrSignIn.Because(fmt.Errorf("the account was locked, disabled or changed meanwhile"))

// SignIn lets a person in by name and password; from is the client's address.
// Every outcome is an entry in the ledger but those the rate limit stops.
// Errors: ErrSignIn, ErrSignInOften, or a fault.
func (g *Gate) SignIn(ctx context.Context, name, password, from string) (Account, error) {
	name = cleanName(name)
	// Both are asked, so that a full bucket of one does not spare the other.
	address, account := g.addresses.take(from, g.now()), g.names.take(name, g.now())
	if !address || !account {
		return Account{}, ErrSignInOften
	}
	found, err := g.records.Account(ctx, name)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		found = Account{}
	} else if err != nil {
		return Account{}, err
	}
	matches := false
	if len(password) <= 4*maxPassword {
		if matches, err = g.hashes.matches(ctx, password, found.PasswordHash); err != nil {
			return Account{}, err
		}
	}
	defer g.accounts.drop(name)
	if found.Name == "" {
		return Account{}, g.failUnknown(ctx, from)
	}
	if !matches {
		return Account{}, g.fail(ctx, found, from)
	}
	return g.admit(ctx, found, from)
}

// nobody is the actor of an attempt under a name that is not there; no account
// can have this name.
const nobody = "(unknown)"

// failUnknown records the attempt without the name that was typed: people type
// passwords into the wrong field, and the ledger forgets nothing.
func (g *Gate) failUnknown(ctx context.Context, from string) error {
	e := g.entry(ledger.ActSignInFailed, ledger.Actor{Account: nobody, From: from}, "")
	if err := g.book.Change(ctx, e, func(footage.Tx, *ledger.Entry) error { return nil }); err != nil {
		return err
	}
	return ErrSignIn
}

// fail counts a wrong password and locks the account when there were enough.
func (g *Gate) fail(ctx context.Context, found Account, from string) error {
	e := g.entry(ledger.ActSignInFailed, actorOf(found, from), found.RecordName())
	now := e.At
	err := g.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		e.Act, e.Facts = ledger.ActSignInFailed, nil
		a := Account{Name: found.Name}
		if err := tx.Load(&a); err != nil {
			return err
		}
		if now.Before(a.LockedUntil) {
			e.Facts = map[string]string{"locked_until": a.LockedUntil.String()}
			return nil
		}
		a.Failures++
		if a.Failures >= g.settings.Failures {
			a.Failures = 0
			a.LockedUntil = now.Add(g.settings.LockFor)
			e.Act, e.Facts = ledger.ActAccountLocked, map[string]string{"locked_until": a.LockedUntil.String()}
		}
		return tx.Save(&a)
	})
	if err != nil {
		return err
	}
	return ErrSignIn
}

// admit lets in who gave the right password, unless the account is locked,
// disabled or was changed since it was read.
func (g *Gate) admit(ctx context.Context, found Account, from string) (Account, error) {
	e := g.entry(ledger.ActSignedIn, actorOf(found, from), found.RecordName())
	now := e.At
	var a Account
	var admitted bool
	err := g.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		a = Account{Name: found.Name}
		if err := tx.Load(&a); err != nil {
			return err
		}
		admitted = !a.Disabled && !now.Before(a.LockedUntil) && a.PasswordHash == found.PasswordHash
		if !admitted {
			e.Act = ledger.ActSignInFailed
			return nil
		}
		e.Act = ledger.ActSignedIn
		a.Failures, a.LockedUntil, a.LastSignIn = 0, instant.Time{}, now
		return tx.Save(&a)
	})
	switch {
	case err != nil:
		return Account{}, err
	case !admitted:
		return Account{}, errOvertaken
	}
	return a, nil
}

// SignOut records that a person left; the caller ends the session.
func (g *Gate) SignOut(ctx context.Context, who Who) error {
	e := g.entry(ledger.ActSignedOut, who.Actor(), "account:"+who.Account)
	return g.book.Change(ctx, e, func(footage.Tx, *ledger.Entry) error { return nil })
}

// ErrSessionEnded is the answer to a session that no longer stands for anybody.
var ErrSessionEnded = refuse.New(refuse.Unauthenticated, "session-ended",
	"로그인이 끝났습니다. 다시 로그인하세요.")

// Resume tells who a session stands for. stamp is Stamp of the account at
// sign-in: a changed password ends every session that was begun with the old.
func (g *Gate) Resume(ctx context.Context, name, stamp, from string) (Who, error) {
	now := g.now()
	a, ok := g.accounts.get(name, now)
	if !ok {
		var err error
		if a, err = g.records.Account(ctx, name); err != nil {
			if r, isRefusal := refuse.As(err); isRefusal && r.Kind == refuse.NotFound {
				return Who{}, ErrSessionEnded
			}
			return Who{}, err
		}
		g.accounts.put(name, a, now)
	}
	if a.Disabled || Stamp(a) != stamp {
		return Who{}, ErrSessionEnded
	}
	return Who{
		Account: a.Name, Display: a.Display, Role: a.Role, Department: a.Department,
		MustChange: a.MustChange, From: from,
	}, nil
}

// Stamp is a short fingerprint of the account's password hash.
func Stamp(a Account) string {
	sum := sha256.Sum256([]byte("session:" + a.PasswordHash))
	return hex.EncodeToString(sum[:8])
}

func actorOf(a Account, from string) ledger.Actor {
	return ledger.Actor{Account: a.Name, Role: string(a.Role), From: from}
}

// cleanName brings a sign-in name to the one form it is kept in.
func cleanName(s string) string {
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(s)))
}
