package media_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jikim/footage"
	"jikim/ingest/media"
)

// A file that says it is a recording may be a list of other files: on this
// machine, or behind its firewall. Nothing but itself is ever read.
func TestAFileThatNamesOthersReadsNothingElse(t *testing.T) {
	needFFmpeg(t)
	var asked atomic.Int32
	film := generate(t, "a.ts", film("64x64", 1, "-f", "mpegts", "-c:v", "libx264", "-c:a", "aac")...)
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write(film)
	}))
	defer inside.Close()
	secret := filepath.Join(t.TempDir(), "secret.ts")
	if err := os.WriteFile(secret, film, 0o600); err != nil {
		t.Fatal(err)
	}

	lists := map[string]string{
		"hls":    "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n",
		"concat": "ffconcat version 1.0\nfile '%s'\n",
		"dash":   `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp2t"><Representation id="1" bandwidth="1"><BaseURL>%s</BaseURL></Representation></AdaptationSet></Period></MPD>`,
	}
	places := map[string]string{"http": inside.URL + "/segment.ts", "file": "file://" + secret, "tcp": strings.Replace(inside.URL, "http", "tcp", 1)}

	// The lists are real: an unguarded ffmpeg follows them.
	list := filepath.Join(t.TempDir(), "list.m3u8")
	if err := os.WriteFile(list, fmt.Appendf(nil, lists["hls"], places["http"]), 0o600); err != nil {
		t.Fatal(err)
	}
	unguarded, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if out, err := exec.CommandContext(unguarded, "ffmpeg", "-v", "error", "-nostdin", "-protocol_whitelist", "file,http,tcp", "-i", list, "-f", "null", "-").CombinedOutput(); err != nil || asked.Load() == 0 {
		t.Fatalf("the sample does not lead anywhere: %v %s", err, out)
	}
	asked.Store(0)

	for form, text := range lists {
		for place, address := range places {
			content := fmt.Appendf(nil, text, address)
			t.Run(form+" "+place, func(t *testing.T) {
				h := newHouse(t)
				clips := 0
				for _, container := range []string{"mp4", "mts", "jpeg"} {
					kind := "video"
					if container == "jpeg" {
						kind = "photo"
					}
					clips++
					h.checkIn("clip-"+container, kind, content, report{"container": container, "video_codec": "h264", "duration_s": 1})
				}
				if done := h.run(); done != clips {
					t.Errorf("%d of %d clips done", done, clips)
				}
				if n := asked.Load(); n != 0 {
					t.Errorf("%d requests went elsewhere", n)
				}
				for _, e := range h.records.Entries(t) {
					if e.Act != "derivative.failed" {
						t.Errorf("%s %s %v", e.Act, e.Subject, e.Facts)
					}
				}
			})
		}
	}
}

// A QuickTime file may say that its pictures lie in another file.
func TestAMovieWhosePicturesLieElsewhere(t *testing.T) {
	h := newHouse(t)
	movie := generate(t, "a.mov", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-c:v", "mjpeg")
	secret := filepath.Join(t.TempDir(), "secret.mov")
	if err := os.WriteFile(secret, movie, 0o600); err != nil {
		t.Fatal(err)
	}
	elsewhere := pointedAt(t, movie, secret)

	// It does lead there when ffmpeg is told to follow.
	path := filepath.Join(t.TempDir(), "elsewhere.mov")
	if err := os.WriteFile(path, elsewhere, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-xerror", "-enable_drefs", "1", "-use_absolute_path", "1", "-i", path, "-f", "null", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("the sample does not lead anywhere: %v %s", err, out)
	}

	h.checkIn("clip-1", "video", elsewhere, report{"container": "mov", "video_codec": "mjpeg", "duration_s": 1})
	h.run()
	for _, kind := range []string{media.Poster, media.Proxy} {
		if d := h.derivative("clip-1", kind); d.State != footage.Failed {
			t.Errorf("a %s from elsewhere: %+v", kind, d)
		}
	}
}

// pointedAt blanks the pictures of a movie and lets its data reference name
// path (an alias record, QuickTime File Format, "Data Reference Atoms").
func pointedAt(t *testing.T, movie []byte, path string) []byte {
	t.Helper()
	movie = bytes.Clone(movie)
	clear(movie[bytes.Index(movie, []byte("mdat"))+4 : bytes.Index(movie, []byte("moov"))-4])
	if len(path)%2 == 1 {
		path += "\x00"
	}
	alias := slices.Concat(make([]byte, 12+10+1+27+12+1+63+16+4+16),
		[]byte{0, 2}, binary.BigEndian.AppendUint16(nil, uint16(len(path))), []byte(path), // an absolute path
		[]byte{0xFF, 0xFF, 0, 0})
	binary.BigEndian.PutUint32(alias, uint32(len(alias)))
	copy(alias[4:], "alis")

	at := bytes.Index(movie, []byte("url \x00\x00\x00\x01")) - 4
	if at < 0 {
		t.Fatal("the sample has changed")
	}
	for _, box := range []string{"moov", "trak", "mdia", "minf", "dinf", "dref"} {
		size := movie[bytes.LastIndex(movie[:at], []byte(box))-4:]
		binary.BigEndian.PutUint32(size, binary.BigEndian.Uint32(size)+uint32(len(alias)-12))
	}
	return slices.Concat(movie[:at], alias, movie[at+12:])
}
