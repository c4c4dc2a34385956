package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/web/access"
)

// correction is the form for one field of a clip.
type correction struct {
	Clip        string // its id
	Field, Name string
	Form        form
	Choices     []choice // nil for a time
	Current     string   // as a person reads it
	Value       string   // as the field holds it
	Fixed       string   // the value, when there is nothing to choose
	From        string   // the page to go back to: "review", or "" for the clip's
	Asked       bool     // it is what is in doubt
	Sent        bool     // the form stands as it was sent
}

// Open reports whether the form is to be seen at once.
func (c correction) Open() bool { return c.Asked || c.Sent || c.Form.Failed() }

// localMinute is how browsers write a local time.
const localMinute = "2006-01-02T15:04"

func corrections(n registryNames, c footage.Clip) []correction {
	captured := correction{Field: "captured_at", Current: "알 수 없음"}
	if !c.CapturedAt.IsZero() {
		captured.Current = c.CapturedAt.Korean()
		captured.Value = c.CapturedAt.Std().In(instant.KST).Format(localMinute)
	}
	all := []correction{
		captured,
		{Field: "device", Current: n.device(c.Device), Value: c.Device, Choices: n.devices(c.Department)},
		{Field: "purpose", Current: n.purpose(c.Purpose), Value: c.Purpose, Choices: n.purposes(c.Department)},
	}
	for i := range all {
		all[i].Clip, all[i].Name = c.ID, fieldName(all[i].Field)
		all[i].Form = form{ID: all[i].Field, values: map[string][]string{"now": {all[i].Value}}}
	}
	return all
}

// correctedLine is a correction as a line of a table, its values in words.
type correctedLine struct {
	Name string
	footage.Correction
}

func (n registryNames) corrected(all []footage.Correction) (lines []correctedLine) {
	for _, k := range all {
		k.Was, k.Now = n.valueOf(k.Field, k.Was), n.valueOf(k.Field, k.Now)
		lines = append(lines, correctedLine{fieldName(k.Field), k})
	}
	return lines
}

// valueOf puts the value of a field that may be corrected into words.
func (n registryNames) valueOf(field, value string) string {
	if field == "captured_at" && value == "" {
		return "알 수 없음"
	}
	return n.fact(field, value)
}

var errNoField = refuse.New(refuse.Invalid, "unknown-field", "정정할 수 없는 항목입니다. 화면의 단추로 다시 시도해 주세요.")

// correctStep is what the first form does not send: that its effect was seen.
const correctStep = "record"

// correct first shows what a correction would change, and records it once the
// person has seen that.
func (s *site) correct(c echo.Context) error {
	clip, err := s.clip(c, access.Correct)
	if err != nil {
		return err
	}
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	if f.ID = textKey(append(slices.Clip(clipFields), settledField), f.Value("field")); f.ID == "" {
		return errNoField
	}
	now, why := f.text("now", maxCase), f.text("why", maxReason)
	if now == "" {
		f.fail("now", "바로잡을 값을 입력하거나 고르세요.")
	}
	if why == "" {
		f.fail("why", "정정하는 까닭과 근거를 입력하세요. 처음 값과 함께 기록에 남습니다.")
	}
	switch {
	case f.Failed():
		return s.showSent(c, http.StatusUnprocessableEntity, f)
	case f.Is("step", "edit"):
		return s.showSent(c, http.StatusOK, f)
	}
	now = exactly(clip, f.ID, now)
	before, after, err := s.Desk.Preview(c.Request().Context(), who(c).Actor(), clip.ID, f.ID, now)
	if err != nil {
		return s.explainCorrection(c, f, err)
	}
	check, err := s.checkOf(c, f, before, after)
	if err != nil {
		return err
	}
	if !f.Is("step", correctStep) || check.Changed {
		return s.show(c, http.StatusOK, "correct", fieldName(f.ID)+" 정정", check)
	}
	return s.record(c, clip, f, now, why)
}

// explainCorrection shows a refusal beside its field.
func (s *site) explainCorrection(c echo.Context, f form, err error) error {
	status, ok := f.explain(err, "now", "why")
	if !ok {
		return err
	}
	return s.showSent(c, status, f)
}

// exactly gives the time of a clip to the second where a form, which knows only
// minutes, left it as it is.
func exactly(c footage.Clip, field, now string) string {
	if field == "captured_at" && !c.CapturedAt.IsZero() && now == c.CapturedAt.Std().In(instant.KST).Format(localMinute) {
		return c.CapturedAt.String()
	}
	return now
}

// showSent shows the page that a correction was sent from, with its form as it
// was sent.
func (s *site) showSent(c echo.Context, status int, f form) error {
	if f.Is("from", "review") {
		return s.showDoubtWith(c, status, f)
	}
	return s.showClipWith(c, status, f)
}

func (s *site) record(c echo.Context, clip footage.Clip, f form, now, why string) error {
	ctx := c.Request().Context()
	if _, err := s.Desk.Correct(ctx, who(c).Actor(), clip.ID, f.ID, now, why); err != nil {
		return s.explainCorrection(c, f, err)
	}
	after, err := s.Records.Clip(ctx, clip.ID)
	if err != nil {
		return err
	}
	said := fieldName(f.ID) + " 정정을 기록했습니다. " + keptChange(clip, after)
	if f.Is("from", "review") {
		return s.nextDoubt(c, clip, after, said)
	}
	return s.done(c, "/clips/"+clip.ID, said)
}

// keptChange says what a correction did to the period.
func keptChange(before, after footage.Clip) string {
	if before.ExpiresOn == after.ExpiresOn {
		return "보관 만료일은 그대로입니다."
	}
	return "보관 만료일이 " + orForever(before.ExpiresOn) + "에서 " + orForever(after.ExpiresOn) + "(으)로 바뀌었습니다."
}

func orForever(d instant.Date) string {
	if d == "" {
		return "영구"
	}
	return d.Korean()
}

// textKey gives value when it is one of the choices, else "".
func textKey(choices []choice, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return value
		}
	}
	return ""
}
