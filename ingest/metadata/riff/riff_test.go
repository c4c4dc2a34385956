package riff_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"jikim/ingest/metadata/footagetest"
	"jikim/ingest/metadata/riff"
	"jikim/ingest/metadata/window"
)

func chunk(id string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	p := append([]byte(id), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...)
	return append(append(p, body...), make([]byte, len(body)&1)...)
}

func le(v ...uint32) []byte {
	var p []byte
	for _, n := range v {
		p = binary.LittleEndian.AppendUint32(p, n)
	}
	return p
}

func avi() []byte {
	return chunk("RIFF", []byte("AVI "),
		chunk("LIST", []byte("hdrl"),
			chunk("avih", le(40_000, 0, 0, 0, 250, 0, 2, 0, 640, 480, 0, 0, 0, 0)),
			chunk("LIST", []byte("strl"), chunk("strh", []byte("vidsmjpg"), le(0, 0, 0, 1, 25, 0, 250, 0, 0, 0, 0))),
			chunk("LIST", []byte("strl"), chunk("strh", []byte("auds"), le(0, 0, 0, 0, 1, 8000, 0, 80_000, 0, 0, 0)),
				chunk("strf", []byte{1, 0, 1, 0}, le(8000, 16000), []byte{2, 0, 16, 0})),
			chunk("IDIT", []byte("Sat Oct  3 14:05:00 2026\n\x00"))),
		chunk("LIST", []byte("movi"), make([]byte, 1000)))
}

func read(t *testing.T, p []byte) riff.Facts {
	t.Helper()
	f, err := riff.Read(window.Open(bytes.NewReader(p), int64(len(p))))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAVI(t *testing.T) {
	f := read(t, avi())
	if f.Width != 640 || f.Height != 480 || f.Duration != 10*time.Second || f.VideoCodec != "mjpeg" || f.AudioCodec != "pcm_s16le" || f.Clipped {
		t.Errorf("%+v", f)
	}
	if got := f.Digitized.String(); got != "2026-10-03T14:05:00" {
		t.Errorf("digitized %s", got)
	}
}

func TestAVICut(t *testing.T) {
	p := avi()
	if f := read(t, p[:len(p)-500]); !f.Clipped || f.Width != 640 {
		t.Errorf("%+v", f)
	}
}

func TestWAV(t *testing.T) {
	p := chunk("RIFF", []byte("WAVE"), chunk("fmt ", []byte{1, 0, 1, 0}, le(8000, 16000), []byte{2, 0, 16, 0}), chunk("data", make([]byte, 32000)))
	if f := read(t, p); f.AudioCodec != "pcm_s16le" || f.Duration != 2*time.Second {
		t.Errorf("%+v", f)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "video/camcorder/*.AVI", "video/camcorder/*.avi") {
		f.Add(seed)
	}
	f.Add(avi())
	f.Fuzz(func(t *testing.T, p []byte) {
		facts, _ := riff.Read(window.Open(bytes.NewReader(p), int64(len(p))))
		if facts.Duration < 0 {
			t.Fatal(facts.Duration)
		}
	})
}
