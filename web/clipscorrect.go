package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/review"
	"jikim/web/access"
)

// Correcting the purpose of many clips: a page that says what would change,
// and only then the act, clip by clip.

const (
	// mostAtOnce is how many clips are corrected by one press.
	mostAtOnce = 1000
	// firstShown is how many of them the page names.
	firstShown = 20
)

type clipsCorrectBody struct {
	Form     form
	Purposes []choice
	Asked    []choice // fields that say again which clips: "clip", or the conditions
	IDs      []string // those it would change
	Lines    []correctLine
	Total    int
	Told     bool // what would change is known
	Later, Sooner, Same, Forever,
	Held int
	Refused []string // by name, and why
}

// correctLine is what would become of one clip.
type correctLine struct {
	clipRow
	Now string // how long it would be kept; "" = nothing would change
	Why string // why nothing would
}

func (clipsCorrectBody) trail() []crumb { return nil }

func (s *site) showCorrectClips(c echo.Context) error {
	return s.showCorrectClipsWith(c, http.StatusOK, queryForm(c, ""))
}

func (s *site) showCorrectClipsWith(c echo.Context, status int, f form) error {
	ctx := c.Request().Context()
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	clips, err := s.chosenToCorrect(c, f, registry)
	if err != nil {
		return err
	}
	if len(clips) == 0 {
		return s.done(c, "/clips", "바로잡을 영상을 하나 이상 고르세요.")
	}
	n := names(registry)
	body := clipsCorrectBody{Form: f, Purposes: n.purposes(scope(who(c), access.Correct)), Total: len(clips)}
	for _, field := range append([]string{"clip", "all"}, conditions...) {
		for _, v := range f.values[field] {
			body.Asked = append(body.Asked, choice{field, v})
		}
	}
	now := body.Form.choose("now", body.Purposes, "등록된 목적이 아닙니다. 목록에서 목적을 고르세요.")
	if err := s.foretell(c, &body, clips, n, now); err != nil {
		return err
	}
	return s.show(c, max(status, statusOf(body.Form)), "clips-correct", "촬영 목적 한꺼번에 바로잡기", body)
}

// foretell says what the correction would make of each clip.
func (s *site) foretell(c echo.Context, b *clipsCorrectBody, clips []footage.Clip, n registryNames, now string) error {
	ctx := c.Request().Context()
	for _, clip := range clips {
		line := correctLine{clipRow: s.clipRow(n, clip)}
		if now != "" {
			before, after, err := s.Desk.Preview(ctx, who(c).Actor(), clip.ID, review.FieldPurpose, now)
			if r, ok := refuse.As(err); ok {
				line.Why = r.Sentence
				b.Refused = append(b.Refused, clip.FileName+": "+r.Sentence)
			} else if err != nil {
				return err
			} else {
				b.IDs = append(b.IDs, clip.ID)
				line.Now = orForever(after.ExpiresOn)
				b.tally(before, after)
			}
		}
		if len(b.Lines) < firstShown {
			b.Lines = append(b.Lines, line)
		}
	}
	b.Told = now != ""
	holds, err := s.Records.OpenHoldsOf(ctx, b.IDs)
	for _, open := range holds {
		if len(open) > 0 {
			b.Held++
		}
	}
	return err
}

func (b *clipsCorrectBody) tally(before, after footage.Clip) {
	switch {
	case before.ExpiresOn == after.ExpiresOn:
		b.Same++
	case after.ExpiresOn == "":
		b.Forever++
	case before.ExpiresOn == "" || after.ExpiresOn < before.ExpiresOn:
		b.Sooner++
	default:
		b.Later++
	}
}

// chosenToCorrect gives the clips that a form names, or that its conditions
// find, as far as the person may correct them.
func (s *site) chosenToCorrect(c echo.Context, f form, registry devices.Registry) ([]footage.Clip, error) {
	var found []footage.Clip
	var err error
	if f.Is("all", "1") {
		found, err = s.allFound(c, f.values, registry)
	} else {
		found, err = s.clipsByID(c, f.values["clip"])
	}
	if err != nil {
		return nil, err
	}
	var mine []footage.Clip
	for _, clip := range found {
		live := clip.State == footage.Registered || clip.State == footage.Review
		if live && access.May(who(c), access.Correct, clip.Department) {
			mine = append(mine, clip)
		}
	}
	return mine, nil
}

func (s *site) allFound(c echo.Context, asked url.Values, registry devices.Registry) (found []footage.Clip, err error) {
	body, filter := s.clipsBody(c, registry, asked)
	if body.Form.Failed() || !body.Narrowed {
		return nil, nil
	}
	for filter.Limit = 200; ; {
		page, err := s.Records.ListClips(c.Request().Context(), filter)
		if err != nil {
			return nil, err
		}
		if found = append(found, page.Clips...); len(found) > mostAtOnce {
			return nil, errTooMany
		}
		if filter.Cursor = page.Next; filter.Cursor == "" {
			return found, nil
		}
	}
}

func (s *site) clipsByID(c echo.Context, ids []string) (found []footage.Clip, err error) {
	if len(ids) > mostAtOnce {
		return nil, errTooMany
	}
	for _, id := range ids {
		clip, err := s.Records.Clip(c.Request().Context(), id)
		if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, clip)
	}
	return found, nil
}

// correctClips corrects the purpose of each of the clips. Each stands for
// itself: one that cannot be corrected does not keep the others from it, and is
// named.
func (s *site) correctClips(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	now, why := f.text("now", maxCase), f.text("why", maxReason)
	if now == "" {
		f.fail("now", "바로잡을 촬영 목적을 고르세요.")
	}
	if why == "" {
		f.fail("why", "정정하는 까닭과 근거를 입력하세요. 영상마다 처음 값과 함께 기록에 남습니다.")
	}
	if f.Failed() {
		return s.showCorrectClipsWith(c, http.StatusUnprocessableEntity, f)
	}
	clips, err := s.clipsByID(c, f.values["clip"])
	if err != nil {
		return err
	}
	done, failed := 0, []string{}
	for _, clip := range clips {
		if err := access.Allow(who(c), access.Correct, clip.Department); err != nil {
			return err
		}
		_, err := s.Desk.Correct(c.Request().Context(), who(c).Actor(), clip.ID, review.FieldPurpose, now, why)
		if r, ok := refuse.As(err); ok {
			failed = append(failed, clip.FileName+"("+r.Sentence+")")
			continue
		}
		if err != nil {
			return err
		}
		done++
	}
	told := "영상 " + count(done) + "건의 촬영 목적을 바로잡았습니다. 영상마다 관리대장에 기록이 남았습니다."
	if len(failed) > 0 {
		told += " " + count(len(failed)) + "건은 바꾸지 못했습니다: " + strings.Join(failed[:min(len(failed), firstShown)], ", ")
	}
	return s.done(c, "/clips", told)
}
