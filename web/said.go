package web

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jikim/devices/instant"
)

// said is what a file says of itself, as `jikim inspect` prints it and the
// clip keeps it: only what the page shows.
type said struct {
	Container  string `json:"container"`
	VideoCodec string `json:"video_codec"`
	AudioCodec string `json:"audio_codec"`
	Make       string `json:"make"`
	Model      string `json:"model"`
	Serial     string `json:"serial"`
	Rotation   int    `json:"rotation"`

	CapturedAt  string `json:"captured_at"`
	CapturedUTC string `json:"captured_at_utc"`
	Time        struct {
		Confidence     string      `json:"confidence"`
		Source         string      `json:"source"`
		Zone           string      `json:"zone"`
		Meaning        string      `json:"meaning"`
		Why            string      `json:"why"`
		Candidates     []candidate `json:"candidates"`
		Contradictions []string    `json:"contradictions"`
		Drift          *drift      `json:"drift"`
	} `json:"time"`
	Location *struct {
		Lat    float64  `json:"lat"`
		Lon    float64  `json:"lon"`
		AltM   *float64 `json:"alt_m"`
		Source string   `json:"source"`
	} `json:"location"`
	Companions []struct {
		File       string `json:"file"`
		Part       string `json:"part"`
		CapturedAt string `json:"captured_at"`
		Why        string `json:"why"`
	} `json:"companions"`
	Problems []string `json:"problems"`
}

type candidate struct {
	Value   string `json:"value"`
	Source  string `json:"source"`
	Zone    string `json:"zone"`
	Meaning string `json:"meaning"`
}

// readSaid reads the stored report. One that cannot be read says so: the
// footage is there all the same.
func readSaid(report string) said {
	var s said
	if report == "" {
		return s
	}
	if err := json.Unmarshal([]byte(report), &s); err != nil {
		return said{Problems: []string{"저장된 메타데이터를 읽을 수 없습니다. 원본은 그대로 있습니다."}}
	}
	return s
}

// Korean writes the candidate's time for people: Korean time where the file
// states a zone, else the digits as they stand.
func (c candidate) Korean() string {
	if t, err := time.Parse(time.RFC3339Nano, c.Value); err == nil {
		return instant.Of(t).Korean() + t.In(instant.KST).Format(":05")
	}
	if t, err := time.Parse("2006-01-02T15:04:05", c.Value); err == nil {
		return strings.ReplaceAll(c.Value, "T", " ") + " (시간대 없음, " + weekdayOf(t) + ")"
	}
	return c.Value
}

func weekdayOf(t time.Time) string {
	return string([]rune("일월화수목금토")[t.Weekday()]) + "요일"
}

// sources puts the beginning of a program's word for a source into people's.
var sources = []choice{
	{"exif:", "사진 정보(EXIF)"},
	{"xmp:", "사진 정보(XMP)"},
	{"mp4:", "영상 머리말(MP4)"},
	{"quicktime:", "영상 머리말(QuickTime)"},
	{"mkv:", "영상 머리말(Matroska)"},
	{"riff:", "영상 머리말(AVI)"},
	{"h264:", "영상 안의 기록(H.264)"},
	{"gpmf:", "영상 안의 GPS 기록"},
	{"klv:", "영상 안의 항공 기록(MISB)"},
	{"freegps", "영상 안의 위치 기록"},
	{"ligogps", "영상 뒤의 위치 기록"},
	{"axis:", "바디캠 위치 기록"},
	{"nmea:", "GPS 기록(NMEA)"},
	{"gpx:", "GPS 기록(GPX)"},
	{"srt", "비행 기록(SRT)"},
	{"name", "파일 이름"},
}

// Where names the candidate's source.
func (c candidate) Where() string { return sourceName(c.Source) }

func sourceName(source string) string {
	for _, s := range sources {
		if rest, ok := strings.CutPrefix(source, s.Value); ok {
			return strings.TrimSpace(s.Text + " " + rest)
		}
	}
	return source
}

// Place is where it was filmed, and where that is written.
func (s said) Place() string {
	if s.Location == nil {
		return ""
	}
	place := "위도 " + strconv.FormatFloat(s.Location.Lat, 'f', 6, 64) + ", 경도 " + strconv.FormatFloat(s.Location.Lon, 'f', 6, 64)
	if s.Location.AltM != nil {
		place += ", 고도 " + metresText(*s.Location.AltM)
	}
	return place + " (" + sourceName(s.Location.Source) + ")"
}

// Equipment is the maker, model and serial the file names.
func (s said) Equipment() string {
	return strings.Join(strings.Fields(strings.Join([]string{s.Make, s.Model, s.Serial}, " ")), " ")
}

// Coding is the container with its codecs.
func (s said) Coding() string {
	var parts []string
	for _, p := range []string{s.Container, s.VideoCodec, s.AudioCodec} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

// printable shows raw bytes of a path: what is not text is written as \xNN.
func printable(raw []byte) string {
	var b strings.Builder
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		if r == utf8.RuneError && n == 1 || unicode.IsControl(r) {
			for _, c := range raw[:n] {
				b.WriteString(`\x` + strconv.FormatInt(int64(c)+0x100, 16)[1:])
			}
		} else {
			b.WriteRune(r)
		}
		raw = raw[n:]
	}
	return b.String()
}
