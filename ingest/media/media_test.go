package media_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/ingest/media"
)

type report = map[string]any

func TestWhatABrowserCanShow(t *testing.T) {
	for _, c := range []struct {
		name   string
		file   string
		kind   string
		args   []string
		report report
		poster string // size
		proxy  string // size; "" when none is needed
		silent bool
	}{
		{
			name: "h264 plays as it is", file: "a.mp4", kind: "video", args: film("1280x720", 2, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"),
			report: report{"container": "mp4", "video_codec": "h264", "audio_codec": "aac", "duration_s": 2}, poster: "640x360",
		},
		{
			name: "h264 of ten bits", file: "a.mp4", kind: "video", args: film("640x480", 2, "-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-c:a", "aac"),
			report: report{"container": "mp4", "video_codec": "h264", "audio_codec": "aac", "duration_s": 2}, poster: "640x480", proxy: "640x480",
		},
		{
			name: "h264 with sound no browser plays", file: "a.mov", kind: "video", args: film("320x240", 2, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"),
			report: report{"container": "mov", "video_codec": "h264", "audio_codec": "pcm_s16le", "duration_s": 2}, poster: "320x240", proxy: "320x240",
		},
		{
			name: "hevc of a drone", file: "a.mov", kind: "video", args: film("1920x1080", 2, "-c:v", "libx265", "-x265-params", "log-level=error", "-c:a", "aac"),
			report: report{"container": "mov", "video_codec": "hevc", "audio_codec": "aac", "duration_s": 2}, poster: "640x360", proxy: "1280x720",
		},
		{
			name: "mpeg4 in avi", file: "a.avi", kind: "video", args: film("720x480", 2, "-c:v", "mpeg4", "-q:v", "3", "-aspect", "16:9", "-c:a", "mp2"),
			report: report{"container": "avi", "video_codec": "mpeg4", "audio_codec": "mp2", "duration_s": 2}, poster: "640x360", proxy: "854x480",
		},
		{
			name: "transport stream", file: "a.mts", kind: "video", args: film("640x360", 2, "-f", "mpegts", "-c:v", "libx264", "-c:a", "ac3"),
			report: report{"container": "mts", "video_codec": "h264", "audio_codec": "ac3"}, poster: "640x360", proxy: "640x360",
		},
		{
			name: "matroska without sound", file: "a.mkv", kind: "video", args: []string{"-f", "lavfi", "-i", "testsrc2=s=360x640:d=2", "-c:v", "libx264"},
			report: report{"container": "mkv", "video_codec": "h264", "duration_s": 2}, poster: "360x640", proxy: "360x640", silent: true,
		},
		{
			name: "a large photo", file: "a.jpg", kind: "photo", args: []string{"-f", "lavfi", "-i", "testsrc2=s=4000x3000", "-frames:v", "1"},
			report: report{"container": "jpeg", "width": 4000, "height": 3000}, poster: "640x480",
		},
		{
			name: "a small photo", file: "a.png", kind: "photo", args: []string{"-f", "lavfi", "-i", "testsrc2=s=200x100", "-frames:v", "1"},
			report: report{"container": "png", "width": 200, "height": 100}, poster: "200x100",
		},
		{
			name: "a ribbon", file: "a.png", kind: "photo", args: []string{"-f", "lavfi", "-i", "testsrc2=s=6000x4", "-frames:v", "1"},
			report: report{"container": "png", "width": 6000, "height": 4}, poster: "640x2",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			clip := h.checkIn("clip-1", c.kind, generate(t, c.file, c.args...), c.report)
			if done := h.run(); done != 1 {
				t.Errorf("%d clips done, want 1", done)
			}

			poster := h.derivative(clip.ID, media.Poster)
			size, err := jpeg.DecodeConfig(bytes.NewReader(h.content(poster)))
			if err != nil {
				t.Fatal(err)
			}
			if got := strconv.Itoa(size.Width) + "x" + strconv.Itoa(size.Height); got != c.poster || poster.MIME != "image/jpeg" {
				t.Errorf("poster is %s, %s, want %s", got, poster.MIME, c.poster)
			}
			want := "derivative.made clip:clip-1 poster"
			proxy := h.derivative(clip.ID, media.Proxy)
			if c.proxy == "" && proxy.State != "" {
				t.Errorf("a proxy was made: %+v", proxy)
			}
			if c.proxy != "" {
				want += "; derivative.made clip:clip-1 proxy"
				checkProxy(t, h.content(proxy), c.proxy, c.silent)
			}
			if c.report["duration_s"] != nil {
				want += "; derivative.made clip:clip-1 strip"
				checkStrip(t, h, h.derivative(clip.ID, media.Strip), footage.Strip{Tiles: 2, Columns: 2, IntervalS: 1})
			}
			if got := h.acts(); got != want {
				t.Errorf("ledger: %s\nwant:   %s", got, want)
			}
			if h.todo(clip.ID) {
				t.Error("the clip still wants media")
			}
			for _, dir := range []string{h.dir, temp} {
				if plain := filesWith(t, dir, "JFIF", "ftyp", "moof", "Lavc", "x264"); plain != nil {
					t.Errorf("plain bytes on disk: %v", plain)
				}
			}
		})
	}
}

// checkProxy looks at a proxy as a player does.
func checkProxy(t *testing.T, content []byte, size string, silent bool) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "proxy.mp4")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var probed struct {
		Streams []struct {
			CodecType string `json:"codec_type"`
			CodecName string `json:"codec_name"`
			PixFmt    string `json:"pix_fmt"`
			Width     int
			Height    int
		}
		Format struct {
			Duration string
			Tags     map[string]string
		}
	}
	if err := json.Unmarshal(out, &probed); err != nil {
		t.Fatal(err)
	}
	codecs := map[string]string{}
	for _, s := range probed.Streams {
		codecs[s.CodecType] = s.CodecName
		if s.CodecType == "video" {
			if got := strconv.Itoa(s.Width) + "x" + strconv.Itoa(s.Height); got != size || s.PixFmt != "yuv420p" {
				t.Errorf("proxy is %s %s, want %s yuv420p", got, s.PixFmt, size)
			}
		}
	}
	if codecs["video"] != "h264" || !silent && codecs["audio"] != "aac" || silent && codecs["audio"] != "" {
		t.Errorf("proxy has %v", codecs)
	}
	if d, err := strconv.ParseFloat(probed.Format.Duration, 64); err != nil || math.Abs(d-2) > 0.2 {
		t.Errorf("proxy plays for %q seconds, want 2", probed.Format.Duration)
	}
	if moov, moof := bytes.Index(content, []byte("moov")), bytes.Index(content, []byte("moof")); moov < 0 || moof < moov {
		t.Errorf("the index does not come first: moov at %d, moof at %d", moov, moof)
	}
	// Everything decodes.
	if out, err := exec.Command("ffmpeg", "-v", "error", "-xerror", "-i", path, "-f", "null", "-").CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("the proxy does not decode: %v %s", err, out)
	}
}

func TestTheRecordSaysWhatWasMade(t *testing.T) {
	h := newHouse(t)
	h.checkIn("clip-1", "photo", generate(t, "a.jpg", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1"), report{"container": "jpeg"})
	h.run()
	d := h.derivative("clip-1", media.Poster)
	sum := sha256.Sum256(h.content(d))
	if d.SHA256 != hex.EncodeToString(sum[:]) || d.Bytes != int64(len(h.content(d))) || d.MadeAt.Std() != h.maker.Clock() {
		t.Errorf("record does not fit the bytes: %+v", d)
	}
	e := h.records.Entries(t)[0]
	if e.Actor != (ledger.Actor{Account: "system", Cycle: "media"}) || e.Facts["sha256"] != d.SHA256 || e.Records["derivative:clip-1.poster"] == "" {
		t.Errorf("entry does not vouch for it: %+v", e)
	}
}

func TestPhotosStandUpright(t *testing.T) {
	if _, err := exec.LookPath("exiftool"); err != nil {
		t.Skip("exiftool is not installed")
	}
	h := newHouse(t)
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(path, generate(t, "a.jpg", "-f", "lavfi", "-i", "testsrc2=s=800x600", "-frames:v", "1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("exiftool", "-q", "-overwrite_original", "-n", "-Orientation=6", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h.checkIn("clip-1", "photo", b, report{"container": "jpeg", "width": 800, "height": 600, "rotation": 90})
	h.run()
	size, err := jpeg.DecodeConfig(bytes.NewReader(h.content(h.derivative("clip-1", media.Poster))))
	if err != nil || size.Width != 480 || size.Height != 640 {
		t.Errorf("poster is %dx%d, %v", size.Width, size.Height, err)
	}
}

func TestAProxyHasFewIndexes(t *testing.T) {
	h := newHouse(t)
	h.checkIn("clip-1", "video", generate(t, "a.avi", film("64x64", 65, "-c:v", "mpeg4", "-c:a", "mp2")...),
		report{"container": "avi", "video_codec": "mpeg4"})
	h.run()
	if n := bytes.Count(h.content(h.derivative("clip-1", media.Proxy)), []byte("moof")); n != 2 {
		t.Errorf("%d fragments in 65 seconds, want 2", n)
	}
}

func TestASilentProxyIsBetterThanNone(t *testing.T) {
	h := newHouse(t)
	b := generate(t, "a.mov", film("320x240", 2, "-c:v", "mpeg4", "-c:a", "pcm_s16le")...)
	if !bytes.Contains(b, []byte("sowt")) {
		t.Fatal("the sample has changed")
	}
	b = bytes.ReplaceAll(b, []byte("sowt"), []byte("zzzz")) // a codec nobody knows
	h.checkIn("clip-1", "video", b, report{"container": "mov", "video_codec": "mpeg4", "duration_s": 2})
	h.run()
	d := h.derivative("clip-1", media.Proxy)
	checkProxy(t, h.content(d), "320x240", true)
	if d.Detail == "" {
		t.Error("nobody is told that the sound is missing")
	}
}

func TestWithoutFFmpegClipsWait(t *testing.T) {
	h := newBareHouse(t)
	h.checkIn("clip-1", "photo", []byte("x"), report{"container": "jpeg"})
	if h.maker.Available() {
		t.Error("what is not there is said to be available")
	}
	if done := h.run(); done != 0 || !h.todo("clip-1") || h.acts() != "" {
		t.Errorf("%d done, waiting %v, ledger %q", done, h.todo("clip-1"), h.acts())
	}
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	h := newBareHouse(t)
	h.checkIn("clip-1", "telemetry", []byte("nothing of a track"), report{"container": "other"})
	h.run()
	if h.todo("clip-1") || h.acts() != "" {
		t.Errorf("waiting %v, ledger %q", h.todo("clip-1"), h.acts())
	}
}

// What is quickly made does not wait for the long proxies of others: not for
// those of one pass, nor, after a while, for those that were there before.
func TestPostersDoNotWaitForProxies(t *testing.T) {
	h := newHouse(t)
	film := generate(t, "a.avi", film("64x64", 1, "-c:v", "mpeg4", "-c:a", "mp2")...)
	of := report{"container": "avi", "video_codec": "mpeg4"}
	for _, id := range []string{"clip-1", "clip-2", "clip-3"} {
		h.checkIn(id, "video", film, of)
	}
	now := h.maker.Clock()
	h.maker.Clock = func() time.Time { return now }
	h.maker.Vault = &hooked{Store: h.maker.Vault, begun: func(name string) {
		if name == "clip-1.proxy" { // it takes long
			now = now.Add(time.Hour)
		}
	}}
	want := "derivative.made clip:clip-1 poster; derivative.made clip:clip-2 poster; derivative.made clip:clip-3 poster; derivative.made clip:clip-1 proxy"
	if done := h.run(); done != 1 || h.acts() != want {
		t.Errorf("%d done, ledger: %s\nwant:   %s", done, h.acts(), want)
	}
	h.checkIn("clip-0", "photo", photo(t), ofPhoto)
	want += "; derivative.made clip:clip-0 poster; derivative.made clip:clip-2 proxy; derivative.made clip:clip-3 proxy"
	if done := h.run(); done != 3 || h.acts() != want {
		t.Errorf("%d done, ledger: %s\nwant:   %s", done, h.acts(), want)
	}
}
