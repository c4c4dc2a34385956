package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// The demonstration: an example institution, an account of each role, and what
// its cameras brought back over two months, drawn on the spot and taken in as
// any other footage. Its data directory is marked as a rehearsal and opens only
// to this machine, because everybody knows its password.

// errRehearsalOpen is refused because a rehearsal's clock can be set and a
// demonstration's password is public.
var errRehearsalOpen = errors.New("시연이나 연습용 데이터 폴더는 이 컴퓨터에서만 열 수 있습니다. 주소를 127.0.0.1로 시작하게 해 주세요")

// What the mark of a demonstration says while it is being filled, and after.
const (
	demoFilling = "시연용 데이터 폴더: 채우는 중\n"
	demoFilled  = "시연용 데이터 폴더\n"
)

// windingClock is the clock of a demonstration. It shows the real time, but
// while the two months before are played it shows theirs: nothing can be two
// months old that came in just now.
type windingClock struct {
	today func() time.Time
	past  atomic.Pointer[time.Time]
}

func (c *windingClock) now() time.Time {
	if past := c.past.Load(); past != nil {
		return *past
	}
	return c.today()
}

func (c *windingClock) wind(to time.Time) { c.past.Store(&to) }

func (c *windingClock) letGo() { c.past.Store(nil) }

// openDemo opens a data directory for a demonstration.
func openDemo(ctx context.Context, data, configFile string, today func() time.Time) (*house, error) {
	clock := &windingClock{today: today}
	h, err := openHouse(ctx, data, configFile, clock.now)
	if err != nil {
		return nil, err
	}
	h.demo = clock
	return h, nil
}

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
		err = s.playDemo(ctx, std)
	case !s.rehearsal():
		err = errors.New("이 데이터 폴더는 실제로 쓰는 것이라 시연으로 열 수 없습니다. --demo 없이 열거나 다른 폴더를 주세요")
	case s.demoCutOff():
		fmt.Fprintln(std.out, "지난번에 채우다 멈춘 시연입니다. 모두 보려면 끝내고 데이터 폴더를 지운 뒤 다시 시작해 주세요.")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "시연용 계정 (비밀번호는 모두 %s):\n", demoPassword)
	for _, p := range demoPeople {
		fmt.Fprintf(std.out, "  %-12s %s: %s\n", p.account.Name, p.account.Role.Korean(), p.account.Display)
	}
	return nil
}

// playDemo fills the data directory between its two marks.
func (s *service) playDemo(ctx context.Context, std streams) error {
	mark := filepath.Join(s.data, rehearsalMark)
	if err := os.WriteFile(mark, []byte(demoFilling), 0o600); err != nil {
		return err
	}
	p := &demoPlay{service: s, out: std.out, end: s.clock(), clips: map[string]string{}}
	defer s.demo.letGo()
	if err := p.run(ctx); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte(demoFilled), 0o600)
}

func (s *service) demoCutOff() bool {
	b, err := os.ReadFile(filepath.Join(s.data, rehearsalMark))
	return err == nil && string(b) == demoFilling
}
