package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// wire speaks the upload protocol by hand: it can say what no good client says.
type wire struct {
	t           testing.TB
	url, secret string
}

func (r *running) wire(token string) wire { return wire{r.t, r.url, token} }

// at speaks to another server with the same token.
func (w wire) at(r *running) wire { return wire{w.t, r.url, w.secret} }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (w wire) ask(method, path string, body io.Reader, header ...string) answer {
	w.t.Helper()
	a, err := w.tryAsk(method, path, body, header...)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w wire) tryAsk(method, path string, body io.Reader, header ...string) (answer, error) {
	status, h, b, err := tryAsk(w.url, method, path, w.secret, body, header...)
	return answer{status, h, b}, err
}

// uploadMetadata writes an Upload-Metadata header from names and values.
func uploadMetadata(pairs ...string) string {
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	return strings.Join(out, ",")
}

// post begins an upload; first is the part that comes with it, nil for none.
func (w wire) post(size int64, first []byte, pairs ...string) answer {
	w.t.Helper()
	header := []string{"Upload-Length", strconv.FormatInt(size, 10), "Upload-Metadata", uploadMetadata(pairs...)}
	if first != nil {
		header = append(header, "Content-Type", "application/offset+octet-stream")
	}
	return w.ask(http.MethodPost, "/api/v1/uploads", bytes.NewReader(first), header...)
}

// begin begins an upload that nothing speaks against and gives its id.
func (w wire) begin(size int64, pairs ...string) string {
	w.t.Helper()
	a := w.post(size, nil, pairs...)
	if a.status != http.StatusCreated {
		w.t.Fatalf("POST answered %d: %s", a.status, a.body)
	}
	return a.id()
}

// id is the upload's, from the Location.
func (a answer) id() string {
	at := a.header.Get("Location")
	return at[strings.LastIndex(at, "/")+1:]
}

func (w wire) tryPatch(id string, offset int64, body io.Reader) (answer, error) {
	return w.tryAsk(http.MethodPatch, "/api/v1/uploads/"+id, body,
		"Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.FormatInt(offset, 10))
}

func (w wire) patch(id string, offset int64, body []byte) answer {
	w.t.Helper()
	a, err := w.tryPatch(id, offset, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// offset is where the server says the upload stands.
func (w wire) offset(id string) int64 {
	w.t.Helper()
	a := w.ask(http.MethodHead, "/api/v1/uploads/"+id, nil)
	at, err := strconv.ParseInt(a.header.Get("Upload-Offset"), 10, 64)
	if a.status != http.StatusOK || err != nil {
		w.t.Fatalf("HEAD answered %d %v", a.status, a.header)
	}
	return at
}

// outcome is how an upload stands.
type outcome struct{ State, Clip, Receipt, Code, Detail, SHA256 string }

func (w wire) outcome(id string) outcome {
	w.t.Helper()
	a := w.ask(http.MethodGet, "/api/v1/uploads/"+id, nil)
	var o outcome
	if err := json.Unmarshal(a.body, &o); err != nil || a.status != http.StatusOK {
		w.t.Fatalf("GET of %s answered %d: %s", id, a.status, a.body)
	}
	return o
}

// send sends a whole file in one go and gives its clip.
func (w wire) send(body []byte, pairs ...string) string {
	w.t.Helper()
	a := w.post(int64(len(body)), body, pairs...)
	if a.status != http.StatusCreated {
		w.t.Fatalf("POST answered %d: %s", a.status, a.body)
	}
	o := w.outcome(a.id())
	if o.State != "checked-in" || o.Clip == "" || o.SHA256 != hashOf(body) {
		w.t.Fatalf("sending gave %+v", o)
	}
	return o.Clip
}

// finish sends what is missing of a file and waits until it is checked in.
func (w wire) finish(id string, body []byte) outcome {
	w.t.Helper()
	at := w.offset(id)
	if at < int64(len(body)) {
		if a := w.patch(id, at, body[at:]); a.status != http.StatusNoContent {
			w.t.Fatalf("PATCH at %d answered %d: %s", at, a.status, a.body)
		}
	}
	o := w.outcome(id)
	if o.State != "checked-in" || o.SHA256 != hashOf(body) {
		w.t.Fatalf("finishing gave %+v", o)
	}
	return o
}

// refused finds a refusal in its full form: status, code, and a Korean sentence
// that says what to do.
func (a answer) refused(t testing.TB, status int, code string) {
	t.Helper()
	if a.status != status || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("answered %d %s, want %d and a problem: %s", a.status, a.header.Get("Content-Type"), status, a.body)
		return
	}
	got, sentence := problem(t, a.body)
	if got != code || !isAdvice(sentence) {
		t.Errorf("the problem says %q: %q, want %q and what to do", got, sentence, code)
	}
}

// advice is a polite request: what to do next.
var advice = regexp.MustCompile(`(세요|십시오)`)

// isAdvice tells a Korean sentence that says what to do from everything else.
func isAdvice(s string) bool { return advice.MatchString(s) }

// noise gives n bytes that look like nothing, the same for the same seed.
func noise(n int, seed uint64) []byte {
	b := make([]byte, n)
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	_, _ = rand.NewChaCha8(key).Read(b) // never fails
	return b
}

// footageOf is noise that begins like a video.
func footageOf(n int, seed uint64) []byte {
	b := noise(n, seed)
	copy(b, "\x00\x00\x00\x18ftypmp42")
	return b
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
