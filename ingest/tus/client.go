package tus

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Client sends files to a server and sees them through to their end.
type Client struct {
	Server string // "https://host:port"
	Token  string
	HTTP   *http.Client // nil: one without a timeout for the whole request
	// Memory remembers where an upload that was cut off can be continued; nil
	// forgets.
	Memory Memory
	// Patience is how long a server that cannot be reached is tried again
	// before giving up; what was sent stays there.
	Patience time.Duration
}

// Memory keeps the address of unfinished uploads between runs of a program.
type Memory interface {
	Recall(fingerprint string) (location string)
	Remember(fingerprint, location string) error
	Forget(fingerprint string) error
}

// File is one file to send.
type File struct {
	Local   string // where it lies here
	Name    string // base name
	Path    string // path on the card
	Device  string // serial, when known
	Purpose string
	Batch   string
}

// Outcome is how an upload ended, as GET /uploads/{id} tells it.
type Outcome struct {
	State   string `json:"state"` // checked-in or refused
	Clip    string `json:"clip"`
	Receipt string `json:"receipt"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`

	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Problem is a refusal by the server (application/problem+json).
type Problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error gives the server's sentence.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return fmt.Sprintf("서버가 %d로 답했습니다.", p.Status)
	}
	return p.Detail
}

// final reports whether trying again is of no use.
func (p *Problem) final() bool {
	switch p.Status {
	case http.StatusLocked, http.StatusConflict, http.StatusTooManyRequests:
		return false
	}
	return p.Status < 500
}

const version = "1.0.0"

// Send sends a file, continuing where an earlier run was cut off, and waits
// until it is checked in or refused. The file's hash goes along and is checked
// by the server at the end. progress, when not nil, is told how many bytes of
// how many the server has.
func (c *Client) Send(ctx context.Context, f File, progress func(done, of int64)) (Outcome, error) {
	file, err := os.Open(f.Local)
	if err != nil {
		return Outcome{}, err
	}
	defer file.Close()
	s := &sending{Client: c, f: f, file: file, progress: progress}
	if s.size, s.sum, err = hashOf(file); err != nil {
		return Outcome{}, err
	}
	s.fingerprint = c.Server + " " + s.sum + " " + f.Path
	if err := s.persist(ctx); err != nil {
		return Outcome{}, err
	}
	out, err := s.await(ctx)
	out.SHA256, out.Bytes = s.sum, s.size
	return out, err
}

func hashOf(file *os.File) (int64, string, error) {
	h := sha256.New()
	n, err := io.Copy(h, file)
	return n, hex.EncodeToString(h.Sum(nil)), err
}

// sending is one file on its way.
type sending struct {
	*Client
	f           File
	file        *os.File
	size        int64
	sum         string
	fingerprint string
	location    string
	progress    func(done, of int64)
}

// persist sends until every byte is there, through whatever breaks in between.
func (s *sending) persist(ctx context.Context) error {
	wait, since, last := 200*time.Millisecond, time.Now(), int64(-1)
	for {
		offset, err := s.attempt(ctx)
		if err == nil {
			return nil
		}
		var no *Problem
		if ctx.Err() != nil || errors.As(err, &no) && no.final() {
			return err
		}
		if offset > last { // it moves; patience starts anew
			last, since, wait = offset, time.Now(), 200*time.Millisecond
		}
		if time.Since(since) > s.Patience {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		wait = min(2*wait, 5*time.Second)
	}
}

// attempt finds out where the server stands and sends the rest.
func (s *sending) attempt(ctx context.Context) (offset int64, err error) {
	if offset, err = s.locate(ctx); err != nil {
		return -1, err
	}
	for offset < s.size {
		s.tell(offset)
		if offset, err = s.patch(ctx, offset); err != nil {
			return offset, err
		}
	}
	s.tell(offset)
	return offset, nil
}

func (s *sending) tell(offset int64) {
	if s.progress != nil {
		s.progress(offset, s.size)
	}
}

// locate gives the offset of the upload begun earlier, or begins a new one.
func (s *sending) locate(ctx context.Context) (int64, error) {
	if s.location == "" && s.Memory != nil {
		s.location = s.Memory.Recall(s.fingerprint)
	}
	if s.location != "" {
		resp, err := s.do(ctx, http.MethodHead, s.location, nil, nil)
		if err == nil {
			return strconv.ParseInt(resp.Header.Get("Upload-Offset"), 10, 64)
		}
		var no *Problem
		if !errors.As(err, &no) || no.Status != http.StatusNotFound && no.Status != http.StatusGone {
			return 0, err
		}
		s.forget() // it ended there; begin anew
	}
	return 0, s.create(ctx)
}

func (s *sending) create(ctx context.Context) error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	var meta []string
	for _, kv := range [][2]string{
		{"filename", s.f.Name}, {"path", s.f.Path}, {"device", s.f.Device}, {"purpose", s.f.Purpose}, {"batch", s.f.Batch},
		{"mtime", info.ModTime().UTC().Format(time.RFC3339)}, {"sha256", s.sum},
	} {
		if kv[1] != "" {
			meta = append(meta, kv[0]+" "+base64.StdEncoding.EncodeToString([]byte(kv[1])))
		}
	}
	resp, err := s.do(ctx, http.MethodPost, s.Server+"/api/v1/uploads", nil, http.Header{
		"Upload-Length":   {strconv.FormatInt(s.size, 10)},
		"Upload-Metadata": {strings.Join(meta, ",")},
	})
	if err != nil {
		return err
	}
	base, err := url.Parse(s.Server + "/")
	if err != nil {
		return err
	}
	at, err := base.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		return fmt.Errorf("tus: the server gave no address for the upload: %w", err)
	}
	s.location = at.String()
	if s.Memory != nil {
		return s.Memory.Remember(s.fingerprint, s.location)
	}
	return nil
}

func (s *sending) patch(ctx context.Context, offset int64) (int64, error) {
	if _, err := s.file.Seek(offset, io.SeekStart); err != nil {
		return offset, err
	}
	body := &counted{r: io.LimitReader(s.file, s.size-offset), from: offset, tell: s.tell}
	resp, err := s.do(ctx, http.MethodPatch, s.location, body, http.Header{
		"Content-Type":   {"application/offset+octet-stream"},
		"Upload-Offset":  {strconv.FormatInt(offset, 10)},
		"Content-Length": {strconv.FormatInt(s.size-offset, 10)},
	})
	if err != nil {
		return offset, err
	}
	return strconv.ParseInt(resp.Header.Get("Upload-Offset"), 10, 64)
}

// counted tells how far reading has come, now and then.
type counted struct {
	r    io.Reader
	from int64
	at   int64
	tell func(int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	before := c.at
	c.at += int64(n)
	if before>>24 != c.at>>24 { // every 16 MiB
		c.tell(c.from + c.at)
	}
	return n, err
}

// await asks how the upload ended until it has.
func (s *sending) await(ctx context.Context) (Outcome, error) {
	wait, deadline := 20*time.Millisecond, time.Now().Add(s.Patience)
	for {
		out, err := s.outcome(ctx)
		if err == nil && (out.State == "checked-in" || out.State == "refused") {
			s.forget()
			return out, nil
		}
		var no *Problem
		if ctx.Err() != nil || errors.As(err, &no) && no.final() || time.Now().After(deadline) {
			return out, errors.Join(err, ctx.Err())
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		wait = min(2*wait, 2*time.Second)
	}
}

func (s *sending) outcome(ctx context.Context) (out Outcome, err error) {
	resp, err := s.do(ctx, http.MethodGet, s.location, nil, nil)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(resp.body, &out)
}

func (s *sending) forget() {
	if s.Memory != nil {
		_ = s.Memory.Forget(s.fingerprint) // the worst that follows is one needless question
	}
}

type response struct {
	Header http.Header
	body   []byte
}

func (c *Client) do(ctx context.Context, method, address string, body io.Reader, header http.Header) (*response, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if n, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64); err == nil {
		req.ContentLength = n
	}
	req.Header.Set("Tus-Resumable", version)
	req.Header.Set("Authorization", "Bearer "+c.Token)
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 400 {
		no := &Problem{}
		_ = json.Unmarshal(b, no) // a HEAD has no body; the status says enough
		no.Status = resp.StatusCode
		return nil, no
	}
	return &response{Header: resp.Header, body: b}, nil
}
