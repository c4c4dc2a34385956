package tus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const version = "1.0.0"

// questionTimeout bounds a request without a body. The longest a server takes
// to answer one is while it waits for an upload's lock (20 seconds).
const questionTimeout = time.Minute

// patientHTTP bounds the wait for an answer after the last byte, in which a
// server reads the whole file, and nothing else: sending may take hours.
var patientHTTP = func() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 15 * time.Minute
	return &http.Client{Transport: t}
}()

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
func final(err error) bool {
	var no *Problem
	if !errors.As(err, &no) {
		return false
	}
	switch no.Status {
	case http.StatusLocked, http.StatusConflict, http.StatusTooManyRequests, http.StatusRequestTimeout:
		return false
	}
	return no.Status < 500
}

// elsewhere refuses to follow a server to another address: token and footage
// go to the one that was named, and to no other.
func elsewhere(status int, address string) *Problem {
	return &Problem{Status: status, Code: "server-elsewhere", Detail: fmt.Sprintf(
		"서버가 다른 주소(%q)로 보내라고 했지만 따르지 않았습니다. 서버 주소가 맞는지 시스템 관리자에게 확인한 뒤 다시 보내 주세요.", address)}
}

// at is the whole address of what the server calls location; "" for none.
func (c *Client) at(location string) (string, error) {
	if location == "" {
		return "", errors.New("tus: the server gave no address for the upload")
	}
	base, err := url.Parse(c.Server + "/")
	if err != nil {
		return "", err
	}
	to, err := base.Parse(location)
	if err != nil {
		return "", fmt.Errorf("tus: the server's address for the upload: %w", err)
	}
	if to.Scheme != base.Scheme || to.Host != base.Host || to.User != nil {
		return "", elsewhere(http.StatusCreated, location)
	}
	return to.String(), nil
}

type response struct {
	Header http.Header
	body   []byte
}

// do asks the server; an answer that is not a success is a *Problem.
func (c *Client) do(ctx context.Context, method, address string, body io.Reader, header http.Header) (*response, error) {
	if body == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, questionTimeout)
		defer cancel()
	}
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
	resp, err := c.http().Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode >= 400:
		no := &Problem{}
		_ = json.Unmarshal(b, no) // a HEAD has no body; the status says enough
		no.Status = resp.StatusCode
		return nil, no
	case resp.StatusCode >= 300:
		return nil, elsewhere(resp.StatusCode, resp.Header.Get("Location"))
	}
	return &response{Header: resp.Header, body: b}, nil
}

// http is the HTTP client, kept from following redirects: it would take the
// footage along, and to a host of the same name without TLS the token too.
func (c *Client) http() *http.Client {
	h := *patientHTTP
	if c.HTTP != nil {
		h = *c.HTTP
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &h
}
