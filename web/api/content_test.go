package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"jikim/footage"
	"jikim/web/access"
)

type opened struct {
	Content, Proxy, Poster, Strip, Track string

	TrackFull string `json:"track_full"`
	ExpiresAt string `json:"expires_at"`
}

func (s *server) open(t *testing.T, token, clip string) opened {
	t.Helper()
	var v opened
	s.call(t, token, http.MethodPost, "/api/v1/clips/"+clip+"/views", `{"reason":"민원 확인","case":"2026-1"}`).into(t, http.StatusCreated, &v)
	return v
}

func TestContent(t *testing.T) {
	s := newServer(t)
	token := s.as(t, access.Reviewer, "minwon")
	v := s.open(t, token, "c1")
	if !strings.HasPrefix(v.Content, "/api/v1/views/") || v.ExpiresAt != "2026-10-05T03:31:00.000Z" || v.Proxy != "" {
		t.Errorf("%+v", v)
	}
	whole := s.call(t, token, http.MethodGet, v.Content, "")
	if whole.StatusCode != http.StatusOK || !bytes.Equal(whole.body, content) {
		t.Fatalf("%s, %d bytes", whole.Status, len(whole.body))
	}
	for name, want := range map[string]string{
		"Content-Type":            "video/mp4",
		"Content-Disposition":     "inline; filename*=UTF-8''%EC%98%81%EC%83%81%20c1.mp4",
		"Cache-Control":           "no-store",
		"Content-Security-Policy": "default-src 'none'; sandbox",
		"X-Content-Type-Options":  "nosniff",
		"Accept-Ranges":           "bytes",
		"Referrer-Policy":         "no-referrer",
	} {
		if got := whole.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	head := s.call(t, token, http.MethodHead, v.Content, "")
	if head.StatusCode != http.StatusOK || head.ContentLength != int64(len(content)) || len(head.body) != 0 {
		t.Errorf("HEAD: %s, %d", head.Status, head.ContentLength)
	}
	for _, r := range []struct{ from, to int }{{0, 0}, {0, 99}, {65_530, 65_550}, {200_000, 319_999}} {
		a := s.call(t, token, http.MethodGet, v.Content, "", "Range", fmt.Sprintf("bytes=%d-%d", r.from, r.to))
		if a.StatusCode != http.StatusPartialContent || !bytes.Equal(a.body, content[r.from:r.to+1]) {
			t.Errorf("%+v: %s, %d bytes", r, a.Status, len(a.body))
		}
		if want := fmt.Sprintf("bytes %d-%d/%d", r.from, r.to, len(content)); a.Header.Get("Content-Range") != want {
			t.Errorf("%+v: %s", r, a.Header.Get("Content-Range"))
		}
	}
	if a := s.call(t, token, http.MethodGet, v.Content, "", "Range", "bytes=-16"); !bytes.Equal(a.body, content[len(content)-16:]) {
		t.Errorf("the last bytes: %s", a.Status)
	}
	if a := s.call(t, token, http.MethodGet, v.Content, "", "Range", "bytes=320000-"); a.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("beyond the end: %s", a.Status)
	}
}

func TestContentRefusals(t *testing.T) {
	s := newServer(t)
	token := s.as(t, access.Reviewer, "minwon")
	v := s.open(t, token, "c1")
	s.call(t, "", http.MethodGet, v.Content, "").refused(t, http.StatusUnauthorized, "sign-in-needed")
	s.call(t, s.as(t, access.Responsible, "minwon"), http.MethodGet, v.Content, "").refused(t, http.StatusNotFound, "view-unknown")
	s.call(t, s.as(t, access.Admin, ""), http.MethodGet, v.Content, "").refused(t, http.StatusForbidden, "not-permitted")
	s.call(t, token, http.MethodGet, "/api/v1/views/nothing/content", "").refused(t, http.StatusNotFound, "view-unknown")
	s.call(t, token, http.MethodGet, v.Content+"?what=proxy", "").refused(t, http.StatusNotFound, "content-not-made")
	s.call(t, token, http.MethodGet, v.Content+"?what=key", "").refused(t, http.StatusUnprocessableEntity, "content-unknown")
	if a := s.call(t, token, http.MethodHead, "/api/v1/views/nothing/content", ""); a.StatusCode != http.StatusNotFound || len(a.body) != 0 {
		t.Errorf("HEAD: %s %s", a.Status, a.body)
	}
	s.clock.Wind(31 * time.Minute)
	s.call(t, token, http.MethodGet, v.Content, "").refused(t, http.StatusGone, "view-expired")
}

func TestContentEndsWithTheClip(t *testing.T) {
	s := newServer(t)
	token := s.as(t, access.Reviewer, "minwon")
	v := s.open(t, token, "c1")
	s.call(t, token, http.MethodGet, v.Content, "", "Range", "bytes=0-9").into(t, http.StatusPartialContent, nil)
	c, _ := s.records.Clip(t.Context(), "c1")
	c.State = footage.Destroying
	s.records.Put(&c)
	s.clock.Wind(2 * time.Second)
	s.call(t, token, http.MethodGet, v.Content, "", "Range", "bytes=0-9").refused(t, http.StatusGone, "clip-destroyed")
}

// A file that claims to be a page is not shown as one.
func TestContentIsNeverRun(t *testing.T) {
	for mime, want := range map[string]string{
		"text/html":       "application/octet-stream attachment",
		"image/svg+xml":   "application/octet-stream attachment",
		"application/pdf": "application/octet-stream attachment",
		"":                "application/octet-stream attachment",
		"image/jpeg":      "image/jpeg inline",
		"audio/mp4":       "audio/mp4 inline",
	} {
		s := newServer(t)
		c, _ := s.records.Clip(t.Context(), "c1")
		c.MIME, c.FileName = mime, "a\"b\r\nX: y.html"
		s.records.Put(&c)
		token := s.as(t, access.Reviewer, "minwon")
		a := s.call(t, token, http.MethodGet, s.open(t, token, "c1").Content, "")
		disposition, _, _ := strings.Cut(a.Header.Get("Content-Disposition"), ";")
		if got := a.Header.Get("Content-Type") + " " + disposition; got != want {
			t.Errorf("%q is given as %q, want %q", mime, got, want)
		}
		if a.Header.Get("X") != "" {
			t.Error("a file name made a header")
		}
	}
}

func TestDerivativesHaveAddresses(t *testing.T) {
	s := newServer(t)
	s.vault.Derive(t, s.records.Book, footage.Derivative{Clip: "c1", Kind: "poster", MIME: "image/jpeg"}, []byte("그림"))
	token := s.as(t, access.Reviewer, "minwon")
	v := s.open(t, token, "c1")
	a := s.call(t, token, http.MethodGet, v.Poster, "")
	if string(a.body) != "그림" || a.Header.Get("Content-Type") != "image/jpeg" || v.Proxy != "" {
		t.Errorf("%+v: %s", v, a.Status)
	}
}

// A track is shown as a map draws it and given whole; a strip with how its
// pictures lie. Each needs the view that its own person opened.
func TestTrackAndStrip(t *testing.T) {
	s := newServer(t)
	token := s.as(t, access.Reviewer, "minwon")
	if v := s.open(t, token, "c1"); v.Track != "" || v.TrackFull != "" || v.Strip != "" {
		t.Errorf("addresses of what is not there: %+v", v)
	}
	lines := `{"offset_s":0,"lat":37.5,"lon":126.7,"source":"srt"}` + "\n" + `{"offset_s":1,"lat":37.6,"lon":126.8,"source":"srt"}` + "\n"
	layout := footage.Strip{Tiles: 60, Columns: 10, IntervalS: 12.5}
	s.vault.Derive(t, s.records.Book, footage.Derivative{Clip: "c1", Kind: "track", MIME: "application/jsonl"}, []byte(lines))
	s.vault.Derive(t, s.records.Book, footage.Derivative{Clip: "c1", Kind: "strip", MIME: layout.MIME()}, []byte("그림"))
	s.vault.Derive(t, s.records.Book, footage.Derivative{Clip: "c1", Kind: "poster", MIME: "image/jpeg"}, []byte("대표"))
	v := s.open(t, token, "c1")

	track := s.call(t, token, http.MethodGet, v.Track, "")
	var feature struct {
		Type       string
		Geometry   struct{ Coordinates [][]float64 }
		Properties struct {
			Seconds []float64 `json:"offset_s"`
		}
	}
	track.into(t, http.StatusOK, &feature)
	if feature.Type != "Feature" || len(feature.Geometry.Coordinates) != 2 || len(feature.Properties.Seconds) != 2 ||
		track.Header.Get("Content-Type") != "application/geo+json" || track.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s", track.Header, track.body)
	}
	for address, want := range map[string]struct{ mime, content string }{
		v.TrackFull:                     {"application/jsonl", lines},
		v.Content + "?what=track.jsonl": {"application/jsonl", lines},
		v.Strip:                         {"image/jpeg; columns=10; interval=12.5; tiles=60", "그림"},
		strings.TrimSuffix(v.Content, "content") + "poster": {"image/jpeg", "대표"},
	} {
		a := s.call(t, token, http.MethodGet, address, "")
		if string(a.body) != want.content || a.Header.Get("Content-Type") != want.mime {
			t.Errorf("%s: %s %s", address, a.Header.Get("Content-Type"), a.body)
		}
		part := s.call(t, token, http.MethodGet, address, "", "Range", "bytes=1-2")
		if part.StatusCode != http.StatusPartialContent || string(part.body) != want.content[1:3] {
			t.Errorf("%s: %s", address, part.Status)
		}
		head := s.call(t, token, http.MethodHead, address, "")
		if head.StatusCode != http.StatusOK || head.ContentLength != int64(len(want.content)) {
			t.Errorf("HEAD %s: %s", address, head.Status)
		}
		s.call(t, s.as(t, access.Responsible, "minwon"), http.MethodGet, address, "").refused(t, http.StatusNotFound, "view-unknown")
		s.call(t, s.as(t, access.Admin, ""), http.MethodGet, address, "").refused(t, http.StatusForbidden, "not-permitted")
		s.call(t, "", http.MethodGet, address, "").refused(t, http.StatusUnauthorized, "sign-in-needed")
	}
	s.call(t, token, http.MethodGet, strings.TrimSuffix(v.Content, "content")+"proxy", "").refused(t, http.StatusNotFound, "content-not-made")

	var c struct {
		Derivatives []struct {
			Kind  string
			Strip *struct {
				Tiles, Columns int
				IntervalS      float64 `json:"interval_s"`
			}
		}
	}
	s.call(t, token, http.MethodGet, "/api/v1/clips/c1", "").into(t, http.StatusOK, &c)
	for _, d := range c.Derivatives {
		if (d.Strip != nil) != (d.Kind == "strip") || d.Strip != nil && (d.Strip.Tiles != 60 || d.Strip.Columns != 10 || d.Strip.IntervalS != 12.5) {
			t.Errorf("%+v", d)
		}
	}
	s.clock.Wind(31 * time.Minute)
	s.call(t, token, http.MethodGet, v.Track, "").refused(t, http.StatusGone, "view-expired")
}

// What is still to be made is said, and how far the playable copy has come where
// this server makes it.
func TestWhatIsInTheMaking(t *testing.T) {
	s := newServer(t)
	for id, want := range map[string]string{"c1": `"making":{"proxy":0.25}`, "c2": `"making":{}`} {
		token := s.as(t, access.Auditor, "")
		if a := s.call(t, token, http.MethodGet, "/api/v1/clips/"+id, ""); bytes.Contains(a.body, []byte(`"making"`)) {
			t.Errorf("%s has nothing left to be made: %s", id, a.body)
		}
		c, err := s.records.Clip(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		c.MediaTodo = true
		s.records.Put(&c)
		if a := s.call(t, token, http.MethodGet, "/api/v1/clips/"+id, ""); !bytes.Contains(a.body, []byte(want)) {
			t.Errorf("%s: want %s in %s", id, want, a.body)
		}
	}
}
