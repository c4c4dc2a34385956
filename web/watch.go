package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/review"
	"jikim/web/access"
)

type watchBody struct {
	Clip     footage.Clip
	View     footage.View
	Content  string   // address of what is shown
	Poster   string   // address of the picture before it plays; "" = none
	Copy     bool     // the copy for the player is shown, not the original
	Playable bool     // in a browser, as far as the file says
	Map      *mapView // nil: nobody knows where
	Viewer   string
	Now      instant.Time
}

var errNotYours = refuse.New(refuse.Forbidden, "view-not-yours",
	"다른 사람이 연 열람 주소입니다. 열람은 사유를 적은 본인만 할 수 있으니, 영상 화면에서 사유를 적고 직접 여세요.")

var errViewOver = refuse.New(refuse.Gone, "view-expired",
	"열람 시간이 끝났습니다. 계속 보려면 영상 화면에서 사유를 다시 적고 여세요.")

// watch shows the picture of a clip to the person who opened the view.
func (s *site) watch(c echo.Context) error {
	clip, err := s.clip(c, access.ViewContent)
	if err != nil {
		return err
	}
	token := c.Param("token")
	view, err := s.Records.View(c.Request().Context(), viewID(token))
	if err != nil {
		return err
	}
	w := who(c)
	switch {
	case view.Account != w.Account, view.Clip != clip.ID:
		return errNotYours
	case !s.now().Before(view.ExpiresAt):
		return errViewOver
	}
	dossier, err := s.Records.Dossier(c.Request().Context(), clip.ID)
	if err != nil {
		return err
	}
	body := watchBody{
		Clip: clip, View: view, Viewer: w.Display, Now: s.now(),
		Content:  "/api/v1/views/" + token + "/content",
		Playable: playable(clip),
	}
	body.useCopies(dossier.Derivatives)
	if body.Map, err = s.mapOfView(c.Request().Context(), w.Account, token, clip); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "watch", clip.FileName+" 열람", body)
}

// useCopies puts the copies made for looking in place: the poster always, the
// proxy only where a browser would not play the original.
func (b *watchBody) useCopies(derivatives []footage.Derivative) {
	made := map[string]bool{}
	for _, d := range derivatives {
		made[d.Kind] = d.State == footage.Made
	}
	original := b.Content
	if made[review.Poster] && b.Clip.Kind == "video" {
		b.Poster = original + "?what=" + review.Poster
	}
	if made[review.Proxy] && !b.Playable {
		b.Content, b.Copy, b.Playable = original+"?what="+review.Proxy, true, true
	}
}

// mapOfView shows the way of the recording where it is known, else the place
// that the file names; nil where there is neither.
func (s *site) mapOfView(ctx context.Context, account, token string, clip footage.Clip) (*mapView, error) {
	w, err := s.wayOfView(ctx, account, token)
	if err != nil {
		return nil, err
	}
	if len(w.Fixes) == 0 && clip.Lat != nil && clip.Lon != nil {
		w.Fixes = []fix{{Lat: *clip.Lat, Lon: *clip.Lon}}
	}
	return s.mapOf(clip.FileName, "/api/v1/views/"+token+"/track", "player", w), nil
}

// wayOfView reads the way of a recording; it has no fixes when there is none
// to be had.
func (s *site) wayOfView(ctx context.Context, account, token string) (way, error) {
	content, err := s.Desk.Content(ctx, account, token, "track")
	if _, refused := refuse.As(err); refused {
		return way{}, nil
	}
	if err != nil {
		return way{}, err
	}
	defer content.Close()
	return readWay(content)
}

// viewID is the name a view is kept under: the token itself is kept nowhere.
func viewID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// playable reports whether browsers of an office play the file: what they do
// not know how to play is not damaged, and must not look so.
func playable(c footage.Clip) bool {
	switch c.MIME {
	case "video/mp4", "video/quicktime":
		codec := readSaid(c.Metadata).VideoCodec
		return codec == "" || codec == "h264" || codec == "vp9" || codec == "av1"
	case "video/webm", "image/jpeg", "image/png", "audio/mpeg", "audio/mp4", "audio/wav":
		return true
	}
	return strings.HasPrefix(c.MIME, "image/webp")
}
