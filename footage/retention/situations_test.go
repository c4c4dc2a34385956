package retention_test

import (
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage/retention"
)

// kst reads a moment as a clock in Korea shows it.
func kst(s string) time.Time { return mustTime(s + "+09:00") }

// utc reads a moment of UTC.
func utc(s string) time.Time { return mustTime(s + "Z") }

func mustTime(s string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05.999999999Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	panic("not a moment: " + s)
}

func days(id, name string, n int) devices.Purpose {
	return devices.Purpose{ID: id, Name: name, Version: 1, Retention: devices.Retention{Days: n}}
}

var (
	minwon  = days("minwon", "악성민원 예방 및 증거자료 수집", 15)
	jaenan  = days("jaenan", "재난점검·관측", 30)
	haengji = devices.Purpose{
		ID: "haengji", Name: "행정업무지원", Version: 2,
		Retention: devices.Retention{Days: 90, Reason: "토지 경계 확인 민원의 처리 기간을 고려함."},
	}
	hongbo = devices.Purpose{
		ID: "hongbo", Name: "구정홍보", Version: 1,
		Retention: devices.Retention{Permanent: true, Reason: "시청각 기록물로 영구 보존함."},
	}
)

// filmed is an ordinary recording: device and purpose known, device clock,
// checked in the evening of the same day, at least three days of stay.
func filmed(at time.Time, p ...devices.Purpose) retention.Facts {
	return retention.Facts{
		CapturedAt: at, Confidence: "C", CheckedInAt: at.Add(4 * time.Hour),
		Purposes: p, DeviceKnown: true, Fallback: minwon, MinimumStay: 72 * time.Hour,
	}
}

// with changes a copy of the facts.
func with(f retention.Facts, changes ...func(*retention.Facts)) retention.Facts {
	for _, change := range changes {
		change(&f)
	}
	return f
}

func confidence(c string) func(*retention.Facts) {
	return func(f *retention.Facts) { f.Confidence = c }
}

func captured(t time.Time) func(*retention.Facts) {
	return func(f *retention.Facts) { f.CapturedAt = t }
}

func checkedIn(t time.Time) func(*retention.Facts) {
	return func(f *retention.Facts) { f.CheckedInAt = t }
}

func fallback(p devices.Purpose) func(*retention.Facts) {
	return func(f *retention.Facts) { f.Fallback = p }
}

func boughtOn(d instant.Date) func(*retention.Facts) {
	return func(f *retention.Facts) { f.BoughtOn = d }
}

func stay(d time.Duration) func(*retention.Facts) {
	return func(f *retention.Facts) { f.MinimumStay = d }
}

func unknownDevice(f *retention.Facts) { f.DeviceKnown = false }

type situation struct {
	words string // what happened, for a reader who knows no Go
	facts retention.Facts
}

// situations by the file of testdata in which their outcomes stand.
var situations = map[string][]situation{
	"counting": {
		{"11월 1일에 찍은 재난점검 영상(30일)", filmed(kst("2026-11-01 10:00"), jaenan)},
		{"같은 영상의 시각을 위성이 정해 준 경우(신뢰도 A)", with(filmed(kst("2026-11-01 10:00"), jaenan), confidence("A"))},
		{"같은 영상의 기기 시계 오차를 도크에서 잰 경우(신뢰도 B)", with(filmed(kst("2026-11-01 10:00"), jaenan), confidence("B"))},
		{"민원실에서 15일 규칙으로 찍은 영상", filmed(kst("2026-10-03 14:05"), minwon)},
		{"한국에서 밤 12시 직전에 찍은 영상", filmed(utc("2026-11-01 14:59"), minwon)},
		{"세계시로는 11월 1일 15시 30분, 한국에서는 이미 11월 2일인 영상", filmed(utc("2026-11-01 15:30"), minwon)},
		{"한국에서 0시 정각에 찍은 영상", filmed(kst("2026-11-02 00:00"), minwon)},
		{"윤년 2월을 지나는 15일(2028년)", filmed(kst("2028-02-14 09:00"), minwon)},
		{"윤년이 아닌 해의 2월을 지나는 15일(2027년)", filmed(kst("2027-02-14 09:00"), minwon)},
		{"2월 29일에 찍은 영상", filmed(kst("2028-02-29 09:00"), jaenan)},
		{"100년마다 윤년이 아닌 해를 지나는 영상(2100년 2월)", filmed(kst("2100-02-20 09:00"), minwon)},
		{"해를 넘기는 15일", filmed(kst("2026-12-25 18:00"), minwon)},
		{"12월 31일 밤 11시 59분에 찍은 영상", filmed(kst("2026-12-31 23:59:59"), jaenan)},
		{"1월 31일에 찍은 30일 영상", filmed(kst("2027-01-31 12:00"), jaenan)},
		{"31일이 있는 달의 말일에 만료되는 영상", filmed(kst("2026-10-01 12:00"), jaenan)},
		{"만료일이 일요일인 영상: 다음 날로 늦추지 않는다", filmed(kst("2026-10-17 10:00"), minwon)},
		{"만료일이 성탄절인 영상: 다음 날로 늦추지 않는다", filmed(kst("2026-12-10 10:00"), minwon)},
		{"90일 규칙(사유가 적힌 둘째 판)", filmed(kst("2026-08-20 10:00"), haengji)},
		{"서머타임이 있던 1988년의 시각이 적힌 영상", with(filmed(kst("1988-05-08 10:00"), minwon), checkedIn(kst("2026-11-01 18:00")))},
	},
	"purposes": {
		{"영구 보관하는 구정홍보 영상", filmed(kst("2026-11-01 10:00"), hongbo)},
		{"목적 둘: 15일과 30일", filmed(kst("2026-11-01 10:00"), minwon, jaenan)},
		{"목적 둘을 거꾸로 적은 경우", filmed(kst("2026-11-01 10:00"), jaenan, minwon)},
		{"목적 셋: 15일, 90일, 30일", filmed(kst("2026-11-01 10:00"), minwon, haengji, jaenan)},
		{"목적 둘 가운데 하나가 영구", filmed(kst("2026-11-01 10:00"), minwon, hongbo)},
		{"보관기간이 같은 두 목적: 먼저 적힌 것을 따른다", filmed(kst("2026-11-01 10:00"), jaenan, days("hacheon", "하천 순찰", 30))},
		{"목적을 모르는 영상", filmed(kst("2026-11-01 10:00"))},
		{"목적을 모르고 쓸 수 있는 규칙이 영구뿐인 영상", with(filmed(kst("2026-11-01 10:00")), fallback(hongbo))},
		{"목적도 없고 쓸 수 있는 규칙도 없는 영상", with(filmed(kst("2026-11-01 10:00")), fallback(devices.Purpose{}))},
		{"보관기간이 적히지 않은 목적", filmed(kst("2026-11-01 10:00"), days("bin", "시험 촬영", 0))},
		{"15일보다 짧은 보관기간이 적힌 목적", filmed(kst("2026-11-01 10:00"), days("jjalb", "시험 촬영", 14))},
		{"100년을 넘는 보관기간이 적힌 목적", filmed(kst("2026-11-01 10:00"), days("gin", "시험 촬영", 99999))},
		{"정해지지 않은 목적과 90일 목적이 함께 있는 영상", filmed(kst("2026-11-01 10:00"), days("bin", "시험 촬영", 0), haengji)},
	},
	"doubts": {
		{"촬영 시각이 전혀 없는 영상", with(filmed(kst("2026-11-01 10:00"), minwon), captured(time.Time{}), confidence("X"))},
		{"신뢰도 C라지만 촬영 시각이 없는 영상", with(filmed(kst("2026-11-01 10:00"), minwon), captured(time.Time{}))},
		{"파일 이름에서만 촬영 시각을 읽은 영상(신뢰도 D)", with(filmed(kst("2026-11-01 23:00"), minwon), confidence("D"))},
		{"시각이 맞지 않는다고 판정된 영상(신뢰도 X)", with(filmed(kst("2026-11-01 10:00"), minwon), confidence("X"))},
		{"신뢰도를 알 수 없는 영상", with(filmed(kst("2026-11-01 10:00"), minwon), confidence(""))},
		{"입고보다 1시간 늦게 찍혔다는 영상", with(filmed(kst("2026-11-01 10:00"), minwon), checkedIn(kst("2026-11-01 09:00")))},
		{"입고보다 꼭 10분 늦게 찍혔다는 영상: 두 시계의 차이로 본다", with(filmed(kst("2026-11-01 10:10"), minwon), checkedIn(kst("2026-11-01 10:00")))},
		{"입고보다 10분 1초 늦게 찍혔다는 영상", with(filmed(kst("2026-11-01 10:10:01"), minwon), checkedIn(kst("2026-11-01 10:00")))},
		{"위성 시각이라지만 내년에 찍혔다는 영상", with(filmed(kst("2027-11-01 10:00"), minwon), confidence("A"), checkedIn(kst("2026-11-01 10:00")))},
		{"전지가 나가 1970년으로 적힌 영상", with(filmed(kst("2026-11-01 10:00"), minwon), captured(utc("1970-01-01 00:03")))},
		{"MP4의 처음 값 1904년으로 적힌 영상", with(filmed(kst("2026-11-01 10:00"), minwon), captured(utc("1904-01-01 00:00")))},
		{"2004년의 마지막 순간으로 적힌 영상", with(filmed(kst("2026-11-01 10:00"), minwon), captured(kst("2004-12-31 23:59:59")))},
		{"2005년 첫날의 영상: 오래되었으나 있을 수 있다", with(filmed(kst("2026-11-01 10:00"), minwon), captured(kst("2005-01-01 00:00")))},
		{"기기를 도입하기 전날 찍혔다는 영상", with(filmed(kst("2026-03-01 10:00"), minwon), boughtOn("2026-03-02"))},
		{"기기를 도입한 날 찍은 영상", with(filmed(kst("2026-03-02 00:30"), minwon), boughtOn("2026-03-02"))},
		{"등록되지 않은 기기로 찍은 영상", with(filmed(kst("2026-10-20 10:00"), minwon), checkedIn(kst("2026-11-01 10:00")), unknownDevice)},
		{"등록되지 않은 기기, 모르는 목적, 모르는 시각", with(filmed(kst("2026-11-01 10:00")), captured(time.Time{}), confidence("X"), unknownDevice)},
		{"등록되지 않은 기기로 찍었으나 올린 사람이 구정홍보라고 한 영상", with(filmed(kst("2026-11-01 10:00"), hongbo), unknownDevice)},
		{"세계시로는 10월 31일, 한국에서는 11월 1일에 입고된 신뢰도 D 영상", with(filmed(utc("2026-10-31 12:00"), minwon), confidence("D"), checkedIn(utc("2026-10-31 16:00")))},
	},
	"stay": {
		{"카드에 두 달 묵었다가 입고된 15일 영상", with(filmed(kst("2026-09-01 10:00"), minwon), checkedIn(kst("2026-11-01 10:00")))},
		{"만료일 저녁에 입고된 영상", with(filmed(kst("2026-10-17 10:00"), minwon), checkedIn(kst("2026-11-01 20:00")))},
		{"최소 보관이 만료와 같은 순간에 끝나는 영상", with(filmed(kst("2026-10-17 10:00"), minwon), checkedIn(kst("2026-10-30 00:00")))},
		{"묵은 영상이지만 최소 보관시간을 두지 않은 기관", with(filmed(kst("2026-09-01 10:00"), minwon), checkedIn(kst("2026-11-01 10:00")), stay(0))},
		{"최소 보관시간이 36시간인 기관", with(filmed(kst("2026-09-01 10:00"), minwon), checkedIn(kst("2026-11-01 10:00")), stay(36*time.Hour))},
		{"최소 보관시간이 90분인 기관", with(filmed(kst("2026-09-01 10:00"), minwon), checkedIn(kst("2026-11-01 10:00")), stay(90*time.Minute))},
		{"최소 보관시간이 보관기간보다 긴 경우(20일)", with(filmed(kst("2026-11-01 10:00"), minwon), stay(20*24*time.Hour))},
		{"오래된 구정홍보 영상을 나중에 입고한 경우", with(filmed(kst("2019-05-05 10:00"), hongbo), checkedIn(kst("2026-11-01 10:00")))},
	},
}
