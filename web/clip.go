package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/web/access"
	"jikim/web/api"
)

type clipBody struct {
	Clip      clipRow
	Dossier   footage.Dossier
	Said      said // what the file says of itself
	Evidence  evidence
	Corrected []correctedLine
	Recording *recordingView // nil: the file stands alone
	Batch     *footage.Batch // what was said of the files handed in together; nil: nothing
	Path      string         // on the card
	History   history
	More      bool // there are entries before those
	Held      int  // open holds

	MayView, MayDownload, MayHold, MayRelease, MayCorrect bool

	View        form
	Hold        form
	Release     map[string]form // by hold
	Corrections []correction
	Bases       []choice
	// AfterRelease says what the release of the last hold would lead to.
	AfterRelease string
}

// latestLines is how much of a clip's history its page shows; the rest has a
// page of its own.
const latestLines = 20

// forms of the clip page, by the id under which their fields stand.
const (
	viewForm = "view"
	holdForm = "hold"
)

func (s *site) showClip(c echo.Context) error {
	return s.showClipWith(c, http.StatusOK, form{})
}

// showClipWith shows the clip page with one of its forms as it was sent.
func (s *site) showClipWith(c echo.Context, status int, sent form) error {
	body, err := s.clipBody(c)
	if err != nil {
		return err
	}
	body.takeBack(sent)
	return s.show(c, status, "clip", body.Clip.FileName, body)
}

// takeBack puts a form as it was sent into its place.
func (b *clipBody) takeBack(sent form) {
	switch sent.ID {
	case "":
		return
	case viewForm:
		b.View = sent
		return
	case holdForm:
		b.Hold = sent
		return
	}
	for i := range b.Corrections {
		if b.Corrections[i].Form.ID == sent.ID {
			b.Corrections[i].Form, b.Corrections[i].Sent = sent, true
			return
		}
	}
	if _, known := b.Release[sent.ID]; known {
		b.Release[sent.ID] = sent
	}
}

func (s *site) clipBody(c echo.Context) (*clipBody, error) {
	ctx, w := c.Request().Context(), who(c)
	clip, err := s.clip(c, access.List)
	if err != nil {
		return nil, err
	}
	dossier, err := s.Records.Dossier(ctx, clip.ID)
	if err != nil {
		return nil, err
	}
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.Records.RowsOf(ctx, ledger.Query{Subject: clip.RecordName(), Limit: latestLines + 1})
	if err != nil {
		return nil, err
	}
	n := names(registry)
	clip = dossier.Clip
	b := &clipBody{
		Clip:        s.clipRow(n, clip),
		Dossier:     dossier,
		Said:        readSaid(clip.Metadata),
		Corrected:   n.corrected(dossier.Corrections),
		Path:        printable(clip.SourcePath),
		Bases:       holdBases,
		View:        form{ID: viewForm},
		Hold:        form{ID: holdForm},
		Corrections: corrections(n, clip),
		Release:     map[string]form{},
	}
	b.Evidence = evidenceOf(clip, dossier.Corrections, b.Said)
	if b.Batch, err = s.batchOf(ctx, clip); err != nil {
		return nil, err
	}
	if b.Recording, err = s.recordingOf(ctx, w, clip); err != nil {
		return nil, err
	}
	if b.History.Lines, err = n.lines(rows[:min(len(rows), latestLines)]); err != nil {
		return nil, err
	}
	b.More = len(rows) > latestLines
	for _, h := range dossier.Holds {
		b.Release[h.ID] = form{ID: h.ID}
		if h.Open() {
			b.Held++
		}
	}
	live := clip.State == footage.Registered || clip.State == footage.Review
	b.MayView = live && access.May(w, access.ViewContent, clip.Department)
	b.MayDownload = b.MayView && access.May(w, access.Download, clip.Department)
	b.MayHold = live && access.May(w, access.PlaceHold, clip.Department)
	b.MayRelease = access.May(w, access.ReleaseHold, clip.Department)
	b.MayCorrect = live && access.May(w, access.Correct, clip.Department)
	b.AfterRelease = s.afterRelease(clip)
	return b, nil
}

// batchOf finds what was said of a clip's batch; nil when nobody said anything:
// scripts name batches as they like.
func (s *site) batchOf(ctx context.Context, c footage.Clip) (*footage.Batch, error) {
	if c.Batch == "" {
		return nil, nil
	}
	b, err := s.Records.Batch(ctx, c.Batch)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound || err == nil && b.Department != c.Department {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &b, nil
}

// afterRelease says what happens to a clip that nothing holds any more.
func (s *site) afterRelease(clip footage.Clip) string {
	switch {
	case clip.DueAt.IsZero():
		return "영구 보관하는 영상이므로 보류를 모두 풀어도 자동으로 파기되지 않습니다."
	case !s.now().Before(clip.DueAt):
		return "보관기간이 이미 끝난 영상입니다. 남은 보류가 없으면 다음 파기 주기에 바로 파기되고, 되돌릴 수 없습니다."
	default:
		return "남은 보류가 없으면 " + clip.DueAt.Korean() + "부터 파기됩니다(" + retention.DDay(s.Now(), clip.DueAt) + ")."
	}
}

const (
	maxReason = 500
	maxCase   = 100
)

func (s *site) openView(c echo.Context) error {
	token, id, err := s.askToSee(c, access.ViewContent, s.Desk.OpenView)
	if err != nil || token == "" {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/clips/"+id+"/watch/"+token)
}

// download gives the original to who may take it along.
func (s *site) download(c echo.Context) error {
	token, _, err := s.askToSee(c, access.Download, s.Desk.OpenDownload)
	if err != nil || token == "" {
		return err
	}
	return c.Redirect(http.StatusSeeOther, api.Base+"/views/"+token+"/content")
}

// askToSee opens a clip for the reason that was typed. Without a token the page
// has been shown again with what is wrong.
func (s *site) askToSee(c echo.Context, needs access.Action,
	open func(ctx context.Context, by ledger.Actor, clip, reason, caseNo string) (string, footage.View, error),
) (token, clipID string, err error) {
	clip, err := s.clip(c, needs)
	if err != nil {
		return "", "", err
	}
	f, err := readForm(c, viewForm)
	if err != nil {
		return "", "", err
	}
	reason, caseNo := f.text("reason", maxReason), f.text("case", maxCase)
	if reason == "" {
		f.fail("reason", "열람 사유를 입력하세요. 무엇을 확인하려는지 적으면 됩니다.")
	}
	if f.Failed() {
		return "", "", s.showClipWith(c, http.StatusUnprocessableEntity, f)
	}
	token, _, err = open(c.Request().Context(), who(c).Actor(), clip.ID, reason, caseNo)
	if err != nil {
		return "", "", s.explainOnClip(c, f, err, "reason", "case")
	}
	return token, clip.ID, nil
}

// hold reads what a hold needs; what is wrong is left in the form.
func (f *form) hold() (basis, reason string, until instant.Date) {
	basis = f.choose("basis", holdBases, "없는 근거입니다. 목록에서 보류 근거를 고르세요.")
	reason, until = f.text("reason", maxReason), f.date("until")
	if basis == "" {
		f.fail("basis", "보류 근거를 고르세요.")
	}
	if reason == "" {
		f.fail("reason", "보류 사유를 입력하세요.")
	}
	return basis, reason, until
}

func (s *site) placeHold(c echo.Context) error {
	clip, err := s.clip(c, access.PlaceHold)
	if err != nil {
		return err
	}
	f, err := readForm(c, holdForm)
	if err != nil {
		return err
	}
	basis, reason, until := f.hold()
	if f.Failed() {
		return s.showClipWith(c, http.StatusUnprocessableEntity, f)
	}
	if _, err := s.Desk.PlaceHold(c.Request().Context(), who(c).Actor(), clip.ID, basis, reason, until); err != nil {
		return s.explainOnClip(c, f, err, "basis", "reason", "until")
	}
	return s.done(c, "/clips/"+clip.ID+"#holds", "파기를 보류했습니다. 보류를 모두 풀 때까지 이 영상은 파기되지 않습니다.")
}

func (s *site) releaseHold(c echo.Context) error {
	clip, err := s.clip(c, access.ReleaseHold)
	if err != nil {
		return err
	}
	f, err := readForm(c, c.Param("hold"))
	if err != nil {
		return err
	}
	reason := f.text("reason", maxReason)
	if reason == "" {
		f.fail("reason", "보류를 푸는 사유를 입력하세요.")
	}
	if f.Failed() {
		return s.showClipWith(c, http.StatusUnprocessableEntity, f)
	}
	if err := s.Desk.ReleaseHold(c.Request().Context(), who(c).Actor(), clip.ID, c.Param("hold"), reason); err != nil {
		return s.explainOnClip(c, f, err, "reason")
	}
	return s.done(c, "/clips/"+clip.ID+"#holds", "보류를 풀었습니다. "+s.afterRelease(clip))
}

// explainOnClip shows a refusal beside its field on the clip page. What is
// about no field (the clip's state has changed meanwhile, and with it the
// forms) is an error page's matter.
func (s *site) explainOnClip(c echo.Context, f form, err error, fields ...string) error {
	status, ok := f.explain(err, fields...)
	if !ok || f.Error("") != "" {
		return err
	}
	return s.showClipWith(c, status, f)
}
