// Package web is the people's pages: Korean, server-rendered, embedded in the
// binary. It shows records and passes a person's decisions to the rooms below;
// it decides nothing about footage itself. Who may see a page stands on the
// page's own line in routes.go.
package web

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review"
	"jikim/web/access"
)

// Records is what the pages read. What is not there is a refusal of kind
// NotFound.
type Records interface {
	Clips
	Lists
	Tallies
	Entries
	Registry(ctx context.Context) (devices.Registry, error)
	Upload(ctx context.Context, id string) (footage.Upload, error)
	Batches
	People
}

// People reads who may come in, and who did.
type People interface {
	Account(ctx context.Context, name string) (access.Account, error)
	Accounts(ctx context.Context) ([]access.Account, error)
	Tokens(ctx context.Context) ([]access.Token, error)
	// Factors gives the second steps of one account ("" = of all).
	Factors(ctx context.Context, account string) ([]access.Factor, error)
	SignIns(ctx context.Context, f access.SignInFilter) ([]access.SignIn, error)
}

// Clips reads footage.
type Clips interface {
	ListClips(ctx context.Context, f footage.Filter) (footage.Page, error)
	// CountClips counts no further than limit.
	CountClips(ctx context.Context, f footage.Filter, limit int) (int, error)
	Clip(ctx context.Context, id string) (footage.Clip, error)
	Dossier(ctx context.Context, id string) (footage.Dossier, error)
	// Recording gives the files of a recording that are not destroyed.
	Recording(ctx context.Context, id string) ([]footage.Clip, error)
	// View finds a view by the hex SHA-256 of its token.
	View(ctx context.Context, id string) (footage.View, error)
	// OpenHoldsOf gives the open holds of these clips.
	OpenHoldsOf(ctx context.Context, clips []string) (map[string][]footage.Hold, error)
	// Holds gives one page of holds, the youngest first, and the cursor of the next.
	Holds(ctx context.Context, f footage.HoldFilter) (page []footage.HeldClip, next string, err error)
	// DueBetween gives clips with from <= DueAt <= at, the soonest first.
	DueBetween(ctx context.Context, from, at instant.Time, department, cursor string, limit int) (footage.Page, error)
	Destructions(ctx context.Context, department string, onlyUnconfirmed bool, limit int) ([]footage.Destruction, error)
}

// Tallies counts for calendars and boards; days are Korean, department "" = all.
type Tallies interface {
	// DueByDay counts by day and purpose, HeldDueByDay by day those a hold keeps.
	DueByDay(ctx context.Context, from, to instant.Date, department string) ([]footage.DayTally, error)
	HeldDueByDay(ctx context.Context, from, to instant.Date, department string) ([]footage.DayTally, error)
	CheckedInByDay(ctx context.Context, from, to instant.Date, department string) ([]footage.DayTally, error)
	Stored(ctx context.Context, department string) ([]footage.StoredTally, error)
	UploadsUnderWay(ctx context.Context, department string) ([]footage.UploadTally, error)
	CountHolds(ctx context.Context, department string, today instant.Date) (open, overdue int, err error)
}

// Entries reads the ledger.
type Entries interface {
	ledger.Reader
	// RowsOf gives the entries a query asks for, newest first.
	RowsOf(ctx context.Context, q ledger.Query) ([]ledger.Row, error)
}

// Desk is where footage is looked at, held and corrected.
type Desk interface {
	ListDesk
	OpenView(ctx context.Context, by ledger.Actor, clip, reason, caseNo string) (token string, v footage.View, err error)
	OpenDownload(ctx context.Context, by ledger.Actor, clip, reason, caseNo string) (token string, v footage.View, err error)
	PlaceHold(ctx context.Context, by ledger.Actor, clip, basis, reason string, until instant.Date) (footage.Hold, error)
	ReleaseHold(ctx context.Context, by ledger.Actor, clip, hold, reason string) error
	Correct(ctx context.Context, by ledger.Actor, clip, field, now, why string) (footage.Correction, error)
	// Preview tells what Correct would make of the clip, and changes nothing.
	Preview(ctx context.Context, by ledger.Actor, clip, field, now string) (before, after footage.Clip, err error)
	// Content opens what there is to look at under a view of account's.
	Content(ctx context.Context, account, token, what string) (*review.Content, error)
}

// Deps is all that the pages stand on.
type Deps struct {
	Records  Records
	Desk     Desk
	Gate     *access.Gate
	Sessions *access.Sessions
	// Confirm records that a person has checked destructions (retention.Confirm).
	Confirm func(ctx context.Context, by ledger.Actor, clips []string, at instant.Time) error
	// SignInsKept is how long the record of sign-ins is kept, to be said there.
	SignInsKept time.Duration
	// MaxUpload is the largest file taken, in bytes; shown beside the file
	// chooser. 0 = not said.
	MaxUpload int64
	Dock      Dock
	// Verifier checks the signature of the ledger.
	Verifier *ledger.Verifier
	// Progress tells how far the copy of a clip has come that is being made for
	// the player: a share from 0 to 1 (media.Maker.Progress). nil = never known.
	Progress func(clip string) (share float64, running bool)
	// Health tells how the vault, the disk and the database are; nil = not told.
	Health func(ctx context.Context) []HealthLine
	// Tiles is the ground map; nil = maps are drawn on empty ground.
	Tiles *Tiles
	// Parts tells whether the living page of all parts is there, at /parts. It
	// shows no data, but belongs to developers; nil = never.
	Parts func() bool
	// Demonstration is told on the start page; nil where footage is real.
	Demonstration *Demonstration

	Now    func() time.Time
	Random io.Reader    // for reference numbers of faults
	Secure bool         // reached by https: tell browsers to stay there
	Log    *slog.Logger // faults once, and one line per request without personal data
}

// site is the pages at work.
type site struct {
	Deps
	pages  map[string]page
	assets *assets
	icons  icons

	counted counted
}

// Mount puts all pages on e, and under every route of e (the JSON interface
// and the upload protocol too) the middleware that all share: security
// headers, protection from other sites, who is asking, request log, recovery.
// e.IPExtractor must be set before; api.Mount, which answers errors under
// /api/ in its own form, comes after. It fails when a template or a built asset
// is missing, so that no page fails at a click.
func Mount(e *echo.Echo, d Deps) error {
	assets, err := loadAssets(embedded)
	if err != nil {
		return err
	}
	s := &site{Deps: d, assets: assets}
	if s.icons, err = loadIcons(assets); err != nil {
		return err
	}
	if s.pages, err = loadPages(embedded, assets, s.icons); err != nil {
		return err
	}
	e.Use(s.middleware(e)...)
	e.HTTPErrorHandler = s.showError
	s.Sessions.OnError(s.sessionBroke(e))
	s.route(e)
	return nil
}
