package metadata

import (
	"fmt"
	"math"
	"time"
)

// agreement is how far two readings of one moment may lie apart and still agree:
// a camera's clock is not a satellite's, and files are closed seconds after the
// picture ends.
const agreement = time.Minute

// contradictions says of every reading that was not chosen whether it agrees with
// the one that was. A zone of its own and the playing time are no contradiction;
// a reading that cannot be true always is one.
func contradictions(best reading, others, doubtful []reading, ctx Context) []string {
	said := implausible(doubtful, ctx)
	for _, o := range others {
		if s := disagreement(o, apart(best, o, ctx), ctx); s != "" {
			said = append(said, s)
		}
	}
	said = append(said, oddities(best, ctx)...)
	if misplaced(best, ctx.Position) {
		said = append(said, fmt.Sprintf("적혀 있는 시간대(%s)가 촬영 위치의 경도와 맞지 않습니다.", zoneName(best.stamp.Offset)))
	}
	return said
}

// oddities are what the chosen reading has against itself.
func oddities(best reading, ctx Context) []string {
	var said []string
	if w := best.stamp.Wall; best.ofDevice() && w.YearDay() == 1 && w.Hour() == 0 && best.driven == nil {
		said = append(said, "1월 1일 0시 무렵은 시계가 초기화된 기기가 흔히 적는 때입니다. 그때 촬영한 것이 맞는지 확인해 주십시오.")
	}
	_, latest := bounds(best.stamp)
	if end := latest.Add(ctx.Duration); best.Meaning == MeansStart && !ctx.Now.IsZero() && end.After(ctx.Now.Add(slack)) && !latest.After(ctx.Now.Add(slack)) {
		said = append(said, "재생 시간을 더하면 녹화가 끝난 때가 "+span(end.Sub(ctx.Now))+" 뒤여서, 기기 시계가 빠르거나 느린 화면으로 녹화한 것입니다.")
	}
	return said
}

// disagreement says what a reading that lies gap later than the chosen start has
// against it; "" when it agrees.
func disagreement(o reading, gap time.Duration, ctx Context) string {
	tolerance := agreement
	if o.Source == "exif:GPSDateTime" {
		tolerance = maxClockError // the last fix, which may be some minutes old
	}
	switch late := gap > tolerance && gap-ctx.Duration > tolerance; {
	case late && (o.rank == rankMovie || o.rank == rankWritten):
		return named(o) + " 촬영보다 " + span(gap) + " 뒤입니다. 나중에 편집하거나 다시 저장한 파일일 수 있습니다."
	case late:
		return named(o) + " 정한 시각보다 " + span(gap) + " 늦어 서로 맞지 않습니다."
	case gap < -tolerance:
		return named(o) + " 정한 시각보다 " + span(gap) + " 일러 서로 맞지 않습니다."
	}
	return ""
}

// implausible names what each reading that cannot be true has against it.
func implausible(doubtful []reading, ctx Context) []string {
	var said []string
	for _, d := range doubtful {
		reason := " 아직 오지 않은 때여서 쓰지 않았습니다."
		switch d.doubt {
		case reset:
			reason = " 시계가 초기화되었을 때의 값이어서 쓰지 않았습니다."
		case wildClock:
			reason = " 하루가 넘게 틀린 기기 시계의 것이어서 쓰지 않았습니다."
		case rollover:
			reason = " GPS 수신기의 주 번호가 다시 시작된 것을 몰라 1,024주(약 20년) 앞서 적은 값이어서 쓰지 않았습니다."
		case beforePurchase:
			reason = " 기기를 들여온 날(" + ctx.BoughtOn.Korean() + ")보다 앞서므로 쓰지 않았습니다."
		}
		said = append(said, named(d)+reason)
	}
	return said
}

// named gives a reading as the topic of a sentence: 사진의 촬영 일시(2026-…)는.
func named(r reading) string {
	where := []rune(placeOf(r.Source))
	topic := "은"
	if last := where[len(where)-1]; last >= '가' && last <= '힣' && (last-'가')%28 == 0 {
		topic = "는"
	}
	return string(where) + "(" + r.Value + ")" + topic
}

// apart is how much later another reading lies than the chosen one. Where the
// zone of one of them is not certain, they may differ by a zone. A known error of
// the device's clock is taken off both.
func apart(best, o reading, ctx Context) time.Duration {
	o = o.corrected(ctx)
	start, known := best.stamp.Moment()
	moment, zoned := o.stamp.Moment()
	if certain := best.Zone != ZoneAssumed && o.Zone != ZoneAssumed; known && zoned && certain {
		return moment.Sub(start)
	}
	gap := o.stamp.Wall.Sub(best.stamp.Wall)
	if left := gap - nearestZone(gap); left.Abs() <= aboutAZone {
		return left
	}
	return gap
}

// aboutAZone is how far from a zone's offset a difference may lie and still be
// told as that zone and a clock error.
const aboutAZone = 15 * time.Minute

// straying is how far, in hours, a zone may lie from the sun's time of its place:
// western China, the farthest that people live, is three and a half off.
const straying = 4.0

// misplaced reports that the offset that stands with a reading cannot be that of
// the place where it was filmed.
func misplaced(r reading, p *Position) bool {
	if p == nil || r.rank != rankStated {
		return false
	}
	hours := float64(r.stamp.Offset)/3600 - p.Lon/15
	return math.Abs(math.Remainder(hours, 24)) > straying
}

// span writes a length of time as people say it.
func span(d time.Duration) string {
	d = d.Abs().Round(time.Second)
	days, hours, minutes, seconds := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case days >= 730:
		return fmt.Sprintf("약 %d년", int(math.Round(float64(days)/365.25)))
	case days >= 2:
		return fmt.Sprintf("%d일", days)
	case days > 0 || hours > 0:
		return fmt.Sprintf("%d시간 %d분", hours+24*days, minutes)
	case minutes > 0:
		return fmt.Sprintf("%d분 %d초", minutes, seconds)
	}
	return fmt.Sprintf("%d초", seconds)
}
