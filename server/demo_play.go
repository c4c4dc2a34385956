package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"runtime"
	"slices"
	"time"

	"jikim/deploy"
	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/footage/review"
	"jikim/ingest"
	"jikim/server/demo"
	"jikim/web/access"
)

// demoPlay plays the two months before now: cards come back, people look and
// decide, and every night the sweep goes through, each by the way it always
// goes and at its own hour.
type demoPlay struct {
	*service
	out   io.Writer
	end   time.Time // the present, up to which is played
	door  *access.Gate
	clips map[string]string // card → its first clip
}

// act is something that happens at a time.
type act struct {
	at time.Time
	do func(ctx context.Context) error
}

func (p *demoPlay) run(ctx context.Context) (err error) {
	fmt.Fprintln(p.out, "시연용 기관과 두 달 동안의 영상을 만드는 중입니다 …")
	if p.door, err = p.newGate(); err != nil {
		return err
	}
	all := append(p.nights(), p.acts()...)
	all = append(all, p.returns(ctx)...)
	slices.SortStableFunc(all, func(a, b act) int { return a.at.Compare(b.at) })
	for _, a := range all {
		p.demo.wind(a.at)
		if err := a.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// day is so many days ago at an hour and a minute in Korea.
func (p *demoPlay) day(ago, hour, minute int) time.Time {
	y, m, d := p.end.In(instant.KST).Date()
	return time.Date(y, m, d-ago, hour, minute, 0, 0, instant.KST)
}

// acts are what people do beside handing in cards.
func (p *demoPlay) acts() []act {
	year := p.end.In(instant.KST).Year()
	complaint, report := fmt.Sprintf("민원 %d-114", year), fmt.Sprintf("민원 %d-131", year)
	return []act{
		{p.day(60, 8, 30), p.found},
		{p.day(41, 10, 5), p.confirm},
		{p.day(20, 9, 12), p.signIn("reviewer")},
		{p.day(20, 9, 15), p.look(demo.Loud, "폭언 신고 사실 확인", complaint)},
		{p.day(20, 9, 31), p.hold(demo.Loud, "evidence", complaint+"호 고발 검토", instant.DateOf(p.end).AddDays(10))},
		{p.day(10, 9, 40), p.buyCamera},
		{p.day(8, 10, 18), p.signIn("reviewer")},
		{p.day(8, 10, 20), p.correct(demo.Reset, p.day(9, 14, 10),
			"배터리가 방전되어 카메라 시계가 처음으로 돌아가 있었음. 민원 접수 시각과 반납 기록을 견주어 확인함")},
		{p.day(5, 10, 55), p.signIn("reviewer")},
		{p.day(5, 11, 0), p.look(demo.Looked, "악성민원 신고에 따른 사실 확인", report)},
		{p.day(2, 16, 3), p.signIn("auditor")},
	}
}

// found sets up the institution, its accounts, and a token for each dock that
// sends without a person.
func (p *demoPlay) found(ctx context.Context) error {
	yaml, err := deploy.Examples.Open("examples/hanbit.yaml")
	if err != nil {
		return err
	}
	defer yaml.Close()
	if _, err := p.importInstitution(ctx, yaml); err != nil {
		return err
	}
	for _, person := range demoPeople {
		if err := p.door.AddAccount(ctx, operator(), person.account, demoPassword); err != nil {
			return err
		}
	}
	for department, name := range demoDocks {
		if _, err := p.door.CreateToken(ctx, operator(), name, access.Agent, department); err != nil {
			return err
		}
	}
	return nil
}

// demoDocks are the tokens of the departments whose cards nobody of the
// demonstration's people hands in.
var demoDocks = map[string]string{"land": "토지정보과-도크", "park": "공원녹지과-도크"}

// sender is who hands in the cards of a department.
func (p *demoPlay) sender(department string) (account string, role access.Role) {
	for _, person := range demoPeople {
		if a := person.account; a.Department == department && (a.Role == access.Dock || a.Role == access.Uploader) {
			return a.Name, a.Role
		}
	}
	return "token:" + demoDocks[department], access.Agent
}

// buyCamera registers one more device, as an administrator who edits the file
// and imports it again.
func (p *demoPlay) buyCamera(ctx context.Context) error {
	reg, err := p.db.Registry(ctx)
	if err != nil {
		return err
	}
	reg.Devices = append(reg.Devices, devices.Device{
		ID: "pr-cam-1", Class: devices.Handheld, Maker: "GoPro", Model: "HERO11 Black", Serial: demo.ActionCamera,
		Label: "홍보 액션캠", Department: "pr", Clock: devices.ClockKST, BoughtOn: instant.DateOf(p.day(10, 0, 0)),
	})
	var yaml bytes.Buffer
	if err := devices.Write(&yaml, reg); err != nil {
		return err
	}
	_, err = p.importInstitution(ctx, &yaml)
	return err
}

// nights are the sweeps, as the server would have run them.
func (p *demoPlay) nights() (all []act) {
	if p.config.Sweep.Off {
		return nil
	}
	for ago := 59; ago >= 0; ago-- {
		at := p.day(ago, *p.config.Sweep.Hour, 0)
		if at.After(p.end) {
			continue
		}
		all = append(all, act{at, func(ctx context.Context) error {
			return p.gate().Sweep(ctx, "자동 파기 "+string(instant.DateOf(at)), func(retention.Finding) {})
		}})
	}
	return all
}

// returns are the cards handed in. Their files are being made meanwhile.
func (p *demoPlay) returns(ctx context.Context) (all []act) {
	studio := demo.OpenStudio(ctx, p.config.Media.FFmpeg)
	switch {
	case !studio.Films():
		fmt.Fprintln(p.out, "  ffmpeg가 없어 동영상은 건너뛰고 사진만 넣습니다. 설치한 뒤 빈 폴더로 다시 시작하면 모두 들어갑니다.")
	case !studio.HEVC():
		fmt.Fprintln(p.out, "  이 ffmpeg는 HEVC를 만들지 못해 모두 H.264로 넣습니다.")
	}
	cards := demo.Cards(p.end.In(instant.KST), studio.HEVC())
	made := studio.Make(ctx, cards, min(runtime.NumCPU(), 4))
	for i, card := range cards {
		all = append(all, act{card.Returned, func(ctx context.Context) error { return p.handIn(ctx, card, made[i]) }})
	}
	return all
}

// handIn checks in what is on a card, file by file.
func (p *demoPlay) handIn(ctx context.Context, card demo.Card, made []<-chan demo.Result) error {
	count := 0
	for i, file := range card.Files {
		if made[i] == nil {
			continue
		}
		result := <-made[i]
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if result.Err != nil {
			fmt.Fprintf(p.out, "  %s: 건너뜀 (%v)\n", path.Base(file.Path), result.Err)
			continue
		}
		clip, err := p.checkIn(ctx, card, file.Path, result.Bytes)
		if err != nil {
			return fmt.Errorf("시연용 영상 %s: %w", path.Base(file.Path), err)
		}
		if count++; count == 1 {
			p.clips[card.ID] = clip
		}
		p.demo.wind(p.clock().Add(2 * time.Second)) // as long as sending takes
	}
	if count > 0 {
		fmt.Fprintf(p.out, "  %s %s: 파일 %d개\n", instant.DateOf(card.Returned).Korean(), card.Title, count)
	}
	return nil
}

// checkIn sends one file through the real way in.
func (p *demoPlay) checkIn(ctx context.Context, card demo.Card, file string, b []byte) (clip string, err error) {
	account, role := p.sender(card.Department)
	request := ingest.Request{
		Size: int64(len(b)), FileName: path.Base(file), Path: file, Device: card.Device, Batch: card.Title,
		Account: account, Role: string(role), Department: card.Department, From: "127.0.0.1",
	}
	if card.ClockLate != 0 {
		request.DeviceClock = p.clock().In(instant.KST).Add(-card.ClockLate).Format("2006-01-02T15:04:05")
	}
	up, err := p.intake.Begin(ctx, request)
	if err != nil {
		return "", err
	}
	receipt := p.intake.Open(up, p.owner)
	defer receipt.Close()
	if _, err := receipt.Receive(ctx, 0, bytes.NewReader(b)); err != nil {
		return "", err
	}
	return up.ID, receipt.Finish(ctx)
}

// with does something to the first clip of a card, when there is one: without
// ffmpeg there is not.
func (p *demoPlay) with(card string, do func(ctx context.Context, by ledger.Actor, clip string) error) func(context.Context) error {
	by := ledger.Actor{Account: "reviewer", Role: string(access.Reviewer), From: "127.0.0.1"}
	return func(ctx context.Context) error {
		if clip, there := p.clips[card]; there {
			return do(ctx, by, clip)
		}
		return nil
	}
}

func (p *demoPlay) signIn(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := p.door.SignIn(ctx, name, demoPassword, "127.0.0.1")
		return err
	}
}

func (p *demoPlay) look(card, reason, caseNo string) func(context.Context) error {
	return p.with(card, func(ctx context.Context, by ledger.Actor, clip string) error {
		_, _, err := p.desk.OpenView(ctx, by, clip, reason, caseNo)
		return err
	})
}

func (p *demoPlay) hold(card, basis, reason string, until instant.Date) func(context.Context) error {
	return p.with(card, func(ctx context.Context, by ledger.Actor, clip string) error {
		_, err := p.desk.PlaceHold(ctx, by, clip, basis, reason, until)
		return err
	})
}

func (p *demoPlay) correct(card string, captured time.Time, why string) func(context.Context) error {
	return p.with(card, func(ctx context.Context, by ledger.Actor, clip string) error {
		_, err := p.desk.Correct(ctx, by, clip, review.FieldCapturedAt, captured.Format("2006-01-02T15:04"), why)
		return err
	})
}

// confirm is the responsible officer signing what the sweep has destroyed.
func (p *demoPlay) confirm(ctx context.Context) error {
	if err := p.signIn("responsible")(ctx); err != nil {
		return err
	}
	done, err := p.db.Destructions(ctx, "minwon", true, 100)
	if err != nil || len(done) == 0 {
		return err
	}
	clips := make([]string, len(done))
	for i, d := range done {
		clips[i] = d.Clip
	}
	by := ledger.Actor{Account: "responsible", Role: string(access.Responsible), From: "127.0.0.1"}
	return retention.Confirm(ctx, p.db, by, clips, p.now())
}
