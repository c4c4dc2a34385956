package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"jikim/web/access"
)

// previewClips shows a page of the list with its pictures, which is a look at
// each: for a reason, and with an entry that names them.
func (s *site) previewClips(c echo.Context) error {
	f, err := readForm(c, "look")
	if err != nil {
		return err
	}
	asked, err := url.ParseQuery(f.Value("list"))
	if err != nil {
		return errBrokenForm.Because(err)
	}
	asked.Set("view", thumbsView)
	ctx, w := c.Request().Context(), who(c)
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	body, filter := s.clipsBody(c, registry, asked)
	body.Look = f
	reason := body.Look.text("reason", maxReason)
	if reason == "" {
		body.Look.fail("reason", "미리보기 사유를 입력하세요. 보이는 영상마다 열람으로 기록에 남습니다.")
	}
	if body.Form.Failed() || body.Look.Failed() {
		return s.showClips(c, body, filter, registry)
	}
	page, err := s.Records.ListClips(ctx, filter)
	if err != nil {
		return err
	}
	var shown []string
	for _, clip := range page.Clips {
		if access.May(w, access.ViewContent, clip.Department) {
			shown = append(shown, clip.ID)
		}
	}
	tokens := map[string]string{}
	if len(shown) > 0 {
		tokens, err = s.Desk.OpenPreviews(ctx, w.Actor(), shown, body.Question, reason)
	}
	if _, ok := body.Look.explain(err, "reason"); ok {
		return s.showClips(c, body, filter, registry)
	}
	if err != nil {
		return err
	}
	if err := s.fillClips(c, &body, filter, names(registry)); err != nil {
		return err
	}
	if err := s.fillSaved(c, &body); err != nil {
		return err
	}
	for i, row := range body.Rows {
		if token := tokens[row.ID]; token != "" && (row.Kind == "video" || row.Kind == "photo") {
			body.Rows[i].Poster = "/api/v1/views/" + token + "/content?what=poster"
		}
	}
	return s.show(c, http.StatusOK, "clips", "영상 목록", body)
}
