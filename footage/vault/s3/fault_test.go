package s3_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"jikim/footage/vault"
	"jikim/footage/vault/s3"
	"jikim/footage/vault/s3/s3test"
)

func TestLostAnswers(t *testing.T) {
	server := s3test.Start(t)
	p := newProxy(t, server)
	for _, c := range []struct {
		name  string
		n     int
		how   failure
		meant func(*http.Request) bool
	}{
		{"complete", 6 * mib, loseAnswer, isComplete},
		{"put", 1000, loseAnswer, isPutBlob},
		{"part", 6 * mib, loseAnswer, func(r *http.Request) bool { return r.URL.Query().Has("partNumber") }},
		{"delete", 1000, loseAnswer, func(r *http.Request) bool { return r.Method == http.MethodDelete }},
		{"complete-503", 6 * mib, refuse503, isComplete},
		{"put-503", 1000, refuse503, isPutBlob},
		{"create-503", 6 * mib, refuse503, func(r *http.Request) bool { return r.URL.Query().Has("uploads") && r.Method == http.MethodPost }},
		{"get-503", 1000, refuse503, func(r *http.Request) bool { return r.Method == http.MethodGet && r.Header.Get("Range") != "" }},
		{"complete-501", 6 * mib, refuse501, func(r *http.Request) bool { return isComplete(r) && r.Header.Get("If-None-Match") != "" }},
		{"put-501", 1000, refuse501, func(r *http.Request) bool { return isPutBlob(r) && r.Header.Get("If-None-Match") != "" }},
		{"versions-501", 1000, refuse501, func(r *http.Request) bool { return r.URL.Query().Has("versions") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := openHasty(t, server, p.URL)
			w := resume(t, s, "clip", vault.Mark{})
			p.once(c.how, c.meant)
			write(t, w, fill(1, c.n))
			finish(t, w)
			mustHold(t, s, "clip", fill(1, c.n))
		})
	}
}

func TestDeadServer(t *testing.T) {
	server := s3test.Start(t)
	s, _ := openHasty(t, server, "")
	ctx := context.Background()
	finished := resume(t, s, "finished", vault.Mark{})
	write(t, finished, fill(1, 6*mib))
	finish(t, finished)
	blob, err := s.Open(ctx, "finished")
	if err != nil {
		t.Fatal(err)
	}
	first := resume(t, s, "clip", vault.Mark{})
	m := write(t, first, fill(2, 7*mib))

	for name, c := range map[string]struct{ down, up func() }{
		"stopped": {server.Stop, server.Start},
		"silent":  {server.Pause, server.Continue},
	} {
		w := resume(t, s, "clip", m)
		c.down()
		var wg sync.WaitGroup
		try := func(doing string, f func() error) {
			wg.Go(func() {
				begun := time.Now()
				if err := f(); !errors.Is(err, vault.ErrAway) {
					t.Errorf("%s, %s: %v", name, doing, err)
				}
				if took := time.Since(begun); took > 15*time.Second {
					t.Errorf("%s, %s: it took %s to say so", name, doing, took)
				}
			})
		}
		try("Write", func() error {
			if _, err := w.Write(fill(3, 12*mib)); err != nil {
				return err
			}
			_, err := w.Sync(ctx)
			return err
		})
		try("Open", func() error { _, err := s.Open(ctx, "finished"); return err })
		try("ReadAt", func() error { _, err := blob.ReadAt(make([]byte, 100), 0); return err })
		try("Resume", func() error { _, err := s.Resume(ctx, "clip", m); return err })
		try("Destroy", func() error { return s.Destroy(ctx, "finished") })
		try("List", func() error { return s.List(ctx, func(vault.Item) error { return nil }) })
		try("Ready", func() error { return s.Ready(ctx) })
		wg.Wait()
		c.up()
	}
	mustHold(t, s, "finished", fill(1, 6*mib))
	w := resume(t, s, "clip", m)
	write(t, w, fill(4, mib))
	finish(t, w)
	mustHold(t, s, "clip", append(fill(2, 7*mib), fill(4, mib)...))
}

func TestSilentWhileJoining(t *testing.T) {
	server := s3test.Start(t)
	silent := make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, server)
	front := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isComplete(r) || r.Method == http.MethodHead && !strings.Contains(r.URL.Path, "/blobs/") {
			<-silent // the whole store hangs once it has to join
			return
		}
		p.Config.Handler.ServeHTTP(w, r)
	})}}
	front.Start()
	defer front.Close()
	defer close(silent)
	s, _ := openHasty(t, server, front.URL)
	w := resume(t, s, "clip", vault.Mark{})
	write(t, w, fill(1, 6*mib))
	if err := w.Finish(context.Background()); !errors.Is(err, vault.ErrAway) {
		t.Fatalf("Finish: %v", err)
	}
}

func TestServerComesBack(t *testing.T) {
	server := s3test.Start(t)
	s, _ := openHasty(t, server, "")
	w := resume(t, s, "clip", vault.Mark{})
	write(t, w, fill(1, 6*mib))
	server.Stop()
	done := make(chan error, 1)
	go func() {
		if _, err := w.Write(fill(2, 6*mib)); err != nil {
			done <- err
			return
		}
		_, err := w.Sync(context.Background())
		done <- err
	}()
	time.Sleep(300 * time.Millisecond)
	server.Start()
	if err := <-done; err != nil {
		t.Fatalf("a short absence broke the run: %v", err)
	}
	finish(t, w)
	mustHold(t, s, "clip", append(fill(1, 6*mib), fill(2, 6*mib)...))
}

func TestWrongDoor(t *testing.T) {
	server := s3test.Start(t)
	ctx := context.Background()
	for name, spoil := range map[string]func(*s3.Config){
		"bucket": func(c *s3.Config) { c.Bucket = "no-such-bucket" },
		"secret": func(c *s3.Config) { c.SecretKey = "wrong" },
	} {
		c := server.Config
		spoil(&c)
		s, err := s3.OpenHasty(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Ready(ctx); err == nil {
			t.Errorf("wrong %s: Ready is content", name)
		}
		if _, err := s.Open(ctx, "clip"); err == nil || errors.Is(err, vault.ErrNotFound) && !errors.Is(err, vault.ErrAway) {
			t.Errorf("wrong %s: Open takes it for a blob that is not there: %v", name, err)
		}
		if err := s.Destroy(ctx, "clip"); err == nil {
			t.Errorf("wrong %s: Destroy is content", name)
		}
	}
	if _, err := s3.Open(s3.Config{Bucket: "b"}); err == nil {
		t.Error("a store without keys was opened")
	}
}

func TestParts(t *testing.T) {
	var sum int64
	for i := range 10_000 {
		size := s3.PartSize(i)
		if size < 5<<20 || size > 5<<30 || i > 0 && size < s3.PartSize(i-1) {
			t.Fatalf("part %d has %d bytes", i, size)
		}
		sum += size
	}
	if sum < 5<<40 {
		t.Fatalf("10,000 parts hold %d bytes only", sum)
	}
}

func TestBadNotes(t *testing.T) {
	server := s3test.Start(t)
	s, _ := openHasty(t, server, "")
	ctx := context.Background()
	good := write(t, resume(t, s, "clip", vault.Mark{}), fill(1, 6*mib))
	for name, note := range map[string]string{
		"none": "", "no JSON": "{", "empty": "{}", "version": strings.Replace(string(good.Note), `"v":1`, `"v":2`, 1),
		"shorter": strings.Replace(string(good.Note), `"len":1048576`, `"len":1048575`, 1),
		"no tail": strings.Replace(string(good.Note), `"tail":"`, `"tale":"`, 1),
	} {
		if _, err := s.Resume(ctx, "clip", vault.Mark{Size: good.Size, Note: []byte(note)}); !errors.Is(err, vault.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := good
	other.Note = []byte(strings.Replace(string(good.Note), `"tail":"`, `"tail":"../`, 1))
	if _, err := s.Resume(ctx, "clip", other); err == nil {
		t.Error("a tail elsewhere was taken")
	}
	resume(t, s, "clip", good)
}

// A store that does not wait for a viewer who pauses breaks the stream; the
// viewer must not notice.
func TestBrokenStream(t *testing.T) {
	server := s3test.Start(t)
	p := newProxy(t, server)
	s, _ := openHasty(t, server, p.URL)
	ctx := context.Background()
	plain := fill(1, 9*mib)
	f, err := vault.Continue(ctx, s, "clip", vault.Key{}, vault.Progress{}, rand.Reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.ReadFrom(bytes.NewReader(plain)); err != nil {
		t.Fatal(err)
	}
	sealed, err := f.Finish()
	if err != nil {
		t.Fatal(err)
	}
	cuts := 0
	p.mu.Lock()
	p.fail = func(r *http.Request) failure {
		if r.Method == http.MethodGet && cuts < 2 {
			cuts++
			return cutAnswer
		}
		return pass
	}
	p.mu.Unlock()
	o, err := vault.Open(ctx, s, "clip", vault.Key{}, sealed.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	r := o.Reader(ctx)
	r.Until(o.Size())
	have, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(have, plain) {
		t.Fatalf("%d of %d bytes, %v", len(have), len(plain), err)
	}
	if cuts != 2 {
		t.Fatalf("the stream was cut %d times", cuts)
	}
}

// A blob that another server destroyed may still be opened where it was seen
// lately, but not read.
func TestDestroyedElsewhere(t *testing.T) {
	server := s3test.Start(t)
	here, _ := openHasty(t, server, "")
	there, _ := openHasty(t, server, "")
	ctx := context.Background()
	w := resume(t, here, "clip", vault.Mark{})
	write(t, w, fill(1, 1000))
	finish(t, w)
	mustHold(t, here, "clip", fill(1, 1000))
	if err := there.Destroy(ctx, "clip"); err != nil {
		t.Fatal(err)
	}
	b, err := here.OpenSized(ctx, "clip", 1000)
	if err == nil {
		_, err = b.ReadAt(make([]byte, 10), 0)
	}
	if !errors.Is(err, vault.ErrNotFound) {
		t.Fatalf("reading it: %v", err)
	}
	if _, err = here.OpenSized(ctx, "clip", 1000); !errors.Is(err, vault.ErrNotFound) {
		t.Fatalf("opening it again: %v", err)
	}
}
