package metadata_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/footagetest"
)

// TestCutFilesSaySo: of every sound photo, video and flight log of the corpus,
// what a broken transfer leaves says that it is not all there. A cut is not seen
// where it falls between two packets or lines.
func TestCutFilesSaySo(t *testing.T) {
	dir := footagetest.Dir(t)
	files, silent := 0, 0
	for _, row := range manifest(t, dir) {
		content, err := os.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Fatal(err)
		}
		if row["expect"] != "ok" || len(content) < 10_000 {
			continue // of a few bytes too little is a picture
		}
		files++
		read := func(part float64) []string {
			n := int64(float64(len(content)) * part)
			return metadata.Read(bytes.NewReader(content[:n]), n, filepath.Base(row["file"])).Problems
		}
		whole := len(read(1))
		for _, part := range []float64{0.31, 0.5, 0.72, 0.93} {
			if said := read(part); len(said) <= whole {
				t.Logf("%s, cut to %g: %q", row["file"], part, said)
				silent++
			}
		}
	}
	if files < 30 || silent > 3 {
		t.Errorf("%d files, %d cuts of which nothing is said", files, silent)
	}
}

// picture is a JPEG of noise, as long as a camera's.
func picture(t *testing.T) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	img := image.NewGray(image.Rect(0, 0, 320, 240))
	for i := range img.Pix {
		img.Pix[i] = byte(random.Uint32())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCutPhotos(t *testing.T) {
	whole := picture(t)
	for name, c := range map[string]struct {
		content []byte
		cut     bool
	}{
		"whole":                            {whole, false},
		"without its end marker":           {whole[:len(whole)-2], true},
		"cut in the midst":                 {whole[:len(whole)/2], true},
		"followed by text":                 {append(bytes.Clone(whole), bytes.Repeat([]byte("trailer "), 5000)...), false},
		"followed by another":              {append(bytes.Clone(whole), whole...), false},
		"followed by another that is cut":  {append(bytes.Clone(whole), whole[:len(whole)/2]...), true},
		"followed by what may be anything": {append(bytes.Clone(whole), bytes.Repeat([]byte{0xFF, 0x17, 0}, 5000)...), false},
	} {
		got := metadata.Read(bytes.NewReader(c.content), int64(len(c.content)), "a.jpg")
		if said := strings.Contains(strings.Join(got.Problems, ""), "잘려"); said != c.cut || got.Width != 320 {
			t.Errorf("%s: %d wide, problems %q", name, got.Width, got.Problems)
		}
	}
}

// TestCutLogs: devices end every line; one without an end was cut.
func TestCutLogs(t *testing.T) {
	for name, whole := range map[string]string{
		"a.srt":  "1\n00:00:00,000 --> 00:00:01,000\n2026-10-03 14:05:00.000\n[latitude: 37.5] [longitude: 126.7] [rel_alt: 1.5 abs_alt: 60.1]\n",
		"a.nmea": "$GPRMC,050500.000,A,3730.0000,N,12642.0000,E,0.00,0.00,031026,,,A*72\n",
		"a.txt":  "$V02\n1790000000,A,37.5,126.7,0,0,0,0,0,NO20260101-120000-000001F.MP4,0\n",
	} {
		for _, cut := range []bool{false, true} {
			text := whole
			if cut {
				text = strings.TrimSuffix(whole, "\n")
			}
			got := metadata.Read(strings.NewReader(text), int64(len(text)), name)
			if said := strings.Contains(strings.Join(got.Problems, ""), "잘려"); said != cut || got.Kind != metadata.Telemetry {
				t.Errorf("%s, cut %v: %s, problems %q", name, cut, got.Kind, got.Problems)
			}
		}
	}
}
