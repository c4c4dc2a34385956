package retention

import (
	"fmt"
	"time"

	"jikim/devices/instant"
)

// confidenceWords says what a confidence rests on. Only those in the list
// carry a period.
var confidenceWords = map[string]string{
	"A": "위성 시각이나 시간대가 함께 적힌 기록",
	"B": "도크에서 오차를 잰 기기 시계",
	"C": "기기 시계",
}

// timeDoubts gives everything that forbids counting from the day of filming.
func timeDoubts(f Facts) []string {
	var doubts []string
	if !f.DeviceKnown {
		doubts = append(doubts, "어느 기기로 촬영했는지 알 수 없습니다. 기기를 고르거나 새로 등록하십시오.")
	}
	if f.CapturedAt.IsZero() {
		return append(doubts, "촬영 시각을 알 수 없습니다. 촬영일을 확인하여 적으십시오.")
	}
	if doubt := implausible(f); doubt != "" {
		return append(doubts, doubt)
	}
	if _, carries := confidenceWords[f.Confidence]; carries {
		return doubts
	}
	if f.Confidence == "D" {
		return append(doubts, "촬영 시각의 근거가 파일 이름이나 파일 시스템뿐입니다(신뢰도 D). 촬영일을 확인하십시오.")
	}
	return append(doubts, "촬영 시각이 맞지 않아 보입니다(신뢰도 X). 촬영일을 확인하여 적으십시오.")
}

// implausible says why the capture time cannot be true; "" when it can.
func implausible(f Facts) string {
	day := instant.DateOf(f.CapturedAt)
	at := instant.Of(f.CapturedAt).Korean()
	switch {
	case impossible(f.CapturedAt, f.CheckedInAt):
		return fmt.Sprintf("기록된 촬영 시각(%s)이 입고 시각(%s)보다 늦습니다. 기기 시계를 살펴보고 촬영일을 확인하십시오.",
			at, instant.Of(f.CheckedInAt).Korean())
	case f.CapturedAt.Before(earliest.Start()):
		return fmt.Sprintf("기록된 촬영 시각(%s)은 기기 시계가 초기화된 값으로 보입니다. 촬영일을 확인하십시오.", at)
	case f.BoughtOn != "" && day < f.BoughtOn:
		return fmt.Sprintf("기록된 촬영일(%s)이 기기 도입일(%s)보다 이릅니다. 기기 시계와 도입일을 확인하십시오.",
			day.Korean(), f.BoughtOn.Korean())
	default:
		return ""
	}
}

// impossible reports whether a clip claims to have been filmed after it was
// checked in.
func impossible(captured, checkedIn time.Time) bool {
	return !captured.IsZero() && captured.After(checkedIn.Add(ClockTolerance))
}
