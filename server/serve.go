package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/batch"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/footage/review"
	"jikim/ingest"
	"jikim/ingest/media"
	"jikim/ingest/metadata"
	"jikim/ingest/tus"
	"jikim/web"
	"jikim/web/access"
	"jikim/web/api"
)

type serveCmd struct {
	Addr    string `help:"여는 주소 (설정보다 앞선다)" placeholder:"HOST:PORT"`
	Demo    bool   `help:"빈 데이터 폴더를 시연용 기관과 영상으로 채운다"`
	records `embed:""`
}

func (c serveCmd) Run(ctx context.Context, std streams) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	if c.Addr != "" {
		h.config.Addr = c.Addr
	}
	tell := slog.New(slog.NewJSONHandler(std.err, nil))
	s, err := h.build(tell)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	if err := s.listen(); err != nil {
		return errors.Join(err, s.close())
	}
	if h.rehearsal() && !s.onlyHere() {
		return errors.Join(errRehearsalOpen, s.close())
	}
	if !s.onlyHere() && !s.tls[0] && !h.config.Secure {
		tell.Warn("비밀번호와 영상이 암호화되지 않은 채 오갑니다. tls_cert를 두거나, 앞의 프록시가 TLS를 맡으면 secure: true로 적으십시오")
	}
	if c.Demo {
		if err := s.fillDemo(ctx, std); err != nil {
			return errors.Join(err, s.close())
		}
	}
	fmt.Fprintf(std.out, "지킴이 열렸습니다: %s\n", s.address())
	return s.run(ctx)
}

func (c serveCmd) open(ctx context.Context) (*house, error) {
	if c.Demo {
		return openDemo(ctx, c.Data, c.Config, time.Now)
	}
	return c.records.open(ctx)
}

// service is a house that answers requests and does its jobs.
type service struct {
	*house
	tell     *slog.Logger
	metrics  *metrics
	troubles troubles
	desk     *review.Desk
	intake   *ingest.Intake
	maker    *media.Maker
	closers  []func()
	servers  []*http.Server
	listener []net.Listener
	tls      []bool

	stopping context.Context // of uploads on their way
	stop     context.CancelFunc
}

// build joins the rooms.
func (h *house) build(tell *slog.Logger) (*service, error) {
	pool, err := newReader(h.config.Limits.MetadataWorkers)
	if err != nil {
		return nil, err
	}
	tracks, err := newReader(1) // of its own: a long track keeps no check-in waiting
	if err != nil {
		return nil, err
	}
	s := &service{house: h, tell: tell, metrics: newMetrics(), closers: []func(){pool.Close, tracks.Close}}
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.intake = &ingest.Intake{
		Records: h.db, Registry: h.db, Leases: h.db, Vault: h.vault, Gate: h.gate(), Keys: h.keys, Describe: pool,
		Limits: ingest.Limits{
			MaxBytes: h.config.Limits.MaxUploadGiB << 30, MinimumStay: h.config.Limits.MinimumStay, AbandonAfter: h.config.Limits.AbandonAfter,
		},
		Layouts: (&cards{own: h.db.Profiles, clock: h.clock, tell: tell}).layouts,
		Clock:   h.clock, Rand: rand.Reader, Owner: h.owner,
	}
	s.maker = &media.Maker{
		Book: h.db, Records: h.db, Vault: h.vault, Keys: h.keys, Child: tracks, FFmpeg: h.config.Media.FFmpeg,
		Clock: h.clock, Rand: rand.Reader, Owner: h.owner,
	}
	e, err := s.site()
	if err != nil {
		s.closeParts()
		return nil, err
	}
	s.servers = append(s.servers, newServer(e))
	if h.config.OpsAddr != "" {
		s.servers = append(s.servers, newServer(s.operations()))
	}
	return s, nil
}

// newServer has limits for everything but the body of a request; see boundBody.
func newServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
}

// bodyWithin is how long the body of a request may take to arrive. The upload
// protocol moves it on as long as bytes come.
const bodyWithin = time.Minute

// boundBody ends requests whose body never comes, those too that are refused
// before anybody reads it. net/http lifts the deadline for the next request.
func boundBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().ContentLength != 0 {
			_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(bodyWithin)) // a connection can
		}
		return next(c)
	}
}

// site is everything people and programs reach.
func (s *service) site() (http.Handler, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	var err error
	if e.IPExtractor, err = ipExtractor(s.config.TrustedProxies); err != nil {
		return nil, err
	}
	gate, err := s.newGate()
	if err != nil {
		return nil, err
	}
	tiles, err := s.openTiles()
	if err != nil {
		return nil, err
	}
	secure := s.config.Secure || s.config.TLSCert != ""
	sessions := access.NewSessions(s.db, access.SessionSettings{
		Idle: s.config.Limits.IdleSignOut, IdleDock: s.config.Access.IdleDock, Warning: s.config.Access.IdleWarning, Secure: secure,
	}, s.clock)
	s.desk = s.newDesk()
	e.Use(s.metrics.middleware, boundBody)
	err = web.Mount(e, web.Deps{
		Records: s.db, Desk: s.desk, Gate: gate, Sessions: sessions,
		Confirm: func(ctx context.Context, by ledger.Actor, clips []string, at instant.Time) error {
			return retention.Confirm(ctx, s.db, by, clips, at)
		},
		Health:    s.health,
		MaxUpload: s.intake.Limits.MaxBytes, SignInsKept: s.config.Access.KeepSignIns, Tiles: tiles, Parts: s.rehearsal, Progress: s.maker.Progress, Verifier: s.signer.Verifier(), Now: s.clock, Random: rand.Reader, Secure: secure, Log: s.tell,
		Demonstration: s.demonstration(), Dock: web.Dock{NoteBatch: s.noteBatch, NameTime: metadata.NameTime},
	})
	if err != nil {
		return nil, err
	}
	if err := s.mountAPI(e); err != nil {
		return nil, err
	}
	if s.config.OpsAddr == "" {
		s.mountOperations(e)
	}
	return e, nil
}

// noteBatch keeps what is said of files handed in together.
func (s *service) noteBatch(ctx context.Context, by ledger.Actor, department string, b footage.Batch, at instant.Time) error {
	return batch.Note(ctx, s.db, by, department, b, at)
}

// openTiles opens the ground map; nil where there is none.
func (s *service) openTiles() (*web.Tiles, error) {
	if s.config.Map == "" {
		return nil, nil
	}
	tiles, err := web.OpenTiles(s.config.Map)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, func() { _ = tiles.Close() }) // only read from
	return tiles, nil
}

func (s *service) newDesk() *review.Desk {
	settings := review.Settings{MinimumStay: s.config.Limits.MinimumStay, Outline: media.Outline}
	return review.New(s.db, s.db, s.vault, s.keys, settings, s.clock, rand.Reader)
}

// mountAPI puts the JSON interface and the upload protocol on e.
func (s *service) mountAPI(e *echo.Echo) error {
	api.Mount(e, api.Deps{
		Records: s.db, Ledger: s.db, Desk: s.desk, Now: s.clock, Version: version,
		Problems: &api.Problems{Random: rand.Reader, Log: s.tell}, Progress: s.maker.Progress,
	})
	locker := tus.InProcess()
	if !s.db.Lite() {
		locker = tus.Shared(s.db)
	}
	uploads, err := tus.New(tus.Config{
		Intake: s.intake, Locker: locker, BasePath: "/api/v1/uploads/",
		Who: sender, Stopping: s.stopping, Fault: s.fault,
	})
	if err != nil {
		return err
	}
	for _, method := range []string{http.MethodPost, http.MethodOptions} {
		e.Add(method, "/api/v1/uploads", echo.WrapHandler(uploads))
	}
	for _, method := range []string{http.MethodHead, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
		e.Add(method, "/api/v1/uploads/:id", echo.WrapHandler(uploads))
	}
	return nil
}

// sender tells who sends, or why they may not.
func sender(ctx context.Context) (tus.Sender, error) {
	who, err := access.Require(ctx)
	if err == nil {
		err = access.Allow(who, access.Upload, who.Department)
	}
	return tus.Sender{Account: who.Account, Role: string(who.Role), Department: who.Department, From: who.From}, err
}

// fault logs what is our own fault, once, under a number people can name.
func (s *service) fault(_ context.Context, err error) string {
	reference := api.Reference(rand.Reader)
	s.tell.Error("fault", "reference", reference, "error", err)
	return reference
}

func ipExtractor(trusted []string) (echo.IPExtractor, error) {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect(), nil
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, cidr := range trusted {
		_, network, err := net.ParseCIDR(cidr)
		if err != nil {
			return nil, fmt.Errorf("설정의 trusted_proxies에 주소 범위(CIDR)가 아닌 것이 있습니다: %w", err)
		}
		options = append(options, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(options...), nil
}

// listen takes the addresses, so that a port in use is said before anything runs.
func (s *service) listen() error {
	addresses := []string{s.config.Addr}
	s.tls = []bool{s.config.TLSCert != ""}
	if s.config.OpsAddr != "" {
		addresses, s.tls = append(addresses, s.config.OpsAddr), append(s.tls, false)
	}
	for _, a := range addresses {
		l, err := net.Listen("tcp", a)
		if err != nil {
			return fmt.Errorf("주소 %s를 열지 못했습니다. 다른 프로그램이 쓰고 있지 않은지 확인해 주세요: %w", a, err)
		}
		s.listener = append(s.listener, l)
	}
	return nil
}

func (s *service) address() string {
	scheme := "http://"
	if s.tls[0] {
		scheme = "https://"
	}
	return scheme + s.listener[0].Addr().String()
}

// run answers and works until ctx ends, then stops in reverse: no new
// requests, uploads are made durable as far as they have come, other requests
// under way are finished, jobs end, stores close.
func (s *service) run(ctx context.Context) error {
	jobs, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	wait := start(jobs, s.jobs(), s.tell, s.jobEnded)
	ended := make(chan error, len(s.servers))
	for i, server := range s.servers {
		go func() { ended <- s.serveOne(server, s.listener[i], s.tls[i]) }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	s.tell.Info("stopping")
	s.stop()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	for _, server := range s.servers {
		if e := server.Shutdown(patience); e != nil {
			err = errors.Join(err, server.Close()) // whoever is still sending resumes later
		}
	}
	stopJobs()
	wait()
	if e := s.keepCheckpoint(patience); e != nil {
		s.tell.Error("last checkpoint not kept", "error", e)
	}
	return errors.Join(err, s.close())
}

func (s *service) serveOne(server *http.Server, l net.Listener, tls bool) error {
	var err error
	if tls {
		err = server.ServeTLS(l, s.config.TLSCert, s.config.TLSKey)
	} else {
		err = server.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (s *service) closeParts() {
	s.stop()
	for _, c := range s.closers {
		c()
	}
}

func (s *service) close() error {
	for _, l := range s.listener {
		_ = l.Close() // already closed by its server, or never used
	}
	s.closeParts()
	return s.house.Close()
}

// noRecords is a change that is its entry and nothing else.
func noRecords(footage.Tx, *ledger.Entry) error { return nil }
