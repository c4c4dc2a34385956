package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/web/access"
	"jikim/web/api"
)

// Batches reads what was handed in together.
type Batches interface {
	Batch(ctx context.Context, id string) (footage.Batch, error)
	// Batches gives what an account said of its batches, the newest first.
	Batches(ctx context.Context, account string, limit int) ([]footage.Batch, error)
	// Arrivals gives the files of a batch in the order of their sending.
	Arrivals(ctx context.Context, batch string, limit int) ([]footage.Arrival, error)
}

// Dock is what the upload page needs besides records.
type Dock struct {
	// NoteBatch keeps what its sender says of a batch (batch.Note).
	NoteBatch func(ctx context.Context, by ledger.Actor, department string, b footage.Batch, at instant.Time) error
	// NameTime is the time a file's name says; one that does not tell its zone
	// means zone (metadata.NameTime).
	NameTime func(name string, zone *time.Location) (time.Time, bool)
}

type uploadBody struct {
	Department string
	Devices    []choice // by serial, as the upload protocol wants them
	Purposes   []choice
	MaxUpload  int64
	Form       form
	Recent     []footage.Batch
	Dock       bool // stands at a dock: nothing is typed there
}

// recentBatches is how many batches of one's own the page leads back to.
const recentBatches = 5

func (s *site) showUpload(c echo.Context) error {
	ctx, w := c.Request().Context(), who(c)
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	recent, err := s.Records.Batches(ctx, w.Account, recentBatches)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, "upload", "업로드 · 반납", uploadBody{
		Department: names(registry).department(w.Department),
		Purposes:   names(registry).purposes(w.Department),
		Devices:    serials(registry, w.Department),
		MaxUpload:  s.MaxUpload,
		Recent:     recent,
		Dock:       w.Role == access.Dock,
	})
}

// serials is the devices of a department ("" = all) by their serial number.
func serials(r devices.Registry, department string) []choice {
	var all []choice
	for _, d := range r.Devices {
		if department == "" || d.Department == department {
			all = append(all, choice{d.Serial, deviceName(d)})
		}
	}
	return all
}

// noteBatch is sent by the page's script before the first file.
func (s *site) noteBatch(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return tellScript(c, err)
	}
	ctx, w := c.Request().Context(), who(c)
	b := footage.Batch{ID: f.Value("id"), Title: f.Value("title"), Place: f.Value("place"), Approval: f.Value("approval")}
	if err := s.Dock.NoteBatch(ctx, w.Actor(), w.Department, b, s.now()); err != nil {
		return tellScript(c, err)
	}
	return c.NoContent(http.StatusNoContent)
}

// tellScript answers a refusal so that a page's script can show it.
func tellScript(c echo.Context, err error) error {
	no, ok := refuse.As(asRefusal(err))
	if !ok {
		return err
	}
	return c.JSON(api.Status(no.Kind), map[string]string{"code": no.Code, "field": no.Field, "detail": no.Sentence})
}
