package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"jikim/web/access"
)

func nowUTC() time.Time { return time.Now().UTC() }

// newGate lets people and programs into this house.
func (h *house) newGate() (*access.Gate, error) {
	c := h.config.Access
	return access.NewGate(h.db, h.db, access.Settings{
		Failures: c.Failures, LockFor: c.LockFor, PasswordLength: c.PasswordLength,
		SecondFactor: access.SecondFactor(c.SecondFactor), Site: c.Site, Keys: h.keys,
	}, h.clock, rand.Reader)
}

// atGate opens the house and asks its gate to do something.
func (r records) atGate(ctx context.Context, do func(h *house, gate *access.Gate) error) error {
	h, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	gate, err := h.newGate()
	if err != nil {
		return err
	}
	return do(h, gate)
}

type accountCmd struct {
	Add      accountAdd      `cmd:"" help:"계정을 만든다"`
	List     accountList     `cmd:"" help:"계정을 모두 보여 준다"`
	Reassign accountReassign `cmd:"" help:"역할과 부서를 바꾼다 (인사이동)"`
	Password accountPassword `cmd:"" help:"비밀번호를 다시 정하고 잠금을 푼다"`
	Disable  accountDisable  `cmd:"" help:"못 쓰게 한다; 로그인해 있으면 바로 끝난다"`
	Enable   accountEnable   `cmd:"" help:"다시 쓰게 한다"`
	Unlock   accountUnlock   `cmd:"" help:"여러 번 틀려 잠긴 것을 푼다"`
	NoSecond accountNoSecond `cmd:"" name:"reset-second-factor" help:"2단계 인증을 모두 지운다 (휴대전화나 보안 키를 잃었을 때)"`
}

type accountAdd struct {
	Name         string `arg:"" help:"로그인 이름"`
	Role         string `required:"" help:"dock, uploader, reviewer, responsible, auditor, admin"`
	Department   string `help:"부서 id (비우면 기관 전체)"`
	Display      string `help:"화면에 보이는 이름"`
	KeepPassword bool   `help:"첫 로그인 때 비밀번호를 바꾸게 하지 않는다"`
	firstPassword
	records `embed:""`
}

func (c accountAdd) Run(ctx context.Context, std streams) error {
	password, err := c.password()
	if err != nil {
		return err
	}
	return c.atGate(ctx, func(_ *house, gate *access.Gate) error {
		a := access.Account{
			Name: c.Name, Display: c.Display, Role: access.Role(c.Role), Department: c.Department, MustChange: !c.KeepPassword,
		}
		if err := gate.AddAccount(ctx, operator(), a, password); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "계정 %s(%s)을 만들었습니다.\n", c.Name, access.Role(c.Role).Korean())
		c.tell(std, password)
		return nil
	})
}

// firstPassword is a password somebody else sets: from a file, never from the
// command line, which others on the machine can read; else a made-up one.
type firstPassword struct {
	PasswordFile string `help:"비밀번호가 든 파일 (없으면 임시 비밀번호를 만들어 한 번 보여 준다)" type:"existingfile"`
}

func (p firstPassword) password() (string, error) {
	if p.PasswordFile == "" {
		return newPassword(), nil
	}
	return secretFile(p.PasswordFile)
}

func (p firstPassword) tell(std streams, password string) {
	if p.PasswordFile == "" {
		fmt.Fprintf(std.out, "임시 비밀번호(다시 보여 주지 않습니다): %s\n", password)
	}
}

// newPassword is 16 characters that can be read out over the telephone.
func newPassword() string {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // never fails
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	return s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

type accountList struct {
	records `embed:""`
}

func (c accountList) Run(ctx context.Context, std streams) error {
	return c.atGate(ctx, func(h *house, _ *access.Gate) error {
		all, err := h.db.Accounts(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(table, "이름\t역할\t부서\t보이는 이름\t마지막 로그인\t상태")
		for _, a := range all {
			last, state := "없음", "사용"
			if !a.LastSignIn.IsZero() {
				last = a.LastSignIn.Korean()
			}
			switch {
			case a.Disabled:
				state = "사용 정지"
			case h.now().Before(a.LockedUntil):
				state = a.LockedUntil.Korean() + "까지 잠김"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Name, a.Role.Korean(), a.Department, a.Display, last, state)
		}
		return table.Flush()
	})
}

type accountReassign struct {
	Name       string `arg:"" help:"로그인 이름"`
	Role       string `required:"" help:"dock, uploader, reviewer, responsible, auditor, admin"`
	Department string `help:"부서 id (비우면 기관 전체)"`
	Display    string `help:"화면에 보이는 이름 (비우면 그대로)"`
	records    `embed:""`
}

func (c accountReassign) Run(ctx context.Context, std streams) error {
	return c.atGate(ctx, func(_ *house, gate *access.Gate) error {
		if err := gate.Reassign(ctx, operator(), c.Name, access.Role(c.Role), c.Department, c.Display); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "계정 %s의 역할은 이제 %s입니다.\n", c.Name, access.Role(c.Role).Korean())
		return nil
	})
}

type accountPassword struct {
	Name string `arg:"" help:"로그인 이름"`
	firstPassword
	records `embed:""`
}

func (c accountPassword) Run(ctx context.Context, std streams) error {
	password, err := c.password()
	if err != nil {
		return err
	}
	return c.atGate(ctx, func(_ *house, gate *access.Gate) error {
		if err := gate.ResetPassword(ctx, operator(), c.Name, password); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "계정 %s의 비밀번호를 다시 정했습니다. 로그인하면 먼저 비밀번호를 바꿉니다.\n", c.Name)
		c.tell(std, password)
		return nil
	})
}

type accountDisable struct {
	Name    string `arg:"" help:"로그인 이름"`
	records `embed:""`
}

func (c accountDisable) Run(ctx context.Context, std streams) error {
	return c.setDisabled(ctx, std, c.Name, true)
}

type accountEnable struct {
	Name    string `arg:"" help:"로그인 이름"`
	records `embed:""`
}

func (c accountEnable) Run(ctx context.Context, std streams) error {
	return c.setDisabled(ctx, std, c.Name, false)
}

func (r records) setDisabled(ctx context.Context, std streams, name string, disabled bool) error {
	return r.atGate(ctx, func(_ *house, gate *access.Gate) error {
		if err := gate.SetDisabled(ctx, operator(), name, disabled); err != nil {
			return err
		}
		if disabled {
			fmt.Fprintf(std.out, "계정 %s을(를) 못 쓰게 했습니다.\n", name)
		} else {
			fmt.Fprintf(std.out, "계정 %s을(를) 다시 쓰게 했습니다.\n", name)
		}
		return nil
	})
}

type accountUnlock struct {
	Name    string `arg:"" help:"로그인 이름"`
	records `embed:""`
}

func (c accountUnlock) Run(ctx context.Context, std streams) error {
	return c.atGate(ctx, func(_ *house, gate *access.Gate) error {
		if err := gate.Unlock(ctx, operator(), c.Name); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "계정 %s의 잠금을 풀었습니다.\n", c.Name)
		return err
	})
}

type accountNoSecond struct {
	Name    string `arg:"" help:"로그인 이름"`
	records `embed:""`
}

func (c accountNoSecond) Run(ctx context.Context, std streams) error {
	return c.atGate(ctx, func(_ *house, gate *access.Gate) error {
		if err := gate.ResetSecondFactor(ctx, operator(), c.Name); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "계정 %s의 2단계 인증을 모두 지웠습니다. 본인이 다시 등록하게 알려 주십시오.\n", c.Name)
		return err
	})
}
