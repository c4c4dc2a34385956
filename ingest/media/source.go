package media

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"jikim/footage/vault"
)

// originalURL is the one address a job can read. It names nothing: ffmpeg is
// told to ask our loopback address for every address there is (http_proxy), and
// shows a secret there. So the secret stands in the environment of the child,
// which only our own user can read, and not among its arguments, which everybody
// on the machine can; and an address that a hostile file names leads to us too.
const originalURL = "http://original/"

// content opens what a child is to read, for one reader at a time: a sealed
// original, decrypting the ranges it asks for, or a few bytes in memory.
type content func(ctx context.Context) io.ReadSeeker

func sealed(o *vault.Outflow) content {
	return func(ctx context.Context) io.ReadSeeker { return o.Reader(ctx) }
}

func plain(b []byte) content {
	return func(context.Context) io.ReadSeeker { return bytes.NewReader(b) }
}

// source lets one child read one content on a loopback address that lives as
// long as the job.
type source struct {
	content content
	at      string // host:port
	secret  string // "user:password" of Basic authentication
	open    chan struct{}
	server  *http.Server
	served  chan struct{}
	ctx     context.Context // of the readers

	mu    sync.Mutex
	idle  []io.ReadSeeker
	fault error // the first read of the original that went wrong
}

// serve opens the address; nothing is answered before admit. Close must be
// called, before the content is closed.
func serve(ctx context.Context, what content, rand io.Reader) (*source, error) {
	var secret [32]byte
	if _, err := io.ReadFull(rand, secret[:]); err != nil {
		return nil, fmt.Errorf("media: drawing a secret: %w", err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("media: opening an address for ffmpeg: %w", err)
	}
	s := &source{
		content: what, at: l.Addr().String(), secret: "media:" + hex.EncodeToString(secret[:]),
		open: make(chan struct{}), served: make(chan struct{}), ctx: ctx,
	}
	s.server = &http.Server{
		Handler:           http.HandlerFunc(s.answer),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // what matters is in fault
	}
	go func() {
		defer close(s.served)
		_ = s.server.Serve(l) // always http.ErrServerClosed or a dead listener: then ffmpeg fails
	}()
	return s, nil
}

// environment is all the environment the child has.
func (s *source) environment() []string {
	return []string{"http_proxy=http://" + s.secret + "@" + s.at, "LC_ALL=C"}
}

// admit lets the child read: its limits stand.
func (s *source) admit() { close(s.open) }

func (s *source) answer(w http.ResponseWriter, r *http.Request) {
	given := r.Header.Get("Proxy-Authorization")
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(s.secret))
	if subtle.ConstantTimeCompare([]byte(given), []byte(want)) != 1 {
		w.Header().Set("Proxy-Authenticate", `Basic realm="media"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method != http.MethodGet || r.URL.Hostname() != "original" || r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	select {
	case <-s.open:
	case <-r.Context().Done():
		return
	}
	reader := s.take()
	defer s.give(reader)
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, watched{reader, s})
}

// take gives a reader that is not in use: ffmpeg asks anew for every jump it
// makes, thousands of times in some files.
func (s *source) take() io.ReadSeeker {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.idle); n > 0 {
		r := s.idle[n-1]
		s.idle = s.idle[:n-1]
		return r
	}
	return s.content(s.ctx)
}

func (s *source) give(r io.ReadSeeker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, r)
}

// watched notes what goes wrong in reading the original: to ffmpeg it would
// look like the end of the file.
type watched struct {
	io.ReadSeeker
	s *source
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.ReadSeeker.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.s.mu.Lock()
		defer w.s.mu.Unlock()
		if w.s.fault == nil {
			w.s.fault = err
		}
	}
	return n, err
}

// trouble is the first read of the original that went wrong; nil when none did.
func (s *source) trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// close ends the address and every answer under way.
func (s *source) close() error {
	err := s.server.Close()
	<-s.served
	return err
}
