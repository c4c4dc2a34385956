package metadata

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"jikim/devices/instant"
	"jikim/devices/profile"
)

// Table writes the report for a person: a Korean name and a value a line, what
// the file does not say left out.
func (r Report) Table(w io.Writer) error {
	t := table{}
	t.add("파일", r.File)
	t.add("크기", fmt.Sprintf("%s바이트", thousands(r.Bytes)))
	t.add("SHA-256", r.SHA256)
	t.add("종류", kindNames[r.Kind]+" ("+r.Container+")")
	r.pictureRows(&t)
	t.add("제조사·기종", deviceName(r.Make, r.Model))
	t.add("일련번호", r.Serial)
	r.timeRows(&t)
	if l := r.Location; l != nil {
		t.add("위치", fmt.Sprintf("%s (%s)", position(l.Lat, l.Lon, l.AltM), l.Source))
	}
	if tr := r.Track; tr != nil {
		points := "일부만 읽음"
		if tr.Points > 0 {
			points = thousands(int64(tr.Points)) + "곳"
		}
		t.add("이동 기록", fmt.Sprintf("%s (%s)", points, tr.Source))
	}
	for _, p := range r.Problems {
		t.add("문제", p)
	}
	for _, c := range r.Companions {
		t.add("곁 파일", c.words())
	}
	return t.write(w)
}

func (r Report) pictureRows(t *table) {
	if r.DurationS > 0 {
		t.add("길이", clockFace(time.Duration(r.DurationS*float64(time.Second))))
	}
	if r.Width > 0 {
		size := fmt.Sprintf("%d×%d", r.Width, r.Height)
		if r.Rotation != nil && *r.Rotation != 0 {
			size += fmt.Sprintf(", 오른쪽으로 %d도 돌려 표시", *r.Rotation)
		}
		t.add("화면", size)
	}
	t.add("코덱", strings.Join(present(r.VideoCodec, r.AudioCodec), ", "))
}

func (r Report) timeRows(t *table) {
	switch moment, known := r.Moment(); {
	case known:
		t.add("촬영 시각", instant.Of(moment).Korean()+moment.In(instant.KST).Format(":05")+" (한국 시각)")
		if !strings.HasSuffix(r.CapturedAt, "+09:00") {
			t.add("파일에 적힌 대로", r.CapturedAt)
		}
	case r.CapturedAt != "":
		t.add("촬영 시각", strings.Replace(r.CapturedAt, "T", " ", 1)+" (어느 나라 시각인지 모름)")
	case r.Time != nil:
		t.add("촬영 시각", "알 수 없음")
	}
	if r.Time == nil {
		return
	}
	t.add("시각의 믿음", r.Time.Confidence+" "+confidenceNames[r.Time.Confidence])
	t.add("까닭", r.Time.Why)
	for _, c := range r.Time.Contradictions {
		t.add("어긋나는 점", c)
	}
	for _, c := range r.Time.Candidates {
		t.add("시각 후보", c.Value+" "+placeOf(c.Source)+" ("+c.Source+", "+zoneNames[c.Zone]+")")
	}
}

// words say in a line what a companion adds.
func (c Companion) words() string {
	said := []string{c.File + " (" + profile.Part(c.Part).Korean() + ")"}
	if c.CapturedAt != "" {
		said = append(said, "촬영 시각 "+strings.Replace(c.CapturedAt, "T", " ", 1)+", 믿음 "+c.Confidence)
	}
	if device := deviceName(c.Make, c.Model); device != "" {
		said = append(said, device)
	}
	if c.Serial != "" {
		said = append(said, "일련번호 "+c.Serial)
	}
	if l := c.Location; l != nil {
		said = append(said, "위치 "+position(l.Lat, l.Lon, l.AltM))
	}
	if c.Track != nil && c.Track.Points > 0 {
		said = append(said, "이동 기록 "+thousands(int64(c.Track.Points))+"곳")
	}
	return strings.Join(said, "; ")
}

var (
	kindNames       = map[string]string{Video: "영상", Photo: "사진", Telemetry: "비행·위치 기록", Audio: "소리", Other: "그 밖의 파일"}
	confidenceNames = map[string]string{
		ByStatement: "위성 시각이거나 시간대가 적혀 있음", ByDriftCheck: "기기 시계, 오차를 재어 바로잡음",
		ByDevice: "기기 시계만", ByName: "파일 이름만", Implausible: "믿을 수 없거나 없음",
	}
	zoneNames = map[string]string{ZoneStated: "시간대 적힘", ZoneGPS: "위성", ZoneProfile: "기기로 앎", ZoneAssumed: "시간대 추정"}
)

// table lines its values up; Korean letters are two columns wide.
type table struct{ rows [][2]string }

func (t *table) add(name, value string) {
	if value != "" {
		t.rows = append(t.rows, [2]string{name, value})
	}
}

func (t *table) write(w io.Writer) error {
	widest := 0
	for _, row := range t.rows {
		widest = max(widest, columns(row[0]))
	}
	var b strings.Builder
	last := ""
	for _, row := range t.rows {
		name := row[0]
		if name == last {
			name = "" // further candidates and problems stand under the first
		}
		last = row[0]
		b.WriteString(name + strings.Repeat(" ", widest-columns(name)+2) + printable(row[1]) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func columns(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x1100 && unicode.In(r, unicode.Hangul, unicode.Han) {
			n++
		}
	}
	return n
}

// printable keeps a file's own words from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, s)
}

// deviceName joins maker and model, unless the model says the maker itself.
func deviceName(maker, model string) string {
	if strings.HasPrefix(strings.ToLower(model), strings.ToLower(maker)) {
		return model
	}
	return strings.TrimSpace(maker + " " + model)
}

func present(values ...string) []string {
	var there []string
	for _, v := range values {
		if v != "" {
			there = append(there, v)
		}
	}
	return there
}

func position(lat, lon float64, alt *float64) string {
	s := fmt.Sprintf("%.6f, %.6f", lat, lon)
	if alt != nil {
		s += fmt.Sprintf(", 해발 %.1fm", *alt)
	}
	return s
}

func clockFace(d time.Duration) string {
	d = d.Round(100 * time.Millisecond)
	return fmt.Sprintf("%d:%02d:%04.1f", int(d.Hours()), int(d.Minutes())%60, d.Seconds()-60*float64(int(d.Minutes())))
}

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
