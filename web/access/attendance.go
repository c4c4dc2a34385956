package access

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"jikim/devices/instant"
)

// Result is how a sign-in ended.
type Result string

// The results. A flood that the rate limit stops is not written down.
const (
	SignedIn       Result = "signed-in"
	SignedOut      Result = "signed-out"
	WrongPassword  Result = "wrong-password"
	WrongSecond    Result = "wrong-second"
	UnknownName    Result = "unknown-name"
	UnknownPasskey Result = "unknown-passkey"
	LockedOut      Result = "locked"   // tried while locked
	LockedNow      Result = "lock"     // the failure after which the account was locked
	DisabledOut    Result = "disabled" // tried while disabled
)

// Results is every result, in the order of lists to choose from.
func Results() []Result {
	return []Result{SignedIn, SignedOut, WrongPassword, WrongSecond, LockedNow, LockedOut, DisabledOut, UnknownName, UnknownPasskey}
}

// Korean is the result's name on pages.
func (r Result) Korean() string {
	switch r {
	case SignedIn:
		return "성공"
	case SignedOut:
		return "로그아웃"
	case WrongPassword:
		return "비밀번호 틀림"
	case WrongSecond:
		return "2단계 실패"
	case UnknownName:
		return "없는 이름"
	case UnknownPasskey:
		return "모르는 패스키"
	case LockedOut:
		return "잠긴 동안 시도"
	case LockedNow:
		return "틀려서 잠김"
	case DisabledOut:
		return "정지된 계정"
	default:
		return string(r)
	}
}

// With is what somebody proved who they are with.
type With string

// The ways in.
const (
	WithPassword         With = "password"
	WithPasswordTOTP     With = "password+totp"
	WithPasswordPasskey  With = "password+passkey"
	WithPasswordRecovery With = "password+recovery"
	WithPasskey          With = "passkey" // with user verification: two factors by itself
)

// strong reports whether it is more than a password.
func (w With) strong() bool { return w != "" && w != WithPassword }

// Korean is the way's name on pages.
func (w With) Korean() string {
	switch w {
	case WithPassword:
		return "비밀번호"
	case WithPasswordTOTP:
		return "비밀번호 + 인증 앱"
	case WithPasswordPasskey:
		return "비밀번호 + 패스키"
	case WithPasswordRecovery:
		return "비밀번호 + 복구 코드"
	case WithPasskey:
		return "패스키"
	default:
		return string(w)
	}
}

// SignIn is one line of the record of sign-ins (접속기록): written once, never
// changed, taken away after the time the institution sets. What let somebody
// in, locked an account or signed out stands in the ledger too; failures stand
// here only, so that nobody can fill the ledger from outside.
type SignIn struct {
	ID      string `gorm:"primaryKey"` // in order of time
	At      instant.Time
	Account string // "" when there is no such account: what was typed is not kept
	From    string // client address
	Result  Result
	With    With
}

// SignInFilter narrows the record of sign-ins; zero fields do not.
type SignInFilter struct {
	Account  string
	Result   Result
	From, To instant.Date // days in Korea, both included
	Before   string       // ID: older than that one
	Limit    int          // default 50
}

// note writes one line of the record.
func (g *Gate) note(ctx context.Context, s SignIn) error {
	random := make([]byte, 6)
	if _, err := io.ReadFull(g.random, random); err != nil {
		return fmt.Errorf("access: no randomness for an id: %w", err)
	}
	s.At = instant.Of(g.now())
	s.ID = SignInID(s.At, hex.EncodeToString(random))
	return g.records.NoteSignIn(ctx, s)
}

// turnAway writes the line and gives refusal, unless writing fails.
func (g *Gate) turnAway(ctx context.Context, s SignIn, refusal error) error {
	if err := g.note(ctx, s); err != nil {
		return err
	}
	return refusal
}

// SignInID is the ID of a line at a moment: milliseconds since 1970 in twelve
// hexadecimal digits, then rest. IDs of that and all later moments are not
// below SignInID(at, "").
func SignInID(at instant.Time, rest string) string { return fmt.Sprintf("%012x", at.Ms()) + rest }

// AtLeastKept is the shortest time the record of sign-ins must be kept
// (개인정보의 안전성 확보조치 기준 제8조: one year; two with 50,000 people's data).
const AtLeastKept = 365 * 24 * time.Hour
