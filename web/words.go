package web

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/web/access"
)

// words is the one set of functions templates have.
func words(a *assets, in icons) template.FuncMap {
	return template.FuncMap{
		"asset":      a.address,
		"icon":       in.show,
		"control":    controlOf,
		"pager":      pagerOf,
		"empty":      emptyOf,
		"dday":       ddayBadge,
		"bytes":      byteCount,
		"duration":   duration,
		"seconds":    seconds,
		"count":      count,
		"int":        func(n int64) int { return int(n) },
		"overdue":    func() badge { return ddayBadge("지남") },
		"clipState":  clipState,
		"holdState":  holdState,
		"copyState":  copyState,
		"confidence": confidence,
		"basis":      holdBasis,
		"kind":       kind,
		"copyKind":   copyKind,
		"field":      fieldName,
		"zone":       zone,
		"meaning":    meaning,
		"act":        ledger.Label,
		"role":       access.Role.Korean,
		"device":     deviceStatus,
		"kept":       retention.KeptUntil,
		"moment":     instant.Time.Korean,
		"day":        instant.Date.Korean,
		"short":      short,
	}
}

// badge is a state said in text, with an icon and a tone that say the same.
type badge struct {
	Text string
	Icon string // of static/icons.svg; "" = none
	Tone string // info, good, warn, bad; "" = none
}

func clipState(s footage.State) badge {
	switch s {
	case footage.Registered:
		return badge{"등록 완료", "check", "good"}
	case footage.Review:
		return badge{"확인 필요", "alert", "warn"}
	case footage.Destroying:
		return badge{"파기 중", "trash", "bad"}
	case footage.Destroyed:
		return badge{"파기됨", "trash", ""}
	default:
		return badge{string(s), "question", ""}
	}
}

func holdState(h footage.Hold) badge {
	if h.Open() {
		return badge{"보류 중", "lock", "warn"}
	}
	return badge{"해제됨", "unlock", ""}
}

func copyState(s footage.DerivativeState) badge {
	switch s {
	case footage.Made:
		return badge{"있음", "check", "good"}
	case footage.Failed:
		return badge{"만들지 못함", "alert", "warn"}
	case footage.Discarded:
		return badge{"파기됨", "trash", ""}
	default:
		return badge{string(s), "question", ""}
	}
}

func deviceStatus(s devices.Status) badge {
	b := badge{s.Korean(), "question", ""}
	switch s {
	case devices.InUse:
		b.Icon, b.Tone = "check", "good"
	case devices.InRepair:
		b.Icon, b.Tone = "settings", "warn"
	case devices.Lost:
		b.Icon, b.Tone = "alert", "bad"
	case devices.Retired:
		b.Icon = "close"
	}
	return b
}

// confidence says how far a capture time can be trusted (graded by ingest/metadata).
func confidence(letter string) badge {
	switch letter {
	case "A":
		return badge{"확실(위성·표준시 기록)", "done", "good"}
	case "B":
		return badge{"믿을 만함(오차를 잰 기기 시계)", "check", "good"}
	case "C":
		return badge{"보통(기기 시계)", "clock", ""}
	case "D":
		return badge{"낮음(파일 이름·저장 시각)", "question", "warn"}
	case "X":
		return badge{"믿을 수 없음", "alert", "bad"}
	default:
		return badge{"근거 없음", "question", "warn"}
	}
}

// choice is one option of a list to choose from.
type choice struct{ Value, Text string }

var holdBases = []choice{
	{"request", "열람등 청구"},
	{"evidence", "증거자료"},
	{"preservation", "보존 요청"},
	{"other", "그 밖의 사유"},
}

var clipFields = []choice{
	{"captured_at", "촬영일시"},
	{"device", "기기"},
	{"purpose", "촬영 목적"},
}

// settledField is what a person has looked at and leaves as it is.
var settledField = choice{"doubts", "확인할 것"}

var clipStates = func() (all []choice) {
	for _, s := range []footage.State{footage.Registered, footage.Review, footage.Destroying, footage.Destroyed} {
		all = append(all, choice{string(s), clipState(s).Text})
	}
	return all
}()

func holdBasis(b string) string { return textOf(holdBases, b) }
func fieldName(f string) string { return textOf(slices.Concat(clipFields, []choice{settledField}), f) }
func kind(k string) string      { return textOf(kinds, k) }
func copyKind(k string) string  { return textOf(copyKinds, k) }
func zone(z string) string      { return textOf(zones, z) }
func meaning(m string) string   { return textOf(meanings, m) }

var kinds = []choice{
	{"video", "영상"}, {"photo", "사진"}, {"telemetry", "비행·센서 기록"}, {"audio", "음성"}, {"other", "그 밖의 파일"},
}

var copyKinds = []choice{{"poster", "대표 화면"}, {"proxy", "재생용 사본"}, {"strip", "미리보기 그림"}, {"track", "이동 경로"}}

var zones = []choice{
	{"stated", "시간대가 적혀 있음"}, {"gps", "위성 시각"}, {"profile", "기종 설정"}, {"assumed", "시간대를 추정함"},
}

var meanings = []choice{{"start", "촬영 시작"}, {"end", "촬영 끝"}, {"unknown", "알 수 없음"}}

func textOf(choices []choice, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return c.Text
		}
	}
	return value
}

// byteCount writes a size in binary units: "512바이트", "3.4MB", "1.2GB".
func byteCount(n int64) string {
	if n < 1024 {
		return strconv.FormatInt(n, 10) + "바이트"
	}
	v, units := float64(n)/1024, []string{"KB", "MB", "GB", "TB"}
	for len(units) > 1 && v >= 1023.95 {
		v, units = v/1024, units[1:]
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + units[0]
}

// duration writes a playing time: "1:02:03" or "2:03"; "" when not known.
func duration(s float64) string {
	if s <= 0 || math.IsNaN(s) || s > 1e9 {
		return ""
	}
	n := int64(math.Round(s))
	if n >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
	}
	return fmt.Sprintf("%d:%02d", n/60, n%60)
}

// seconds reads a playing time out: "2분 3초".
func seconds(s float64) string {
	if s <= 0 || math.IsNaN(s) || s > 1e9 {
		return "알 수 없음"
	}
	n := int64(math.Round(s))
	var parts []string
	for _, u := range []struct {
		length int64
		word   string
	}{{3600, "시간"}, {60, "분"}, {1, "초"}} {
		if k := n / u.length; k > 0 {
			parts = append(parts, strconv.FormatInt(k, 10)+u.word)
		}
		n %= u.length
	}
	if len(parts) == 0 {
		return "1초 미만"
	}
	return strings.Join(parts, " ")
}

// count writes a number with separators: "12,345".
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// short is the beginning of a long hash, enough to compare by eye.
func short(s string) string {
	if len(s) > 16 {
		return s[:16] + "…"
	}
	return s
}
