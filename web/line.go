package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/web/access"
)

// history is entries as a table.
type history struct {
	Lines    []line
	Subjects bool // say what each is about: they are not all about one thing
	Proved   bool // say of each whether the signed ledger has it
}

// line is an entry of the ledger as a line of a table.
type line struct {
	Index int64
	ledger.Entry
	Link  string // page of the subject; "" = it has none
	Facts []choice
	Proof badge // whether the signed ledger has it, where that was asked
}

func (n registryNames) lines(rows []ledger.Row) ([]line, error) {
	out := make([]line, 0, len(rows))
	for _, row := range rows {
		e, err := ledger.Decode(row.Body)
		if err != nil {
			return nil, fmt.Errorf("web: ledger entry %d: %w", row.Index, err)
		}
		l := line{Index: row.Index, Entry: e}
		if id, ok := strings.CutPrefix(e.Subject, "clip:"); ok {
			l.Link = "/clips/" + id
		}
		for _, key := range slices.Sorted(maps.Keys(e.Facts)) {
			if e.Facts[key] != "" {
				l.Facts = append(l.Facts, choice{textOf(facts, key), n.fact(key, e.Facts[key])})
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// Number is the entry's number for people, from 1.
func (l line) Number() int64 { return l.Index + 1 }

// By names who did it.
func (l line) By() string {
	switch {
	case l.Actor.Account == "system":
		return "시스템"
	case l.Actor.Account == "":
		return "알 수 없음"
	default:
		return l.Actor.Account
	}
}

// About names what the entry is about: a file by its name, where the entry
// says it, else the record in short.
func (l line) About() string {
	kind, id, _ := strings.Cut(l.Subject, ":")
	if name := l.Entry.Facts["file_name"]; name != "" {
		return name
	}
	return strings.TrimSpace(textOf(records, kind) + " " + short(id))
}

// fact puts the value of a fact into people's words.
func (n registryNames) fact(key, value string) string {
	switch strings.TrimPrefix(strings.TrimSuffix(key, "_was"), "was_") {
	case "department":
		return n.department(value)
	case "purpose":
		return n.purpose(value)
	case "device":
		return n.device(value)
	case "role":
		return access.Role(value).Korean()
	case "basis":
		return holdBasis(value)
	case "field":
		return fieldName(value)
	case "kind":
		if k := access.FactorKind(value).Korean(); k != value {
			return k
		}
		return copyKind(value)
	case "with":
		return access.With(value).Korean()
	case "state":
		return clipState(footage.State(value)).Text
	case "change":
		return textOf(accountChanges, value)
	case "time_confidence", "confidence":
		return confidence(value).Text
	}
	var at instant.Time
	if err := at.UnmarshalText([]byte(value)); err == nil {
		return at.Korean()
	}
	if day, err := instant.ParseDate(value); err == nil {
		return day.Korean()
	}
	return value
}

var records = []choice{
	{"clip", "영상"},
	{"account", "사용자"},
	{"token", "토큰"},
	{"upload", "업로드"},
	{"institution", "기관"},
	{"department", "부서"},
	{"purpose", "목적"},
	{"device", "기기"},
	{"officer", "담당자"},
	{"destruction", "파기"},
}

var accountChanges = []choice{
	{"post", "역할·부서·이름"},
	{"disabled", "사용 정지"},
	{"enabled", "다시 사용"},
	{"password", "본인이 비밀번호를 바꿈"},
	{"password-reset", "관리자가 비밀번호를 다시 정함"},
	{"unlocked", "관리자가 잠금을 풂"},
	{"sessions-ended", "로그인을 모두 끝냄"},
	{"second-step-added", "2단계 인증 등록"},
	{"second-step-removed", "2단계 인증 지움"},
	{"second-step-reset", "관리자가 2단계 인증을 모두 지움"},
	{"recovery-codes-made", "복구 코드를 새로 만듦"},
}

// facts puts the words of entries into people's.
var facts = []choice{
	{"file_name", "파일명"},
	{"question", "검색조건"},
	{"form", "형식"},
	{"lines", "건수"},
	{"shown", "미리 본 영상"},
	{"sha256", "SHA-256"},
	{"department", "부서"},
	{"was_department", "이전 부서"},
	{"role", "역할"},
	{"was_role", "이전 역할"},
	{"name", "이름"},
	{"case", "사건번호"},
	{"expires_on", "보관 만료"},
	{"expires_on_was", "이전 보관 만료"},
	{"due_at", "파기 가능"},
	{"state", "상태"},
	{"expires_at", "열람 끝"},
	{"basis", "근거"},
	{"until", "재검토일"},
	{"field", "항목"},
	{"was", "이전 값"},
	{"now", "바뀐 값"},
	{"locked_until", "잠김"},
	{"with", "방법"},
	{"label", "이름"},
	{"factors", "지운 수"},
	{"codes", "만든 수"},
	{"purpose", "목적"},
	{"device", "기기"},
	{"bytes", "크기(바이트)"},
	{"hold", "보류 번호"},
	{"view", "열람 번호"},
	{"captured_at", "촬영일시"},
	{"time_confidence", "시각 신뢰도"},
	{"rule", "보관 규칙"},
	{"officer", "파기 담당자"},
	{"kind", "종류"},
	{"code", "사유 코드"},
	{"detail", "내용"},
	{"cycle", "파기 주기"},
	{"clips", "영상 수"},
	{"size", "크기"},
	{"correction", "정정 번호"},
	{"change", "바뀐 것"},
	{"changes", "바뀐 것"},
	{"key", "키"},
	{"to", "대상"},
	{"derivative", "파생본 번호"},
}
