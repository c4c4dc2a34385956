package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/web/access"
)

// Holding several clips that are about to go: a page that says what the hold
// will do before it is placed.

// holdAtOnce is how many clips are held by one press.
const holdAtOnce = 100

type dueHoldBody struct {
	Form  form
	Bases []choice
	Clips []dueClip
	Held  int // of Clips that a hold keeps already
}

func (dueHoldBody) trail() []crumb { return nil }

func (s *site) showDueHold(c echo.Context) error {
	return s.showDueHoldWith(c, http.StatusOK, queryForm(c, ""))
}

func (s *site) showDueHoldWith(c echo.Context, status int, f form) error {
	clips, err := s.chosenToHold(c, f.values["clip"])
	if err != nil {
		return err
	}
	if len(clips) == 0 {
		return s.done(c, "/due#list", "보류할 영상을 하나 이상 고르세요.")
	}
	body := dueHoldBody{Form: f, Bases: holdBases, Clips: clips}
	for _, clip := range clips {
		if len(clip.Holds) > 0 {
			body.Held++
		}
	}
	return s.show(c, status, "due-hold", "파기 보류", body)
}

// chosenToHold gives those of the clips that the person may hold and that are
// still there.
func (s *site) chosenToHold(c echo.Context, ids []string) ([]dueClip, error) {
	ctx := c.Request().Context()
	if len(ids) > holdAtOnce {
		return nil, errTooManyHolds
	}
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return nil, err
	}
	holds, err := s.Records.OpenHoldsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	var chosen []dueClip
	for _, id := range ids {
		clip, err := s.Records.Clip(ctx, id)
		if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		live := clip.State == footage.Registered || clip.State == footage.Review
		if live && access.May(who(c), access.PlaceHold, clip.Department) {
			chosen = append(chosen, dueClip{s.clipRow(names(registry), clip), holds[id]})
		}
	}
	return chosen, nil
}

var errTooManyHolds = refuse.New(refuse.Invalid, "too-many-clips",
	"한 번에 100건까지 보류할 수 있습니다. 아무것도 바꾸지 않았습니다. 나누어 골라 다시 보류해 주세요.")

// holdDue places a hold on each of the clips. Each stands for itself: one that
// cannot be held any more does not keep the others from it, and is named.
func (s *site) holdDue(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	basis, reason, until := f.hold()
	if f.Failed() {
		return s.showDueHoldWith(c, http.StatusUnprocessableEntity, f)
	}
	clips, err := s.chosenToHold(c, f.values["clip"])
	if err != nil {
		return err
	}
	held, refused := 0, ""
	for _, clip := range clips {
		_, err := s.Desk.PlaceHold(c.Request().Context(), who(c).Actor(), clip.ID, basis, reason, until)
		if status, ok := f.explain(err, "basis", "reason", "until"); ok && f.Error("") == "" {
			return s.showDueHoldWith(c, status, f)
		}
		if r, ok := refuse.As(err); ok {
			refused += " " + clip.FileName + ": " + r.Sentence
			continue
		}
		if err != nil {
			return err
		}
		held++
	}
	return s.done(c, "/due#list", "영상 "+count(held)+"건의 파기를 보류했습니다. 보류를 모두 풀 때까지 파기되지 않습니다."+refused)
}
