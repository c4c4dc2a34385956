package web

import (
	"encoding/hex"
	"io"
	"net/url"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
	"jikim/footage"
)

// mostSaved bounds the questions one person keeps.
const mostSaved = 30

// savedLink is a question that a person keeps, as a link.
type savedLink struct {
	ID, Name, Address string
	Current           bool
}

func (s *site) fillSaved(c echo.Context, b *clipsBody) error {
	all, err := s.Records.SavedFilters(c.Request().Context(), who(c).Account)
	if err != nil {
		return err
	}
	for _, f := range all {
		b.Saved = append(b.Saved, savedLink{f.ID, f.Name, "/clips?" + f.Query, f.Query == b.Question})
	}
	return nil
}

// saveFilter keeps the question of a list under a name. One of the same name
// is replaced.
func (s *site) saveFilter(c echo.Context) error {
	f, err := readForm(c, "save")
	if err != nil {
		return err
	}
	asked, err := url.ParseQuery(f.Value("list"))
	if err != nil {
		return errBrokenForm.Because(err)
	}
	ctx := c.Request().Context()
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	body, filter := s.clipsBody(c, registry, asked)
	body.Save = f
	name := body.Save.text("name", 40)
	mine, err := s.Records.SavedFilters(ctx, who(c).Account)
	if err != nil {
		return err
	}
	kept := footage.SavedFilter{Account: who(c).Account, Name: name, Query: body.Question, At: s.now()}
	for _, m := range mine {
		if m.Name == name {
			kept.ID = m.ID
		}
	}
	switch {
	case body.Save.Failed():
	case name == "":
		body.Save.fail("name", "검색조건의 이름을 입력하세요.")
	case !body.Narrowed:
		body.Save.fail("name", "저장할 검색조건이 없습니다. 조건을 정해 검색한 뒤 저장하세요.")
	case kept.ID == "" && len(mine) >= mostSaved:
		body.Save.fail("name", "검색조건은 "+count(mostSaved)+"개까지 저장할 수 있습니다. 쓰지 않는 것을 지우고 다시 저장하세요.")
	}
	if body.Save.Failed() || body.Form.Failed() {
		return s.showClips(c, body, filter, registry)
	}
	if kept.ID == "" {
		id := make([]byte, 16)
		if _, err := io.ReadFull(s.Random, id); err != nil {
			return err
		}
		kept.ID = hex.EncodeToString(id)
	}
	if err := s.Records.SaveFilter(ctx, kept); err != nil {
		return err
	}
	return s.done(c, "/clips?"+kept.Query, "검색조건을 ‘"+name+"’(으)로 저장했습니다.")
}

func (s *site) dropFilter(c echo.Context) error {
	if err := s.Records.DropFilter(c.Request().Context(), who(c).Account, c.Param("id")); err != nil {
		return err
	}
	return s.done(c, "/clips", "저장한 검색조건을 지웠습니다.")
}

// errTooMany is the answer to more clips than are handled at once.
var errTooMany = refuse.New(refuse.Invalid, "too-many-clips",
	"한 번에 1,000건까지 바로잡을 수 있습니다. 아무것도 바꾸지 않았습니다. 조건을 좁혀 나누어 하세요.")
