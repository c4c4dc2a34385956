package retention

import (
	"fmt"
	"strings"
	"time"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
)

// May says whether the clip may be destroyed at the moment now: nil when it
// may, else a refuse.Error that says why not and what to do.
//
// holds are all holds of the clip, open and released. ledgerAt is the time of
// the ledger's last entry, zero for an empty ledger. The refusals:
//
//	already-destroyed, being-destroyed  it has ended or is ending
//	clock-behind                        now is earlier than the ledger or the check-in
//	implausible-time                    the record's own times contradict each other
//	kept-permanently                    its rule keeps it for ever
//	on-hold                             open holds, each named
//	not-due                             its period or the minimum stay still runs
//
// A clip in Review is destroyed like any other when its period ends: keeping
// what nobody settled would keep personal data without a ground.
func May(now time.Time, c footage.Clip, holds []footage.Hold, ledgerAt time.Time) error {
	for _, check := range []func() *refuse.Error{
		func() *refuse.Error { return stateForbids(c) },
		func() *refuse.Error { return clockForbids(now, c, ledgerAt) },
		func() *refuse.Error { return recordForbids(c) },
		func() *refuse.Error { return holdsForbid(holds) },
		func() *refuse.Error { return periodForbids(now, c) },
	} {
		if no := check(); no != nil {
			return no
		}
	}
	return nil
}

const (
	codeDestroyed  = "already-destroyed"
	codeDestroying = "being-destroyed"
)

func stateForbids(c footage.Clip) *refuse.Error {
	switch c.State {
	case footage.Registered, footage.Review:
		return nil
	case footage.Destroyed:
		return refuse.New(refuse.Gone, codeDestroyed, "이미 파기된 영상입니다. 파기 기록은 관리대장에서 볼 수 있습니다.")
	case footage.Destroying:
		return refuse.New(refuse.Conflict, codeDestroying, "이미 파기가 진행 중인 영상입니다. 끝날 때까지 기다리십시오.")
	default:
		return refuse.New(refuse.Conflict, "unknown-state",
			"영상의 상태("+string(c.State)+")를 알 수 없어 파기하지 않았습니다. 시스템 관리자에게 알리십시오.")
	}
}

// clockForbids catches a server whose clock runs behind what it has itself
// recorded; a clock set wrong must not decide over evidence.
func clockForbids(now time.Time, c footage.Clip, ledgerAt time.Time) *refuse.Error {
	last, what := ledgerAt, "관리대장의 마지막 기록"
	if in := c.CheckedInAt.Std(); in.After(last) {
		last, what = in, "이 영상의 입고 시각"
	}
	// Records have milliseconds; a clock read within the same one is not behind.
	if !instant.Of(now).Before(instant.Of(last)) {
		return nil
	}
	return refuse.New(refuse.Conflict, "clock-behind", fmt.Sprintf(
		"서버 시계(%s)가 %s(%s)보다 이릅니다. 파기하지 않았습니다. 서버 시계를 맞춘 뒤 다시 하십시오.",
		instant.Of(now).Korean(), what, instant.Of(last).Korean()))
}

// recordForbids catches a record whose own times contradict each other.
func recordForbids(c footage.Clip) *refuse.Error {
	const code = "implausible-time"
	if c.CheckedInAt.IsZero() {
		return refuse.New(refuse.Conflict, code, "입고 시각이 없는 기록이라 파기하지 않았습니다. 시스템 관리자에게 알리십시오.")
	}
	if impossible(c.CapturedAt.Std(), c.CheckedInAt.Std()) {
		return refuse.New(refuse.Conflict, code, fmt.Sprintf(
			"촬영 시각(%s)이 입고 시각(%s)보다 늦어 보관기간을 믿을 수 없습니다. 파기하지 않았습니다. 촬영일을 바로잡으십시오.",
			c.CapturedAt.Korean(), c.CheckedInAt.Korean()))
	}
	if c.ExpiresOn == "" && c.DueAt.IsZero() {
		return refuse.New(refuse.Conflict, "kept-permanently",
			"영구 보관하는 영상이라 파기하지 않았습니다. 끝내려면 기록관으로 이관하거나 보관 규칙을 먼저 바꾸십시오.")
	}
	if _, err := instant.ParseDate(string(c.ExpiresOn)); err != nil || c.DueAt.IsZero() {
		return refuse.New(refuse.Conflict, code,
			"보관 만료일과 파기 예정 시각이 서로 맞지 않는 기록이라 파기하지 않았습니다. 보관기간을 다시 계산하십시오.").Because(err)
	}
	return nil
}

func holdsForbid(holds []footage.Hold) *refuse.Error {
	var open []string
	for _, h := range holds {
		if h.Open() {
			open = append(open, holdWords(h))
		}
	}
	if len(open) == 0 {
		return nil
	}
	return refuse.New(refuse.Conflict, "on-hold", fmt.Sprintf(
		"파기 보류 %d건이 걸려 있어 파기하지 않았습니다: %s. 보류가 모두 해제되어야 파기할 수 있습니다.",
		len(open), strings.Join(open, "; ")))
}

// periodForbids asks both the moment and the day, so that a record in which
// only one of them was moved still waits for the later.
func periodForbids(now time.Time, c footage.Clip) *refuse.Error {
	due := c.DueAt
	if end := endOf(c.ExpiresOn); end.After(due) {
		due = end
	}
	if !now.Before(due.Std()) {
		return nil
	}
	return refuse.New(refuse.Conflict, "not-due", fmt.Sprintf(
		"아직 파기할 때가 아닙니다. %s 보관하며 %s부터 파기할 수 있습니다(%s).",
		KeptUntil(c), due.Korean(), DDay(now, due)))
}

var holdBasis = map[string]string{
	"request":      "열람등 청구",
	"evidence":     "증거자료",
	"preservation": "보존 요청",
	"other":        "그 밖의 사유",
}

// holdWords names one hold: "증거자료 — 폭행 고소 준비(hong, 2026. 10. 4.(일) 09:00)".
func holdWords(h footage.Hold) string {
	basis, known := holdBasis[h.Basis]
	if !known {
		basis = h.Basis
	}
	return fmt.Sprintf("%s — %s(%s, %s)", basis, h.Reason, h.PlacedBy, h.PlacedAt.Korean())
}
