package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"jikim/devices/instant"
	"jikim/footage/retention"
)

type sweepCmd struct {
	DryRun  bool   `short:"n" help:"무엇을 왜 파기할지 보여 주기만 한다"`
	At      string `help:"이 시각이라고 치고 (RFC 3339). -n이거나 연습용 데이터 폴더일 때만" placeholder:"TIME"`
	JSON    bool   `name:"json" help:"한 줄에 한 영상씩 JSON으로"`
	records `embed:""`
}

// sweepLine is one clip as the sweep tells of it.
type sweepLine struct {
	Clip       string   `json:"clip"`
	FileName   string   `json:"file_name"`
	Department string   `json:"department"`
	Purpose    string   `json:"purpose"`
	Rule       string   `json:"rule"`
	ExpiresOn  string   `json:"expires_on"`
	Reasons    []string `json:"reasons"`
	Officer    string   `json:"officer,omitempty"`
	Outcome    string   `json:"outcome"` // due, destroyed, kept, failed
	Why        string   `json:"why,omitempty"`
}

func (c sweepCmd) Run(ctx context.Context, std streams) error {
	clock, err := c.clock()
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, c.Data, c.Config, clock)
	if err != nil {
		return err
	}
	defer h.Close()
	if c.At != "" && !c.DryRun && !h.rehearsal() {
		return errors.New("시각을 바꾸어 파기할 수 있는 것은 연습용 데이터 폴더뿐입니다. 보기만 하려면 -n을 붙여 주세요")
	}
	out := newSweepPrinter(std, c.JSON)
	if c.DryRun {
		err = h.gate().Preview(ctx, h.now(), func(f retention.Finding) error {
			out.print(f, "due")
			return nil
		})
	} else {
		if _, err = h.gate().Resume(ctx); err == nil {
			cycle := "명령으로 실행한 파기 " + string(instant.DateOf(h.clock()))
			err = h.gate().Sweep(ctx, cycle, func(f retention.Finding) { out.print(f, "destroyed") })
		}
	}
	return errors.Join(err, out.end())
}

func (c sweepCmd) clock() (func() time.Time, error) {
	if c.At == "" {
		return time.Now, nil
	}
	at, err := time.Parse(time.RFC3339, c.At)
	if err != nil {
		return nil, misuse{fmt.Errorf("--at의 시각 %q을 읽지 못했습니다. 2027-01-01T00:00:00+09:00처럼 적어 주세요", c.At)}
	}
	return func() time.Time { return at }, nil
}

type sweepPrinter struct {
	json  *json.Encoder
	table *tabwriter.Writer
	count map[string]int
}

func newSweepPrinter(std streams, asJSON bool) *sweepPrinter {
	p := &sweepPrinter{count: map[string]int{}}
	if asJSON {
		p.json = json.NewEncoder(std.out)
		p.json.SetEscapeHTML(false)
		return p
	}
	p.table = tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(p.table, "결과\t파일\t부서\t목적\t보관 만료\t까닭")
	return p
}

var outcomeWords = map[string]string{"due": "파기 예정", "destroyed": "파기됨", "kept": "보관", "failed": "실패"}

func (p *sweepPrinter) print(f retention.Finding, outcome string) {
	line := sweepLine{
		Clip: f.Clip.ID, FileName: f.Clip.FileName, Department: f.Clip.Department, Purpose: f.Clip.Purpose,
		Rule: f.Clip.Rule, ExpiresOn: string(f.Clip.ExpiresOn), Reasons: f.Clip.Reasons, Officer: f.Officer, Outcome: outcome,
	}
	switch {
	case f.Err != nil:
		line.Outcome, line.Why = "failed", sentence(f.Err)
	case f.Kept != "":
		line.Outcome, line.Why = "kept", f.Kept
	}
	p.count[line.Outcome]++
	if p.json != nil {
		_ = p.json.Encode(line) // a broken pipe ends the program anyway
		return
	}
	why := line.Why
	if why == "" && len(line.Reasons) > 0 {
		why = line.Reasons[0]
	}
	fmt.Fprintf(p.table, "%s\t%s\t%s\t%s\t%s\t%s\n",
		outcomeWords[line.Outcome], line.FileName, line.Department, line.Purpose, f.Clip.ExpiresOn.Korean(), why)
}

func (p *sweepPrinter) end() error {
	if p.table == nil {
		return nil
	}
	fmt.Fprintf(p.table, "\n파기 예정 %d건, 파기됨 %d건, 보관 %d건, 실패 %d건\n", p.count["due"], p.count["destroyed"], p.count["kept"], p.count["failed"])
	return p.table.Flush()
}
