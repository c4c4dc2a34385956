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
	"os"
	"strconv"
	"strings"
	"time"
)

// Client sends files to a server and sees them through to their end.
type Client struct {
	Server string // "https://host:port"
	Token  string
	HTTP   *http.Client // nil: one without a timeout for the whole request; redirects are never followed
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
	// DeviceClock tells what the device's clock shows at this moment, as in
	// "2026-10-03T14:05:00", with an offset if the device has one; nil when
	// nobody can ask it.
	DeviceClock func() string
}

func (f File) deviceClock() string {
	if f.DeviceClock == nil {
		return ""
	}
	return f.DeviceClock()
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

const (
	firstWait = 200 * time.Millisecond // before trying again; doubled each time
	lastWait  = 5 * time.Second
)

// persist sends until every byte is there, through whatever breaks in between.
// Patience runs anew whenever the server has got further.
func (s *sending) persist(ctx context.Context) error {
	last, wait := int64(-1), firstWait
	patience := time.NewTimer(s.Patience)
	defer patience.Stop()
	for {
		offset, err := s.attempt(ctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil || final(err):
			return err
		case offset > last:
			last, wait = offset, firstWait
			patience.Reset(s.Patience)
		}
		select {
		case <-time.After(wait):
		case <-patience.C:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
		wait = min(2*wait, lastWait)
	}
}

// attempt finds out where the server stands and sends the rest.
func (s *sending) attempt(ctx context.Context) (offset int64, err error) {
	if offset, err = s.locate(ctx); err != nil {
		return -1, err
	}
	for offset < s.size {
		s.tell(offset)
		next, err := s.patch(ctx, offset)
		if err != nil {
			return offset, err
		}
		if next <= offset {
			return offset, fmt.Errorf("tus: the server took nothing at %d", offset)
		}
		offset = next
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
		s.location, _ = s.at(s.Memory.Recall(s.fingerprint)) // what was remembered of another server is worth nothing
	}
	if s.location != "" {
		resp, err := s.do(ctx, http.MethodHead, s.location, nil, nil)
		if err == nil {
			return s.offset(resp)
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
		{"filename", s.f.Name},
		{"path", s.f.Path},
		{"device", s.f.Device},
		{"purpose", s.f.Purpose},
		{"batch", s.f.Batch},
		{"mtime", info.ModTime().UTC().Format(time.RFC3339)},
		{"sha256", s.sum},
		{"device_clock", s.f.deviceClock()},
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
	if s.location, err = s.at(resp.Header.Get("Location")); err != nil {
		return err
	}
	if s.Memory != nil {
		return s.Memory.Remember(s.fingerprint, s.location)
	}
	return nil
}

func (s *sending) patch(ctx context.Context, offset int64) (int64, error) {
	// A section of its own: a request that has ended may still be reading.
	body := &counted{r: io.NewSectionReader(s.file, offset, s.size-offset), from: offset, tell: s.tell}
	resp, err := s.do(ctx, http.MethodPatch, s.location, body, http.Header{
		"Content-Type":   {"application/offset+octet-stream"},
		"Upload-Offset":  {strconv.FormatInt(offset, 10)},
		"Content-Length": {strconv.FormatInt(s.size-offset, 10)},
	})
	if err != nil {
		return offset, err
	}
	return s.offset(resp)
}

// offset is where the server says it stands.
func (s *sending) offset(resp *response) (int64, error) {
	text := resp.Header.Get("Upload-Offset")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > s.size {
		return 0, fmt.Errorf("tus: the server stands at %q of %d bytes", text, s.size)
	}
	return n, nil
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

var errStillChecking = &Problem{
	Status: http.StatusAccepted, Code: "still-checking",
	Detail: "서버가 받은 파일을 아직 확인하고 있습니다. 카메라에서 지우지 말고 잠시 뒤 다시 실행해 주세요.",
}

// await asks how the upload ended until it has.
func (s *sending) await(ctx context.Context) (Outcome, error) {
	patience := time.NewTimer(s.Patience)
	defer patience.Stop()
	for wait := firstWait / 10; ; wait = min(2*wait, lastWait) {
		out, err := s.outcome(ctx)
		switch {
		case err == nil && (out.State == "checked-in" || out.State == "refused"):
			s.forget()
			return out, nil
		case ctx.Err() != nil || final(err):
			return out, err
		case err == nil:
			err = errStillChecking
		}
		select {
		case <-time.After(wait):
		case <-patience.C:
			return out, err
		case <-ctx.Done():
			return out, ctx.Err()
		}
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
