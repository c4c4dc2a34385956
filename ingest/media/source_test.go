package media

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
	"jikim/footage/vault/disk"
)

// original seals bytes and opens them.
func original(t *testing.T, plain []byte) *vault.Outflow {
	t.Helper()
	store, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	rand := reviewtest.NewRandom(1)
	key, err := vault.NewKey(rand)
	if err != nil {
		t.Fatal(err)
	}
	flow, err := vault.Continue(t.Context(), store, "clip", key, vault.Progress{}, rand, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer flow.Close()
	if _, err := flow.ReadFrom(bytes.NewReader(plain)); err != nil {
		t.Fatal(err)
	}
	sealed, err := flow.Finish()
	if err != nil {
		t.Fatal(err)
	}
	out, err := vault.Open(t.Context(), store, "clip", key, sealed.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	return out
}

// through is a client that asks by the proxy of an environment.
func through(t *testing.T, proxy string) *http.Client {
	t.Helper()
	at, err := url.Parse(strings.TrimPrefix(proxy, "http_proxy="))
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(at)}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(t *testing.T, c *http.Client, address, span string) (status int, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Range", span)
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, body
}

func TestTheLoopbackAddress(t *testing.T) {
	plain := bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	s, err := serve(t.Context(), sealed(original(t, plain)), reviewtest.NewRandom(2))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(s.at, "127.0.0.1:") {
		t.Errorf("it listens at %s", s.at)
	}
	s.admit()
	ours := s.environment()[0]
	for span, want := range map[string][]byte{
		"bytes=0-": plain, "bytes=5-9": plain[5:10], "bytes=-3": plain[len(plain)-3:], "bytes=300001-": plain[300_001:],
	} {
		if status, body := get(t, through(t, ours), originalURL, span); status != http.StatusPartialContent || !bytes.Equal(body, want) {
			t.Errorf("%s: %d with %d bytes, want %d", span, status, len(body), len(want))
		}
	}
	for name, c := range map[string]struct {
		proxy, address string
		status         int
	}{
		"without the secret":         {"http://" + s.at, originalURL, http.StatusProxyAuthRequired},
		"with another secret":        {"http://media:" + strings.Repeat("0", 64) + "@" + s.at, originalURL, http.StatusProxyAuthRequired},
		"another host":               {ours, "http://127.0.0.1:8080/", http.StatusNotFound},
		"another path":               {ours, "http://original/../etc/passwd", http.StatusNotFound},
		"cloud's metadata":           {ours, "http://169.254.169.254/latest/", http.StatusNotFound},
		"our own address, otherwise": {ours, "http://" + s.at + "/", http.StatusNotFound},
	} {
		if status, body := get(t, through(t, c.proxy), c.address, "bytes=0-"); status != c.status || bytes.Contains(body, plain[:16]) {
			t.Errorf("%s: %d", name, status)
		}
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if c, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.at); err == nil {
		c.Close()
		t.Error("the address outlives its job")
	}
}

func TestNothingIsAnsweredBeforeTheLimitsStand(t *testing.T) {
	s, err := serve(t.Context(), sealed(original(t, []byte("plain"))), reviewtest.NewRandom(2))
	if err != nil {
		t.Fatal(err)
	}
	type answer struct {
		status int
		err    error
	}
	answered := make(chan answer)
	client := through(t, s.environment()[0])
	go func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, originalURL, nil)
		if err != nil {
			answered <- answer{err: err}
			return
		}
		res, err := client.Do(r)
		if err != nil {
			answered <- answer{err: err}
			return
		}
		answered <- answer{res.StatusCode, res.Body.Close()}
	}()
	soon, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	select {
	case a := <-answered:
		t.Fatalf("answered before: %+v", a)
	case <-soon.Done():
	}
	s.admit()
	if a := <-answered; a.status != http.StatusOK || a.err != nil {
		t.Errorf("%+v", a)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

func TestReadersAreUsedAgain(t *testing.T) {
	s, err := serve(t.Context(), sealed(original(t, []byte("plain"))), reviewtest.NewRandom(2))
	if err != nil {
		t.Fatal(err)
	}
	s.admit()
	client := through(t, s.environment()[0])
	for range 20 {
		get(t, client, originalURL, "bytes=1-")
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if len(s.idle) > 3 {
		t.Errorf("%d readers for one request at a time", len(s.idle))
	}
	if err := s.trouble(); err != nil && !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}
