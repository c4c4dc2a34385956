package tus

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
)

// speak is tusd answering with an error of its own.
func speak(err handler.Error) http.Handler {
	return answerInKorean(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", err.HTTPResponse.Header["Content-Type"])
		if r.Method == http.MethodHead {
			w.WriteHeader(err.HTTPResponse.StatusCode)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(err.HTTPResponse.Body)))
		w.WriteHeader(err.HTTPResponse.StatusCode)
		_, _ = w.Write([]byte(err.HTTPResponse.Body))
	}))
}

// tusds are the errors of tusd that our clients can meet, with the status and
// the code we give them. Those it has for what we have switched off (parts put
// together, hooks, other origins) are not among them.
var tusds = []struct {
	err    handler.Error
	status int
	code   string
}{
	{handler.ErrUnsupportedVersion, 412, "tus-version"},
	{handler.ErrMaxSizeExceeded, 413, "too-large"},
	{handler.ErrInvalidContentType, 400, "content-type"},
	{handler.ErrInvalidUploadLength, 400, "bad-length"},
	{handler.ErrInvalidUploadDeferLength, 400, "length-required"},
	{handler.ErrNotImplemented, 400, "length-required"},
	{handler.ErrInvalidOffset, 400, "bad-offset"},
	{handler.ErrNotFound, 404, "upload-not-found"},
	{handler.ErrFileLocked, 423, "upload-busy"},
	{handler.ErrLockTimeout, 423, "upload-busy"},
	{handler.ErrMismatchOffset, 409, "offset-mismatch"},
	{handler.ErrSizeExceeded, 413, "longer-than-said"},
	{handler.ErrUploadInterrupted, 423, "upload-elsewhere"},
	{handler.ErrServerShutdown, 503, "server-stopping"},
	{handler.ErrUnexpectedEOF, 400, "cut-off"},
	{handler.ErrReadTimeout, 500, "cut-off"},
	{handler.ErrConnectionReset, 500, "cut-off"},
	{handler.NewError("ERR_OF_A_LATER_VERSION", "something new", 418), 418, "upload-refused"},
}

var sentence = regexp.MustCompile(`^\p{Hangul}.*[.)]$|^tus 1\.0\.0 .*[.)]$`)

func TestOwnErrorsInKorean(t *testing.T) {
	met := map[string]bool{}
	for _, c := range tusds {
		met[c.err.ErrorCode] = true
		w := httptest.NewRecorder()
		speak(c.err).ServeHTTP(w, httptest.NewRequest(http.MethodPatch, "/", nil))
		var p struct {
			Type, Title, Code, Detail string
			Status                    int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Errorf("%s is answered by %s", c.err.ErrorCode, w.Body)
			continue
		}
		if w.Code != c.status || p.Status != c.status || p.Code != c.code || p.Title != http.StatusText(c.status) || p.Type != "about:blank" ||
			w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Content-Length") != "" {
			t.Errorf("%s is answered by %d %v %+v", c.err.ErrorCode, w.Code, w.Header(), p)
		}
		if !sentence.MatchString(p.Detail) || strings.Contains(p.Detail, "ERR_") || strings.Contains(p.Detail, c.err.Message) {
			t.Errorf("%s is told as %q", c.err.ErrorCode, p.Detail)
		}

		w = httptest.NewRecorder()
		speak(c.err).ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/", nil))
		if w.Code != c.err.HTTPResponse.StatusCode || w.Body.Len() != 0 {
			t.Errorf("a HEAD with %s is answered by %d %q", c.err.ErrorCode, w.Code, w.Body)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if !met[name] {
			t.Errorf("%s has a sentence and no test", name)
		}
	}
}

// TestAnErrorWithoutWords: tusd sends none to a HEAD in a POST's clothes.
func TestAnErrorWithoutWords(t *testing.T) {
	w := httptest.NewRecorder()
	answerInKorean(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
	})).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "upload-refused") {
		t.Errorf("answered by %d %q", w.Code, w.Body)
	}
}

// TestOtherAnswersPass: what is no error of tusd's is left as it is, but for
// the name of the server.
func TestOtherAnswersPass(t *testing.T) {
	for location, want := range map[string]string{
		"http://10.0.0.1:8080/api/v1/uploads/0193": "/api/v1/uploads/0193",
		"/api/v1/uploads/0193":                     "/api/v1/uploads/0193",
		"":                                         "",
	} {
		w := httptest.NewRecorder()
		answerInKorean(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte("ERR_UPLOAD_NOT_FOUND: as content"))
		})).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
		if got := w.Header().Get("Location"); w.Code != http.StatusCreated || got != want || w.Body.String() != "ERR_UPLOAD_NOT_FOUND: as content" {
			t.Errorf("%q became %q; %d %s", location, got, w.Code, w.Body)
		}
	}
	w := httptest.NewRecorder()
	speak(answer(http.StatusGone, "abandoned", "오래된 전송입니다.")).ServeHTTP(w, httptest.NewRequest(http.MethodPatch, "/", nil))
	if w.Code != http.StatusGone || !strings.Contains(w.Body.String(), `"abandoned"`) {
		t.Errorf("our own problem became %d %s", w.Code, w.Body)
	}
}

// deadlines takes down what is asked of a connection.
type deadlines struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error  { d.read = append(d.read, at); return nil }
func (d *deadlines) SetWriteDeadline(at time.Time) error { d.write = append(d.write, at); return nil }

// TestNoDeadlineIsLeft: tusd sets deadlines from goroutines of its own, which
// may outlive the request; the next request on the connection must not be cut
// off by them.
func TestNoDeadlineIsLeft(t *testing.T) {
	conn := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	now := time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)
	var stray *http.ResponseController
	answerInKorean(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stray = http.NewResponseController(w)
		if err := errors.Join(stray.SetReadDeadline(now.Add(time.Minute)), stray.SetWriteDeadline(now.Add(2*time.Minute))); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(conn, httptest.NewRequest(http.MethodPatch, "/", nil))
	if err := stray.SetReadDeadline(now); err != nil {
		t.Error(err)
	}
	if len(conn.read) != 1 || len(conn.write) != 2 || !conn.write[1].IsZero() {
		t.Errorf("deadlines of reading %v, of writing %v", conn.read, conn.write)
	}
	if conn.Header().Get("Connection") != "" {
		t.Error("a connection that was not interrupted is closed")
	}

	// A request that was interrupted gives up its connection: net/http holds
	// its client for gone.
	conn = &deadlines{ResponseRecorder: httptest.NewRecorder()}
	answerInKorean(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c := http.NewResponseController(w)
		if err := errors.Join(c.SetReadDeadline(now.Add(time.Minute)), c.SetReadDeadline(now)); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
	})).ServeHTTP(conn, httptest.NewRequest(http.MethodPatch, "/", nil))
	if len(conn.read) != 2 || conn.Header().Get("Connection") != "close" {
		t.Errorf("deadlines of reading %v, headers %v", conn.read, conn.Header())
	}
}

func TestParseMtime(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-10-05T14:05:00+09:00": time.Date(2026, 10, 5, 5, 5, 0, 0, time.UTC),
		"1791176700":                time.Date(2026, 10, 5, 5, 5, 0, 0, time.UTC),
		"1791176700123":             time.Date(2026, 10, 5, 5, 5, 0, 123e6, time.UTC),
		"":                          {},
		"0":                         {},
		"-5":                        {},
		"어제":                        {},
		"99999999999999999999":      {},
	} {
		if got := parseMtime(text); !got.Equal(want) {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
