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
	Clip      footage.Clip
	Said      said
	View      footage.View
	Here      string       // address of this page
	Content   string       // address of what is shown
	Poster    string       // address of the picture before it plays; "" = none
	Strip     *stripView   // nil: there are no small pictures of its length
	Copy      bool         // a copy is shown, not the original
	Playable  bool         // in a browser, as far as the file says
	Making    *making      // nil: no copy is waited for
	Starts    instant.Time // when the first picture was taken; not set when unknown
	Rough     bool         // Starts is not sure
	Recording *recordingView
	Around    []neighbour // files that go on where this one ends, or show the same moment
	Map       *mapView    // nil: nobody knows where
	Viewer    string
	Now       instant.Time
}

// stripView is the small pictures along the player's bar.
type stripView struct {
	Address string
	footage.Strip
}

// neighbour is another file of the recording that can be gone to.
type neighbour struct {
	ID, Name, Word string
	At             float64 // second in it at which to begin
	Next, Before   bool    // in the same lane
	Lens           bool    // shows the same moment through another lens
	Offset         float64 // of its beginning from that of the file shown, seconds
}

var errNotYours = refuse.New(refuse.Forbidden, "view-not-yours",
	"다른 사람이 연 열람 주소입니다. 열람은 사유를 적은 본인만 할 수 있으니, 영상 화면에서 사유를 적고 직접 여세요.")

var errViewOver = refuse.New(refuse.Gone, "view-expired",
	"열람 시간이 끝났습니다. 계속 보려면 영상 화면에서 사유를 다시 적고 여세요.")

// viewed gives the clip of the address and the view of it that the person has
// open.
func (s *site) viewed(c echo.Context) (clip footage.Clip, view footage.View, err error) {
	if clip, err = s.clip(c, access.ViewContent); err != nil {
		return clip, view, err
	}
	view, err = s.Records.View(c.Request().Context(), viewID(c.Param("token")))
	switch {
	case err != nil:
		return clip, view, err
	case view.Account != who(c).Account, view.Clip != clip.ID:
		return clip, view, errNotYours
	case !s.now().Before(view.ExpiresAt):
		return clip, view, errViewOver
	}
	return clip, view, nil
}

// watch shows the picture of a clip to the person who opened the view.
func (s *site) watch(c echo.Context) error {
	clip, view, err := s.viewed(c)
	if err != nil {
		return err
	}
	ctx, w, token := c.Request().Context(), who(c), c.Param("token")
	dossier, err := s.Records.Dossier(ctx, clip.ID)
	if err != nil {
		return err
	}
	body := watchBody{
		Clip: clip, Said: readSaid(dossier.Clip.Metadata), View: view, Viewer: w.Display, Now: s.now(),
		Here: watchAddress(clip.ID, token), Content: contentAddress(token) + "content",
		Playable: playable(dossier.Clip), Starts: clip.CapturedAt, Rough: clip.TimeConfidence == "D" || clip.TimeConfidence == "X",
	}
	body.useCopies(token, dossier.Derivatives)
	body.Making = s.making(dossier, body.Playable)
	if body.Recording, err = s.recordingOf(ctx, w, clip); err != nil {
		return err
	}
	body.lookAround()
	if body.Map, err = s.mapOfView(ctx, w.Account, token, clip); err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "watch", clip.FileName+" 열람", body)
}

func watchAddress(clip, token string) string { return "/clips/" + clip + "/watch/" + token }

func contentAddress(token string) string { return "/api/v1/views/" + token + "/" }

// useCopies puts the copies made for looking in place: the poster and the strip
// always, the proxy only where a browser would not play the original.
func (b *watchBody) useCopies(token string, derivatives []footage.Derivative) {
	address := contentAddress(token)
	for _, d := range derivatives {
		if d.State != footage.Made {
			continue
		}
		video := b.Clip.Kind == "video"
		switch strip, isStrip := d.Strip(); {
		case d.Kind == review.Poster && video:
			b.Poster = address + review.Poster
		case d.Kind == review.Poster && b.Clip.Kind == "photo" && !b.Playable:
			b.Content, b.Copy = address+review.Poster, true
		case d.Kind == review.Proxy && !b.Playable:
			b.Content, b.Copy = address+review.Proxy, true
		case d.Kind == review.Strip && isStrip && video:
			b.Strip = &stripView{address + review.Strip, strip}
		}
	}
	b.Playable = b.Playable || b.Copy
}

// lookAround finds the files that can be gone to from the one shown, and when
// that began where only its neighbours tell.
func (b *watchBody) lookAround() {
	if b.Recording == nil {
		return
	}
	var here *fileView
	for i := range b.Recording.Files {
		if f := &b.Recording.Files[i]; f.Current && f.Moving {
			here = f
		}
	}
	if here == nil {
		return
	}
	if b.Starts.IsZero() || here.Derived {
		b.Starts = here.Start
	}
	var before *fileView
	passed := false
	for i := range b.Recording.Files {
		f := &b.Recording.Files[i]
		switch {
		case !f.Moving:
		case f.Current:
			passed = true
		case f.Lens == here.Lens && !passed:
			before = f
		case f.Lens == here.Lens && !b.hasNext():
			b.Around = append(b.Around, neighbour{ID: f.ID, Name: f.FileName, Word: "다음 파일", Next: true, Offset: f.Offset - here.Offset})
		case f.Lens != here.Lens && f.Offset < here.Offset+here.DurationS && here.Offset < f.Offset+f.DurationS:
			b.Around = append(b.Around, neighbour{ID: f.ID, Name: f.FileName, Word: lensWord(f.Lens), Lens: true, At: max(0, here.Offset-f.Offset), Offset: f.Offset - here.Offset})
		}
	}
	if before != nil {
		b.Around = append([]neighbour{{ID: before.ID, Name: before.FileName, Word: "이전 파일", Before: true}}, b.Around...)
	}
}

func (b *watchBody) hasNext() bool {
	for _, n := range b.Around {
		if n.Next {
			return true
		}
	}
	return false
}

func lensWord(lens string) string {
	if lens == "" {
		return "다른 렌즈"
	}
	return lens
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
	return s.mapOf(clip.FileName, contentAddress(token)+review.Track, "player", w), nil
}

// wayOfView reads the way of a recording; it has no fixes when there is none
// to be had.
func (s *site) wayOfView(ctx context.Context, account, token string) (way, error) {
	content, err := s.Desk.Content(ctx, account, token, review.Track)
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
