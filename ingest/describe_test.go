package ingest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/ingest"
	"jikim/ingest/metadata"
)

// filmedAt is a report whose camera says when it was filmed.
func filmedAt(value, source, zone string) metadata.Report {
	return metadata.Report{
		Kind: metadata.Video, Container: "mp4", MIME: "video/mp4", DurationS: 12.5, Width: 1920, Height: 1080,
		Time: &metadata.TimeEvidence{Candidates: []metadata.Candidate{{Value: value, Source: source, Zone: zone, Meaning: metadata.MeansStart}}},
	}
}

// by gives a report of a camera of that serial number.
func by(serial string) metadata.Report {
	r := filmedAt("2026-10-05T14:05:00+09:00", "exif:DateTimeOriginal", metadata.ZoneStated)
	r.Serial = serial
	return r
}

func TestDeviceAndPurpose(t *testing.T) {
	for name, c := range map[string]struct {
		device, serial, purpose, department string // as sent, as in the file, as sent, of the sender
		wantDevice, wantDepartment          string
		wantPurpose, wantRule               string
	}{
		"named by the client":                        {"SN-0001", "", "", "park", "bc-1", "minwon", "complaint", "complaint@2"},
		"named by its id":                            {"bc-1", "", "", "park", "bc-1", "minwon", "complaint", "complaint@2"},
		"named by the file":                          {"", "SN-0001", "", "park", "bc-1", "minwon", "complaint", "complaint@2"},
		"the client goes before the file":            {"SN-0003", "SN-0001", "short", "minwon", "bc-3", "park", "short", "short@1"},
		"the client's is unknown, the file's is not": {"SN-9999", "SN-0001", "", "minwon", "bc-1", "minwon", "complaint", "complaint@2"},
		"nobody knows it":                            {"SN-9999", "SN-8888", "", "minwon", "", "minwon", "complaint", "complaint@2"},
		"the device has a purpose":                   {"SN-0002", "", "", "minwon", "bc-2", "minwon", "patrol", "patrol@1"},
		"the sender's purpose goes first":            {"SN-0002", "", "short", "minwon", "bc-2", "minwon", "short", "short@1"},
		"a purpose the device's department lacks":    {"SN-0009", "", "patrol", "minwon", "dr-1", "hongbo", "pr", "pr@3"},
		"the device's purpose is no more":            {"SN-0009", "", "", "minwon", "dr-1", "hongbo", "pr", "pr@3"},
		"no purpose at all: the shortest rule":       {"SN-0003", "", "", "minwon", "bc-3", "park", "", "short@1"},
		"a department nobody registered":             {"", "", "", "", "", "", "", "short@1"},
		"a department that is gone":                  {"", "", "", "gone", "", "gone", "", "short@1"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.reader.report = by(c.serial)
			content := bytesOf(1000, 1)
			r := request("영상.mp4", content)
			r.Device, r.Purpose, r.Department, r.Batch = c.device, c.purpose, c.department, "10월 5일"
			got := h.checkIn(t, r, content)
			if got.Device != c.wantDevice || got.Department != c.wantDepartment || got.Purpose != c.wantPurpose || got.Rule != c.wantRule || got.Batch != "10월 5일" {
				t.Errorf("device %q of %q, purpose %q, rule %q", got.Device, got.Department, got.Purpose, got.Rule)
			}
			two := name == "the client goes before the file" // both are registered: which is it?
			review := c.wantDevice == "" || c.wantPurpose == "" || two
			if (got.State == footage.Review) != review || (len(got.Doubts) > 0) != review {
				t.Errorf("it is %s: %q", got.State, got.Doubts)
			}
			if got.Department == "hongbo" && got.ExpiresOn != "" {
				t.Errorf("kept until %s", got.ExpiresOn)
			}
		})
	}
}

func TestCaptureTime(t *testing.T) {
	zero := instant.Time{}
	at := func(s string) instant.Time { v, _ := time.Parse(time.RFC3339, s); return instant.Of(v) }
	for name, c := range map[string]struct {
		report     metadata.Report
		device     string
		want       instant.Time
		confidence string
		from       instant.Date // the day the period is counted from
	}{
		"with its offset": {
			filmedAt("2026-10-01T14:05:00+09:00", "exif:DateTimeOriginal", metadata.ZoneStated), "SN-0001", at("2026-10-01T05:05:00Z"), "A", "2026-10-01",
		},
		"local, zone unknown, counts as Korean": {
			filmedAt("2026-10-01T00:30:00", "exif:DateTimeOriginal", metadata.ZoneAssumed), "SN-0001", at("2026-09-30T15:30:00Z"), "C", "2026-10-01",
		},
		"local of a device that writes UTC": {
			filmedAt("2026-10-01T15:30:00", "exif:DateTimeOriginal", metadata.ZoneAssumed), "SN-0002", at("2026-10-01T15:30:00Z"), "C", "2026-10-02",
		},
		"a clock that lost its power": {
			filmedAt("1970-01-01T00:00:10Z", "mp4:mvhd", metadata.ZoneStated), "SN-0001", zero, "X", "2026-10-05",
		},
		"before the device was bought": {
			filmedAt("2024-05-05T10:00:00+09:00", "exif:DateTimeOriginal", metadata.ZoneStated), "SN-0001", zero, "X", "2026-10-05",
		},
		"tomorrow": {
			filmedAt("2026-10-06T18:00:00+09:00", "exif:DateTimeOriginal", metadata.ZoneStated), "SN-0001", zero, "X", "2026-10-05",
		},
		"nothing is said": {metadata.Report{Kind: metadata.Video}, "SN-0001", zero, "X", "2026-10-05"},
		"the name alone": {
			filmedAt("2026-10-01T14:05:00", "name", metadata.ZoneAssumed), "SN-0001", at("2026-10-01T05:05:00Z"), "D", "2026-10-05",
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.reader.report = c.report
			content := bytesOf(1000, 1)
			r := request("영상.mp4", content)
			r.Device, r.ModifiedAt = c.device, evening.Add(-time.Hour) // the card's time is a witness, never chosen
			got := h.checkIn(t, r, content)
			if got.CapturedAt != c.want || got.TimeConfidence != c.confidence || got.FiledOn != c.from {
				t.Errorf("filmed %s (%s), counted from %s; want %s (%s), %s", got.CapturedAt, got.TimeConfidence, got.FiledOn, c.want, c.confidence, c.from)
			}
			if doubtful := c.confidence > "C"; (got.State == footage.Review) != doubtful {
				t.Errorf("it is %s: %q", got.State, got.Doubts)
			}
			if fact := h.last(t).Facts["captured_at"]; (fact != "") != !c.want.IsZero() {
				t.Errorf("the entry says it was filmed %q", fact)
			}
		})
	}
}

func TestDoubts(t *testing.T) {
	sound := by("SN-0001")
	with := func(change func(r *metadata.Report)) metadata.Report { r := sound; change(&r); return r }
	for name, c := range map[string]struct {
		report metadata.Report
		bytes  int
		doubt  string // part of the first one; "" = none
		todo   bool
	}{
		"nothing is wrong":      {sound, 10, "", true},
		"a photo":               {with(func(r *metadata.Report) { r.Kind = metadata.Photo }), 10, "", true},
		"an empty file":         {with(func(r *metadata.Report) { r.Kind = metadata.Other }), 0, "0바이트", false},
		"no footage":            {with(func(r *metadata.Report) { r.Kind = metadata.Other }), 10, "읽히지 않는", false},
		"a damaged video":       {with(func(r *metadata.Report) { r.Problems = []string{"첫째 이상.", "둘째 이상."} }), 10, "첫째 이상.", true},
		"a damaged flight log":  {with(func(r *metadata.Report) { r.Kind, r.Problems = metadata.Telemetry, []string{"이상."} }), 10, "", false},
		"audio, no type stated": {with(func(r *metadata.Report) { r.Kind, r.MIME = metadata.Audio, "" }), 10, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.reader.report = c.report
			content := bytesOf(c.bytes, 1)
			up := h.begin(t, request("영상.mp4", content))
			if _, err := h.put(up, bytes.NewReader(content)); err != nil {
				t.Fatal(err)
			}
			got, err := h.book.Clip(t.Context(), up.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got.MediaTodo != c.todo || got.MIME == "" {
				t.Errorf("to be made: %t; type %q", got.MediaTodo, got.MIME)
			}
			up = h.upload(t, up.ID)
			if c.doubt == "" {
				if got.State != footage.Registered || len(got.Doubts) != 0 || up.Code != "" || up.Detail != "" {
					t.Errorf("it is %s: %q; its sender is told %q", got.State, got.Doubts, up.Detail)
				}
				return
			}
			if got.State != footage.Review || len(got.Doubts) == 0 || !strings.Contains(got.Doubts[0], c.doubt) || up.Code != "needs-review" || up.Detail != got.Doubts[0] {
				t.Errorf("it is %s: %q; its sender is told %q", got.State, got.Doubts, up.Detail)
			}
		})
	}
}

// TestTheRecord: what the file says, what was sent and who sent it is in the
// clip and in its entry.
func TestTheRecord(t *testing.T) {
	h := newHouse(t)
	h.reader.report = by("SN-0001")
	h.reader.report.Location = &metadata.Location{Lat: 37.5, Lon: 126.7, Source: "exif:GPS"}
	content := bytesOf(70_000, 1)
	r := request("민원\u202e.mp4", content)
	c := h.checkIn(t, r, content)
	if c.FileName != "민원.mp4" || string(c.SourcePath) != "DCIM/민원\u202e.mp4" || c.Bytes != 70_000 || c.SHA256 != hashOf(content) || c.DurationS != 12.5 ||
		c.Width != 1920 || c.Height != 1080 || c.Lat == nil || *c.Lat != 37.5 || c.Lon == nil || *c.Lon != 126.7 ||
		c.CheckedInAt.Std() != evening || c.CheckedInBy != "dock-1" || c.ExpiresOn != "2026-11-04" || c.Twin == nil {
		t.Errorf("%+v", c)
	}
	var kept metadata.Report
	if err := json.Unmarshal([]byte(c.Metadata), &kept); err != nil || kept.SHA256 != c.SHA256 || kept.Bytes != 70_000 || kept.File != "민원.mp4" || kept.Serial != "SN-0001" || kept.Time == nil {
		t.Errorf("the report is kept as %s (%v)", c.Metadata, err)
	}
	if !bytes.Equal(h.reader.read, content) {
		t.Errorf("the reader was shown %d other bytes", len(h.reader.read))
	}
	e := h.last(t)
	for fact, want := range map[string]string{
		"file_name": "민원.mp4", "sha256": c.SHA256, "bytes": "70000", "department": "minwon", "purpose": "complaint", "device": "bc-1",
		"captured_at": "2026-10-05T05:05:00.000Z", "time_confidence": "A", "rule": "complaint@2", "expires_on": "2026-11-04",
	} {
		if e.Facts[fact] != want {
			t.Errorf("the entry says %s %q, want %q", fact, e.Facts[fact], want)
		}
	}
	if e.Act != ledger.ActCheckedIn || e.Subject != "clip:"+c.ID || e.Records["clip:"+c.ID] == "" ||
		e.Actor != (ledger.Actor{Account: "dock-1", Role: "dock", From: "10.0.0.7"}) {
		t.Errorf("the entry is %+v", e)
	}
}

// TestRegistryAway: a database that is away decides nothing; the file is
// registered when it is back, with what the registry says.
func TestRegistryAway(t *testing.T) {
	content := bytesOf(1000, 1)
	h := newHouse(t)
	h.reader.report = by("SN-0001")
	up := h.begin(t, request("영상.mp4", content))
	h.wire.Cut(reviewtest.Cut{})
	if _, err := h.put(up, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	calls := h.wire.Mend()
	for _, name := range []string{"device", "purposes", "department"} {
		at := slices.Index(calls, name) + 1
		if at == 0 {
			t.Fatalf("nobody asked for the %s: %q", name, calls)
		}
		h := newHouse(t)
		h.reader.report = by("SN-0001")
		up := h.begin(t, request("영상.mp4", content))
		h.wire.Cut(reviewtest.Cut{At: at, Once: true})
		if _, err := h.put(up, bytes.NewReader(content)); !errors.Is(err, reviewtest.ErrCut) {
			t.Errorf("%s: %v", name, err)
		}
		h.wire.Mend()
		if c := h.finishOrResend(t, up.ID, content); c.Purpose != "complaint" || c.Device != "bc-1" || c.State != footage.Registered {
			t.Errorf("registered as %q of %q, %s", c.Purpose, c.Device, c.State)
		}
	}
}

// finishOrResend does what server and sender do after a fault.
func (h *house) finishOrResend(t *testing.T, id string, content []byte) footage.Clip {
	t.Helper()
	h.clock.Wind(time.Minute)
	if _, err := h.FinishLeft(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if up := h.upload(t, id); up.Offset < up.Size {
		if _, err := h.put(up, bytes.NewReader(content[up.Offset:])); err != nil {
			t.Fatal(err)
		}
	}
	c, err := h.book.Clip(t.Context(), h.upload(t, id).Clip)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestReaderFails: when files cannot be read at all just now, none is lost and
// none is registered unread.
func TestReaderFails(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	h.reader.fault = errors.New("no child process can be started")
	up, err := h.send(t, request("영상.mp4", content), content)
	if !errors.Is(err, h.reader.fault) || up.State == footage.CheckedIn {
		t.Fatalf("%s, %v", up.State, err)
	}
	h.reader.fault = nil
	if c := h.finishOrResend(t, up.ID, content); c.ID != up.ID {
		t.Errorf("registered as %s", c.ID)
	}
}

var _ ingest.Records = (*reviewtest.Book)(nil)
