package media_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jikim/footage"
	"jikim/ingest/media"
	"jikim/ingest/metadata"
)

// checkStrip looks at a strip as a page does and gives its pictures.
func checkStrip(t *testing.T, h *house, d footage.Derivative, want footage.Strip) (tiles []image.Image) {
	t.Helper()
	whole, err := jpeg.Decode(bytes.NewReader(h.content(d)))
	if err != nil {
		t.Fatal(err)
	}
	got, ok := d.Strip()
	if !ok || got != want {
		t.Fatalf("the strip is %+v (%s), want %+v", got, d.MIME, want)
	}
	rows := (got.Tiles + got.Columns - 1) / got.Columns
	size := image.Pt(whole.Bounds().Dx()/got.Columns, whole.Bounds().Dy()/rows)
	if whole.Bounds().Dx() != size.X*got.Columns || whole.Bounds().Dy() != size.Y*rows || max(size.X, size.Y) > 160 || d.Bytes > 1<<20 {
		t.Errorf("%v in %d columns and %d rows, %d bytes", whole.Bounds(), got.Columns, rows, d.Bytes)
	}
	for i := range got.Tiles {
		at := image.Pt(i%got.Columns*size.X, i/got.Columns*size.Y)
		tiles = append(tiles, whole.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(image.Rectangle{Min: at, Max: at.Add(size)}))
	}
	return tiles
}

// brightness of the middle of a picture, 0 to 255.
func brightness(img image.Image) int {
	b := img.Bounds()
	r, g, bl, _ := img.At((b.Min.X+b.Max.X)/2, (b.Min.Y+b.Max.Y)/2).RGBA()
	return int(r+g+bl) / 3 >> 8
}

// Each picture is that of its time: a film that grows brighter gives a strip
// that does.
func TestAStripShowsWhatIsWhere(t *testing.T) {
	h := newHouse(t)
	film := generate(t, "a.mp4", "-f", "lavfi", "-i", "color=c=black:s=96x54:r=10:d=130", "-vf", "geq=lum='40+T':cb=128:cr=128",
		"-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p")
	h.checkIn("clip-1", "video", film, report{"container": "mp4", "video_codec": "h264", "duration_s": 130})
	h.run()
	tiles := checkStrip(t, h, h.derivative("clip-1", media.Strip), footage.Strip{Tiles: 60, Columns: 10, IntervalS: 2.167})
	for i, tile := range tiles {
		// Luma 40 + t, of which 16 is black and 235 white.
		want := int((24 + (float64(i)+0.5)*2.167) * 255 / 219)
		if got := brightness(tile); got < want-8 || got > want+8 {
			t.Errorf("picture %d has brightness %d, want %d", i, got, want)
		}
	}
}

func TestWhatHasNoStrip(t *testing.T) {
	film := generate(t, "a.mp4", film("320x240", 2, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")...)
	for name, seconds := range map[string]any{"short": 1.9, "of unknown length": nil, "longer than any": 1e12, "negative": -5} {
		h := newHouse(t)
		r := report{"container": "mp4", "video_codec": "h264", "audio_codec": "aac"}
		if seconds != nil {
			r["duration_s"] = seconds
		}
		h.checkIn("clip-1", "video", film, r)
		if done := h.run(); done != 1 || h.derivative("clip-1", media.Strip).State != "" {
			t.Errorf("%s: %d done, %s", name, done, h.acts())
		}
	}
}

// A file that ends before it says it does has dark pictures behind its end; one
// that says it is longer than it is gives what it has.
func TestAStripOfLessThanWasSaid(t *testing.T) {
	h := newHouse(t)
	white := generate(t, "a.ts", "-f", "lavfi", "-i", "color=c=white:s=160x90:r=10:d=10", "-c:v", "libx264", "-g", "10", "-pix_fmt", "yuv420p", "-f", "mpegts")
	h.checkIn("clip-1", "video", white, report{"container": "mts", "video_codec": "h264", "duration_s": 20})
	h.run()
	tiles := checkStrip(t, h, h.derivative("clip-1", media.Strip), footage.Strip{Tiles: 20, Columns: 10, IntervalS: 1})
	if first, last := brightness(tiles[0]), brightness(tiles[19]); first < 200 || last > 200 {
		t.Errorf("the first picture has brightness %d, the one behind the end %d", first, last)
	}
}

func TestAStripThatCannotBeMade(t *testing.T) {
	huge := filepath.Join(t.TempDir(), "huge.jpg") // a few bytes that claim a picture of gigabytes
	if err := os.WriteFile(huge, []byte("\xFF\xD8\xFF\xC0\x00\x11\x08\xFF\xFF\xFF\xFF\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00\xFF\xD9"), 0o600); err != nil {
		t.Fatal(err)
	}
	tile := `for last; do :; done; case "$*" in *=w=*160*) `
	rest := `;; *) exec ffmpeg "$@";; esac`
	for _, c := range []struct{ name, script, says string }{
		{"nothing comes", tile + "exit 1" + rest, "미리보기 그림을"},
		{"no picture comes", tile + "echo hello" + rest, "미리보기 그림을"},
		{"a picture of gigabytes", tile + "exec cat " + huge + rest, "미리보기 그림을"},
		{"it never ends", tile + "sleep 7333" + rest, "시간"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.maker.Limits.Poster = 3 * time.Second
			h.maker.FFmpeg = fake(t, "PATH="+os.Getenv("PATH")+"; "+c.script)
			film := generate(t, "a.mp4", film("320x240", 2, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")...)
			h.checkIn("clip-1", "video", film, report{"container": "mp4", "video_codec": "h264", "audio_codec": "aac", "duration_s": 2})
			h.run()
			d := h.derivative("clip-1", media.Strip)
			if d.State != footage.Failed || !strings.Contains(d.Detail, c.says) || h.todo("clip-1") {
				t.Errorf("%q: %s; %s", d.State, d.Detail, h.acts())
			}
			if h.derivative("clip-1", media.Poster).State != footage.Made || h.blobs() != "clip-1 clip-1.poster" {
				t.Errorf("vault has %s", h.blobs())
			}
		})
	}
}

// A file that gives no picture is not asked for sixty.
func TestNoStripWithoutAPoster(t *testing.T) {
	h := newHouse(t)
	h.maker.FFmpeg = fake(t, "exit 1")
	h.checkIn("clip-1", "video", []byte("nothing"), report{"container": "mp4", "video_codec": "hevc", "duration_s": 600})
	if done := h.run(); done != 1 || h.derivative("clip-1", media.Strip).State != "" {
		t.Errorf("%d done, %s", done, h.acts())
	}
}

// TestStripsOfTheCorpus: real recordings that give a poster give a strip, or say
// why not.
func TestStripsOfTheCorpus(t *testing.T) {
	h := newHouse(t)
	n := 0
	for _, path := range corpus(t, "video/*") {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read := metadata.Read(bytes.NewReader(content), int64(len(content)), filepath.Base(path))
		if read.Kind != metadata.Video || read.DurationS < 2 {
			continue
		}
		var r report
		if err := remarshal(read, &r); err != nil {
			t.Fatal(err)
		}
		id := fmt.Sprint("clip-", n)
		n++
		t.Log(id, filepath.Base(path), read.VideoCodec, read.Width, read.Height, read.DurationS)
		h.checkIn(id, read.Kind, content, r)
	}
	h.run()
	strips := 0
	for i := range n {
		id := fmt.Sprint("clip-", i)
		poster, strip := h.derivative(id, media.Poster), h.derivative(id, media.Strip)
		if (poster.State == footage.Made) != (strip.State != "") || h.todo(id) {
			t.Errorf("%s: poster %s, strip %q", id, poster.State, strip.State)
		}
		switch strip.State {
		case footage.Failed: // the corpus has recordings cut off behind their first picture
			t.Log(id, strip.Detail)
		case footage.Made:
			layout, _ := strip.Strip()
			checkStrip(t, h, strip, layout)
			strips++
		}
	}
	if strips < 5 {
		t.Errorf("%d strips of %d recordings", strips, n)
	}
}
