package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"jikim/deploy"
	"jikim/devices/instant"
	"jikim/footage/ledger"
	"jikim/ingest"
	"jikim/web/access"
)

// The demonstration: an example institution, an account of each role, and a
// few recordings made on the spot and checked in as any other. Its data
// directory is marked as a rehearsal and opens only to this machine, because
// everybody knows its password.

const demoPassword = "hanbit-demo-2026"

var demoAccounts = []access.Account{
	{Name: "dock", Display: "도크 이용자(민원과)", Role: access.Dock, Department: "minwon"},
	{Name: "pr", Display: "촬영·업로드 담당(홍보담당관)", Role: access.Uploader, Department: "pr"},
	{Name: "reviewer", Display: "접근권한자(민원과)", Role: access.Reviewer, Department: "minwon"},
	{Name: "responsible", Display: "관리책임자(민원과)", Role: access.Responsible, Department: "minwon"},
	{Name: "auditor", Display: "감사", Role: access.Auditor},
	{Name: "admin", Display: "시스템 관리자", Role: access.Admin},
}

// errRehearsalOpen is refused because a rehearsal's clock can be set and a
// demonstration's password is public.
var errRehearsalOpen = errors.New("시연이나 연습용 데이터 폴더는 이 컴퓨터에서만 열 수 있습니다. 주소를 127.0.0.1로 시작하게 해 주세요")

// onlyHere reports whether nobody but this machine can reach the server.
func (s *service) onlyHere() bool {
	host, _, err := net.SplitHostPort(s.listener[0].Addr().String())
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}

// fillDemo fills an empty data directory; one that is filled already is only
// told about.
func (s *service) fillDemo(ctx context.Context, std streams) error {
	if !s.onlyHere() {
		return errRehearsalOpen
	}
	reg, err := s.db.Registry(ctx)
	if err != nil {
		return err
	}
	switch {
	case reg.Institution.ID == "":
		fmt.Fprintln(std.out, "시연용 기관과 영상을 만드는 중입니다 …")
		if err := s.makeDemo(ctx, std); err != nil {
			return err
		}
	case !s.rehearsal():
		return errors.New("이 데이터 폴더는 실제로 쓰는 것이라 시연으로 열 수 없습니다. --demo 없이 열거나 다른 폴더를 주세요")
	}
	fmt.Fprintf(std.out, "시연용 계정 (비밀번호는 모두 %s):\n", demoPassword)
	for _, a := range demoAccounts {
		fmt.Fprintf(std.out, "  %-12s %s\n", a.Name, a.Display)
	}
	return nil
}

func (s *service) makeDemo(ctx context.Context, std streams) error {
	if err := os.WriteFile(filepath.Join(s.data, rehearsalMark), []byte("시연용 데이터 폴더\n"), 0o600); err != nil {
		return err
	}
	yaml, err := deploy.Examples.Open("examples/hanbit.yaml")
	if err != nil {
		return err
	}
	defer yaml.Close()
	if _, err := s.importInstitution(ctx, yaml); err != nil {
		return err
	}
	gate, err := s.newGate()
	if err != nil {
		return err
	}
	for _, a := range demoAccounts {
		if err := gate.AddAccount(ctx, operator(), a, demoPassword); err != nil {
			return err
		}
	}
	for _, r := range demoRecordings(s.clock()) {
		if err := s.checkInDemo(ctx, r, std); err != nil {
			return fmt.Errorf("시연용 영상 %s: %w", r.name, err)
		}
	}
	return nil
}

// demoRecording is one recording to be made.
type demoRecording struct {
	name, device, account, department string
	stamp                             time.Time // what the camera writes into the file; zero = nothing
	seconds                           int       // 0 = a photo
	hue                               int       // so that pictures can be told apart
	hold                              string    // reason of a hold placed on it
}

func demoRecordings(now time.Time) []demoRecording {
	today := now.In(instant.KST).Truncate(time.Hour)
	ago := func(days, hours int) time.Time {
		return today.AddDate(0, 0, -days).Add(-time.Duration(hours) * time.Hour)
	}
	// Body cameras write the clock on the wall as if it were UTC; drones write UTC.
	wall := func(t time.Time) time.Time {
		_, offset := t.Zone()
		return t.UTC().Add(time.Duration(offset) * time.Second)
	}
	return []demoRecording{
		{name: "BC1_" + ago(1, 2).Format("20060102_150405") + ".MP4", device: "HB-BC-0001", account: "dock", department: "minwon", stamp: wall(ago(1, 2)), seconds: 8, hue: 200},
		{name: "BC2_" + ago(6, 1).Format("20060102_150405") + ".MP4", device: "HB-BC-0002", account: "dock", department: "minwon", stamp: wall(ago(6, 1)), seconds: 6, hue: 30, hold: "폭언 민원 2026-114호 고발 검토"},
		{name: "BC1_" + ago(20, 3).Format("20060102_150405") + ".MP4", device: "HB-BC-0001", account: "dock", department: "minwon", stamp: wall(ago(20, 3)), seconds: 4, hue: 120},
		{name: "BC3_19800101_000012.MP4", device: "HB-BC-0003", account: "dock", department: "minwon", stamp: time.Date(1980, 1, 1, 0, 0, 12, 0, time.UTC), seconds: 4, hue: 300},
		{name: "DJI_" + ago(12, 4).Format("20060102150405") + "_0001_D.MP4", device: "HB-DR-0001", account: "pr", department: "pr", stamp: ago(12, 4).UTC(), seconds: 10, hue: 240},
		{name: "DJI_" + ago(3, 5).Format("20060102150405") + "_0002_D.MP4", device: "HB-DR-0002", account: "pr", department: "park", stamp: ago(3, 5).UTC(), seconds: 6, hue: 90},
		{name: "DJI_" + ago(12, 4).Format("20060102150405") + "_0003.JPG", device: "HB-DR-0001", account: "pr", department: "pr", hue: 260},
	}
}

// checkInDemo makes one recording and sends it through the real way in.
func (s *service) checkInDemo(ctx context.Context, r demoRecording, std streams) error {
	b, err := r.make(ctx, s.config.Media.FFmpeg)
	if err != nil {
		fmt.Fprintf(std.out, "  %s: 건너뜀 (%v)\n", r.name, err)
		return nil // without ffmpeg the demonstration has photos only
	}
	up, err := s.intake.Begin(ctx, ingest.Request{
		Size: int64(len(b)), FileName: r.name, Device: r.device, Account: r.account, Role: "agent", Department: r.department,
	})
	if err != nil {
		return err
	}
	receipt := s.intake.Open(up, s.owner)
	defer receipt.Close()
	if _, err := receipt.Receive(ctx, 0, bytes.NewReader(b)); err != nil {
		return err
	}
	if err := receipt.Finish(ctx); err != nil {
		return err
	}
	if r.hold == "" {
		return nil
	}
	_, err = s.desk.PlaceHold(ctx, ledger.Actor{Account: "reviewer", Role: string(access.Reviewer)}, up.ID, "evidence", r.hold, "")
	return err
}

func (r demoRecording) make(ctx context.Context, ffmpeg string) ([]byte, error) {
	if r.seconds == 0 {
		return demoPhoto(r.hue)
	}
	if _, err := exec.LookPath(ffmpeg); err != nil {
		return nil, errors.New("ffmpeg가 없습니다")
	}
	dir, err := os.MkdirTemp("", "jikim-demo")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system empties its temporary folder too
	path := filepath.Join(dir, "demo.mp4")
	args := []string{
		"-v", "error", "-nostdin", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=640x360:rate=25:duration=%d,hue=h=%d", r.seconds, r.hue),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=%d:duration=%d", 220+r.hue, r.seconds),
		"-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k",
	}
	if !r.stamp.IsZero() {
		args = append(args, "-metadata", "creation_time="+r.stamp.Format("2006-01-02T15:04:05Z"))
	}
	if out, err := exec.CommandContext(ctx, ffmpeg, append(args, path)...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(path)
}

// demoPhoto draws a picture that says nothing of when it was taken.
func demoPhoto(hue int) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, 960, 540))
	for y := range 540 {
		for x := range 960 {
			img.Set(x, y, color.RGBA{uint8(hue % 256), uint8(x * 255 / 960), uint8(y * 255 / 540), 255})
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85})
	return b.Bytes(), err
}
