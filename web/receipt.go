package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/web/access"
)

var errNoReceipt = refuse.New(refuse.NotFound, "no-such-receipt",
	"찾는 접수증이 없습니다. 보낸 사람과 같은 부서의 권한자만 볼 수 있습니다.")

// receiptFiles bounds what one receipt shows; more are not handed in at once.
const receiptFiles = maxPlanFiles

type receiptBody struct {
	Batch      footage.Batch // without an ID when nobody said anything of it
	Name       string        // what the files call their batch
	Sender     string
	Department string
	Devices    []string
	First      instant.Time // beginning of the first sending
	Last       instant.Time // last registration
	Bytes      int64        // of what is registered
	Files      []receiptFile
	MaySend    bool
	Wipe       int // may go from the camera
	Look       int // kept, but to be looked at before
	Keep       int // not kept
}

// receiptFile is one line of a receipt.
type receiptFile struct {
	footage.Arrival
	Path   string
	Device string
	State  badge
	Advice badge // what this means for the camera
}

// Kept is how many files are registered.
func (b receiptBody) Kept() int { return b.Wipe + b.Look }

// showReceipt proves what was handed in: to who sent it, and to who may list
// the footage of that department.
func (s *site) showReceipt(c echo.Context) (err error) {
	ctx, w := c.Request().Context(), who(c)
	if !access.May(w, access.Upload, w.Department) && !access.May(w, access.List, w.Department) {
		return access.Allow(w, access.List, w.Department)
	}
	name := c.Param("batch")
	if c.Request().URL.RawPath != "" { // echo then gives it as it was written
		if name, err = url.PathUnescape(name); err != nil {
			return errNoReceipt
		}
	}
	all, err := s.Records.Arrivals(ctx, name, receiptFiles)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(a footage.Arrival) bool {
		return a.Upload.Account != w.Account && !access.May(w, access.List, a.Upload.Department)
	})
	if len(all) == 0 {
		return errNoReceipt
	}
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	body := receiptOf(name, all, names(registry))
	if body.Batch, err = s.Records.Batch(ctx, name); err != nil && !isNotFound(err) {
		return err
	}
	if body.Sender, err = s.displayOf(ctx, all[0].Upload.Account); err != nil {
		return err
	}
	body.MaySend = access.May(w, access.Upload, w.Department)
	return s.show(c, http.StatusOK, "receipt", "접수증", body)
}

// displayOf is how a sender is called; a program by its token's name.
func (s *site) displayOf(ctx context.Context, account string) (string, error) {
	a, err := s.Records.Account(ctx, account)
	switch {
	case isNotFound(err) || err == nil && (a.Display == "" || a.Display == account):
		return account, nil
	case err != nil:
		return "", err
	}
	return a.Display + " (" + account + ")", nil
}

func isNotFound(err error) bool {
	no, ok := refuse.As(err)
	return ok && no.Kind == refuse.NotFound
}

func receiptOf(name string, all []footage.Arrival, known registryNames) receiptBody {
	slices.SortStableFunc(all, func(a, b footage.Arrival) int { return bytes.Compare(a.Upload.SourcePath, b.Upload.SourcePath) })
	body := receiptBody{
		Name: name, First: first(all),
		Department: known.department(all[0].Upload.Department),
	}
	for _, a := range all {
		line := receiptFile{Arrival: a, Path: a.Upload.FileName}
		if p := printable(a.Upload.SourcePath); p != "" {
			line.Path = p
		}
		line.State, line.Advice = stateOfArrival(a)
		switch line.Advice.Tone {
		case "good":
			body.Wipe++
		case "warn":
			body.Look++
		default:
			body.Keep++
		}
		if a.Clip.ID != "" {
			line.Device = known.device(a.Clip.Device)
			body.Bytes += a.Clip.Bytes
			if a.Clip.Device != "" && !slices.Contains(body.Devices, line.Device) {
				body.Devices = append(body.Devices, line.Device)
			}
			if body.Last.Before(a.Upload.TouchedAt) {
				body.Last = a.Upload.TouchedAt
			}
		}
		body.Files = append(body.Files, line)
	}
	return body
}

// first is when the first sending began.
func first(all []footage.Arrival) instant.Time {
	at := all[0].Upload.CreatedAt
	for _, a := range all {
		if a.Upload.CreatedAt.Before(at) {
			at = a.Upload.CreatedAt
		}
	}
	return at
}

// stateOfArrival says how a file stands and what that means for the camera:
// only what is registered, and in no doubt, may go there.
func stateOfArrival(a footage.Arrival) (state, advice badge) {
	wipe, look := badge{"지워도 됨", "check", "good"}, badge{"확인한 뒤 지우기", "alert", "warn"}
	keep := badge{"지우지 마세요", "close", "bad"}
	switch {
	case a.Upload.State == footage.Refused:
		return badge{"거절", "close", "bad"}, keep
	case a.Upload.State == footage.Checking:
		return badge{"검증 중", "refresh", "info"}, keep
	case a.Upload.State != footage.CheckedIn || a.Clip.ID == "":
		return badge{"전송이 끝나지 않음", "upload", "warn"}, keep
	case a.Clip.State == footage.Destroying || a.Clip.State == footage.Destroyed:
		return clipState(a.Clip.State), wipe
	case a.Clip.State == footage.Review:
		return badge{"등록 완료 · 확인 필요", "alert", "warn"}, look
	case a.Upload.Code == "duplicate":
		return badge{"이미 등록됨", "check", "good"}, wipe
	default:
		return clipState(a.Clip.State), wipe
	}
}
