package web

import (
	"math"
	"strings"
	"time"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
)

// evidence is what a capture time rests on, in words.
type evidence struct {
	Grade      badge  // of the time that is in force
	Means      string // what that grade is worth
	Settled    string // who says the time in force, when it is not the file
	Own        string // what the file itself says, when that is not in force
	OwnGrade   badge
	Why        string
	Zone       string // "" = nothing to be said
	Drift      string // "" = nobody looked at the device's clock
	Against    []string
	Candidates []candidateLine
	Witnesses  []witness
}

// candidateLine is a reading of a clock, and whether it was chosen.
type candidateLine struct {
	candidate
	Chosen bool
}

// witness is what another file of the recording says of the time.
type witness struct{ File, Part, Time, Why string }

// grades say what a grade of the capture time is worth.
var grades = []choice{
	{"A", "위성 시각이거나 시간대까지 함께 적힌 시각이어서 어느 순간인지 확실합니다."},
	{"B", "오차를 잰 기기 시계의 시각이거나, 사람이 근거를 적고 바로잡은 시각입니다."},
	{"C", "기기 시계가 적은 시각입니다. 그때 기기 시계가 맞았는지는 따로 확인되지 않았습니다."},
	{"D", "파일 이름처럼 카메라 밖에서도 바뀔 수 있는 곳에만 적힌 시각입니다. 보관기간은 등록한 때부터 셉니다."},
	{"X", "있을 수 없는 시각이거나 적힌 시각이 없습니다. 보관기간은 등록한 때부터 셉니다."},
}

// evidenceOf tells what the time of a clip rests on.
func evidenceOf(c footage.Clip, corrections []footage.Correction, s said) evidence {
	e := evidence{
		Grade: confidence(c.TimeConfidence), Means: textKept(grades, c.TimeConfidence), Why: s.Time.Why,
		Zone: s.zoneSentence(), Drift: s.Time.Drift.sentence(), Against: s.Time.Contradictions,
	}
	var person bool
	if e.Settled, person = settledBy(c, corrections); person {
		e.Grade = byPerson
	}
	if e.Settled != "" {
		e.Own, e.OwnGrade = s.ownTime(), confidence(s.Time.Confidence)
	}
	for _, found := range s.Time.Candidates {
		e.Candidates = append(e.Candidates, candidateLine{found, e.Settled == "" && !c.CapturedAt.IsZero() && found.Source == s.Time.Source})
	}
	for _, b := range s.Companions {
		if b.CapturedAt != "" {
			e.Witnesses = append(e.Witnesses, witness{b.File, profile.Part(b.Part).Korean(), candidate{Value: b.CapturedAt}.Korean(), b.Why})
		}
	}
	return e
}

// byPerson is the grade of a time that a person has stated.
var byPerson = badge{"믿을 만함(사람이 확인하고 적음)", "check", "good"}

// settledBy says who the time in force is from, when the file does not say it:
// a person, or another file of the recording.
func settledBy(c footage.Clip, corrections []footage.Correction) (sentence string, person bool) {
	for i := len(corrections) - 1; i >= 0; i-- {
		if k := corrections[i]; k.Field == "captured_at" {
			return k.By + "이(가) " + k.At.Korean() + "에 바로잡은 시각입니다. 사유: " + k.Why, true
		}
	}
	for _, r := range c.Reasons {
		if strings.Contains(r, "촬영 시각을 따") {
			return r, false
		}
	}
	return "", false
}

// textKept is textOf without the value itself as the last resort.
func textKept(choices []choice, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return c.Text
		}
	}
	return ""
}

// ownTime is the capture time that the file itself says.
func (s said) ownTime() string {
	if s.CapturedAt == "" {
		return "촬영 시각을 정하지 못함"
	}
	return candidate{Value: s.CapturedAt}.Korean()
}

// zoneSentence says in which zone digits were taken to be of which the file does
// not say it.
func (s said) zoneSentence() string {
	if s.CapturedAt != "" && s.CapturedUTC == "" {
		return "파일에는 시각만 있고 어느 나라 시각인지 적혀 있지 않습니다. 기기를 한국에서 쓰므로 한국 시각으로 보았습니다."
	}
	return ""
}

// drift is how wrong the device's clock was found to be.
type drift struct {
	LateS   float64 `json:"late_s"`
	Source  string  `json:"source"`
	At      string  `json:"at"`
	Applied bool    `json:"applied"`
}

func (d *drift) sentence() string {
	if d == nil {
		return ""
	}
	when := ""
	if t, err := time.Parse(time.RFC3339Nano, d.At); err == nil {
		when = instant.Of(t).Korean() + "에 "
	} else if day, err := instant.ParseDate(d.At); err == nil {
		when = day.Korean() + "에 "
	}
	who := "도크가 "
	if d.Source == "registry" {
		who = "담당자가 "
	}
	measured := when + who + "재어 보니 기기 시계가 " + d.gap() + "."
	if d.Applied {
		return measured + " 위의 촬영일시는 그만큼 바로잡은 것입니다."
	}
	return measured + " 위의 촬영일시는 바로잡지 않은 것입니다."
}

func (d *drift) gap() string {
	switch {
	case math.Abs(d.LateS) < 1:
		return "맞았습니다"
	case d.LateS > 0:
		return seconds(d.LateS) + " 늦었습니다"
	}
	return seconds(-d.LateS) + " 빨랐습니다"
}
