package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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
var errOvertaken = ErrSignIn.Because(errors.New("the account was locked, disabled or changed meanwhile"))

// Admission is how far a sign-in by password came.
type Admission struct {
	Account Account
	// Second tells which second steps the person has to choose from; empty:
	// they are in. Until then nobody is: keep HalfOf(Account) for the second step.
	Second []FactorKind
}

// SignIn lets a person in by name and password, or as far as the second step;
// from is the client's address. Every outcome is written down but those the
// rate limit stops. Errors: ErrSignIn, ErrSignInOften, or a fault.
func (g *Gate) SignIn(ctx context.Context, name, password, from string) (Admission, error) {
	name = CleanName(name)
	if err := g.mayTry(name, from); err != nil {
		return Admission{}, err
	}
	found, err := g.records.Account(ctx, name)
	if isNotFound(err) {
		found = Account{}
	} else if err != nil {
		return Admission{}, err
	}
	matches := false
	if len(password) <= 4*maxPassword {
		if matches, err = g.hashes.matches(ctx, password, found.PasswordHash); err != nil {
			return Admission{}, err
		}
	}
	defer g.accounts.drop(name)
	switch {
	case found.Name == "":
		return Admission{}, g.turnAway(ctx, SignIn{From: from, Result: UnknownName, With: WithPassword}, ErrSignIn)
	case !matches:
		return Admission{}, g.fail(ctx, found, from, WrongPassword, WithPassword, ErrSignIn)
	}
	if out := g.keptOut(found); out != "" {
		return Admission{}, g.turnAway(ctx, SignIn{Account: name, From: from, Result: out, With: WithPassword}, ErrSignIn)
	}
	factors, err := g.records.Factors(ctx, name)
	if err != nil {
		return Admission{}, err
	}
	if second := SecondSteps(factors); len(second) > 0 {
		return Admission{Account: found, Second: second}, nil
	}
	a, err := g.admit(ctx, found, from, WithPassword, nil)
	return Admission{Account: a}, err
}

// mayTry takes one attempt from the buckets. Both are asked, so that a full
// one does not spare the other.
func (g *Gate) mayTry(name, from string) error {
	address, account := g.addresses.take(from, g.now()), g.names.take(name, g.now())
	if !address || !account {
		return ErrSignInOften
	}
	return nil
}

// keptOut tells why who has proved to be a may still not come in; "" when they may.
func (g *Gate) keptOut(a Account) Result {
	switch {
	case a.Disabled:
		return DisabledOut
	case a.Locked(instant.Of(g.now())):
		return LockedOut
	}
	return ""
}

// fail writes a failure down, counts it and locks the account when there were
// enough in a row. It gives refusal, or a fault.
func (g *Gate) fail(ctx context.Context, a Account, from string, result Result, with With, refusal error) error {
	line := SignIn{Account: a.Name, From: from, Result: result, With: with}
	if out := g.keptOut(a); out != "" {
		line.Result = out
		return g.turnAway(ctx, line, refusal)
	}
	failures, err := g.records.CountFailure(ctx, a.Name)
	if err != nil {
		return err
	}
	if failures >= g.settings.Failures {
		if err := g.lock(ctx, a, from); err != nil {
			return err
		}
		line.Result = LockedNow
	}
	return g.turnAway(ctx, line, refusal)
}

var errLockedAlready = errors.New("access: locked already")

// lock locks an account. Of several servers that count to the limit at once,
// one does.
func (g *Gate) lock(ctx context.Context, found Account, from string) error {
	e := g.entry(ledger.ActAccountLocked, actorOf(found, from), found.RecordName())
	err := g.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		a := Account{Name: found.Name}
		if err := tx.Load(&a); err != nil {
			return err
		}
		if a.Locked(e.At) {
			return errLockedAlready
		}
		a.Failures, a.LockedUntil = 0, e.At.Add(g.settings.LockFor)
		e.Facts = map[string]string{"locked_until": a.LockedUntil.String()}
		return tx.Save(&a)
	})
	if errors.Is(err, errLockedAlready) {
		return nil
	}
	return err
}

// use notes within the change that lets somebody in what they came in with;
// false keeps them out.
type use func(tx footage.Tx, now instant.Time) (bool, error)

// admit lets in who proved to be found, unless the account was locked,
// disabled or changed since it was read.
func (g *Gate) admit(ctx context.Context, found Account, from string, with With, used use) (Account, error) {
	defer g.accounts.drop(found.Name)
	e := g.entry(ledger.ActSignedIn, actorOf(found, from), found.RecordName())
	e.Facts = map[string]string{"with": string(with)}
	var a Account
	err := g.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		a = Account{Name: found.Name}
		if err := tx.Load(&a); err != nil {
			return err
		}
		if a.Disabled || a.Locked(e.At) || Stamp(a) != Stamp(found) {
			return errOvertaken
		}
		if used != nil {
			if ok, err := used(tx, e.At); err != nil {
				return err
			} else if !ok {
				return errOvertaken
			}
		}
		a.Failures, a.LockedUntil, a.LastSignIn = 0, instant.Time{}, e.At
		return tx.Save(&a)
	})
	line := SignIn{Account: found.Name, From: from, Result: SignedIn, With: with}
	if errors.Is(err, errOvertaken) {
		line.Result = or(g.keptOut(a), or(wrongAt(with), WrongPassword))
		return Account{}, g.turnAway(ctx, line, err)
	}
	if err != nil {
		return Account{}, err
	}
	return a, g.note(ctx, line)
}

// wrongAt is the failure at the last step of a way in.
func wrongAt(with With) Result {
	if with.strong() {
		return WrongSecond
	}
	return WrongPassword
}

// SignOut records that a person left; the caller ends the session.
func (g *Gate) SignOut(ctx context.Context, who Who) error {
	e := g.entry(ledger.ActSignedOut, who.Actor(), "account:"+who.Account)
	if err := g.book.Change(ctx, e, func(footage.Tx, *ledger.Entry) error { return nil }); err != nil {
		return err
	}
	return g.note(ctx, SignIn{Account: who.Account, From: who.From, Result: SignedOut})
}

// ErrSessionEnded is the answer to a session that no longer stands for anybody.
var ErrSessionEnded = refuse.New(refuse.Unauthenticated, "session-ended",
	"로그인이 끝났습니다. 다시 로그인하세요.")

// Resume tells who a session stands for. stamp is Stamp of the account at
// sign-in: a changed password or second step ends every session that was begun
// before. with is what the session was begun with.
func (g *Gate) Resume(ctx context.Context, name, stamp string, with With, from string) (Who, error) {
	now := g.now()
	a, ok := g.accounts.get(name, now)
	if !ok {
		var err error
		if a, err = g.records.Account(ctx, name); err != nil {
			if isNotFound(err) {
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
		MustChange: a.MustChange, MustEnrol: g.settings.SecondFactor.asks(a.Role) && !with.strong(), From: from,
	}, nil
}

// Stamp is a short fingerprint of what a session depends on: the account's
// password and its epoch.
func Stamp(a Account) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "session:%d:%s", a.Epoch, a.PasswordHash))
	return hex.EncodeToString(sum[:8])
}

func actorOf(a Account, from string) ledger.Actor {
	return ledger.Actor{Account: a.Name, Role: string(a.Role), From: from}
}

// CleanName brings a sign-in name, or a token's, to the one form it is kept in.
func CleanName(s string) string {
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(s)))
}
