package ingest_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/ingest"
	"jikim/ingest/metadata"
)

// filmed lets files of these names say this of themselves.
func (h *house) filmed(reports map[string]metadata.Report) {
	h.reader.of = reports
}

// fromCard is what a client says of a file of a card.
func fromCard(path string, content []byte) ingest.Request {
	r := request(path[strings.LastIndexAny(path, `/\`)+1:], content)
	r.Path, r.Device = path, "SN-0001"
	return r
}

var (
	aVideo   = filmedAt("2026-10-01T14:05:00+09:00", "exif:DateTimeOriginal", metadata.ZoneStated)
	nameless = metadata.Report{Kind: metadata.Telemetry, Container: "srt", MIME: "application/x-subrip"}
)

// TestSubtitleComesFirst: it waits for a person until its video is there; the
// change that brings the video settles it, and the entry says so.
func TestSubtitleComesFirst(t *testing.T) {
	h := newHouse(t)
	h.filmed(map[string]metadata.Report{"DJI_0001.SRT": nameless, "DJI_0001.MP4": aVideo})
	text, film := bytesOf(100, 1), bytesOf(1000, 2)
	srt := h.checkIn(t, fromCard("DCIM/100MEDIA/DJI_0001.SRT", text), text)
	if up := h.upload(t, srt.ID); srt.State != footage.Review || up.Code != "needs-review" || srt.Recording != srt.ID || srt.Part != profile.Track {
		t.Fatalf("%s %s, of %s as %s", srt.State, up.Code, srt.Recording, srt.Part)
	}
	h.clock.Wind(time.Hour)
	mp4 := h.checkIn(t, fromCard(`DCIM\100MEDIA\DJI_0001.MP4`, film), film)
	e := h.last(t)
	if mp4.Recording != srt.ID || mp4.Part != profile.Main || e.Subject != mp4.RecordName() || e.Facts["recording"] != srt.ID ||
		e.Facts["also_changed"] != "DJI_0001.SRT" || e.Facts["also_changed_count"] != "1" || len(e.Records) != 2 || e.Records[srt.RecordName()] == "" {
		t.Errorf("%s is of %s as %s; the entry is %+v", mp4.FileName, mp4.Recording, mp4.Part, e)
	}
	srt, err := h.book.Clip(t.Context(), srt.ID)
	if err != nil {
		t.Fatal(err)
	}
	if srt.State != footage.Registered || len(srt.Doubts) != 0 || srt.CapturedAt != mp4.CapturedAt || srt.ExpiresOn != mp4.ExpiresOn || srt.Rule != mp4.Rule ||
		!slices.Contains(srt.Reasons, "같은 촬영의 파일 DJI_0001.MP4의 촬영 시각을 따릅니다.") {
		t.Errorf("%+v", srt)
	}

	// The same file once more is no other one.
	again, err := h.send(t, fromCard("DCIM/100MEDIA/DJI_0001.SRT", text), text)
	if err != nil || again.Code != "duplicate" || again.Clip != srt.ID || h.last(t).Act != ledger.ActUploadRefused {
		t.Errorf("%+v, %v", again, err)
	}
	if now, err := h.book.Clip(t.Context(), mp4.ID); err != nil || now.Recording != mp4.Recording {
		t.Errorf("%+v, %v", now, err)
	}
}

// TestSubtitleComesLast: its sender is told that nobody needs to look at it, and
// its own entry tells whose time it has.
func TestSubtitleComesLast(t *testing.T) {
	h := newHouse(t)
	h.filmed(map[string]metadata.Report{"DJI_0001.SRT": nameless, "DJI_0001.MP4": aVideo})
	text, film := bytesOf(100, 1), bytesOf(1000, 2)
	mp4 := h.checkIn(t, fromCard("DCIM/100MEDIA/DJI_0001.MP4", film), film)
	if e := h.last(t); mp4.Recording != mp4.ID || e.Facts["recording"] != "" || len(e.Records) != 1 {
		t.Errorf("alone, of %s: %+v", mp4.Recording, e)
	}
	srt := h.checkIn(t, fromCard("DCIM/100MEDIA/DJI_0001.SRT", text), text)
	if up := h.upload(t, srt.ID); srt.State != footage.Registered || up.Code != "" || up.Detail != "" {
		t.Errorf("%s: %q %q %q", srt.State, srt.Doubts, up.Code, up.Detail)
	}
	e := h.last(t)
	if e.Facts["captured_at"] != mp4.CapturedAt.String() || e.Facts["time_confidence"] != "A" || e.Facts["expires_on"] != string(mp4.ExpiresOn) || len(e.Records) != 1 {
		t.Errorf("the entry is %+v", e)
	}
}

// TestWhatALogIs: a file that is a log by its name is not doubted because it is
// no picture; what else is doubted of a file stays, whatever it follows.
func TestWhatALogIs(t *testing.T) {
	h := newHouse(t)
	other := metadata.Report{Kind: metadata.Other, Container: "other"}
	broken := metadata.Report{Kind: metadata.Video, Container: "mp4", Problems: []string{"끝이 잘려 있습니다."}, Serial: "SN-0003"}
	h.filmed(map[string]metadata.Report{"a.mp4": aVideo, "a.txt": other, "a.lrf": broken, "a": other})
	content := func(seed byte) []byte { return bytesOf(100, seed) }
	log := h.checkIn(t, fromCard("a.txt", content(1)), content(1))
	copied := h.checkIn(t, fromCard("a.lrf", content(2)), content(2))
	what := h.checkIn(t, fromCard("a", content(3)), content(3))
	if log.State != footage.Review || len(log.Doubts) != 1 || len(copied.Doubts) != 3 || len(what.Doubts) != 2 || what.Recording != "" || what.GroupKey != "" {
		t.Errorf("%q, %q, %q of %s", log.Doubts, copied.Doubts, what.Doubts, what.Recording)
	}
	h.checkIn(t, fromCard("a.mp4", content(4)), content(4))
	for _, c := range reviewtest.All[*footage.Clip](h.book) {
		switch c.ID {
		case log.ID:
			if c.State != footage.Registered {
				t.Errorf("the log is doubted: %q", c.Doubts)
			}
		case copied.ID:
			if c.State != footage.Review || len(c.Doubts) != 2 || !strings.Contains(c.Doubts[0], "잘려") || !strings.Contains(c.Doubts[1], "SN-0003") || c.TimeConfidence != "A" {
				t.Errorf("of the copy is doubted: %q", c.Doubts)
			}
		}
	}
}

// TestNamesOfAnyBytes: a name with bytes that no text has does not keep its file
// from coming in.
func TestNamesOfAnyBytes(t *testing.T) {
	h := newHouse(t)
	h.filmed(nil)
	content := bytesOf(100, 1)
	for i, path := range []string{"DCIM/DJI_20261001140500_0001_\xff\x00Z.MP4", "\xc0\xaf/GX010001.MP4", "DCIM/\u202eGX010001.MP4"} {
		content[0] = byte(i)
		if c := h.checkIn(t, fromCard(path, content), content); !utf8.ValidString(c.Lens) || strings.ContainsRune(c.Lens, 0) {
			t.Errorf("lens %q", c.Lens)
		}
	}
}

// TestCutWhileJoining: a server that is cut off in the midst leaves either all of
// it or nothing, and the end is the same.
func TestCutWhileJoining(t *testing.T) {
	text, film := bytesOf(100, 1), bytesOf(1000, 2)
	for _, late := range []bool{false, true} {
		for at := 1; ; at++ {
			h := newHouse(t)
			h.filmed(map[string]metadata.Report{"DJI_0001.SRT": nameless, "DJI_0001.MP4": aVideo})
			srt := h.checkIn(t, fromCard("DCIM/100MEDIA/DJI_0001.SRT", text), text)
			h.wire.Cut(reviewtest.Cut{At: at, Late: late})
			up, err := h.Begin(t.Context(), fromCard("DCIM/100MEDIA/DJI_0001.MP4", film))
			if err == nil {
				_, _ = h.put(up, strings.NewReader(string(film)))
			}
			calls := len(h.wire.Mend())
			h.restart()
			if up.ID != "" {
				if _, err := h.book.Upload(t.Context(), up.ID); err == nil {
					h.finishOrResend(t, up.ID, film)
				}
			}
			clips := reviewtest.All[*footage.Clip](h.book)
			for _, c := range clips {
				if c.Recording != srt.ID || len(clips) == 2 != (c.State == footage.Registered) {
					t.Fatalf("cut at %d: %s is of %s, %s; %d clips", at, c.FileName, c.Recording, c.State, len(clips))
				}
			}
			if at > calls {
				break
			}
		}
	}
}
