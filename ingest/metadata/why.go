package metadata

import (
	"fmt"
	"strings"
	"time"
)

// places say in plain Korean where a reading was found.
var places = map[string]string{
	"gpmf:GPSU": "영상에 함께 기록된 GPS 위성 시각", "gpmf:GPS9": "영상에 함께 기록된 GPS 위성 시각",
	"nmea:RMC": "GPS 기록의 위성 시각", "gpx:time": "GPS 기록의 위성 시각", "axis:gpstrail": "바디캠 위치 기록의 위성 시각",
	"djmd:GPSDateTime": "영상에 함께 기록된 GPS 위성 시각", "ssmd": "영상에 함께 기록된 GPS 위성 시각", "70mai:log": "위치 기록의 위성 시각",
	"mp4:text":      "영상의 자막 트랙에 적힌 첫 시각",
	"klv:timestamp": "영상에 함께 기록된 항공 표준(MISB) 시각", "freegps": "영상에 함께 기록된 위치 기록의 시각",
	"gpmf:no-lock": "위성을 잡지 못한 GPS 수신기의 시각", "exif:GPSDateTime": "사진의 GPS 위성 시각",
	"exif:DateTimeOriginal": "사진의 촬영 일시", "exif:DateTimeDigitized": "사진의 저장 일시",
	"exif:ModifyDate": "사진이 마지막으로 고쳐진 일시", "xmp:CreateDate": "사진 부가 정보의 일시",
	"srt": "비행 기록(SRT)의 첫 시각", "riff:IDIT": "영상의 촬영 일시", "riff:ICRD": "영상의 작성 일시",
	"h264:MDPM": "캠코더가 영상 안에 적은 촬영 일시", "quicktime:creationdate": "영상의 촬영 일시",
	"mp4:date": "영상의 촬영 일시", "mp4:day": "영상의 촬영 일시", "ligogps": "영상 뒤에 붙은 위치 기록의 시각",
	"mp4:mvhd": "영상 머리말의 생성 일시", "mp4:tkhd": "영상 트랙의 생성 일시", "mp4:mdhd": "영상 트랙의 생성 일시",
	"mkv:DateUTC": "영상 머리말의 생성 일시", "name": "파일 이름의 시각",
}

func placeOf(source string) string {
	source, _, _ = strings.Cut(source, "+")
	if p, ok := places[source]; ok {
		return p
	}
	return "파일에 적힌 시각"
}

// why explains the choice to a person.
func why(r reading, confidence string, notes []string, doubtful []reading) string {
	sentences := []string{withParticle(placeOf(r.Source)) + " 정했습니다."}
	switch {
	case r.rank == rankUnlocked:
		sentences = append(sentences, "위성 신호가 확인되지 않아 기기 시계로 봅니다.")
	case confidence == ByName:
		sentences = append(sentences, "파일 안에는 믿을 만한 시각이 없습니다.")
	}
	if r.reread {
		sentences = append(sentences, "규격대로 세계 표준시(UTC)로 보면 아직 오지 않은 때가 되므로 기기의 현지 시각으로 봅니다.")
	}
	sentences = append(sentences, notes...)
	if note := whyZone(r, notes); note != "" {
		sentences = append(sentences, note)
	}
	if r.shown {
		sentences = append(sentences, "촬영 위치가 한국이므로 한국 시각으로 나타냈습니다.")
	}
	if r.driven != nil {
		sentences = append(sentences, r.driven.sentence())
	}
	for _, d := range doubtful {
		if d.rank < r.rank || d.doubt == reset && d.rank <= rankMovie {
			sentences = append(sentences, "다른 값("+placeOf(d.Source)+" "+d.Value+")도 있으나 믿을 수 없어 쓰지 않았습니다.")
			break
		}
	}
	return strings.Join(sentences, " ")
}

func whyZone(r reading, notes []string) string {
	switch {
	case r.rank == rankGPS:
		return ""
	case r.compared:
		return r.driven.zoneSentence()
	case r.Zone == ZoneStated && r.stamp.Zoned:
		return "시각과 함께 시간대(" + zoneName(r.stamp.Offset) + ")가 적혀 있습니다."
	case r.zoned || r.placed:
		return ""
	case r.Zone == ZoneProfile && r.stamp.Offset != 0 && !r.shown:
		return "등록된 기기가 한국 시각을 쓰므로 그대로 한국 시각으로 보았습니다."
	case r.Zone == ZoneProfile:
		return "이 기기는 세계 표준시(UTC)로 적는 것으로 알려져 있습니다."
	case !r.stamp.Zoned:
		return "시간대가 적혀 있지 않아 어느 나라 시각인지는 파일만으로 알 수 없습니다."
	case r.Zone == ZoneAssumed && len(notes) == 0:
		return "규격대로 세계 표준시(UTC)로 보았으나 확인할 근거는 없습니다."
	}
	return ""
}

// whyDoubt explains why the best reading is not believed.
func whyDoubt(r reading, ctx Context) string {
	found := placeOf(r.Source) + ": " + r.Value + ". "
	switch r.doubt {
	case reset:
		return found + "시계가 초기화되었을 때의 값이어서 촬영 시각이 아닙니다. 담당자가 확인해 주십시오."
	case wildClock:
		return found + ctx.check().found() + " 하루가 넘게 틀린 시계의 시각은 믿을 수 없습니다. 기기 시계를 맞추고, 담당자가 촬영 시각을 확인해 주십시오."
	case rollover:
		return found + "GPS 수신기의 주 번호가 다시 시작된 것을 몰라 1,024주 앞서 적은 값입니다. 담당자가 확인해 주십시오."
	case beforePurchase:
		return found + "기기를 들여온 날(" + ctx.BoughtOn.Korean() + ")보다 앞서므로 믿을 수 없습니다. 담당자가 확인해 주십시오."
	}
	return found + "아직 오지 않은 때이므로 기기 시계가 틀렸습니다. 담당자가 확인해 주십시오."
}

func noteCameraZone(camera reading, offset int, drift time.Duration) string {
	s := "기기 시계(" + placeOf(camera.Source) + ")와 견주어 시간대를 " + withParticle(zoneName(offset)) + " 알아냈습니다."
	if drift.Abs() >= noDrift {
		direction := "빠릅니다"
		if drift < 0 {
			direction = "늦습니다"
		}
		s += " 기기 시계는 " + exactly(drift) + " " + direction + "."
	}
	return s
}

const notePlace = "시간대는 적혀 있지 않으나 촬영 위치가 한국이므로 한국 시각으로 보았습니다."

func noteSatelliteZone(offset int) string {
	return "함께 적힌 GPS 위성 시각과 견주어 시간대를 " + withParticle(zoneName(offset)) + " 알아냈습니다."
}

func noteNameZone(offset int, end bool) string {
	return "파일 이름의 현지 시각과 견주어 시간대를 " + withParticle(zoneName(offset)) + " 알아냈습니다." + endNote(end)
}

func noteNameLocal(end bool) string {
	return "파일 이름의 시각과 같으므로 기기의 현지 시각으로 봅니다." + endNote(end)
}

func noteNameAgrees(end bool) string {
	return "파일 이름의 시각과 맞습니다." + endNote(end)
}

func endNote(end bool) string {
	if !end {
		return ""
	}
	return " 적힌 것은 녹화가 끝난 시각이어서 재생 시간만큼 앞당겼습니다."
}

// zoneTitle names a zone; Korea's by its name.
func zoneTitle(offset int) string {
	if offset == koreanZone {
		return "한국 시각"
	}
	return zoneName(offset)
}

const koreanZone = 9 * 3600

func zoneName(offset int) string {
	if offset == 0 {
		return "세계 표준시"
	}
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, offset/3600, offset/60%60)
}

// withParticle adds 으로 or 로, by whether the last syllable has a final
// consonant (other than ㄹ); digits by how they are read.
func withParticle(s string) string {
	last := []rune(strings.TrimRight(s, ")"))
	if len(last) == 0 {
		return s
	}
	switch r := last[len(last)-1]; {
	case r >= '가' && r <= '힣':
		if final := (r - '가') % 28; final != 0 && final != 8 {
			return s + "으로"
		}
	case strings.ContainsRune("036", r):
		return s + "으로"
	}
	return s + "로"
}
