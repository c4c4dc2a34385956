package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"jikim/footage/ledger"
)

// line is an entry of the ledger as a line of a table.
type line struct {
	Index int64
	ledger.Entry
	Link  string // page of the subject; "" = it has none
	Facts []choice
}

func lines(rows []ledger.Row) ([]line, error) {
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
				l.Facts = append(l.Facts, choice{textOf(facts, key), e.Facts[key]})
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// Number is the entry's number for people, from 1.
func (l line) Number() int64 { return l.Index + 1 }

// Actor names who did it.
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

// facts puts the words of entries into people's.
var facts = []choice{
	{"file_name", "파일명"}, {"sha256", "SHA-256"}, {"department", "부서"}, {"was_department", "이전 부서"},
	{"role", "역할"}, {"was_role", "이전 역할"}, {"name", "이름"}, {"case", "사건번호"}, {"expires_on", "보관 만료"},
	{"expires_at", "열람 끝"}, {"basis", "근거"}, {"until", "재검토일"}, {"field", "항목"}, {"was", "이전 값"}, {"now", "바뀐 값"},
	{"locked_until", "잠김"}, {"purpose", "목적"}, {"device", "기기"}, {"bytes", "크기(바이트)"}, {"hold", "보류"}, {"view", "열람"},
	{"captured_at", "촬영일시"}, {"confidence", "시각 신뢰도"}, {"rule", "보관 규칙"}, {"officer", "파기 담당자"}, {"kind", "종류"},
	{"code", "사유 코드"}, {"detail", "내용"}, {"cycle", "파기 주기"}, {"count", "건수"}, {"clips", "영상"}, {"size", "크기"},
}
