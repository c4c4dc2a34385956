package tus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/ingest"
)

const lengthRequired = "파일 크기를 먼저 알려 주어야 합니다(Upload-Length). 크기를 정해 다시 보내 주세요."

var (
	errNoLength     = refuse.Field("length", "length-required", lengthRequired)
	errNoSuchUpload = refuse.New(refuse.NotFound, "upload-not-found", "찾는 전송이 없습니다. 파일을 새로 보내 주세요.")
)

func notFoundOr(err error) error {
	if no, ok := refuse.As(err); ok && no.Kind == refuse.NotFound {
		return errNoSuchUpload
	}
	return err
}

func ended(up footage.Upload) error {
	return refuse.New(refuse.Gone, up.Code, up.Detail)
}

// problem turns an error into tusd's form with a problem+json body.
func (s *store) problem(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if known := (handler.Error{}); errors.As(err, &known) {
		return err
	}
	no, ok := refuse.As(err)
	if !ok {
		reference := s.Fault(ctx, err)
		return answer(http.StatusInternalServerError, "fault",
			"처리하지 못했습니다. 받은 부분은 그대로 있으니 카메라에서 지우지 말고 다시 시도해 주세요. (참조번호 "+reference+")")
	}
	if no.Kind == refuse.Unavailable && no.Cause != nil {
		s.Fault(ctx, err)
	}
	return answer(status(no.Kind), no.Code, no.Sentence)
}

func status(k refuse.Kind) int {
	switch k {
	case refuse.Unauthenticated:
		return http.StatusUnauthorized
	case refuse.Forbidden:
		return http.StatusForbidden
	case refuse.NotFound:
		return http.StatusNotFound
	case refuse.Conflict:
		return http.StatusConflict
	case refuse.Gone:
		return http.StatusGone
	case refuse.TooLarge:
		return http.StatusRequestEntityTooLarge
	case refuse.TooMany:
		return http.StatusTooManyRequests
	case refuse.Unavailable:
		return http.StatusServiceUnavailable
	case refuse.Full:
		return http.StatusInsufficientStorage
	}
	return http.StatusUnprocessableEntity
}

func answer(status int, code, sentence string) handler.Error {
	return handler.Error{ErrorCode: code, Message: sentence, HTTPResponse: handler.HTTPResponse{
		StatusCode: status,
		Body:       string(problemJSON(status, code, sentence)),
		Header:     handler.HTTPHeader{"Content-Type": "application/problem+json"},
	}}
}

func problemJSON(status int, code, sentence string) []byte {
	b, _ := json.Marshal(map[string]any{ // strings and a number: cannot fail
		"type": "about:blank", "title": http.StatusText(status), "status": status, "code": code, "detail": sentence,
	})
	return b
}

// own is what tusd's own errors say, in our words.
var own = map[string]struct{ code, sentence string }{
	"ERR_UNSUPPORTED_VERSION":         {"tus-version", "tus 1.0.0 프로토콜로 보내 주세요(Tus-Resumable: 1.0.0)."},
	"ERR_MAX_SIZE_EXCEEDED":           {"too-large", "파일이 너무 큽니다. 나누어 저장된 파일을 그대로 보내거나 시스템 관리자에게 알려 주세요."},
	"ERR_INVALID_CONTENT_TYPE":        {"content-type", "파일 내용은 Content-Type을 application/offset+octet-stream으로 하여 보내 주세요."},
	"ERR_INVALID_UPLOAD_LENGTH":       {"bad-length", "파일 크기(Upload-Length)가 없거나 올바르지 않습니다. 크기를 0 이상의 수로 알려 주세요."},
	"ERR_INVALID_UPLOAD_LENGTH_DEFER": {"length-required", lengthRequired},
	"ERR_NOT_IMPLEMENTED":             {"length-required", lengthRequired}, // tusd's answer where lengths cannot be deferred
	"ERR_INVALID_OFFSET":              {"bad-offset", "이어 보낼 위치(Upload-Offset)가 없거나 올바르지 않습니다. 어디까지 받았는지 HEAD로 확인한 뒤 이어서 보내 주세요."},
	"ERR_UPLOAD_NOT_FOUND":            {"upload-not-found", "찾는 전송이 없습니다. 파일을 새로 보내 주세요."},
	"ERR_UPLOAD_LOCKED":               {"upload-busy", "이 파일은 지금 다른 연결에서 전송되고 있습니다. 잠시 뒤 이어서 보내 주세요."},
	"ERR_LOCK_TIMEOUT":                {"upload-busy", "이 파일은 지금 다른 연결에서 전송되고 있습니다. 잠시 뒤 이어서 보내 주세요."},
	"ERR_MISMATCHED_OFFSET":           {"offset-mismatch", "이어 받을 위치가 맞지 않습니다. 어디까지 받았는지 다시 확인한 뒤 이어서 보내 주세요."},
	"ERR_UPLOAD_SIZE_EXCEEDED":        {"longer-than-said", ingest.LongerThanSaid},
	"ERR_UPLOAD_INTERRUPTED":          {"upload-elsewhere", "같은 파일의 전송이 다른 연결에서 이어져 이 연결은 마쳤습니다. 받은 부분은 그대로 있습니다."},
	"ERR_SERVER_SHUTDOWN":             {"server-stopping", "서버가 다시 시작됩니다. 받은 부분은 그대로 있으니 잠시 뒤 이어서 보내 주세요."},
	"ERR_UNEXPECTED_EOF":              {"cut-off", "전송이 중간에 끊겼습니다. 받은 부분은 그대로 있으니 이어서 보내 주세요."},
	"ERR_READ_TIMEOUT":                {"cut-off", "전송이 오래 멈춰 끊었습니다. 받은 부분은 그대로 있으니 이어서 보내 주세요."},
	"ERR_CONNECTION_RESET":            {"cut-off", "전송이 중간에 끊겼습니다. 받은 부분은 그대로 있으니 이어서 보내 주세요."},
}

// answerInKorean replaces the English text of tusd's own errors by a sentence,
// and the absolute Location by its path: behind a proxy the server does not
// know under which name it is reached.
func answerInKorean(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &translator{ResponseWriter: w, head: r.Method == http.MethodHead}
		defer t.letGo()
		next.ServeHTTP(t, r)
	})
}

type translator struct {
	http.ResponseWriter
	head    bool
	foreign bool // the body that follows is tusd's own English
	status  int

	mu    sync.Mutex
	until time.Time // the read deadline, as tusd moves it on while bytes come
	cut   bool      // it was moved back: the request was interrupted
	over  bool      // the answer has begun; the connection may serve another request
}

// Unwrap lets http.ResponseController through.
func (t *translator) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// SetReadDeadline lets tusd interrupt a request, but only before its answer
// has begun and at the price of the connection. tusd interrupts from a
// goroutine of its own by a deadline that has passed; net/http then holds the
// client for gone, and every later request on the connection with it.
func (t *translator) SetReadDeadline(at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return nil
	}
	t.cut = t.cut || at.Before(t.until)
	t.until = at
	return http.NewResponseController(t.ResponseWriter).SetReadDeadline(at)
}

// begin ends what tusd may do to the connection.
func (t *translator) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over = true; t.cut {
		t.Header().Set("Connection", "close")
	}
}

// letGo ends the request's hold on the connection. tusd's write deadline would
// outlive the request and cut off a long download on the same connection.
func (t *translator) letGo() {
	if t.foreign && !t.head {
		_, _ = t.Write(nil) // an error that came without its words; whoever asked may have gone
	}
	t.begin()
	_ = http.NewResponseController(t.ResponseWriter).SetWriteDeadline(time.Time{}) // not every writer has one
}

func (t *translator) WriteHeader(status int) {
	t.begin()
	h := t.Header()
	if loc, err := url.Parse(h.Get("Location")); err == nil && loc.Host != "" {
		h.Set("Location", loc.Path)
	}
	t.status = status
	t.foreign = status >= 400 && strings.HasPrefix(h.Get("Content-Type"), "text/plain")
	if t.foreign && !t.head {
		h.Set("Content-Type", "application/problem+json")
		h.Del("Content-Length")
		return // until the body tells which error it is
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *translator) Write(b []byte) (int, error) {
	if !t.foreign || t.head {
		return t.ResponseWriter.Write(b)
	}
	t.foreign = false
	name, _, _ := bytes.Cut(b, []byte(":"))
	said, ok := own[string(name)]
	if !ok {
		said.code, said.sentence = "upload-refused", "요청을 받아들이지 못했습니다. 어디까지 받았는지 확인한 뒤 이어서 보내고, 그래도 안 되면 처음부터 다시 보내 주세요."
	}
	status := t.status
	switch said.code {
	case "upload-busy", "upload-elsewhere":
		status = http.StatusLocked // clients try again on 423; tusd says 500 and 400
	case "length-required":
		status = http.StatusBadRequest // tusd says 501
	}
	t.ResponseWriter.WriteHeader(status)
	if _, err := t.ResponseWriter.Write(problemJSON(status, said.code, said.sentence)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// parseMtime reads the card's file time: RFC 3339, or seconds or milliseconds
// since 1970. It is a witness only; what cannot be read is left out.
func parseMtime(s string) time.Time {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || n <= 0:
		return time.Time{}
	case n > 1e11:
		return time.UnixMilli(n)
	}
	return time.Unix(n, 0)
}
