package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/web/access"
)

// correction is the form for one field of a clip.
type correction struct {
	Field, Name string
	Form        form
	Choices     []choice // nil for a time
	Current     string   // as a person reads it
	Value       string   // as the field holds it
}

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
		all[i].Name = fieldName(all[i].Field)
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

func (s *site) correct(c echo.Context) error {
	clip, err := s.clip(c, access.Correct)
	if err != nil {
		return err
	}
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	if f.ID = textKey(clipFields, f.Value("field")); f.ID == "" {
		return errNoField
	}
	now, why := f.text("now", maxCase), f.text("why", maxReason)
	if now == "" {
		f.fail("now", "바로잡을 값을 입력하거나 고르세요.")
	}
	if why == "" {
		f.fail("why", "정정하는 까닭과 근거를 입력하세요. 처음 값과 함께 기록에 남습니다.")
	}
	if f.Failed() {
		return s.showClipWith(c, http.StatusUnprocessableEntity, f)
	}
	ctx := c.Request().Context()
	if _, err := s.Desk.Correct(ctx, who(c).Actor(), clip.ID, f.ID, now, why); err != nil {
		return s.explainOnClip(c, f, err, "now", "why")
	}
	after, err := s.Records.Clip(ctx, clip.ID)
	if err != nil {
		return err
	}
	return s.done(c, "/clips/"+clip.ID, fieldName(f.ID)+" 정정을 기록했습니다. "+keptChange(clip, after))
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
