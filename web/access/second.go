package access

import (
	"context"
	"slices"
	"time"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
)

// Half is a sign-in whose password was right and whose second step is still
// to come. The page's session keeps it; it lets nobody in.
type Half struct {
	Account string       `json:"account"`
	Stamp   string       `json:"stamp"`
	At      instant.Time `json:"at"`
}

// halfFor is how long the second step may take.
const halfFor = 10 * time.Minute

// HalfOf begins the wait for the second step of a.
func (g *Gate) HalfOf(a Account) Half {
	return Half{Account: a.Name, Stamp: Stamp(a), At: instant.Of(g.now())}
}

// Refusals at the second step.
var (
	ErrSecond = refuse.Field("code", "second-step-refused",
		"확인 코드가 맞지 않거나, 여러 번 틀려 잠시 잠긴 계정입니다. 인증 앱에 지금 보이는 여섯 자리나 쓰지 않은 복구 코드를 입력하세요. 계속 안 되면 10분쯤 지나 다시 시도하거나 시스템 관리자에게 문의하세요.")
	ErrHalfEnded = refuse.New(refuse.Unauthenticated, "second-step-late",
		"확인 코드를 기다리는 시간이 지났습니다. 처음부터 다시 로그인하세요.")
)

// halfway gives the account of a half sign-in with its factors.
func (g *Gate) halfway(ctx context.Context, half Half) (Account, []Factor, error) {
	if half.Account == "" || g.now().Sub(half.At.Std()) >= halfFor {
		return Account{}, nil, ErrHalfEnded
	}
	a, err := g.records.Account(ctx, half.Account)
	if isNotFound(err) || err == nil && Stamp(a) != half.Stamp {
		return Account{}, nil, ErrHalfEnded
	}
	if err != nil {
		return Account{}, nil, err
	}
	factors, err := g.records.Factors(ctx, a.Name)
	return a, factors, err
}

// Halfway tells which second steps a half sign-in has to choose from.
func (g *Gate) Halfway(ctx context.Context, half Half) ([]Factor, error) {
	_, factors, err := g.halfway(ctx, half)
	return factors, err
}

// secondTry is halfway with one attempt taken from the buckets.
func (g *Gate) secondTry(ctx context.Context, half Half, from string) (Account, []Factor, error) {
	if err := g.mayTry(half.Account, from); err != nil {
		return Account{}, nil, err
	}
	return g.halfway(ctx, half)
}

// SecondCode is the second step of a sign-in by a code: six digits of an
// authenticator app, or a recovery code. Failures count towards the lock as
// wrong passwords do. Errors: ErrSecond, ErrSignInOften, ErrHalfEnded, or a fault.
func (g *Gate) SecondCode(ctx context.Context, half Half, code, from string) (Account, error) {
	a, factors, err := g.secondTry(ctx, half, from)
	if err != nil {
		return Account{}, err
	}
	with := WithPasswordTOTP
	if len([]rune(plainCode(code))) != totpOptions.Digits.Length() {
		with = WithPasswordRecovery
	}
	used, err := g.redeem(factors, code)
	if err != nil {
		return Account{}, err
	}
	if used == nil {
		return Account{}, g.fail(ctx, a, from, WrongSecond, with, ErrSecond)
	}
	a, err = g.admit(ctx, a, from, with, used)
	if r, ok := refuse.As(err); ok && r.Code == ErrSignIn.Code {
		return Account{}, ErrSecond.Because(err)
	}
	return a, err
}

// redeem finds the factor a code belongs to; nil when there is none.
func (g *Gate) redeem(factors []Factor, code string) (use, error) {
	for _, f := range factors {
		switch f.Kind {
		case TOTP:
			seed, err := g.secret(f.ID, f.Sealed)
			if err != nil {
				return nil, err
			}
			step, ok, err := totpMatch(seed, code, g.now(), f.LastStep)
			if err != nil {
				return nil, err
			}
			if ok {
				return useStep(f.ID, step), nil
			}
		case Recovery:
			if hash := hashOfCode(f.ID, code); slices.Contains(f.Hashes, hash) {
				return useRecovery(f.ID, hash), nil
			}
		}
	}
	return nil, nil
}

// useStep takes a time step's code, once.
func useStep(id string, step int64) use {
	return func(tx footage.Tx, now instant.Time) (bool, error) {
		f := Factor{ID: id}
		if err := tx.Load(&f); err != nil || !f.RemovedAt.IsZero() || step <= f.LastStep {
			return false, err
		}
		f.LastStep, f.LastUsed = step, now
		return true, tx.Save(&f)
	}
}

// useRecovery takes a recovery code, once.
func useRecovery(id, hash string) use {
	return func(tx footage.Tx, now instant.Time) (bool, error) {
		f := Factor{ID: id}
		if err := tx.Load(&f); err != nil {
			return false, err
		}
		i := slices.Index(f.Hashes, hash)
		if i < 0 {
			return false, nil
		}
		f.Hashes, f.LastUsed = slices.Delete(slices.Clone(f.Hashes), i, i+1), now
		return true, tx.Save(&f)
	}
}

// RecoveryLeft is how many recovery codes somebody has left; ok is false when
// none were made.
func RecoveryLeft(factors []Factor) (left int, ok bool) {
	for _, f := range factors {
		if f.Kind == Recovery {
			left, ok = left+f.Left(), true
		}
	}
	return left, ok
}
