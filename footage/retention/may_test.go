package retention_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/retention"
)

// clipOf makes the record a decision leads to.
func clipOf(f retention.Facts) footage.Clip {
	d := retention.Decide(f)
	c := footage.Clip{
		ID: "0193", State: footage.Registered,
		CapturedAt: instant.Of(f.CapturedAt), CheckedInAt: instant.Of(f.CheckedInAt),
		Rule: d.Rule, FiledOn: d.CountFrom, ExpiresOn: d.ExpiresOn, DueAt: d.DueAt,
	}
	if d.Review {
		c.State = footage.Review
	}
	return c
}

func changed(c footage.Clip, change func(*footage.Clip)) footage.Clip {
	change(&c)
	return c
}

func held(basis, reason string) footage.Hold {
	return footage.Hold{Basis: basis, Reason: reason, PlacedBy: "hong", PlacedAt: instant.Of(kst("2026-11-03 09:00"))}
}

func released(h footage.Hold) footage.Hold {
	h.ReleasedAt = instant.Of(kst("2026-11-10 09:00"))
	return h
}

func TestMaySituations(t *testing.T) {
	clip := clipOf(filmed(kst("2026-11-01 10:00"), minwon)) // expires at the end of 16 November
	after, ledger := kst("2026-11-17 03:00"), kst("2026-11-17 02:59")
	complaint := held("evidence", "폭행 고소를 준비함")
	request := held("request", "열람 청구 2026-31호")
	old := clipOf(with(filmed(kst("2026-09-01 10:00"), minwon), checkedIn(kst("2026-11-01 10:00"))))

	cases := []struct {
		words  string
		now    time.Time
		clip   footage.Clip
		holds  []footage.Hold
		ledger time.Time
		code   string // "" = may be destroyed
	}{
		{"보관기간이 끝났고 걸린 것이 없다", after, clip, nil, ledger, ""},
		{"만료일이 끝나기 1초 전", kst("2026-11-16 23:59:59"), clip, nil, kst("2026-11-16 22:00"), "not-due"},
		{"만료일이 끝난 바로 그 순간", kst("2026-11-17 00:00"), clip, nil, kst("2026-11-16 22:00"), ""},
		{"만료 사흘 전", kst("2026-11-14 10:00"), clip, nil, kst("2026-11-14 09:00"), "not-due"},
		{"증거자료로 보류되어 있다", after, clip, []footage.Hold{complaint}, ledger, "on-hold"},
		{"보류가 풀렸다", after, clip, []footage.Hold{released(complaint)}, ledger, ""},
		{"보류 둘 가운데 하나만 풀렸다", after, clip, []footage.Hold{released(complaint), request}, ledger, "on-hold"},
		{"보류 둘이 모두 걸려 있다", after, clip, []footage.Hold{complaint, request}, ledger, "on-hold"},
		{"보존 요청과 알 수 없는 근거의 보류", after, clip, []footage.Hold{held("preservation", "정보주체의 보존 요청"), held("court", "법원의 명령")}, ledger, "on-hold"},
		{"다시 볼 날이 지났어도 보류는 저절로 풀리지 않는다", after, clip, []footage.Hold{func() footage.Hold { h := complaint; h.Until = "2026-11-05"; return h }()}, ledger, "on-hold"},
		{"영구 보관하는 영상", after, clipOf(filmed(kst("2026-11-01 10:00"), hongbo)), nil, ledger, "kept-permanently"},
		{"확인 필요에 있는 영상도 기간이 끝나면 파기한다", kst("2026-11-17 00:00"), clipOf(with(filmed(kst("2026-11-01 10:00"), minwon), confidence("D"))), nil, ledger.AddDate(0, 0, -1), ""},
		{"묵은 영상: 최소 보관이 끝나기 전", kst("2026-11-04 09:59:59"), old, nil, kst("2026-11-02 00:00"), "not-due"},
		{"묵은 영상: 최소 보관이 끝났다", kst("2026-11-04 10:00"), old, nil, kst("2026-11-02 00:00"), ""},
		{"이미 파기되었다", after, changed(clip, func(c *footage.Clip) { c.State = footage.Destroyed }), nil, ledger, "already-destroyed"},
		{"파기하는 중이다", after, changed(clip, func(c *footage.Clip) { c.State = footage.Destroying }), nil, ledger, "being-destroyed"},
		{"상태를 알 수 없다", after, changed(clip, func(c *footage.Clip) { c.State = "" }), nil, ledger, "unknown-state"},
		{"서버 시계가 관리대장보다 이르다", after, clip, nil, kst("2026-11-17 03:01"), "clock-behind"},
		{"서버 시계와 관리대장이 같은 순간이다", after, clip, nil, after, ""},
		{"관리대장이 비어 있다", after, clip, nil, time.Time{}, ""},
		{"서버 시계가 입고보다 이르다", kst("2026-10-31 10:00"), clip, nil, kst("2026-10-30 10:00"), "clock-behind"},
		{"촬영이 입고보다 늦게 적혀 있다", after, changed(clip, func(c *footage.Clip) { c.CapturedAt = c.CheckedInAt.Add(time.Hour) }), nil, ledger, "implausible-time"},
		{"촬영이 입고보다 10분 늦게 적혀 있다", after, changed(clip, func(c *footage.Clip) { c.CapturedAt = c.CheckedInAt.Add(10 * time.Minute) }), nil, ledger, ""},
		{"촬영 시각을 모르는 영상", after, changed(clip, func(c *footage.Clip) { c.CapturedAt = instant.Time{} }), nil, ledger, ""},
		{"입고 시각이 없는 기록", after, changed(clip, func(c *footage.Clip) { c.CheckedInAt = instant.Time{} }), nil, ledger, "implausible-time"},
		{"만료일은 있으나 파기 예정이 없는 기록", after, changed(clip, func(c *footage.Clip) { c.DueAt = instant.Time{} }), nil, ledger, "implausible-time"},
		{"파기 예정은 있으나 만료일이 없는 기록", after, changed(clip, func(c *footage.Clip) { c.ExpiresOn = "" }), nil, ledger, "implausible-time"},
		{"만료일이 날짜가 아닌 기록", after, changed(clip, func(c *footage.Clip) { c.ExpiresOn = "2026-11-31" }), nil, ledger, "implausible-time"},
		{"파기 예정만 앞당겨진 기록: 만료일을 기다린다", kst("2026-11-10 00:00"), changed(clip, func(c *footage.Clip) { c.DueAt = instant.Of(kst("2026-11-09 00:00")) }), nil, kst("2026-11-09 00:00"), "not-due"},
		{"보류도 있고 기간도 남았다: 보류를 먼저 말한다", kst("2026-11-10 00:00"), clip, []footage.Hold{complaint}, kst("2026-11-09 00:00"), "on-hold"},
	}

	var b strings.Builder
	for i, c := range cases {
		fmt.Fprintf(&b, "%d. %s\n   지금  %s\n", i+1, c.words, moment(c.now))
		code := ""
		err := retention.May(c.now, c.clip, c.holds, c.ledger)
		no, refused := refuse.As(err)
		switch {
		case err == nil:
			b.WriteString("   답    파기할 수 있음\n\n")
		case refused:
			code = no.Code
			fmt.Fprintf(&b, "   답    파기할 수 없음 [%s]\n         %s\n\n", no.Code, no.Sentence)
		default:
			t.Fatalf("%s: not a refusal: %v", c.words, err)
		}
		if code != c.code {
			t.Errorf("%s: %q, want %q", c.words, code, c.code)
		}
	}
	golden(t, "gate", b.String())
}
