package matroska_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"jikim/ingest/metadata/matroska"
	"jikim/ingest/metadata/window"
)

func element(id string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append([]byte(id), 0x10|byte(len(body)>>24), byte(len(body)>>16), byte(len(body)>>8), byte(len(body))), body...)
}

func mkv(segmentSize bool) []byte {
	filmed := time.Date(2026, 10, 3, 5, 5, 0, 0, time.UTC).Sub(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC))
	body := bytes.Join([][]byte{
		element("\x15\x49\xA9\x66",
			element("\x2A\xD7\xB1", []byte{0x0F, 0x42, 0x40}),
			element("\x44\x89", binary.BigEndian.AppendUint64(nil, math.Float64bits(12345))),
			element("\x44\x61", binary.BigEndian.AppendUint64(nil, uint64(filmed)))),
		element("\x16\x54\xAE\x6B",
			element("\xAE", element("\x86", []byte("V_MPEG4/ISO/AVC")), element("\xE0", element("\xB0", []byte{7, 128}), element("\xBA", []byte{4, 56}))),
			element("\xAE", element("\x86", []byte("A_AAC")))),
		element("\x1F\x43\xB6\x75", make([]byte, 100)),
	}, nil)
	header := element("\x1A\x45\xDF\xA3", element("\x42\x82", []byte("matroska")))
	if segmentSize {
		return append(header, element("\x18\x53\x80\x67", body)...)
	}
	return append(append(header, "\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF"...), body...) // as live recorders write
}

func TestRead(t *testing.T) {
	for _, sized := range []bool{true, false} {
		p := mkv(sized)
		f, err := matroska.Read(window.Open(bytes.NewReader(p), int64(len(p))))
		if err != nil || f.Width != 1920 || f.Height != 1080 || f.VideoCodec != "h264" || f.AudioCodec != "aac" ||
			f.Duration != 12345*time.Millisecond || f.Date.Format(time.RFC3339) != "2026-10-03T05:05:00Z" || !f.HasTracks {
			t.Errorf("segment size %v: %+v, %v", sized, f, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(mkv(true))
	f.Add(mkv(false))
	f.Fuzz(func(t *testing.T, p []byte) {
		facts, _ := matroska.Read(window.Open(bytes.NewReader(p), int64(len(p))))
		if facts.Duration < 0 {
			t.Fatal(facts.Duration)
		}
	})
}
