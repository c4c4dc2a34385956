package devices

import (
	"fmt"
	"slices"
)

// word is one permitted value and what people call it.
type word[T comparable] struct {
	value  T
	korean string
}

// The permitted values, in the order in which forms offer them.
var (
	tiers = []word[Tier]{
		{TierResponsible, "관리책임자"},
		{TierOperating, "운영책임자"},
		{TierAccess, "접근권한자"},
		{TierHandler, "취급자"},
	}
	notices = []word[Notice]{
		{NoticeLight, "불빛"},
		{NoticeSound, "소리"},
		{NoticeSign, "안내판"},
		{NoticeLeaflet, "안내서면"},
		{NoticeBroadcast, "안내방송"},
		{NoticeOral, "구두 고지"},
		{NoticeVest, "촬영 표시 조끼·의복"},
		{NoticePortal, "개인정보 포털 공지"},
		{NoticeOther, "그 밖의 방법"},
	}
	classes = []word[Class]{
		{Worn, "착용형"},
		{Handheld, "휴대형"},
		{Mounted, "부착·거치형"},
	}
	statuses = []word[Status]{
		{InUse, "운용"},
		{InRepair, "수리"},
		{Lost, "분실"},
		{Retired, "폐기"},
	}
	clocks = []word[ClockPolicy]{
		{ClockUnknown, "모름"},
		{ClockKST, "한국 시각"},
		{ClockUTC, "협정세계시(UTC)"},
	}
)

func valuesOf[T comparable](words []word[T]) []T {
	values := make([]T, len(words))
	for i, w := range words {
		values[i] = w.value
	}
	return values
}

func known[T comparable](words []word[T], v T) bool {
	return slices.ContainsFunc(words, func(w word[T]) bool { return w.value == v })
}

// koreanOf gives the word for v, or v itself when it is none of the permitted
// values: what is stored must stay readable.
func koreanOf[T ~string](words []word[T], v T) string {
	for _, w := range words {
		if w.value == v {
			return w.korean
		}
	}
	return string(v)
}

// Tiers gives every tier, in the order of display.
func Tiers() []Tier { return valuesOf(tiers) }

// Notices gives every method of notice, those of Decree 27-2 first.
func Notices() []Notice { return valuesOf(notices) }

// Classes gives every class of device.
func Classes() []Class { return valuesOf(classes) }

// Statuses gives every status a device can have.
func Statuses() []Status { return valuesOf(statuses) }

// Clocks gives every clock policy.
func Clocks() []ClockPolicy { return valuesOf(clocks) }

// Korean names the tier: "관리책임자".
func (t Tier) Korean() string { return koreanOf(tiers, t) }

// Korean names the method: "안내판".
func (n Notice) Korean() string { return koreanOf(notices, n) }

// Korean names the class: "부착·거치형".
func (c Class) Korean() string { return koreanOf(classes, c) }

// Korean names the status: "운용".
func (s Status) Korean() string { return koreanOf(statuses, s) }

// Korean says which time the device writes: "한국 시각".
func (c ClockPolicy) Korean() string { return koreanOf(clocks, c) }

// ClockFound says how wrong the device's clock was found; "" when nobody looked.
func (d Device) ClockFound() string { return aheadWords(d.ClockAheadS) }

// aheadWords says how wrong a clock was found: "12초 빠름"; "" when nobody
// looked.
func aheadWords(seconds *int) string {
	switch {
	case seconds == nil:
		return ""
	case *seconds > 0:
		return fmt.Sprintf("%d초 빠름", *seconds)
	case *seconds < 0:
		return fmt.Sprintf("%d초 늦음", -*seconds)
	}
	return "맞음"
}
