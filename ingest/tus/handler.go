// Package tus is the wire of the way in: tus 1.0 with creation,
// creation-with-upload and termination, by tusd's protocol handler over our
// own sealing store, and a Go client. It speaks the protocol and nothing else:
// what an upload is, and what becomes of it, is ingest's.
package tus

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"

	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/ingest"
)

// Sender is who sends.
type Sender struct {
	Account, Role, Department, From string
}

func (s Sender) actor() ledger.Actor {
	return ledger.Actor{Account: s.Account, Role: s.Role, From: s.From}
}

// Config joins the handler to the rest.
type Config struct {
	Intake *ingest.Intake
	Locker Locker
	// BasePath is the address of uploads, "/api/v1/uploads/".
	BasePath string
	// Who tells who sends, from the request's context, or why nobody may.
	Who func(ctx context.Context) (Sender, error)
	// Stopping ends when the server is about to stop: what is on its way is
	// then made durable, and its sender told to come back.
	Stopping context.Context
	// Fault is told of errors that are our own fault and gives a reference
	// number for the answer.
	Fault func(ctx context.Context, err error) (reference string)
}

// Locker is tusd's locker that can also tell under which name an upload's lock
// is held here, so that a server which has lost it can record nothing.
type Locker interface {
	handler.Locker
	OwnerOf(id string) string
}

// New makes the handler for POST BasePath and HEAD, PATCH, DELETE BasePath{id}.
func New(c Config) (http.Handler, error) {
	store := &store{Config: c}
	composer := handler.NewStoreComposer()
	composer.UseCore(store)
	composer.UseTerminater(store)
	composer.UseLocker(saying{c.Locker, store})
	h, err := handler.NewUnroutedHandler(handler.Config{
		StoreComposer:        composer,
		BasePath:             c.BasePath,
		MaxSize:              c.Intake.Limits.MaxBytes,
		DisableDownload:      true,
		DisableConcatenation: true,
		Cors:                 &handler.CorsConfig{Disable: true},
		Logger:               slog.New(slog.NewTextHandler(io.Discard, nil)), // it logs file names; we log faults ourselves
	})
	if err != nil {
		return nil, err
	}
	route := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			h.PostFile(w, r)
		case http.MethodHead:
			h.HeadFile(w, r)
		case http.MethodPatch:
			h.PatchFile(w, r)
		case http.MethodDelete:
			h.DelFile(w, r)
		case http.MethodOptions: // answered by the middleware
		default:
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
	return answerInKorean(http.StripPrefix(strings.TrimSuffix(c.BasePath, "/"), store.attend(h.Middleware(route)))), nil
}

// store gives tusd's handler our intake as a data store.
type store struct{ Config }

// NewUpload implements handler.DataStore.
func (s *store) NewUpload(ctx context.Context, info handler.FileInfo) (handler.Upload, error) {
	sender, err := s.Who(ctx)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	if info.SizeIsDeferred {
		return nil, s.problem(ctx, errNoLength)
	}
	m := info.MetaData
	up, err := s.Intake.Begin(ctx, ingest.Request{
		Size: info.Size, FileName: m["filename"], Path: m["path"], Device: m["device"],
		ModifiedAt: parseMtime(m["mtime"]), SHA256: m["sha256"], Purpose: m["purpose"], Batch: m["batch"],
		DeviceClock: m["device_clock"],
		Account:     sender.Account, Role: sender.Role, Department: sender.Department, From: sender.From,
	})
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	return &upload{store: s, receipt: s.Intake.Open(up, ""), unlocked: true}, nil
}

// GetUpload implements handler.DataStore. An upload of somebody else is not
// there. tusd has locked it before.
func (s *store) GetUpload(ctx context.Context, id string) (handler.Upload, error) {
	sender, err := s.Who(ctx)
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	up, err := s.Intake.Records.Upload(ctx, id)
	if err != nil {
		return nil, s.problem(ctx, notFoundOr(err))
	}
	if up.Account != sender.Account {
		return nil, s.problem(ctx, errNoSuchUpload)
	}
	return &upload{store: s, receipt: s.Intake.Open(up, s.Locker.OwnerOf(id))}, nil
}

// AsTerminatableUpload implements handler.TerminaterDataStore.
func (s *store) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload {
	return u.(*upload)
}

// upload is one upload in one request. It acts under the lock that was taken
// for it and under no later one: what it knows of the upload is as old as that.
type upload struct {
	store    *store
	receipt  *ingest.Receipt
	unlocked bool // begun by this request, its lock not yet asked for
}

// WriteChunk implements handler.Upload: what it returns as written is durable,
// or completes the file and becomes durable in FinishUpload, before any answer.
func (u *upload) WriteChunk(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	if u.unlocked {
		u.receipt.HeldBy(u.store.Locker.OwnerOf(u.receipt.Upload().ID))
		u.unlocked = false
	}
	n, err := u.receipt.Receive(ctx, offset, u.whole(ctx, offset, src))
	return n, u.store.problem(ctx, err)
}

// FinishUpload implements handler.Upload.
func (u *upload) FinishUpload(ctx context.Context) error {
	defer u.receipt.Close()
	return u.store.problem(ctx, u.receipt.Finish(ctx))
}

// GetInfo implements handler.Upload.
func (u *upload) GetInfo(ctx context.Context) (handler.FileInfo, error) {
	up := u.receipt.Upload()
	if up.State == footage.Refused {
		return handler.FileInfo{}, u.store.problem(ctx, ended(up))
	}
	return handler.FileInfo{
		ID: up.ID, Size: up.Size, Offset: up.Offset,
		MetaData: handler.MetaData{"filename": up.FileName},
	}, nil
}

// GetReader implements handler.Upload; what is on its way in cannot be read.
func (u *upload) GetReader(context.Context) (io.ReadCloser, error) {
	return nil, handler.ErrNotImplemented
}

// Terminate implements handler.TerminatableUpload.
func (u *upload) Terminate(ctx context.Context) error {
	sender, err := u.store.Who(ctx)
	if err != nil {
		return u.store.problem(ctx, err)
	}
	return u.store.problem(ctx, u.store.Intake.Cancel(ctx, u.receipt.Upload().ID, sender.actor()))
}
