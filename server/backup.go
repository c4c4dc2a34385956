package main

import (
	"context"
	"errors"
)

type backupCmd struct {
	Dir     string `arg:"" help:"사본을 둘 폴더" type:"path"`
	records `embed:""`
}

func (c backupCmd) Run(context.Context, streams) error { return errors.New("unbuilt") }

type restoreCmd struct {
	Dir     string `arg:"" help:"사본 폴더" type:"existingdir"`
	records `embed:""`
}

func (c restoreCmd) Run(context.Context, streams) error { return errors.New("unbuilt") }
