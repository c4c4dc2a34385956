package s3_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"jikim/footage/vault/s3/s3test"
)

// proxy stands before the server and fails as it is told.
type proxy struct {
	*httptest.Server
	mu   sync.Mutex
	fail func(*http.Request) failure
}

type failure int

const (
	pass       failure = iota
	loseAnswer         // done, but the connection breaks before the answer
	cutAnswer          // the answer breaks off after 100,000 bytes
	refuse503          // not done, 503
	refuse501          // not done, 501
)

func newProxy(t *testing.T, server *s3test.Server) *proxy {
	t.Helper()
	to, err := url.Parse(server.Config.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{fail: func(*http.Request) failure { return pass }}
	var drop, cut sync.Map // requests whose answer is to be lost, or cut short
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		ModifyResponse: func(r *http.Response) error {
			if _, ok := drop.LoadAndDelete(r.Request.Header.Get("Authorization")); ok {
				panic(http.ErrAbortHandler)
			}
			if _, ok := cut.LoadAndDelete(r.Request.Header.Get("Authorization")); ok {
				r.Body = struct {
					io.Reader
					io.Closer
				}{io.MultiReader(io.LimitReader(r.Body, 100_000), iotest.ErrReader(io.ErrUnexpectedEOF)), r.Body}
			}
			return nil
		},
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		how := p.fail(r)
		p.mu.Unlock()
		switch how {
		case refuse503:
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		case refuse501:
			http.Error(w, "", http.StatusNotImplemented)
			return
		case loseAnswer:
			drop.Store(r.Header.Get("Authorization"), true)
		case cutAnswer:
			cut.Store(r.Header.Get("Authorization"), true)
		case pass:
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// once fails how for the first request that is meant, and passes the others.
func (p *proxy) once(how failure, meant func(*http.Request) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	failed := false
	p.fail = func(r *http.Request) failure {
		if failed || !meant(r) {
			return pass
		}
		failed = true
		return how
	}
}

func isComplete(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Has("uploadId")
}

func isPutBlob(r *http.Request) bool {
	return r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/blobs/") && !r.URL.Query().Has("partNumber")
}
