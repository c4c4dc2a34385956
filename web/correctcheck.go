package web

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/footage"
	"jikim/footage/retention"
	"jikim/footage/review"
)

// correctBody is what a correction would change, shown before it is recorded.
type correctBody struct {
	Clip    footage.Clip
	Form    form
	Name    string // of the field
	Lines   []changeLine
	Reasons []string // why it would be kept until then
	Doubts  []string // what would still have to be settled
	Soon    string   // a warning; "" = none
	Seen    string   // what the person is shown, told apart from anything else
	Changed bool     // it is no longer what the person saw
}

// changeLine is one fact before and after.
type changeLine struct {
	Name, Was, Now string
	Same           bool
}

func (b correctBody) trail() []crumb { return []crumb{{b.Clip.FileName, "/clips/" + b.Clip.ID}} }

// checkOf lays out the effect of a correction.
func (s *site) checkOf(c echo.Context, f form, before, after footage.Clip) (correctBody, error) {
	registry, err := s.Records.Registry(c.Request().Context())
	if err != nil {
		return correctBody{}, err
	}
	b := correctBody{Clip: before, Form: f, Name: fieldName(f.ID), Reasons: after.Reasons, Doubts: after.Doubts}
	n := names(registry)
	captured := capturedText(after)
	if f.ID == review.FieldCapturedAt {
		captured = after.CapturedAt.Korean() + " · " + byPerson.Text
	}
	b.add("촬영일시", capturedText(before), captured)
	b.add("기기", n.device(before.Device), n.device(after.Device))
	b.add("촬영 목적", n.purpose(before.Purpose), n.purpose(after.Purpose))
	b.add("보관 만료", s.keptText(before), s.keptText(after))
	b.add("상태", clipState(before.State).Text, clipState(after.State).Text)
	sum := sha256.Sum256([]byte(strings.Join([]string{
		before.CapturedAt.String(), before.Device, before.Purpose, string(before.ExpiresOn), string(before.State),
		after.CapturedAt.String(), after.Device, after.Purpose, string(after.ExpiresOn), string(after.State),
	}, "\n")))
	b.Seen = hex.EncodeToString(sum[:8])
	b.Changed = f.Is("step", correctStep) && !f.Is("seen", b.Seen)
	b.Soon = s.shortens(before, after)
	return b, nil
}

func (b *correctBody) add(name, was, now string) {
	b.Lines = append(b.Lines, changeLine{name, was, now, was == now})
}

func capturedText(c footage.Clip) string {
	if c.CapturedAt.IsZero() {
		return "알 수 없음"
	}
	return c.CapturedAt.Korean() + " · " + confidence(c.TimeConfidence).Text
}

// keptText is until when a clip is kept, with the days left.
func (s *site) keptText(c footage.Clip) string {
	if c.DueAt.IsZero() {
		return retention.KeptUntil(c)
	}
	return retention.KeptUntil(c) + " (" + retention.DDay(s.Now(), c.DueAt) + ")"
}

// shortens warns of a correction that brings the end nearer.
func (s *site) shortens(before, after footage.Clip) string {
	switch {
	case after.DueAt.IsZero(), !before.DueAt.IsZero() && !after.DueAt.Before(before.DueAt):
		return ""
	}
	return "보관기간이 짧아집니다. 걸려 있는 보류가 없으면 " + after.DueAt.Korean() + "부터 파기됩니다. 더 오래 두어야 하면 먼저 파기 보류를 거세요."
}
