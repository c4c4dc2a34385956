// Package retention says how long footage is kept and when it may end. Its
// decisions are pure: the facts and the clock come in, an outcome with its
// reasons in Korean goes out, so that the same facts give the same answer in
// front of a court years later.
//
// A period of n days is counted from the day of filming in Korea; that day
// itself is not counted, the footage expires at the end of the n-th day, and
// holidays do not move that day (Civil Act 157 and 159; 161 is about periods
// for acting, not for keeping).
package retention

import (
	"fmt"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
)

const (
	// ClockTolerance is how much later than its own check-in a recording may
	// claim to have been filmed: two honest clocks differ a little.
	ClockTolerance = 10 * time.Minute
	// UnsetDays is how long footage is kept while no sound rule exists for it
	// (Standard Guidelines 41: 30 days).
	UnsetDays = 30
)

// earliest is the first day a device of this kind can have filmed. Earlier
// times are those of clocks that lost power (1904, 1970, 1980, 2000).
const earliest instant.Date = "2005-01-01"

// Facts is all that the decision about one clip depends on.
type Facts struct {
	CapturedAt  time.Time         // start of filming, UTC; zero when unknown
	Confidence  string            // of CapturedAt: "A", "B", "C", "D", "X" (design: capture time is evidence)
	CheckedInAt time.Time         // by the server's clock
	Purposes    []devices.Purpose // those the clip serves; may be empty
	DeviceKnown bool              // the device is in the registry
	BoughtOn    instant.Date      // of the device; "" when unknown
	Fallback    devices.Purpose   // the shortest rule that could apply, see Fallback; for clips whose purpose is not known
	MinimumStay time.Duration     // nothing is destroyed sooner after check-in
	StaysFrom   time.Time         // MinimumStay runs anew from here, when a decision is made again; zero = from check-in
	Because     []string          // Korean sentences: where a capture time or a purpose comes from that is not the file's own
}

// Decision is how long a clip is kept, and why.
type Decision struct {
	Rule      string       // version of the rule that decided, "purpose@version"; NoRule when there was none
	CountFrom instant.Date // day the period is counted from; itself not counted
	ExpiresOn instant.Date // last day kept; "" = permanent
	DueAt     instant.Time // first moment the gate may destroy: 00:00 in Korea of the day after ExpiresOn, or check-in + MinimumStay when that is later; not set when permanent
	Review    bool         // waits in 확인 필요, because of Doubts
	Reasons   []string     // Korean sentences: why until then
	Doubts    []string     // Korean sentences: what a person must settle
}

// NoRule stands in Decision.Rule when no purpose had a sound rule.
const NoRule = "none@0"

// Decide answers how long a clip is kept. It never fails: what is missing or
// implausible makes the period safer and puts the clip before a person.
//
// Confidence A, B and C count from the day of filming. D and X, an implausible
// time and an unknown device count from check-in. Of several purposes the one
// kept longest decides.
func Decide(f Facts) Decision {
	var d Decision
	rule := d.chooseRule(f)
	d.Reasons = append(d.Reasons, f.Because...)
	firstDay := d.chooseStart(f)
	d.count(rule, firstDay, f)
	d.Review = len(d.Doubts) > 0
	return d
}

// chooseRule finds the purpose whose period decides.
func (d *Decision) chooseRule(f Facts) devices.Purpose {
	if len(f.Purposes) == 0 {
		d.doubt("촬영 목적이 정해지지 않았습니다. 촬영 목적을 고르십시오.")
		d.because("촬영 목적이 정해질 때까지 쓸 수 있는 규칙 가운데 가장 짧은 것을 따릅니다.")
		return d.stamp(d.sound(f.Fallback))
	}
	longest := d.sound(f.Purposes[0])
	for _, p := range f.Purposes[1:] {
		if p = d.sound(p); p.Retention.Compare(longest.Retention) > 0 {
			longest = p
		}
	}
	if n := len(f.Purposes); n > 1 {
		d.because("촬영 목적 %d개(%s) 가운데 보관기간이 가장 긴 것을 따릅니다.", n, names(f.Purposes))
	}
	return d.stamp(longest)
}

// sound gives p with a period that can be counted. The registry refuses
// others, but a clip must not be lost over a row that came in another way.
func (d *Decision) sound(p devices.Purpose) devices.Purpose {
	switch {
	case p.Retention.Permanent:
	case p.ID == "":
		d.doubt("이 부서가 쓸 수 있는 촬영 목적이 등록되어 있지 않습니다. 목적과 보관기간을 등록하십시오.")
		p.Retention.Days = UnsetDays
	case p.Retention.Days < devices.ShortestDays:
		d.doubt("목적 %s(%s)의 보관기간이 정해지지 않았거나 %d일보다 짧아 %d일로 셉니다. 목적의 보관기간을 바로잡으십시오.",
			p.Name, p.ID, devices.ShortestDays, UnsetDays)
		p.Retention.Days = UnsetDays
	case p.Retention.Days > devices.LongestDays:
		d.doubt("목적 %s(%s)의 보관기간이 %d일을 넘어 %[3]d일로 셉니다. 영구 보관인지 확인하십시오.",
			p.Name, p.ID, devices.LongestDays)
		p.Retention.Days = devices.LongestDays
	}
	return p
}

// stamp records p as the rule that decided.
func (d *Decision) stamp(p devices.Purpose) devices.Purpose {
	if p.ID == "" {
		d.Rule = NoRule
		d.because("쓸 수 있는 보관 규칙이 없어 %d일 동안 보관합니다.", UnsetDays)
		return p
	}
	d.Rule = p.Rule()
	d.because("보관 규칙 %s(%s): %s.", d.Rule, p.Name, p.Retention.Korean())
	if p.Retention.Reason != "" {
		d.because("이 보관기간을 정한 까닭: %s", p.Retention.Reason)
	}
	return p
}

// chooseStart finds the day from which the period is counted, and says what
// to call it.
func (d *Decision) chooseStart(f Facts) (firstDay string) {
	doubts := timeDoubts(f)
	d.Doubts = append(d.Doubts, doubts...)
	if len(doubts) == 0 {
		d.CountFrom = instant.DateOf(f.CapturedAt)
		d.because("촬영 시각은 한국 시각 %s입니다(신뢰도 %s: %s).",
			instant.Of(f.CapturedAt).Korean(), f.Confidence, confidenceWords[f.Confidence])
		return "촬영일"
	}
	d.CountFrom = instant.DateOf(f.CheckedInAt)
	d.because("촬영일을 믿고 셀 수 없어 입고일을 기준으로 삼습니다.")
	return "입고일"
}

// count sets the last day and the first moment of destruction.
func (d *Decision) count(rule devices.Purpose, firstDay string, f Facts) {
	if rule.Retention.Permanent {
		d.because("영구 보관하며 자동으로 파기하지 않습니다. 다른 영상과 분리하여 보관하고(법 제21조제3항), 이관하거나 파기를 따로 결정할 때 끝납니다.")
		return
	}
	d.ExpiresOn = d.CountFrom.AddDays(rule.Retention.Days)
	d.because("%s(%s)은 넣지 않고 %d일을 세어 만료일(%s)이 끝날 때까지 보관합니다. 만료일이 휴일이어도 늦추지 않습니다.",
		firstDay, d.CountFrom.Korean(), rule.Retention.Days, d.ExpiresOn.Korean())

	expired := endOf(d.ExpiresOn)
	from, since := f.CheckedInAt, "입고한 뒤"
	if f.StaysFrom.After(from) {
		from, since = f.StaysFrom, "보관기간을 다시 정한 뒤"
	}
	stayed := ceil(from.Add(max(f.MinimumStay, 0)))
	if !stayed.After(expired) {
		d.DueAt = expired
		return
	}
	d.DueAt = stayed
	if !f.CheckedInAt.Before(expired.Std()) {
		d.because("입고할 때 이미 보관기간이 지난 영상입니다.")
	}
	if f.MinimumStay <= 0 {
		return
	}
	d.because("%s 적어도 %s은 보관하므로 %s 전에는 파기하지 않습니다.", since, span(f.MinimumStay), stayed.Korean())
}

// endOf is the moment a day in Korea has ended: 00:00 of the next.
func endOf(d instant.Date) instant.Time { return instant.Of(d.Start().AddDate(0, 0, 1)) }

func (d *Decision) because(format string, args ...any) {
	d.Reasons = append(d.Reasons, fmt.Sprintf(format, args...))
}

func (d *Decision) doubt(format string, args ...any) {
	d.Doubts = append(d.Doubts, fmt.Sprintf(format, args...))
}

// ceil rounds up to the millisecond: rounding down would let the gate act up
// to a millisecond too soon.
func ceil(t time.Time) instant.Time {
	m := instant.Of(t)
	if m.Std().Before(t) {
		m = m.Add(time.Millisecond)
	}
	return m
}

// Fallback is the purpose with the shortest period among those the department
// may use: its own and those of the whole institution. It is false when there
// is none; Decide then keeps the clip for UnsetDays.
func Fallback(purposes []devices.Purpose, department string) (devices.Purpose, bool) {
	var shortest devices.Purpose
	found := false
	for _, p := range purposes {
		if p.Department != "" && p.Department != department {
			continue
		}
		if !found || p.Retention.Compare(shortest.Retention) < 0 {
			shortest, found = p, true
		}
	}
	return shortest, found
}
