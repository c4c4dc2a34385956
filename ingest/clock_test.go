package ingest_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"jikim/ingest/metadata"
)

// TestDeviceClock: what the dock was shown by the camera's clock sets the
// capture time right, what the registry has does where no dock asked, and what
// makes no sense is kept, said and holds nothing up.
func TestDeviceClock(t *testing.T) {
	ahead := 95
	for name, c := range map[string]struct {
		shown, device string
		want          string // captured at
		confidence    string
		said          string // in the evidence
		source        string // of the drift
	}{
		"nobody asked":                  {"", "SN-0003", "2026-10-05T05:05:00Z", "C", "", ""},
		"slow":                          {"2026-10-05T17:56:48", "SN-0003", "2026-10-05T05:08:12Z", "B", "3분 12초 늦었으므로", "dock"},
		"with its offset":               {"2026-10-05T18:01:00+09:00", "SN-0003", "2026-10-05T05:04:00Z", "B", "1분 0초 빨랐으므로", "dock"},
		"of a device nobody registered": {"2026-10-05T17:56:48", "unknown", "2026-10-05T05:08:12Z", "B", "3분 12초 늦었으므로", "dock"},
		"the registry has looked":       {"", "SN-0001", "2026-10-05T05:03:25Z", "B", "1분 35초 빨랐으므로", "registry"},
		"the dock before the registry":  {"2026-10-05T17:56:48", "SN-0001", "2026-10-05T05:08:12Z", "B", "3분 12초 늦었으므로", "dock"},
		"nonsense, and the registry":    {"??:??", "SN-0001", "2026-10-05T05:03:25Z", "B", "도크가 보낸 기기 시계(??:??)", "registry"},
		"nonsense":                      {strings.Repeat("시", 200), "SN-0003", "2026-10-05T05:05:00Z", "C", "시각이 아니어서", ""},
		"three days wrong":              {"2026-10-02T18:00:00", "SN-0003", "", "X", "3일 늦었습니다", "dock"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			known := registry()
			known.Devices[0].ClockAheadS, known.Devices[0].ClockCheckedOn = &ahead, "2026-09-20"
			h.book.SetRegistry(known)
			h.reader.report = filmedAt("2026-10-05T14:05:00", "exif:DateTimeOriginal", metadata.ZoneAssumed)
			content := bytesOf(1000, 1)
			r := request("영상.mp4", content)
			r.Device, r.DeviceClock = c.device, c.shown
			got := h.checkIn(t, r, content)
			var report metadata.Report
			if err := json.Unmarshal([]byte(got.Metadata), &report); err != nil {
				t.Fatal(err)
			}
			captured := ""
			if !got.CapturedAt.IsZero() {
				captured = got.CapturedAt.Std().Format(time.RFC3339)
			}
			want := c.want
			if c.confidence == "X" {
				want = ""
			}
			if captured != want || got.TimeConfidence != c.confidence {
				t.Errorf("captured %s (%s), want %s (%s)", captured, got.TimeConfidence, want, c.confidence)
			}
			if said := report.Time.Why + strings.Join(report.Time.Contradictions, ""); !strings.Contains(said, c.said) {
				t.Errorf("it says %q, want %q", said, c.said)
			}
			source := ""
			if report.Time.Drift != nil {
				source = report.Time.Drift.Source
			}
			if source != c.source {
				t.Errorf("drift %+v, want of the %s", report.Time.Drift, c.source)
			}
		})
	}
}

// TestDeviceClockIsKept as it was sent, with the moment at which we heard of it:
// hours may pass until the file is whole.
func TestDeviceClockIsKept(t *testing.T) {
	h := newHouse(t)
	h.reader.report = filmedAt("2026-10-05T14:05:00", "srt", metadata.ZoneAssumed)
	content := bytesOf(1000, 1)
	r := request("영상.mp4", content)
	r.DeviceClock = " 2026-10-05T17:56:48\x00\n"
	up := h.begin(t, r)
	if up.DeviceClock != "2026-10-05T17:56:48" || up.ClockReadAt.Std() != evening {
		t.Errorf("kept as %q at %s", up.DeviceClock, up.ClockReadAt)
	}
	h.clock.Wind(3 * time.Hour)
	if _, err := h.put(up, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	clip, err := h.book.Clip(t.Context(), up.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := clip.CapturedAt.Std().Format(time.RFC3339); got != "2026-10-05T05:08:12Z" {
		t.Errorf("captured at %s", got)
	}
	r.DeviceClock = "\u202e \n"
	if up := h.begin(t, r); up.DeviceClock != "" || !up.ClockReadAt.IsZero() {
		t.Errorf("nothing is kept as %q at %s", up.DeviceClock, up.ClockReadAt)
	}
}
