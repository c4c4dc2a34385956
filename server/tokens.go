package main

import (
	"context"
	"fmt"

	"jikim/web/access"
)

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
	return c.atGate(ctx, func(_ *house, gate *access.Gate) error {
		secret, err := gate.CreateToken(ctx, operator(), c.Name, access.Role(c.Role), c.Department)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(std.out, secret)
		return err
	})
}

type tokenRevoke struct {
	Name    string `arg:"" help:"토큰 이름"`
	records `embed:""`
}

func (c tokenRevoke) Run(ctx context.Context, std streams) error {
	return c.atGate(ctx, func(_ *house, gate *access.Gate) error {
		if err := gate.RevokeToken(ctx, operator(), c.Name); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "토큰 %s을(를) 못 쓰게 했습니다.\n", c.Name)
		return err
	})
}
