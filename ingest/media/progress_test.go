package media_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"jikim/ingest/media"
)

// TestProgressIsTold: while a proxy is made it is known how far it has come,
// and for no longer.
func TestProgressIsTold(t *testing.T) {
	h := newHouse(t)
	gate := filepath.Join(t.TempDir(), "gate")
	h.maker.FFmpeg = fake(t, "PATH="+os.Getenv("PATH")+`; case "$*" in *movflags*) `+
		`printf 'frame=30\nout_time_us=500000\n[mov] half a complaint' >&2; printf ', the rest\nout_time_us=x\nprogress=continue\n' >&2; `+
		`while ! [ -e `+gate+` ]; do sleep 0.05; done; echo out_time_us=999999999 >&2;; esac; exec ffmpeg "$@"`)
	h.checkIn("clip-1", "video", generate(t, "a.avi", film("320x240", 2, "-c:v", "mpeg4", "-c:a", "mp2")...),
		report{"container": "avi", "video_codec": "mpeg4", "duration_s": 2})
	if _, running := h.maker.Progress("clip-1"); running {
		t.Error("a proxy that waits is said to be made")
	}
	ended := make(chan int)
	go func() { done, _ := h.maker.Run(t.Context()); ended <- done }()
	fraction, running := 0.0, false
	for range 600 {
		if fraction, running = h.maker.Progress("clip-1"); fraction > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if !running || fraction != 0.25 {
		t.Errorf("half a second of two is %v, %v", fraction, running)
	}
	if _, running := h.maker.Progress("clip-2"); running {
		t.Error("a clip nobody knows is said to be in the making")
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if done := <-ended; done != 1 {
		t.Errorf("%d done: %s", done, h.acts())
	}
	if fraction, running := h.maker.Progress("clip-1"); running || fraction != 0 {
		t.Errorf("a proxy that is made is said to be in the making: %v", fraction)
	}
	checkProxy(t, h.content(h.derivative("clip-1", media.Proxy)), "320x240", false)
}

// The real ffmpeg tells its progress.
func TestProgressOfTheRealProgram(t *testing.T) {
	h := newHouse(t)
	h.checkIn("clip-1", "video", generate(t, "a.avi", film("1280x720", 20, "-c:v", "mpeg4", "-c:a", "mp2")...),
		report{"container": "avi", "video_codec": "mpeg4", "duration_s": 20})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error)
	go func() { _, err := h.maker.Run(ctx); ended <- err }()
	for {
		select {
		case err := <-ended:
			t.Fatalf("it told nothing until its end: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
		if fraction, running := h.maker.Progress("clip-1"); fraction > 0 {
			if !running || fraction > 1 {
				t.Errorf("it told %v, %v", fraction, running)
			}
			break
		}
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
