package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/review"
	"jikim/web/access"
)

// The queue 확인 필요: what a person must settle before rules can be trusted.

type reviewBody struct {
	Rows  []clipRow
	Count int
	More  bool // there are more than Count
	Next  string
	First string
}

// doubtBody is one clip of the queue with what settles it.
type doubtBody struct {
	clipBody
	Next string // address of the next one; "" = this is the last
	Left int    // in the queue, this one too
	More bool
}

func (b doubtBody) trail() []crumb { return nil }

// reviewPage is how many clips of the queue are looked through at once.
const reviewPage = 50

// doubted is the queue of whoever may settle it.
func (s *site) doubted(w access.Who, cursor string) footage.Filter {
	return footage.Filter{Department: scope(w, access.Correct), State: footage.Review, Companions: true, Cursor: cursor, Limit: reviewPage}
}

func (s *site) showReview(c echo.Context) error {
	ctx, w := c.Request().Context(), who(c)
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	cursor := queryForm(c, "").Value("cursor")
	page, err := s.Records.ListClips(ctx, s.doubted(w, cursor))
	if r, ok := refuse.As(err); ok && r.Kind == refuse.Invalid {
		return s.done(c, reviewPath, "목록의 위치를 알 수 없어 처음부터 보여 줍니다.")
	}
	if err != nil {
		return err
	}
	body, n := reviewBody{}, names(registry)
	for _, clip := range page.Clips {
		body.Rows = append(body.Rows, s.clipRow(n, clip))
	}
	if body.Count, body.More, err = s.countDoubted(ctx, w); err != nil {
		return err
	}
	if page.Next != "" {
		body.Next = reviewPath + "?cursor=" + url.QueryEscape(page.Next)
	}
	if cursor != "" {
		body.First = reviewPath
	}
	return s.show(c, http.StatusOK, "review", "확인 필요", body)
}

// countDoubted counts the queue, no further than people care.
func (s *site) countDoubted(ctx context.Context, w access.Who) (n int, more bool, err error) {
	const far = 99
	n, err = s.Records.CountClips(ctx, s.doubted(w, ""), far+1)
	return min(n, far), n > far, err
}

// reviewPath is where the queue is.
const reviewPath = "/review"

// tallyDoubts puts the length of the queue behind its word in the menu.
func (s *site) tallyDoubts(ctx context.Context, w access.Who, menu []menuSection) error {
	for _, section := range menu {
		for i := range section.Items {
			if section.Items[i].Address != reviewPath {
				continue
			}
			n, more, err := s.countDoubted(ctx, w)
			if err != nil {
				return err
			}
			if n > 0 {
				section.Items[i].Tally = count(n)
			}
			if more {
				section.Items[i].Tally += "+"
			}
		}
	}
	return nil
}

func (s *site) showDoubt(c echo.Context) error { return s.showDoubtWith(c, http.StatusOK, form{}) }

func (s *site) showDoubtWith(c echo.Context, status int, sent form) error {
	clip, err := s.clip(c, access.Correct)
	if err != nil {
		return err
	}
	if clip.State != footage.Review {
		return s.done(c, "/clips/"+clip.ID, "확인할 것이 없는 영상입니다. 이미 정리되었습니다.")
	}
	ctx, w := c.Request().Context(), who(c)
	page, err := s.clipBody(c)
	if err != nil {
		return err
	}
	body := doubtBody{clipBody: *page}
	for i := range body.Corrections {
		body.Corrections[i].From = "review"
		body.Corrections[i].Asked = asks(clip.Doubts, body.Corrections[i].Field)
	}
	if _, _, err := s.Desk.Preview(ctx, w.Actor(), clip.ID, review.FieldDoubts, ""); err == nil {
		body.Corrections = append(body.Corrections, settleForm(clip.ID))
	}
	body.takeBack(sent)
	if body.Left, body.More, err = s.countDoubted(ctx, w); err != nil {
		return err
	}
	next, err := s.doubtAfter(ctx, w, clip)
	if err != nil {
		return err
	}
	if next != "" {
		body.Next = reviewPath + "/" + next
	}
	return s.show(c, status, "doubt", clip.FileName, body)
}

// asks reports whether one of the doubts is about a field.
func asks(doubts []string, field string) bool {
	word := map[string]string{"captured_at": "촬영일을", "device": "기기를", "purpose": "목적을"}[field]
	return slices.ContainsFunc(doubts, func(d string) bool { return strings.Contains(d, word) })
}

// settleForm is the act of who has looked and changes nothing.
func settleForm(clip string) correction {
	return correction{
		Clip: clip, Field: settledField.Value, Name: settledField.Text, From: "review", Current: "열어 보고 그대로 둠",
		Form: form{ID: settledField.Value}, Fixed: "확인함",
	}
}

// doubtAfter finds the clip that follows another in the queue, or the first
// when it was the last; "" when there is no other.
func (s *site) doubtAfter(ctx context.Context, w access.Who, c footage.Clip) (string, error) {
	page, err := s.Records.ListClips(ctx, s.doubted(w, ""))
	if err != nil {
		return "", err
	}
	first := ""
	for _, other := range page.Clips {
		if other.ID == c.ID {
			continue
		}
		if first == "" {
			first = other.ID
		}
		if other.SortAt.Before(c.SortAt) || other.SortAt == c.SortAt && other.ID < c.ID {
			return other.ID, nil
		}
	}
	return first, nil
}

// nextDoubt goes on in the queue after a clip has been dealt with.
func (s *site) nextDoubt(c echo.Context, before, after footage.Clip, said string) error {
	if after.State == footage.Review {
		return s.done(c, reviewPath+"/"+after.ID, said+" 아직 확인할 것이 남았습니다.")
	}
	next, err := s.doubtAfter(c.Request().Context(), who(c), before)
	switch {
	case err != nil:
		return err
	case next == "":
		return s.done(c, reviewPath, said+" 확인할 영상이 더 없습니다.")
	}
	return s.done(c, reviewPath+"/"+next, before.FileName+": "+said+" 다음 영상입니다.")
}
