package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The load comes over bare connections: what net/http would cost on our side
// is taken from the two cores that the server under measurement also needs.

// wire is one connection to a server, used for one request after the other.
type wire struct {
	net.Conn
	in   *bufio.Reader
	host string
	buf  []byte
}

// scratch is a buffer to read bodies into.
func (w *wire) scratch() []byte {
	if w.buf == nil {
		w.buf = make([]byte, 256<<10)
	}
	return w.buf
}

func dial(addr string) (*wire, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &wire{Conn: c, in: bufio.NewReaderSize(c, 64<<10), host: addr}, nil
}

// ask sends the head of a request; extra is whole header lines.
func (w *wire) ask(method, target string, length int64, extra string) error {
	head := method + " " + target + " HTTP/1.1\r\nHost: " + w.host + "\r\n" + extra
	if length >= 0 {
		head += "Content-Length: " + strconv.FormatInt(length, 10) + "\r\n"
	}
	_, err := io.WriteString(w.Conn, head+"\r\n")
	return err
}

// answer reads an answer up to its body, which must be read before the next.
func (w *wire) answer(method string) (*http.Response, error) {
	return http.ReadResponse(w.in, &http.Request{Method: method})
}

// call sends a small request and reads the whole answer.
func (w *wire) call(method, target, extra, body string) (http.Header, []byte, error) {
	length := int64(-1)
	if body != "" || method == http.MethodPost {
		length = int64(len(body))
	}
	if err := w.ask(method, target, length, extra); err != nil {
		return nil, nil, err
	}
	if _, err := io.WriteString(w.Conn, body); err != nil {
		return nil, nil, err
	}
	return w.finish(method, target)
}

// finish reads the whole answer and fails unless it says that all went well.
func (w *wire) finish(method, target string) (http.Header, []byte, error) {
	resp, err := w.answer(method)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, target, resp.Status, body)
	}
	return resp.Header, body, err
}

// tusTarget is where uploads are created, and what every request carries.
type tusTarget struct {
	addr string
	path string
	auth string // header lines
}

// begin creates an upload and gives its path.
func (t tusTarget) begin(w *wire, p payload) (path string, err error) {
	meta := "filename " + base64.StdEncoding.EncodeToString([]byte(p.name))
	header, _, err := w.call(http.MethodPost, t.path, t.auth+
		"Tus-Resumable: 1.0.0\r\nUpload-Length: "+strconv.FormatInt(p.size, 10)+"\r\nUpload-Metadata: "+meta+"\r\n", "")
	if err != nil {
		return "", err
	}
	at, err := url.Parse(header.Get("Location"))
	if err != nil {
		return "", err
	}
	return at.Path, nil
}

// patch sends the bytes from..to of p. It gives the moment the last byte left us.
func (t tusTarget) patch(w *wire, path string, p payload, from, to int64) (sent time.Time, err error) {
	err = w.ask(http.MethodPatch, path, p.size-from, t.auth+
		"Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: "+strconv.FormatInt(from, 10)+"\r\n")
	if err == nil {
		err = p.send(w, from, to)
	}
	return time.Now(), err
}

// put sends a whole file: one creation, one PATCH.
func (t tusTarget) put(w *wire, p payload) (receipt, error) {
	path, err := t.begin(w, p)
	if err != nil {
		return receipt{}, err
	}
	sent, err := t.patch(w, path, p, 0, p.size)
	if err != nil {
		return receipt{}, err
	}
	_, _, err = w.finish(http.MethodPatch, path)
	return receipt{at: path, tail: time.Since(sent)}, err
}

// putBroken sends a file whose connection breaks half way, once.
func (t tusTarget) putBroken(p payload) (receipt, error) {
	w, err := dial(t.addr)
	if err != nil {
		return receipt{}, err
	}
	path, err := t.begin(w, p)
	if err != nil {
		return receipt{}, err
	}
	if _, err = t.patch(w, path, p, 0, p.size/2); err != nil {
		return receipt{}, err
	}
	if err := w.Close(); err != nil {
		return receipt{}, err
	}
	if w, err = dial(t.addr); err != nil {
		return receipt{}, err
	}
	defer w.Close()
	header, _, err := w.call(http.MethodHead, path, t.auth+"Tus-Resumable: 1.0.0\r\n", "")
	if err != nil {
		return receipt{}, err
	}
	from, err := strconv.ParseInt(header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		return receipt{}, err
	}
	sent, err := t.patch(w, path, p, from, p.size)
	if err != nil {
		return receipt{}, err
	}
	_, _, err = w.finish(http.MethodPatch, path)
	return receipt{at: path, tail: time.Since(sent), resumed: from}, err
}

// receipt is what became of one file sent.
type receipt struct {
	at      string        // its path at the server
	tail    time.Duration // from the last byte sent to the answer
	resumed int64         // where it was continued
}

// clip asks ours how the upload ended and gives the clip; anything but checked
// in is an error.
func (t tusTarget) clip(w *wire, path string) (string, error) {
	var state struct{ State, Clip, Detail string }
	_, body, err := w.call(http.MethodGet, path, t.auth, "")
	if err == nil {
		err = json.Unmarshal(body, &state)
	}
	if err == nil && state.State != "checked-in" {
		err = fmt.Errorf("the upload ended as %s: %s", state.State, state.Detail)
	}
	return state.Clip, err
}

// view opens a permission to look and gives the address of the content.
func (t tusTarget) view(w *wire, clip string) (string, error) {
	var opened struct{ Content string }
	_, body, err := w.call(http.MethodPost, "/api/v1/clips/"+clip+"/views",
		t.auth+"Content-Type: application/json\r\n", `{"reason":"성능 측정"}`)
	if err == nil {
		err = json.Unmarshal(body, &opened)
	}
	return opened.Content, err
}

func bearer(token string) string { return "Authorization: Bearer " + strings.TrimSpace(token) + "\r\n" }

// putPlain sends a whole file by one PUT.
func putPlain(w *wire, target string, p payload) (receipt, error) {
	if err := w.ask("PUT", target, p.size, ""); err != nil {
		return receipt{}, err
	}
	if err := p.send(w, 0, p.size); err != nil {
		return receipt{}, err
	}
	sent := time.Now()
	_, _, err := w.finish("PUT", target)
	return receipt{at: target, tail: time.Since(sent)}, err
}
