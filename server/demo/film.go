package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Studio makes films with ffmpeg. Its zero value makes none.
type Studio struct {
	ffmpeg string
	hevc   bool
}

// OpenStudio looks what the ffmpeg of this name can encode.
func OpenStudio(ctx context.Context, ffmpeg string) Studio {
	out, err := exec.CommandContext(ctx, ffmpeg, "-hide_banner", "-encoders").Output()
	if err != nil || !strings.Contains(string(out), " libx264 ") {
		return Studio{}
	}
	return Studio{ffmpeg: ffmpeg, hevc: strings.Contains(string(out), " libx265 ")}
}

// Films reports whether films can be made at all.
func (s Studio) Films() bool { return s.ffmpeg != "" }

// HEVC reports whether films can be made in HEVC, which browsers do not all play.
func (s Studio) HEVC() bool { return s.hevc }

// scene is something that moves.
type scene interface {
	paint(c canvas, at time.Duration)
}

const (
	filmWidth, filmHeight = 640, 360
	frameRate             = 15
)

// film is a recording to be made.
type film struct {
	scene   scene
	seconds int
	shown   time.Time // the camera's clock when it starts, burned in
	label   string    // burned in beside it
	created time.Time // what the file says of itself, as if it were UTC; zero = nothing
	labels  []byte    // boxes of user data
	hevc    bool
	small   bool   // a camera's own small copy
	hum     uint64 // tells the quiet noises apart
}

// make gives the film as an MP4 file.
func (s Studio) make(ctx context.Context, f film) ([]byte, error) {
	dir, err := os.MkdirTemp("", "jikim-demo")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system empties its temporary folder too
	path := filepath.Join(dir, "film.mp4")
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, s.ffmpeg, append(f.arguments(), path)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	frames, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	drawn := errors.Join(f.draw(frames), frames.Close())
	if err := errors.Join(drawn, cmd.Wait()); err != nil {
		return nil, fmt.Errorf("ffmpeg: %w: %s", err, strings.TrimSpace(said.String()))
	}
	movie, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return withLabels(movie, f.labels)
}

// arguments ask for the same bytes from the same frames.
func (f film) arguments() []string {
	args := []string{
		"-v", "error", "-nostdin", "-y",
		"-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", filmWidth, filmHeight), "-r", strconv.Itoa(frameRate), "-i", "pipe:0",
		"-f", "lavfi", "-i", fmt.Sprintf("anoisesrc=color=brown:amplitude=0.03:sample_rate=48000:seed=%d:duration=%d", f.hum, f.seconds),
		"-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-pix_fmt", "yuv420p", "-g", "30", "-threads", "1",
	}
	if f.hevc {
		args = append(args, "-c:v", "libx265", "-preset", "ultrafast", "-crf", "30", "-tag:v", "hvc1", "-x265-params", "log-level=error:pools=1")
	} else {
		args = append(args, "-c:v", "libx264", "-preset", "superfast", "-crf", "31")
	}
	if f.small {
		args = append(args, "-vf", "scale=320:180")
	}
	if !f.created.IsZero() {
		args = append(args, "-metadata", "creation_time="+f.created.Format("2006-01-02T15:04:05Z"))
	}
	return append(args, "-c:a", "aac", "-b:a", "32k", "-ac", "1", "-f", "mp4")
}

// draw writes all frames, each with the clock burned in.
func (f film) draw(to io.Writer) error {
	c := newCanvas(filmWidth, filmHeight)
	for i := range f.seconds * frameRate {
		at := time.Duration(i) * time.Second / frameRate
		f.scene.paint(c, at)
		// In the corner where neither a player's buttons nor the viewer's name lie.
		text := f.label + " " + f.shown.Add(at).Format(time.DateTime)
		c.write(filmWidth-textWidth(text, 2)-10, 12, 2, text)
		if _, err := to.Write(c.Pix); err != nil {
			return err
		}
	}
	return nil
}
