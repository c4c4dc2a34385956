package retention_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage/retention"
)

var update = flag.Bool("update", false, "write the golden files anew; read the difference before committing it")

// TestDecideSituations holds every situation's outcome, with its reasons,
// against the golden files, which are written to be read by a lawyer.
func TestDecideSituations(t *testing.T) {
	for group, list := range situations {
		t.Run(group, func(t *testing.T) {
			var b strings.Builder
			for i, s := range list {
				fmt.Fprintf(&b, "%d. %s\n", i+1, s.words)
				writeFacts(&b, s.facts)
				writeDecision(&b, retention.Decide(s.facts))
			}
			golden(t, group, b.String())
		})
	}
}

// TestDecideLawVector is the example the period is defined by: filmed on
// 1 November, 30 days, expires at the end of 1 December.
func TestDecideLawVector(t *testing.T) {
	d := retention.Decide(filmed(kst("2026-11-01 10:00"), jaenan))
	if d.CountFrom != "2026-11-01" || d.ExpiresOn != "2026-12-01" {
		t.Errorf("counted from %s until %s, want 2026-11-01 until 2026-12-01", d.CountFrom, d.ExpiresOn)
	}
	if want := utc("2026-12-01 15:00"); !d.DueAt.Std().Equal(want) {
		t.Errorf("due at %s, want %s", d.DueAt, want)
	}
	if d.Rule != "jaenan@1" || d.Review {
		t.Errorf("rule %s, review %t, want jaenan@1 without review", d.Rule, d.Review)
	}
}

// TestDecideRoundsUp: the check-in is known to the nanosecond, the due moment
// to the millisecond; the stay must not be cut short by rounding.
func TestDecideRoundsUp(t *testing.T) {
	f := with(filmed(kst("2026-09-01 10:00"), minwon), checkedIn(kst("2026-11-01 10:00:00.000000001")))
	d := retention.Decide(f)
	if soonest := f.CheckedInAt.Add(f.MinimumStay); d.DueAt.Std().Before(soonest) {
		t.Errorf("due at %s, sooner than %s", d.DueAt, soonest)
	}
}

// TestDecideAgain: a decision made again, because another file of the recording
// came, says where its facts are from and begins the stay anew.
func TestDecideAgain(t *testing.T) {
	f := with(filmed(kst("2026-09-01 10:00"), jaenan), checkedIn(kst("2026-09-02 10:00")))
	f.Because = []string{"같은 촬영의 파일 DJI_0001.MP4의 촬영 시각을 따릅니다."}
	f.StaysFrom = kst("2026-12-01 10:00")
	d := retention.Decide(f)
	if want := f.StaysFrom.Add(f.MinimumStay); !d.DueAt.Std().Equal(want) || d.ExpiresOn != "2026-10-01" {
		t.Errorf("expires %s, due %s, want %s", d.ExpiresOn, d.DueAt, want)
	}
	reasons := strings.Join(d.Reasons, "\n")
	if !strings.Contains(reasons, f.Because[0]+"\n촬영 시각은") || !strings.Contains(reasons, "보관기간을 다시 정한 뒤 적어도") {
		t.Errorf("the reasons are:\n%s", reasons)
	}
}

func TestFallback(t *testing.T) {
	own := func(p devices.Purpose, department string) devices.Purpose { p.Department = department; return p }
	tests := map[string]struct {
		purposes []devices.Purpose
		want     string
	}{
		"shortest of its own and the common":   {[]devices.Purpose{own(haengji, "toji"), jaenan}, "jaenan"},
		"another department's is not its":      {[]devices.Purpose{own(minwon, "minwon"), own(haengji, "toji")}, "haengji"},
		"permanent when there is nothing else": {[]devices.Purpose{hongbo}, "hongbo"},
		"first of equals":                      {[]devices.Purpose{jaenan, days("later", "순찰", 30)}, "jaenan"},
		"none":                                 {[]devices.Purpose{own(minwon, "minwon")}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, found := retention.Fallback(tt.purposes, "toji")
			if got.ID != tt.want || found != (tt.want != "") {
				t.Errorf("got %q, %t, want %q", got.ID, found, tt.want)
			}
		})
	}
}

func TestDDay(t *testing.T) {
	due := instant.Of(kst("2026-12-02 00:00"))
	tests := []struct{ now, want string }{
		{"2026-11-29 23:59", "D-3"},
		{"2026-12-01 23:59", "D-1"},
		{"2026-12-02 00:00", "오늘"},
		{"2026-12-02 23:59", "오늘"},
		{"2026-12-03 00:00", "D+1"},
		{"2025-12-02 08:00", "D-365"},
	}
	for _, tt := range tests {
		if got := retention.DDay(kst(tt.now), due); got != tt.want {
			t.Errorf("on %s: %q, want %q", tt.now, got, tt.want)
		}
	}
	if got := retention.DDay(kst("2026-12-02 00:00"), instant.Time{}); got != "영구" {
		t.Errorf("not set: %q, want 영구", got)
	}
}

func writeFacts(b *strings.Builder, f retention.Facts) {
	at := "모름"
	if !f.CapturedAt.IsZero() {
		at = moment(f.CapturedAt)
	}
	fmt.Fprintf(b, "   사실  촬영 %s · 신뢰도 %s · 입고 %s", at, orNone(f.Confidence), moment(f.CheckedInAt))
	fmt.Fprintf(b, " · 최소 보관 %s", f.MinimumStay)
	if !f.DeviceKnown {
		b.WriteString(" · 모르는 기기")
	}
	if f.BoughtOn != "" {
		fmt.Fprintf(b, " · 기기 도입 %s", f.BoughtOn)
	}
	b.WriteString("\n")
}

func writeDecision(b *strings.Builder, d retention.Decision) {
	if d.ExpiresOn == "" {
		fmt.Fprintf(b, "   결정  영구 보관 (규칙 %s, %s부터)\n", d.Rule, d.CountFrom)
	} else {
		fmt.Fprintf(b, "   결정  %s까지 보관, %s부터 파기 가능 (규칙 %s, %s부터 셈)\n",
			d.ExpiresOn, moment(d.DueAt.Std()), d.Rule, d.CountFrom)
	}
	for _, s := range d.Reasons {
		fmt.Fprintf(b, "   이유  %s\n", s)
	}
	for _, s := range d.Doubts {
		fmt.Fprintf(b, "   확인  %s\n", s)
	}
	if d.Review != (len(d.Doubts) > 0) {
		b.WriteString("   !!  확인 필요와 확인할 점이 서로 맞지 않음\n")
	}
	b.WriteString("\n")
}

func moment(t time.Time) string {
	return t.In(instant.KST).Format("2006-01-02 15:04:05")
}

func orNone(s string) string {
	if s == "" {
		return "없음"
	}
	return s
}

// golden compares got with testdata/<name>.golden, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if this is meant, run the test with -update:\n%s", path, diff)
	}
}
