package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	cards "jikim/devices/profile"
	"jikim/devices/refuse"
)

const (
	// planPath is asked what the files of a card are, before any is sent.
	planPath = "/upload/plan"
	// maxPlan bounds the question, in bytes, and maxPlanFiles in files.
	maxPlan      = 8 << 20
	maxPlanFiles = 20_000
)

var (
	errPlanUnreadable = refuse.New(refuse.Invalid, "plan-unreadable",
		"고른 파일의 목록을 읽을 수 없습니다. 화면을 새로 고쳐 다시 골라 주세요.")
	errPlanLarge = refuse.New(refuse.TooLarge, "plan-too-large",
		"한 번에 20,000개까지 보낼 수 있습니다. 폴더를 나누어 골라 주세요.")
)

// planQuestion is what a person chose: files by their place in the list.
type planQuestion struct {
	Files []cards.File `json:"files"`
}

type planAnswer struct {
	Recordings []plannedRecording `json:"recordings"`
	Skipped    []plannedSkip      `json:"skipped"`
}

type plannedRecording struct {
	Name    string        `json:"name"`
	Title   string        `json:"title"`   // of its layout; "" when not known
	Started string        `json:"started"` // as names say; "" when they do not
	Bytes   int64         `json:"bytes"`
	Parts   []plannedPart `json:"parts"`
	Files   []plannedFile `json:"files"`
}

type plannedPart struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

type plannedFile struct {
	Index   int    `json:"i"` // place in the question
	Part    string `json:"part"`
	Chapter int    `json:"chapter,omitempty"`
	Lens    string `json:"lens,omitempty"`
}

type plannedSkip struct {
	Index int    `json:"i"`
	Why   string `json:"why"`
}

// planUpload groups the files of a card as check-in will.
func (s *site) planUpload(c echo.Context) error {
	var q planQuestion
	var large *http.MaxBytesError
	switch err := json.NewDecoder(c.Request().Body).Decode(&q); {
	case errors.As(err, &large) || len(q.Files) > maxPlanFiles:
		return tellScript(c, errPlanLarge)
	case err != nil:
		return tellScript(c, errPlanUnreadable.Because(err))
	}
	registry, err := s.Records.Registry(c.Request().Context())
	if err != nil {
		return err
	}
	set, err := cards.New(registry.Profiles)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.plan(set, q.Files))
}

func (s *site) plan(set *cards.Set, files []cards.File) planAnswer {
	places := map[cards.File][]int{}
	for i, f := range files {
		places[f] = append(places[f], i)
	}
	place := func(f cards.File) int { // the same path may stand there twice
		i := places[f][0]
		places[f] = places[f][1:]
		return i
	}
	listing := set.Group(files)
	answer := planAnswer{Recordings: []plannedRecording{}, Skipped: []plannedSkip{}}
	for _, r := range listing.Recordings {
		answer.Recordings = append(answer.Recordings, s.planned(r, place))
	}
	for _, skip := range listing.Skipped {
		answer.Skipped = append(answer.Skipped, plannedSkip{place(skip.File), skip.Why})
	}
	return answer
}

func (s *site) planned(r cards.Recording, place func(cards.File) int) plannedRecording {
	p := plannedRecording{Name: r.Name, Title: r.Title}
	for _, m := range r.Files {
		part := partName(m.Part)
		p.Bytes += m.Bytes
		p.Files = append(p.Files, plannedFile{place(m.File), part, m.Chapter, m.Lens})
		if n := len(p.Parts); n > 0 && p.Parts[n-1].Text == part {
			p.Parts[n-1].Count++
		} else {
			p.Parts = append(p.Parts, plannedPart{part, 1})
		}
		if t, ok := s.Dock.NameTime(m.Path, instant.KST); ok && p.Started == "" {
			p.Started = instant.Of(t).Korean()
		}
	}
	return p
}

// partName is what a file is in its recording, also where no layout says it.
func partName(p cards.Part) string {
	if p == "" {
		return "파일"
	}
	return p.Korean()
}
