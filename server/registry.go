package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage/ledger"
)

type migrateCmd struct {
	Do      string `arg:"" optional:"" enum:"up,down,status" default:"up" help:"up, down 또는 status"`
	records `embed:""`
}

func (c migrateCmd) Run(ctx context.Context, std streams) error {
	h, err := openStores(ctx, c.Data, c.Config, nowUTC)
	if err != nil {
		return err
	}
	defer h.Close()
	switch c.Do {
	case "up":
		err = h.db.Migrate()
	case "down":
		err = h.db.MigrateDown()
	}
	if err != nil {
		return err
	}
	steps, err := h.db.MigrationStatus()
	if err != nil {
		return err
	}
	for _, s := range steps {
		state := "아직"
		if s.Applied {
			state = "적용됨"
		}
		fmt.Fprintf(std.out, "%s\t%s\n", s.ID, state)
	}
	return nil
}

type institutionCmd struct {
	Import institutionImport `cmd:"" help:"YAML 파일을 등록부에 들여온다"`
	Export institutionExport `cmd:"" help:"등록부를 YAML로 내보낸다"`
}

type institutionImport struct {
	File    string `arg:"" type:"existingfile" help:"기관 등록부 (deploy/examples 참고)"`
	records `embed:""`
}

func (c institutionImport) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	changes, err := h.importInstitution(ctx, f)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		fmt.Fprintln(std.out, "바뀐 것이 없습니다.")
	}
	for _, change := range changes {
		fmt.Fprintln(std.out, change.Sentence)
	}
	reg, err := h.db.Registry(ctx)
	if err != nil {
		return err
	}
	for _, warning := range reg.Warnings(instant.DateOf(h.clock())) {
		fmt.Fprintln(std.out, "확인해 주세요:", warning)
	}
	return nil
}

// importInstitution brings a registry file in as one act; nothing is brought
// in when anything in it is wrong.
func (h *house) importInstitution(ctx context.Context, yaml io.Reader) ([]devices.Change, error) {
	wanted, err := devices.Parse(yaml)
	if err != nil {
		return nil, err
	}
	var changes []devices.Change
	e := ledger.Entry{Act: ledger.ActRegistryImported, Actor: operator(), Subject: "institution:" + wanted.Institution.ID}
	err = h.db.SaveRegistry(ctx, e, func(now devices.Registry, e *ledger.Entry) (devices.Registry, error) {
		var merged devices.Registry
		var err error
		if merged, changes, err = devices.Merge(now, wanted); err != nil {
			return merged, err
		}
		var lines []string
		for _, c := range changes {
			lines = append(lines, c.Sentence)
		}
		e.Facts = map[string]string{"changes": strings.Join(lines, "\n")}
		return merged, nil
	})
	return changes, err
}

type institutionExport struct {
	records `embed:""`
}

func (c institutionExport) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	reg, err := h.db.Registry(ctx)
	if err != nil {
		return err
	}
	return devices.Write(std.out, reg)
}
