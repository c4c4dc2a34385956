package tus_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jikim/devices"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/retention"
	"jikim/footage/review/reviewtest"
	"jikim/ingest"
	"jikim/ingest/metadata"
	"jikim/ingest/tus"
)

const base = "/api/v1/uploads/"

// site is a server that takes uploads.
type site struct {
	*httptest.Server
	intake *ingest.Intake
	book   *reviewtest.Book
	vault  *reviewtest.Vault
	wire   *reviewtest.Wire
	stop   context.CancelFunc // of uploads, as when the server stops

	mu     sync.Mutex
	faults []error
	asked  []string // "METHOD path" of every request
}

// senders by their token.
var senders = map[string]tus.Sender{
	"token-1": {Account: "dock-1", Role: "dock", Department: "minwon", From: "10.0.0.7"},
	"token-2": {Account: "dock-2", Role: "dock", Department: "park"},
}

type senderKey struct{}

var errNobody = refuse.New(refuse.Unauthenticated, "not-signed-in", "로그인이 필요합니다. 다시 로그인한 뒤 이어서 보내 주세요.")

type describer struct{}

func (describer) Read(_ context.Context, _ io.ReaderAt, _ int64, name string) (metadata.Report, error) {
	return metadata.Report{File: name, Kind: metadata.Video, MIME: "video/mp4"}, nil
}

// locked is randomness for many requests at once.
type locked struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *locked) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

func newSite(t testing.TB) *site {
	t.Helper()
	clock := reviewtest.NewClock(time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC))
	s := &site{book: reviewtest.NewBook(t, clock), vault: reviewtest.NewVault(t), wire: &reviewtest.Wire{}}
	s.book.SetRegistry(devices.Registry{})
	s.book.Wire = s.wire
	store := reviewtest.Brittle{Store: s.vault, Wire: s.wire}
	s.intake = &ingest.Intake{
		Records: s.book, Registry: s.book, Leases: s.book, Vault: store, Keys: s.vault.Keys,
		Gate:     &retention.Gate{Book: s.book, Records: s.book, Vault: store, Clock: clock.Now, Owner: "server-1"},
		Describe: describer{}, Limits: ingest.Limits{MaxBytes: 1 << 30, MinimumStay: time.Hour, AbandonAfter: time.Hour},
		Clock: clock.Now, Rand: &locked{r: reviewtest.NewRandom(1)}, Owner: "server-1",
	}
	var stopping context.Context
	stopping, s.stop = context.WithCancel(context.Background())
	t.Cleanup(s.stop)
	uploads, err := tus.New(tus.Config{
		Intake: s.intake, Locker: tus.InProcess(), BasePath: base, Stopping: stopping,
		Who: func(ctx context.Context) (tus.Sender, error) {
			sender, ok := ctx.Value(senderKey{}).(tus.Sender)
			if !ok {
				return sender, errNobody
			}
			return sender, nil
		},
		Fault: func(_ context.Context, err error) string {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.faults = append(s.faults, err)
			return fmt.Sprintf("F-%d", len(s.faults))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path)
		s.mu.Unlock()
		if sender, ok := senders[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]; ok {
			r = r.WithContext(context.WithValue(r.Context(), senderKey{}, sender))
		}
		if r.Method == http.MethodGet {
			s.outcome(w, r)
			return
		}
		uploads.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// outcome tells how an upload stands, as the JSON interface does.
func (s *site) outcome(w http.ResponseWriter, r *http.Request) {
	up, err := s.book.Upload(r.Context(), strings.TrimPrefix(r.URL.Path, base))
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"state": string(up.State), "clip": up.Clip, "code": up.Code, "detail": up.Detail})
}

// requests counts those of a method so far.
func (s *site) requests(method string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range s.asked {
		if strings.HasPrefix(line, method+" ") {
			n++
		}
	}
	return n
}

func (s *site) told() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask asks as the sender of a token.
func (s *site) ask(t testing.TB, token, method, path string, body io.Reader, header ...string) answer {
	t.Helper()
	a, err := s.tryAsk(t.Context(), token, method, path, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *site) tryAsk(ctx context.Context, token, method, path string, body io.Reader, header ...string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, body)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Tus-Resumable", "1.0.0")
	req.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, b}, err
}

const chunk = "application/offset+octet-stream"

// begin begins an upload and gives its path.
func (s *site) begin(t testing.TB, token string, size int, first []byte) string {
	t.Helper()
	header := []string{"Upload-Length", strconv.Itoa(size), "Upload-Metadata", "filename " + base64.StdEncoding.EncodeToString([]byte("영상.mp4"))}
	var body io.Reader
	if first != nil {
		header, body = append(header, "Content-Type", chunk), bytes.NewReader(first)
	}
	a := s.ask(t, token, http.MethodPost, "/api/v1/uploads", body, header...)
	at := a.header.Get("Location")
	if a.status != http.StatusCreated || !strings.HasPrefix(at, base) {
		t.Fatalf("POST answered %d at %q: %s", a.status, at, a.body)
	}
	return at
}

func (s *site) patch(t testing.TB, token, path string, offset int, body io.Reader) answer {
	t.Helper()
	return s.ask(t, token, http.MethodPatch, path, body, "Content-Type", chunk, "Upload-Offset", strconv.Itoa(offset))
}

func (s *site) offset(t testing.TB, token, path string) int {
	t.Helper()
	a := s.ask(t, token, http.MethodHead, path, nil)
	n, err := strconv.Atoi(a.header.Get("Upload-Offset"))
	if a.status != http.StatusOK || err != nil {
		t.Fatalf("HEAD answered %d %v", a.status, a.header)
	}
	return n
}

// upload is the record behind a path.
func (s *site) upload(t testing.TB, path string) footage.Upload {
	t.Helper()
	up, err := s.book.Upload(context.Background(), strings.TrimPrefix(path, base))
	if err != nil {
		t.Fatal(err)
	}
	return up
}

// refused fails unless the answer is a problem of that status and code.
func (a answer) refused(t testing.TB, status int, code string) {
	t.Helper()
	var p struct{ Code, Detail string }
	err := json.Unmarshal(a.body, &p)
	if err != nil || a.status != status || p.Code != code || p.Detail == "" || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("answered %d %s (%v), want %d %s", a.status, a.body, err, status, code)
	}
}

// bytesOf gives n bytes.
func bytesOf(n int) []byte {
	b := make([]byte, n)
	_, _ = reviewtest.NewRandom(5).Read(b) // never fails
	return b
}

var errPulled = errors.New("the cable was pulled")
