package web

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/review"
	"jikim/web/access"
)

var errOtherRecording = refuse.New(refuse.Invalid, "not-of-this-recording",
	"같은 촬영의 파일이 아니어서 이어 볼 수 없습니다. 영상 화면에서 사유를 적고 따로 여세요.")

// watchOn goes on to another file of the same recording for the reason that the
// person has given already: each file is a look of its own in the ledger.
func (s *site) watchOn(c echo.Context) error {
	clip, view, err := s.viewed(c)
	if err != nil {
		return err
	}
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	next, err := s.Records.Clip(ctx, f.Value("to"))
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		return errOtherRecording
	}
	if err != nil {
		return err
	}
	if clip.Recording == "" || next.Recording != clip.Recording || !access.May(who(c), access.ViewContent, next.Department) {
		return errOtherRecording
	}
	token, _, err := s.Desk.OpenView(ctx, who(c).Actor(), next.ID, view.Reason, view.Case)
	if err != nil {
		return err
	}
	to := watchAddress(next.ID, token)
	if at, err := strconv.ParseFloat(f.Value("at"), 64); err == nil && at > 0 && at < 1e6 {
		to += "#t=" + strconv.FormatFloat(math.Round(at*1000)/1000, 'f', -1, 64)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// making is how it stands with the copy that browsers play.
type making struct {
	Sentence string `json:"sentence"`
	Percent  int    `json:"percent"` // -1 = nothing to be measured
	Waiting  bool   `json:"waiting"` // it is worth asking again
}

// making tells how the copy of a clip stands; nil when none is needed or it is
// there.
func (s *site) making(d footage.Dossier, playable bool) *making {
	if playable || d.Clip.Kind != "video" {
		return nil
	}
	why := "이 브라우저가 재생하지 못할 수 있는 형식(" + codecName(d.Clip) + ")입니다. 파일이 손상된 것은 아닙니다. "
	for _, m := range d.Derivatives {
		if m.Kind == review.Proxy && m.State == footage.Failed {
			return &making{Sentence: why + "재생용 사본은 만들지 못했습니다: " + m.Detail, Percent: -1}
		}
	}
	if !d.Clip.MediaTodo {
		return &making{Sentence: why + "재생용 사본이 없습니다. 원본은 받은 그대로 보관되어 있습니다.", Percent: -1}
	}
	if s.Progress != nil {
		if share, running := s.Progress(d.Clip.ID); running {
			percent := int(share * 100)
			return &making{Sentence: why + fmt.Sprintf("재생용 사본을 만드는 중입니다(%d %%).", percent), Percent: percent, Waiting: true}
		}
	}
	return &making{Sentence: why + "재생용 사본을 만들 차례를 기다리고 있습니다.", Percent: -1, Waiting: true}
}

// codecName is what stands in the way of playing: the codec, else the format.
func codecName(c footage.Clip) string {
	switch codec := readSaid(c.Metadata).VideoCodec; codec {
	case "":
		return c.MIME
	case "hevc", "h265":
		return "HEVC(H.265)"
	default:
		return strings.ToUpper(codec)
	}
}

// showMaking tells a page that waits for a copy how it stands; null when it is
// there.
func (s *site) showMaking(c echo.Context) error {
	clip, _, err := s.viewed(c)
	if err != nil {
		return err
	}
	dossier, err := s.Records.Dossier(c.Request().Context(), clip.ID)
	if err != nil {
		return err
	}
	b := watchBody{Clip: dossier.Clip, Playable: playable(dossier.Clip)}
	b.useCopies(c.Param("token"), dossier.Derivatives)
	return c.JSON(http.StatusOK, s.making(dossier, b.Playable))
}
