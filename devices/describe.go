package devices

import (
	"strings"

	"jikim/devices/instant"
	"jikim/devices/profile"
)

// recordsOf lists everything in a registry, field by field, in words.
func recordsOf(r Registry) []record {
	var records []record
	if r.Institution != (Institution{}) {
		records = append(records, describeInstitution(r.Institution))
	}
	for _, d := range r.Departments {
		records = append(records, describeDepartment(d))
	}
	for _, o := range r.Officers {
		records = append(records, describeOfficer(o))
	}
	for _, p := range r.Purposes {
		records = append(records, describePurpose(p))
	}
	for _, d := range r.Devices {
		records = append(records, describeDevice(d))
	}
	for _, p := range r.Profiles {
		records = append(records, describeProfile(p))
	}
	return records
}

func describeInstitution(i Institution) record {
	return record{of: "institution", id: i.ID, kind: "기관", name: i.Name, fields: []field{
		{"id", "id", i.ID},
		{"name", "이름", i.Name},
	}}
}

func describeDepartment(d Department) record {
	return record{of: "department", id: d.ID, kind: "부서", name: d.Name, fields: []field{
		{"name", "이름", d.Name},
		{"parent", "상위 부서", d.Parent},
		{"default_purpose", "기본 목적", d.DefaultPurpose},
	}}
}

func describeOfficer(o Officer) record {
	return record{of: "officer", id: o.ID, kind: o.Tier.Korean(), name: o.Name, fields: []field{
		{"department", "부서", o.Department},
		{"tier", "구분", o.Tier.Korean()},
		{"name", "이름", o.Name},
		{"position", "직위", o.Position},
		{"phone", "전화번호", o.Phone},
		{"account", "계정", o.Account},
		{"from", "시작일", dayWords(o.From)},
		{"until", "마지막 날", dayWords(o.Until)},
	}}
}

func describePurpose(p Purpose) record {
	return record{of: "purpose", id: p.ID, kind: "목적", name: p.Name, fields: []field{
		{"name", "이름", p.Name},
		{"department", "부서", p.Department},
		{"basis", "촬영 근거", list(p.Basis, LegalBasis.Article)},
		{"notice", "알리는 방법", list(p.Notice, Notice.Korean)},
		{"retention", "보관기간", p.Retention.Korean()},
		{"retention.reason", "보관 사유", p.Retention.Reason},
	}}
}

func describeDevice(d Device) record {
	return record{of: "device", id: d.ID, kind: "기기", name: d.Label, fields: []field{
		{"class", "종류", d.Class.Korean()},
		{"maker", "제조사", d.Maker},
		{"model", "모델", d.Model},
		{"serial", "일련번호", d.Serial},
		{"label", "표시", d.Label},
		{"department", "부서", d.Department},
		{"purpose", "목적", d.Purpose},
		{"clock", "시계", d.Clock.Korean()},
		{"bought_on", "도입일", dayWords(d.BoughtOn)},
		{"clock_ahead_s", "시계 오차", aheadWords(d.ClockAheadS)},
		{"clock_checked_on", "시계 확인일", dayWords(d.ClockCheckedOn)},
		{"status", "상태", d.Status.Korean()},
	}}
}

func describeProfile(p profile.Profile) record {
	return record{of: "profile", id: p.ID, kind: "기종 설정", name: p.Title, fields: []field{
		{"title", "이름", p.Title},
		{"roots", "폴더", strings.Join(p.Roots, ", ")},
		{"files", "파일 이름 규칙", list(p.Files, profile.FileRule.Korean)},
		{"ignore", "촬영물이 아닌 파일", strings.Join(p.Ignore, ", ")},
		{"continues", "이어 찍기", p.Continues.Korean()},
	}}
}

// dayWords writes a day as Korean offices do; one that is not in the calendar as
// it stands.
func dayWords(d instant.Date) string {
	if _, err := instant.ParseDate(string(d)); err != nil {
		return string(d)
	}
	return d.Korean()
}

func list[T any](values []T, korean func(T) string) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = korean(v)
	}
	return strings.Join(words, ", ")
}
