package devices_test

import (
	"testing"

	"jikim/devices"
)

// TestKoreanKnowsEveryValue: every permitted value has a word that is not the
// stored value itself, and no two share one.
func TestKoreanKnowsEveryValue(t *testing.T) {
	words := map[string]bool{}
	check := func(value, korean string) {
		t.Helper()
		if korean == "" || korean == value || words[korean] {
			t.Errorf("%q is called %q", value, korean)
		}
		words[korean] = true
	}
	for _, v := range devices.Tiers() {
		check(string(v), v.Korean())
	}
	for _, v := range devices.LegalBases() {
		check(string(v), v.Korean())
		check(string(v), v.Article())
		check(string(v), v.Text())
	}
	for _, v := range devices.Notices() {
		check(string(v), v.Korean())
	}
	for _, v := range devices.Classes() {
		check(string(v), v.Korean())
	}
	for _, v := range devices.Statuses() {
		check(string(v), v.Korean())
	}
	for _, v := range devices.Clocks() {
		check(string(v), v.Korean())
	}
	if want := 4 + 3*8 + 9 + 3 + 4 + 3; len(words) != want {
		t.Errorf("%d words, want %d", len(words), want)
	}
}

func TestKorean(t *testing.T) {
	tests := []struct{ got, want string }{
		{devices.TierResponsible.Korean(), "관리책임자"},
		{devices.BasisPublicTask.Korean(), "제15조제1항제3호(공공기관이 법령 등에서 정하는 소관 업무를 수행하기 위하여 불가피한 경우)"},
		{devices.BasisNotRefused.Article(), "제25조의2제1항제2호"},
		{devices.NoticePortal.Korean(), "개인정보 포털 공지"},
		{devices.Mounted.Korean(), "부착·거치형"},
		{devices.Lost.Korean(), "분실"},
		{devices.ClockUnknown.Korean(), "모름"},
		{devices.Retention{Days: 30}.Korean(), "촬영일부터 30일"},
		{devices.Retention{Permanent: true}.Korean(), "영구"},
		{devices.Retention{}.Korean(), "정하지 않음"},
		// What an older or newer version stored must stay readable.
		{devices.Class("fixed").Korean(), "fixed"},
		{devices.LegalBasis("99").Korean(), "99"},
		{devices.LegalBasis("99").Article(), "99"},
		{devices.LegalBasis("99").Text(), ""},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestRetentionCompare(t *testing.T) {
	short, long, permanent := devices.Retention{Days: 15}, devices.Retention{Days: 90}, devices.Retention{Permanent: true}
	ordered := []devices.Retention{short, long, permanent}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := a.Compare(b); got != sign(i-j) {
				t.Errorf("%s against %s: %d", a.Korean(), b.Korean(), got)
			}
		}
	}
}

func sign(n int) int { return min(max(n, -1), 1) }
