package media_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/ingest/media"
	"jikim/ingest/metadata"
	"jikim/ingest/metadata/child"
	"jikim/ingest/metadata/footagetest"
)

// flight is a drone's log of n seconds.
func flight(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "%d\n%02d:%02d:%02d,000 --> 09:59:59,999\n2026-10-03 14:05:00.125\n[latitude: %f] [longitude: %f] [rel_alt: 0.400 abs_alt: 69.099]\n\n",
			i+1, i/3600, i/60%60, i%60, 37.5+float64(i%700)*1e-5, 126.7+float64(i)*1e-5)
	}
	return b.Bytes()
}

var ofFlight = report{"container": "srt", "track": report{"points": 3, "source": "srt", "first": report{"lat": 37.5, "lon": 126.7}}}

// fixes reads a track as it is kept.
func fixes(t *testing.T, lines []byte) (all []metadata.Fix) {
	t.Helper()
	for line := range bytes.Lines(lines) {
		var f metadata.Fix
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all = append(all, f)
	}
	return all
}

// A track needs no ffmpeg, is whole, and is sealed in passing.
func TestATrackIsKeptWhole(t *testing.T) {
	h := newBareHouse(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	h.checkIn("clip-1", "telemetry", flight(4000), ofFlight)
	if done := h.run(); done != 1 || h.todo("clip-1") {
		t.Errorf("%d done, waiting %v", done, h.todo("clip-1"))
	}
	d := h.derivative("clip-1", media.Track)
	lines := h.content(d)
	all := fixes(t, lines)
	if len(all) != 4000 || all[3999].OffsetS != 3999 || all[1].Lat != 37.50001 || all[0].Source != "srt" {
		t.Errorf("%d fixes", len(all))
	}
	if d.MIME != "application/jsonl" || d.Bytes != int64(len(lines)) || d.Detail != "" || h.acts() != "derivative.made clip:clip-1 track" {
		t.Errorf("%+v, ledger %s", d, h.acts())
	}
	if e := h.records.Entries(t)[0]; e.Facts["sha256"] != d.SHA256 || e.Actor.Cycle != "media" || e.Records["derivative:clip-1.track"] == "" {
		t.Errorf("the entry is %+v", e)
	}
	for _, dir := range []string{h.dir, temp} {
		if plain := filesWith(t, dir, "offset_s", "latitude"); plain != nil {
			t.Errorf("plain bytes on disk: %v", plain)
		}
	}

	var outline bytes.Buffer
	if err := media.Outline(bytes.NewReader(lines), &outline); err != nil {
		t.Fatal(err)
	}
	var feature struct {
		Geometry   struct{ Coordinates [][]float64 }
		Properties struct {
			Seconds []float64 `json:"offset_s"`
		}
	}
	if err := json.Unmarshal(outline.Bytes(), &feature); err != nil {
		t.Fatal(err)
	}
	n, seconds := len(feature.Geometry.Coordinates), feature.Properties.Seconds
	if n < 2 || n > metadata.MapPoints || len(seconds) != n || seconds[0] != 0 || seconds[n-1] != 3999 {
		t.Errorf("an outline of %d points, %d seconds", n, len(seconds))
	}
}

func TestAnOutlineOfLinesThatBreakOff(t *testing.T) {
	broken := errors.New("the store is away")
	for name, c := range map[string]struct {
		lines io.Reader
		want  error
	}{
		"half a line":   {strings.NewReader(`{"offset_s":0,"lat":37.5,"lon":126.7,"source":"srt"}` + "\n" + `{"offset_s":1,"la`), io.ErrUnexpectedEOF},
		"the store":     {io.MultiReader(strings.NewReader("\n"), failingReader{broken}), broken},
		"a wrapped end": {failingReader{fmt.Errorf("cable: %w", io.EOF)}, io.EOF},
	} {
		if err := media.Outline(c.lines, io.Discard); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := media.Outline(strings.NewReader(""), io.Discard); err != nil {
		t.Errorf("no lines: %v", err)
	}
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// Without ffmpeg the track of a video is made, and its pictures wait; when it
// is there, they are made, and the track is not made again.
func TestWhatNeedsNoFFmpegDoesNotWait(t *testing.T) {
	h := newHouse(t)
	film := generate(t, "a.mp4", film("320x240", 1, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")...)
	h.checkIn("clip-1", "video", film, report{"container": "mp4", "video_codec": "h264", "audio_codec": "aac", "duration_s": 1, "track": ofFlight["track"]})
	h.maker.Child = reader{fixes: 2}
	ffmpeg := h.maker.FFmpeg
	h.maker.FFmpeg = filepath.Join(t.TempDir(), "none")
	for range 2 {
		if done := h.run(); done != 0 || !h.todo("clip-1") || h.acts() != "derivative.made clip:clip-1 track" {
			t.Fatalf("%d done, waiting %v, ledger %s", done, h.todo("clip-1"), h.acts())
		}
	}
	h.maker.FFmpeg = ffmpeg
	if done := h.run(); done != 1 || h.acts() != "derivative.made clip:clip-1 track; derivative.made clip:clip-1 poster" {
		t.Errorf("%d done, ledger %s", done, h.acts())
	}
}

// Clips that wait for ffmpeg do not stand before those that need none, however
// many they are.
func TestThoseThatWaitHoldUpNobody(t *testing.T) {
	h := newBareHouse(t)
	for i := range 250 {
		h.checkIn(fmt.Sprintf("clip-%03d", i), "photo", []byte("x"), report{"container": "jpeg"})
	}
	h.checkIn("clip-last", "telemetry", flight(2), ofFlight)
	done := 0
	for range 3 {
		done += h.run()
	}
	if done != 1 || h.todo("clip-last") {
		t.Errorf("%d done", done)
	}
	h.checkIn("clip-000a", "telemetry", flight(2), ofFlight)
	for range 3 { // the passes go round
		done += h.run()
	}
	if done != 2 || h.todo("clip-000a") {
		t.Errorf("%d done after coming round", done)
	}
}

// reader gives so many fixes, then ends as it is told.
type reader struct {
	fixes int
	path  metadata.Path
	err   error
	then  func(ctx context.Context) error
}

func (r reader) Track(ctx context.Context, _ io.ReaderAt, _ int64, _ string, visit func(metadata.Fix) error) (metadata.Path, error) {
	for i := range r.fixes {
		if err := visit(metadata.Fix{OffsetS: float64(i), Lat: 37.5, Lon: 126.7, Source: "gpmf"}); err != nil {
			return r.path, err
		}
	}
	if r.then != nil {
		if err := r.then(ctx); err != nil {
			return r.path, err
		}
	}
	r.path.Points = r.fixes
	return r.path, r.err
}

func (reader) Thumbnail(context.Context, io.ReaderAt, int64, string) (metadata.Thumbnail, error) {
	return metadata.Thumbnail{}, nil
}

// dying is a pool whose children die of every file.
func dying(t *testing.T) *child.Pool {
	p := child.NewPool(func() *exec.Cmd { return exec.Command("false") }, 1, time.Second)
	t.Cleanup(p.Close)
	return p
}

func TestATrackThatCannotBeReadIsSaidSoOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		child func(t *testing.T) media.Child
		state footage.DerivativeState
		says  string
	}{
		{"its reader dies", func(t *testing.T) media.Child { return dying(t) }, footage.Failed, "위치 기록을 읽지 못해"},
		{"no fix is in it", func(*testing.T) media.Child { return reader{} }, footage.Failed, "위치 기록을 읽지 못해"},
		{"it takes for ever", func(*testing.T) media.Child {
			return reader{fixes: 1, then: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
		}, footage.Failed, "시간"},
		{"it breaks off", func(*testing.T) media.Child { return reader{fixes: 3, path: metadata.Path{Cut: true}} }, footage.Made, "읽은 데까지만"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newBareHouse(t)
			h.maker.Limits.Proxy = 3 * time.Second
			h.maker.Child = c.child(t)
			h.checkIn("clip-1", "telemetry", flight(3), ofFlight)
			h.run()
			d := h.derivative("clip-1", media.Track)
			if d.State != c.state || !strings.Contains(d.Detail, c.says) || !strings.Contains(d.Detail, "원본은 그대로") {
				t.Errorf("%q: %s", d.State, d.Detail)
			}
			if c.state == footage.Failed && h.blobs() != "clip-1" {
				t.Errorf("a failure left bytes: %s", h.blobs())
			}
			acts := h.acts()
			if h.todo("clip-1") || h.run() != 0 || h.acts() != acts {
				t.Error("it is tried again")
			}
		})
	}
}

// What goes wrong around a track is no fault of the file: it is tried again.
func TestATrackIsTriedAgain(t *testing.T) {
	fault := errors.New("cable")
	for name, spoil := range map[string]func(h *house, stop func()) error{
		"the store of originals": func(h *house, _ func()) error {
			h.maker.Child = reader{fixes: 1, err: fault}
			return fault
		},
		"the store of derivatives": func(h *house, _ func()) error {
			h.maker.Child = reader{fixes: 300_000} // more than any buffer on the way
			h.maker.Vault = &hooked{Store: h.maker.Vault, full: fault}
			return fault
		},
		"the server stops": func(h *house, stop func()) error {
			h.maker.Child = reader{fixes: 1, then: func(ctx context.Context) error { stop(); <-ctx.Done(); return ctx.Err() }}
			return context.Canceled
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newBareHouse(t)
			h.checkIn("clip-1", "telemetry", flight(3), ofFlight)
			whole := *h
			reads, store := h.maker.Child, h.maker.Vault
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			want := spoil(&whole, stop)
			if _, err := h.maker.Run(ctx); !errors.Is(err, want) || !h.todo("clip-1") || h.acts() != "" {
				t.Fatalf("%v, waiting %v, ledger %q", err, h.todo("clip-1"), h.acts())
			}
			h.maker.Child, h.maker.Vault = reads, store
			if h.run(); len(fixes(t, h.content(h.derivative("clip-1", media.Track)))) != 3 {
				t.Error("the next pass did not make it")
			}
		})
	}
}

func TestADamagedOriginalUnderATrack(t *testing.T) {
	h := newBareHouse(t)
	h.checkIn("clip-1", "telemetry", flight(4000), ofFlight)
	h.spoil("clip-1")
	_, err := h.maker.Run(t.Context())
	d := h.derivative("clip-1", media.Track)
	if !errors.Is(err, vault.ErrCorrupt) || d.State != footage.Failed || !strings.Contains(d.Detail, "verify") || h.todo("clip-1") {
		t.Errorf("%v, %q: %s", err, d.State, d.Detail)
	}
}

func TestADestroyedClipGetsNoTrack(t *testing.T) {
	h := newBareHouse(t)
	clip := h.checkIn("clip-1", "telemetry", flight(3), ofFlight)
	h.maker.Child = reader{fixes: 1, then: func(ctx context.Context) error {
		e := ledger.Entry{Act: ledger.ActDestructionBegun, Actor: ledger.Actor{Account: "hong"}, Subject: "clip:clip-1"}
		return h.records.Change(ctx, e, func(tx footage.Tx, _ *ledger.Entry) error {
			clip.State, clip.MediaTodo = footage.Destroying, false
			return errors.Join(tx.Save(&clip), tx.DropKey("clip-1"))
		})
	}}
	if h.run(); h.acts() != "clip.destruction-begun clip:clip-1 " || h.blobs() != "clip-1" {
		t.Errorf("ledger %q, vault %s", h.acts(), h.blobs())
	}
}

// TestTracksOfTheCorpus: every real file that says it holds a track gives it.
func TestTracksOfTheCorpus(t *testing.T) {
	h := newBareHouse(t)
	said := map[string]int{} // clip → points its report counted; 0 when it was sampled
	for _, path := range corpus(t, "telemetry/*", "video/*", "video/dashcam/*", "malformed") {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read := metadata.Read(bytes.NewReader(content), int64(len(content)), filepath.Base(path))
		if read.Track == nil || read.Kind == metadata.Photo {
			continue
		}
		var r report
		if err := errors.Join(remarshal(read, &r)); err != nil {
			t.Fatal(err)
		}
		id := "clip-" + fmt.Sprint(len(said))
		t.Log(id, filepath.Base(path), read.Track.Source, read.Track.Points)
		h.checkIn(id, read.Kind, content, r)
		said[id] = read.Track.Points
	}
	if len(said) < 10 {
		t.Errorf("only %d files of the corpus say they hold a track", len(said))
	}
	h.run()
	for id, points := range said {
		d := h.derivative(id, media.Track)
		lines := h.content(d)
		got := fixes(t, lines)
		if len(got) == 0 || points > 0 && len(got) != points {
			t.Errorf("%s: %d fixes, its report says %d", id, len(got), points)
		}
		if d.Detail != "" {
			t.Logf("%s: %d fixes; %s", id, len(got), d.Detail)
		}
		if err := media.Outline(bytes.NewReader(lines), io.Discard); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// corpus names the files of real footage in folders; without it, the test is skipped.
func corpus(t *testing.T, folders ...string) (files []string) {
	t.Helper()
	dir := footagetest.Dir(t)
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join(dir, folder, "*.*"))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(found), err)
		}
		files = append(files, found...)
	}
	return files
}

func remarshal(from, to any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, to)
}
