package access

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

var signInName = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{Nd}][\p{Ll}\p{Lo}\p{Nd}._@-]{1,63}$`)

// AddAccount makes an account. Of a it takes Name, Display, Role, Department
// and MustChange (set it when the password is known to anyone but the person).
// Refusals are about one field each; Conflict when the name is taken.
func (g *Gate) AddAccount(ctx context.Context, by ledger.Actor, a Account, password string) error {
	a.Name = CleanName(a.Name)
	if err := g.checkAccount(ctx, a); err != nil {
		return err
	}
	hash, err := g.newHash(ctx, a.Name, password)
	if err != nil {
		return err
	}
	e := g.entry(ledger.ActAccountAdded, by, a.RecordName())
	e.Facts = map[string]string{"role": string(a.Role), "department": a.Department}
	made := Account{
		Name: a.Name, Display: or(shown(a.Display), a.Name), Role: a.Role, Department: a.Department,
		PasswordHash: hash, MustChange: a.MustChange, CreatedAt: e.At,
	}
	return g.book.Change(ctx, e, func(tx footage.Tx, _ *ledger.Entry) error {
		switch r, ok := refuse.As(tx.Load(&Account{Name: made.Name})); {
		case !ok:
			return errNameTaken
		case r.Kind != refuse.NotFound:
			return r
		}
		return tx.Save(&made)
	})
}

// CheckAccount refuses what AddAccount would refuse of a, changing nothing.
func (g *Gate) CheckAccount(ctx context.Context, a Account) error {
	a.Name = CleanName(a.Name)
	if err := g.checkAccount(ctx, a); err != nil {
		return err
	}
	switch _, err := g.records.Account(ctx, a.Name); {
	case err == nil:
		return errNameTaken
	case !isNotFound(err):
		return err
	}
	return nil
}

func (g *Gate) checkAccount(ctx context.Context, a Account) error {
	if !signInName.MatchString(a.Name) {
		return refuse.Field("name", "account-name",
			"로그인 이름은 글자나 숫자로 시작해 2자에서 64자까지, 글자·숫자와 . _ @ - 만 쓸 수 있습니다.")
	}
	if err := g.checkPost(ctx, a.Role, a.Department); err != nil {
		return err
	}
	return checkDisplay(a.Display)
}

var errNameTaken = &refuse.Error{
	Kind: refuse.Conflict, Code: "account-exists", Field: "name",
	Sentence: "같은 로그인 이름을 쓰는 사용자가 이미 있습니다. 계정은 한 사람이 하나씩 쓰므로 다른 이름을 정하세요.",
}

// maxDisplay bounds the names that are shown, in characters.
const maxDisplay = 40

// shown is a name as it can be shown in a line.
func shown(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(s, "�")))
	return strings.Join(strings.Fields(s), " ")
}

func checkDisplay(display string) error {
	if n := len([]rune(shown(display))); n > maxDisplay {
		return refuse.Field("display", "display-long", fmt.Sprintf("이름이 너무 깁니다. %d자까지 쓸 수 있습니다.", maxDisplay))
	}
	return nil
}

// checkPost refuses roles and departments an account cannot have.
func (g *Gate) checkPost(ctx context.Context, role Role, department string) error {
	switch {
	case !role.Known():
		return errUnknownRole
	case role == Agent:
		return refuse.Field("role", "role-token-only",
			"agent는 토큰에만 줄 수 있는 역할입니다. 사람에게는 dock, uploader, reviewer, responsible, auditor, admin 가운데 하나를 주세요.")
	case department == "" && !institutionWide(role):
		return refuse.Field("department", "department-needed",
			"이 역할에는 부서가 필요합니다. 어느 부서의 영상을 다루는 사람인지 부서를 정하세요.")
	}
	return g.checkDepartment(ctx, department)
}

var errUnknownRole = refuse.Field("role", "role-unknown",
	"없는 역할입니다. dock, uploader, reviewer, responsible, auditor, admin 가운데 하나를 고르세요(토큰에는 agent도 됩니다).")

func institutionWide(r Role) bool { return r == Auditor || r == Admin }

func (g *Gate) checkDepartment(ctx context.Context, department string) error {
	if department == "" {
		return nil
	}
	registry, err := g.records.Registry(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(registry.Departments, func(d devices.Department) bool { return d.ID == department }) {
		return refuse.Field("department", "department-unknown",
			"등록되지 않은 부서입니다. 부서를 먼저 등록하거나 부서의 ID(영문 짧은 이름)를 확인하세요.")
	}
	return nil
}

// CheckPost refuses what Reassign would refuse of a's new post, changing
// nothing; that an administrator must be left is found out only then.
func (g *Gate) CheckPost(ctx context.Context, by ledger.Actor, a Account) error {
	if err := g.checkPost(ctx, a.Role, a.Department); err != nil {
		return err
	}
	if err := checkDisplay(a.Display); err != nil {
		return err
	}
	if by.Account == CleanName(a.Name) {
		return errOneself
	}
	return nil
}

// Reassign gives a person another role, department or display name: on
// transfer the old right must end without delay.
func (g *Gate) Reassign(ctx context.Context, by ledger.Actor, name string, role Role, department, display string) error {
	if err := g.CheckPost(ctx, by, Account{Name: name, Role: role, Department: department, Display: display}); err != nil {
		return err
	}
	admins, err := g.admins(ctx)
	if err != nil {
		return err
	}
	return g.alter(ctx, changedPost, by, name, func(tx footage.Tx, a *Account, facts map[string]string) error {
		if a.Role == Admin && role != Admin {
			if err := anotherAdmin(tx, admins, a.Name); err != nil {
				return err
			}
		}
		facts["was_role"], facts["was_department"] = string(a.Role), a.Department
		facts["role"], facts["department"] = string(role), department
		a.Role, a.Department, a.Display = role, department, or(shown(display), a.Display)
		return nil
	})
}

// errOneself keeps administrators from changing their own rights.
var errOneself = refuse.New(refuse.Conflict, "account-oneself",
	"자기 계정의 권한이나 사용 여부는 스스로 바꿀 수 없습니다. 다른 시스템 관리자에게 부탁하세요.")

// errLastAdmin keeps the institution from locking itself out.
var errLastAdmin = refuse.New(refuse.Conflict, "account-last-admin",
	"남아 있는 단 한 명의 시스템 관리자입니다. 다른 사람을 먼저 시스템 관리자로 정한 뒤 바꾸세요.")

// admins names the accounts of administrators.
func (g *Gate) admins(ctx context.Context) (names []string, err error) {
	all, err := g.records.Accounts(ctx)
	for _, a := range all {
		if a.Role == Admin {
			names = append(names, a.Name)
		}
	}
	return names, err
}

// anotherAdmin makes sure, within a change, that an administrator besides name
// is left who can sign in.
func anotherAdmin(tx footage.Tx, admins []string, name string) error {
	for _, other := range admins {
		a := Account{Name: other}
		if err := tx.Load(&a); err != nil {
			return err
		}
		if a.Name != name && a.Role == Admin && !a.Disabled {
			return nil
		}
	}
	return errLastAdmin
}

// SetDisabled stops an account (its sessions end at once) or lets it be used
// again. Accounts are never deleted: entries name them for ever.
func (g *Gate) SetDisabled(ctx context.Context, by ledger.Actor, name string, disabled bool) error {
	change := changedEnabled
	if disabled {
		change = changedDisabled
	}
	if by.Account == CleanName(name) {
		return errOneself
	}
	admins, err := g.admins(ctx)
	if err != nil {
		return err
	}
	return g.alter(ctx, change, by, name, func(tx footage.Tx, a *Account, _ map[string]string) error {
		if disabled && a.Role == Admin {
			if err := anotherAdmin(tx, admins, a.Name); err != nil {
				return err
			}
		}
		a.Disabled = disabled
		return nil
	})
}

// Unlock lifts the lock of an account that failed too often.
func (g *Gate) Unlock(ctx context.Context, by ledger.Actor, name string) error {
	return g.alter(ctx, changedUnlocked, by, name, func(_ footage.Tx, a *Account, _ map[string]string) error {
		a.Failures, a.LockedUntil = 0, instant.Time{}
		return nil
	})
}

// EndSessions ends every session of an account. A person's own page begins a
// new one for the browser it was asked from.
func (g *Gate) EndSessions(ctx context.Context, by ledger.Actor, name string) error {
	return g.alter(ctx, changedSessionsEnded, by, name, func(_ footage.Tx, a *Account, _ map[string]string) error {
		a.Epoch++
		return nil
	})
}

// ResetPassword sets a password for someone, who must change it at the next
// sign-in, and lifts a lock.
func (g *Gate) ResetPassword(ctx context.Context, by ledger.Actor, name, password string) error {
	hash, err := g.newHash(ctx, CleanName(name), password)
	if err != nil {
		return err
	}
	return g.alter(ctx, changedByResetter, by, name, func(_ footage.Tx, a *Account, _ map[string]string) error {
		a.PasswordHash, a.MustChange = hash, true
		a.Failures, a.LockedUntil = 0, instant.Time{}
		return nil
	})
}

var errOldPassword = refuse.Field("old", errOwnPassword.Code, errOwnPassword.Sentence)

// ChangePassword lets a person change their own. All their sessions end; the
// page starts a new one.
func (g *Gate) ChangePassword(ctx context.Context, by ledger.Actor, name, was, next string) error {
	name = CleanName(name)
	current, err := g.confirmed(ctx, name, was)
	switch {
	case errors.Is(err, errOwnPassword):
		return errOldPassword
	case err != nil:
		return err
	case was == next:
		return refuse.Field("new", "password-same", "지금 쓰는 것과 같은 비밀번호입니다. 다른 비밀번호를 정하세요.")
	}
	hash, err := g.newHash(ctx, name, next)
	if err != nil {
		return err
	}
	return g.alter(ctx, changedPassword, by, name, func(_ footage.Tx, a *Account, _ map[string]string) error {
		if a.PasswordHash != current.PasswordHash {
			return errOldPassword
		}
		a.PasswordHash, a.MustChange = hash, false
		return nil
	})
}

// PasswordLength is the fewest characters a password may have.
func (g *Gate) PasswordLength() int { return g.settings.PasswordLength }

// NewPassword makes up a password that somebody else is told: sixteen
// characters that can be read out over the telephone.
func (g *Gate) NewPassword() (string, error) {
	b := make([]byte, recoveryBytes)
	if _, err := io.ReadFull(g.random, b); err != nil {
		return "", fmt.Errorf("access: no randomness for a password: %w", err)
	}
	return readable(b), nil
}

func (g *Gate) newHash(ctx context.Context, name, password string) (string, error) {
	if err := checkPassword(name, password, g.settings.PasswordLength); err != nil {
		return "", err
	}
	return g.hashes.make(ctx, password)
}

// alter changes one account with its entry; edit may add facts and save more.
func (g *Gate) alter(ctx context.Context, what string, by ledger.Actor, name string, edit func(tx footage.Tx, a *Account, facts map[string]string) error) error {
	name = CleanName(name)
	defer g.accounts.drop(name)
	e := g.entry(ledger.ActAccountChanged, by, "account:"+name)
	return g.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		e.Facts = map[string]string{"change": what}
		a := Account{Name: name}
		if err := tx.Load(&a); err != nil {
			return err
		}
		if err := edit(tx, &a, e.Facts); err != nil {
			return err
		}
		return tx.Save(&a)
	})
}
