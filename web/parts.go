package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
)

// partsBody is an example of everything the parts take.
type partsBody struct {
	Icons  []string
	Empty  form
	Wrong  form
	Offers []choice
	Badges []badge
	DDays  []string
	Tabs   []tabLink
	Steps  []stepList
	Events []timelineEvent
	Stats  []statTile
	Charts []chart
	Month  monthSheet
	Pager  pager
}

// showParts is the living page: every part with invented data, to see what a
// change of style does to all of them at once. Where real footage is kept it
// is not there.
func (s *site) showParts(c echo.Context) error {
	if s.Parts == nil || !s.Parts() {
		return errNoPage
	}
	body := exampleParts(instant.DateOf(s.Now()))
	body.Icons = s.icons.names
	return s.show(c, http.StatusOK, "parts", "화면 부품", body)
}

func exampleParts(today instant.Date) partsBody {
	wrong := form{ID: "wrong", values: url.Values{
		"reason": {"ㅎ"}, "day": {"2026-13-45"}, "kind": {"nothing"}, "what": {"photo"}, "note": {"<script>"},
	}}
	wrong.fail("reason", "열람 사유가 너무 짧습니다. 두 글자 이상 적으세요.")
	wrong.fail("day", "날짜가 아닙니다. 2026-10-03처럼 연-월-일로 입력하세요.")
	wrong.fail("kind", "없는 근거입니다. 목록에서 보류 근거를 고르세요.")
	wrong.fail("what", "하나만 고르세요.")
	wrong.fail("note", "너무 깁니다. 500자까지 입력할 수 있습니다.")
	return partsBody{
		Empty: form{ID: "empty"}, Wrong: wrong, Offers: holdBases,
		Badges: []badge{
			clipState("registered"), clipState("review"), clipState("destroying"), clipState("destroyed"),
			{"보류 중", "lock", "warn"},
			{"전송 중", "upload", "info"},
			{"거절", "close", "bad"},
			{"이미 등록됨", "check", "good"},
		},
		DDays:  []string{"D-30", "D-7", "오늘", "D+2", "영구"},
		Tabs:   []tabLink{{Address: "#", Text: "표", Current: true, Tally: "128"}, {Address: "#", Text: "사진"}, {Address: "#", Text: "지도"}},
		Steps:  []stepList{{[]string{"인식", "전송", "검증", "등록 완료"}, 2}, {[]string{"인식", "전송", "검증", "등록 완료"}, 4}},
		Events: exampleEvents(),
		Stats: []statTile{
			{Label: "오늘 등록", Icon: "upload", Value: "24", Unit: "건", Note: "어제 같은 때 19건"},
			{Label: "확인 필요", Icon: "question", Value: "3", Unit: "건", Address: "#", Tone: "warn", Note: "가장 오래된 것은 4일째입니다."},
			{Label: "저장 공간", Icon: "disk", Value: "92", Unit: "%", Tone: "bad", Note: "사흘 뒤에 가득 찹니다. 디스크를 늘리세요."},
			{Label: "기록 검증", Icon: "shield", Value: "정상", Note: "2026. 10. 3.(토) 03:00에 확인"},
		},
		Charts: exampleCharts(),
		Month: monthOf(today, today, func(d instant.Date) monthCell {
			switch d.Start().Day() % 9 {
			case 3:
				return monthCell{Count: 12, Address: "#", Note: "보류 2건"}
			case 7:
				return monthCell{Count: 1234, Address: "#", Tone: "bad"}
			default:
				return monthCell{}
			}
		}),
		Pager: pager{"#", "#", "다음 50건"},
	}
}

func exampleEvents() []timelineEvent {
	return []timelineEvent{
		{"2026. 10. 3.(토) 14:05", "등록", "민원과 도크에서 SHA-256을 확인하고 저장했습니다.", "홍도크", "dock", "good"},
		{"2026. 10. 5.(월) 09:12", "열람", "폭언 신고 확인 (사건번호 민원-7)", "홍검토", "eye", ""},
		{"2026. 10. 5.(월) 09:30", "파기 보류", "증거자료: 고소 준비", "홍검토", "lock", "warn"},
		{"2026. 12. 1.(화) 03:00", "파기", "보관기간 만료", "시스템", "trash", "bad"},
	}
}

func exampleCharts() []chart {
	days := []string{"9. 27.", "9. 28.", "9. 29.", "9. 30.", "10. 1.", "10. 2.", "10. 3."}
	return []chart{
		{
			Title: "하루 등록", Kind: barChart, Unit: "건", Axis: "날짜", Labels: days,
			Series: []series{{"민원과", []float64{3, 12, 9, 14, 11, 8, 2}}, {"홍보담당관", []float64{0, 4, 0, 22, 6, 1, 0}}, {"안전총괄과", []float64{1, 1, 2, 0, 3, 5, 1}}},
		},
		{
			Title: "보관 중인 영상", Kind: lineChart, Unit: "건", Axis: "날짜", Labels: days,
			Series: []series{{"민원과", []float64{412, 420, 421, 433, 430, 436, 437}}, {"홍보담당관", []float64{180, 184, 184, 206, 212, 213, 213}}},
		},
		{
			Title: "부서별 저장 공간", Kind: rankChart, Unit: "B", Axis: "부서", Labels: []string{"홍보담당관", "민원과", "안전총괄과"},
			Series: []series{{"크기", []float64{412e9, 38e9, 7e9}}},
		},
	}
}
