package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"jikim/web/access"
)

func nowUTC() time.Time { return time.Now().UTC() }

// newGate lets people and programs into this house.
func (h *house) newGate() (*access.Gate, error) {
	return access.NewGate(h.db, h.db, access.Settings{}, h.clock, rand.Reader)
}

type accountCmd struct {
	Add accountAdd `cmd:"" help:"계정을 만든다"`
}

type accountAdd struct {
	Name         string `arg:"" help:"로그인 이름"`
	Role         string `required:"" help:"dock, uploader, reviewer, responsible, auditor, admin"`
	Department   string `help:"부서 id (비우면 기관 전체)"`
	Display      string `help:"화면에 보이는 이름"`
	PasswordFile string `help:"비밀번호가 든 파일 (없으면 임시 비밀번호를 만들어 한 번 보여 준다)" type:"existingfile"`
	KeepPassword bool   `help:"첫 로그인 때 비밀번호를 바꾸게 하지 않는다"`
	records      `embed:""`
}

func (c accountAdd) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	gate, err := h.newGate()
	if err != nil {
		return err
	}
	password := newPassword()
	if c.PasswordFile != "" {
		if password, err = secretFile(c.PasswordFile); err != nil {
			return err
		}
	}
	a := access.Account{
		Name: c.Name, Display: c.Display, Role: access.Role(c.Role), Department: c.Department, MustChange: !c.KeepPassword,
	}
	if err := gate.AddAccount(ctx, operator(), a, password); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "계정 %s(%s)을 만들었습니다.\n", c.Name, access.Role(c.Role).Korean())
	if c.PasswordFile == "" {
		fmt.Fprintf(std.out, "임시 비밀번호(다시 보여 주지 않습니다): %s\n", password)
	}
	return nil
}

// newPassword is 16 characters that can be read out over the telephone.
func newPassword() string {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // never fails
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	return s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

type tokenCmd struct {
	Create tokenCreate `cmd:"" help:"토큰을 만들어 한 번 보여 준다"`
	Revoke tokenRevoke `cmd:"" help:"토큰을 못 쓰게 한다"`
}

type tokenCreate struct {
	Name       string `arg:"" help:"토큰 이름"`
	Role       string `required:"" help:"agent 또는 다른 역할"`
	Department string `help:"부서 id (비우면 기관 전체)"`
	records    `embed:""`
}

func (c tokenCreate) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	gate, err := h.newGate()
	if err != nil {
		return err
	}
	secret, err := gate.CreateToken(ctx, operator(), c.Name, access.Role(c.Role), c.Department)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, secret)
	return err
}

type tokenRevoke struct {
	Name    string `arg:"" help:"토큰 이름"`
	records `embed:""`
}

func (c tokenRevoke) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	gate, err := h.newGate()
	if err != nil {
		return err
	}
	return gate.RevokeToken(ctx, operator(), c.Name)
}
