package metadata_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/ingest/metadata"
)

var update = flag.Bool("update", false, "write the golden files anew")

func cand(value, source, zone, meaning string) metadata.Candidate {
	return metadata.Candidate{Value: value, Source: source, Zone: zone, Meaning: meaning}
}

func name(value string) metadata.Candidate { return cand(value, "name", "assumed", "start") }

func mvhd(value string) metadata.Candidate { return cand(value, "mp4:mvhd", "assumed", "unknown") }

func original(value string) metadata.Candidate {
	return cand(value, "exif:DateTimeOriginal", "assumed", "start")
}

var situations = []struct {
	name string
	in   []metadata.Candidate
	ctx  metadata.Context
}{
	{"nothing at all", nil, metadata.Context{}},
	{"camera clock, zone unknown", []metadata.Candidate{original("2026-10-03T14:05:00")}, metadata.Context{}},
	{"camera clock of a registered camera in Korea", []metadata.Candidate{original("2026-10-03T14:05:00")}, metadata.Context{DeviceClock: devices.ClockKST}},
	{"camera clock of a registered camera on UTC", []metadata.Candidate{original("2026-10-03T05:05:00")}, metadata.Context{DeviceClock: devices.ClockUTC}},
	{"stated offset", []metadata.Candidate{cand("2026-10-03T14:05:00+09:00", "exif:DateTimeOriginal+OffsetTimeOriginal", "stated", "start")}, metadata.Context{}},
	{"stated offset beats the profile", []metadata.Candidate{cand("2026-10-03T07:05:00+02:00", "exif:DateTimeOriginal+OffsetTimeOriginal", "stated", "start")}, metadata.Context{DeviceClock: devices.ClockKST}},
	{"edit date with offset is no capture time", []metadata.Candidate{cand("2023-02-23T19:35:15+08:00", "exif:ModifyDate+OffsetTime", "stated", "start")}, metadata.Context{}},
	{"edit date beside the capture", []metadata.Candidate{original("2018-03-31T17:17:34"), cand("2023-02-23T19:35:15+08:00", "exif:ModifyDate+OffsetTime", "stated", "start")}, metadata.Context{}},
	{"photo with satellite time gets its zone", []metadata.Candidate{original("2026-10-03T14:05:15"), cand("2026-10-03T05:05:00Z", "exif:GPSDateTime", "gps", "unknown")}, metadata.Context{}},
	{"photo whose satellite time is hours off", []metadata.Candidate{original("2026-10-03T14:05:15"), cand("2026-10-03T05:12:40Z", "exif:GPSDateTime", "gps", "unknown")}, metadata.Context{}},
	{"action camera: satellite time and local container date", []metadata.Candidate{cand("2019-11-18T23:45:14Z", "gpmf:GPSU", "gps", "start"), cand("2019-11-18T15:45:32", "mp4:mvhd", "assumed", "unknown")}, metadata.Context{}},
	{"action camera without a fix", []metadata.Candidate{cand("2019-11-18T23:42:08.645Z", "gpmf:no-lock", "gps", "start")}, metadata.Context{}},
	{"phone: creation date with offset, container date of the edit", []metadata.Candidate{cand("2019-02-12T15:27:12+08:00", "quicktime:creationdate", "stated", "start"), cand("2024-02-02T08:09:57Z", "mp4:mvhd", "profile", "unknown")}, metadata.Context{}},
	{"phone known to write UTC", []metadata.Candidate{cand("2024-02-09T20:23:48Z", "mp4:mvhd", "profile", "unknown")}, metadata.Context{}},
	{"phone known to write UTC keeps it under a Korean profile", []metadata.Candidate{cand("2024-02-09T20:23:48Z", "mp4:mvhd", "profile", "unknown")}, metadata.Context{DeviceClock: devices.ClockKST}},
	{"container date by the format alone", []metadata.Candidate{mvhd("2026-10-03T05:05:00Z")}, metadata.Context{}},
	{"container date of a body camera in Korea is local", []metadata.Candidate{mvhd("2026-10-03T00:30:00Z")}, metadata.Context{DeviceClock: devices.ClockKST}},
	{"container date equals the name: local", []metadata.Candidate{mvhd("2026-10-03T14:05:01Z"), name("2026-10-03T14:05:00")}, metadata.Context{Duration: 5 * time.Minute}},
	{"container date nine hours behind the name: UTC, zone found", []metadata.Candidate{mvhd("2026-10-03T05:05:01Z"), name("2026-10-03T14:05:00")}, metadata.Context{Duration: 5 * time.Minute}},
	{"container date is the end", []metadata.Candidate{mvhd("2026-10-03T05:51:37Z"), name("2026-10-03T14:50:59")}, metadata.Context{Duration: 36900 * time.Millisecond}},
	{"container date is the end, local", []metadata.Candidate{mvhd("2026-10-03T14:51:37Z"), name("2026-10-03T14:50:59")}, metadata.Context{Duration: 36900 * time.Millisecond}},
	{"container date is the end, under a Korean profile", []metadata.Candidate{mvhd("2026-10-03T14:51:37Z"), name("2026-10-03T14:50:59")}, metadata.Context{Duration: 36900 * time.Millisecond, DeviceClock: devices.ClockKST}},
	{"container date nine hours behind the name, under a Korean profile: UTC after all", []metadata.Candidate{mvhd("2026-10-02T23:30:01Z"), name("2026-10-03T08:30:00")}, metadata.Context{Duration: 5 * time.Minute, DeviceClock: devices.ClockKST}},
	{"phone in UTC with a local name", []metadata.Candidate{cand("2026-10-03T05:05:01Z", "mp4:mvhd", "profile", "unknown"), name("2026-10-03T14:05:00")}, metadata.Context{Duration: 5 * time.Minute}},
	{"container date and name do not agree", []metadata.Candidate{mvhd("2026-10-03T05:20:11Z"), name("2026-10-03T14:05:00")}, metadata.Context{Duration: time.Minute}},
	{"name in UTC agrees", []metadata.Candidate{cand("2023-10-06T06:39:09Z", "mp4:mvhd", "assumed", "unknown"), cand("2023-10-06T06:39:09Z", "name", "profile", "start")}, metadata.Context{}},
	{"only a name", []metadata.Candidate{name("2026-01-01T12:00:00")}, metadata.Context{}},
	{"only a name, Korean profile", []metadata.Candidate{name("2026-01-01T12:00:00")}, metadata.Context{DeviceClock: devices.ClockKST}},
	{"only a name, in UTC", []metadata.Candidate{cand("2023-10-06T06:39:09Z", "name", "profile", "start")}, metadata.Context{}},
	{"clock fell back to 1970", []metadata.Candidate{mvhd("1970-01-01T00:03:12Z")}, metadata.Context{}},
	{"clock fell back to 2000", []metadata.Candidate{original("2000-01-01T00:03:12")}, metadata.Context{DeviceClock: devices.ClockKST}},
	{"clock fell back, the name remains", []metadata.Candidate{mvhd("1904-01-01T00:00:05Z"), name("2026-10-03T14:05:00")}, metadata.Context{}},
	{"date of the firmware", []metadata.Candidate{mvhd("2014-11-14T07:34:24Z")}, metadata.Context{}},
	{"before the device was bought", []metadata.Candidate{original("2019-05-01T10:00:00")}, metadata.Context{DeviceClock: devices.ClockKST, BoughtOn: "2024-03-02"}},
	{"on the day the device was bought", []metadata.Candidate{original("2024-03-02T00:10:00")}, metadata.Context{DeviceClock: devices.ClockKST, BoughtOn: "2024-03-02"}},
	{"after now", []metadata.Candidate{original("2026-10-03T18:00:00")}, metadata.Context{DeviceClock: devices.ClockKST, Now: at("2026-10-03T17:00:00+09:00")}},
	{"a few minutes after now is drift", []metadata.Candidate{original("2026-10-03T17:05:00")}, metadata.Context{DeviceClock: devices.ClockKST, Now: at("2026-10-03T17:00:00+09:00")}},
	{"unknown zone may still be past", []metadata.Candidate{original("2026-10-03T18:00:00")}, metadata.Context{Now: at("2026-10-03T17:00:00+09:00")}},
	{"two centuries ahead, no wall clock", []metadata.Candidate{original("2216-11-15T11:46:51")}, metadata.Context{}},
	{"implausible satellite time, good camera clock", []metadata.Candidate{cand("2046-10-03T05:05:00Z", "gpmf:GPSU", "gps", "start"), original("2026-10-03T14:05:00")}, metadata.Context{Now: at("2026-10-04T00:00:00Z"), DeviceClock: devices.ClockKST}},
	{"drift measured at the dock", []metadata.Candidate{original("2026-10-03T14:05:00")}, metadata.Context{DeviceClock: devices.ClockKST, Drift: minutes(-3)}},
	{"drift is not laid on satellite time", []metadata.Candidate{cand("2026-10-03T05:05:00Z", "nmea:RMC", "gps", "start")}, metadata.Context{Drift: minutes(-3)}},
	{"flight log", []metadata.Candidate{cand("2026-05-31T16:15:29.797", "srt", "assumed", "start"), name("2026-05-31T16:15:29")}, metadata.Context{}},
	{"Korean summer time of 1988", []metadata.Candidate{original("1988-07-01T12:00:00")}, metadata.Context{DeviceClock: devices.ClockKST}},
	{"not a date", []metadata.Candidate{cand("    :  :     :  :  ", "exif:DateTimeOriginal", "assumed", "start")}, metadata.Context{}},
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func minutes(n int) *time.Duration {
	d := time.Duration(n) * time.Minute
	return &d
}

func TestChooseGolden(t *testing.T) {
	var b strings.Builder
	for _, s := range situations {
		e := metadata.Choose(s.in, s.ctx)
		utc := ""
		if m, known := e.Start().Moment(); known && !e.Start().IsZero() {
			utc = " = " + m.Format("2006-01-02T15:04:05Z")
		}
		b.WriteString("## " + s.name + "\n" + e.Confidence + " " + e.Start().String() + utc + "\n" +
			strings.Join([]string{e.Source, e.Zone, e.Meaning}, " · ") + "\n" + e.Why + "\n\n")
	}
	path := filepath.Join("testdata", "choose.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("(-golden +now; run with -update to accept)\n%s", diff)
	}
}

// TestChooseIsStable: the same answer whatever the order of the candidates of
// different rank, and never a moment where no zone is known.
func TestChooseIsStable(t *testing.T) {
	all := []metadata.Candidate{
		original("2026-10-03T14:05:00"), mvhd("2026-10-03T05:05:00Z"), name("2026-10-03T14:05:00"),
		cand("2026-10-03T05:05:02Z", "gpmf:GPSU", "gps", "start"),
		cand("2026-10-03T14:05:00+09:00", "quicktime:creationdate", "stated", "start"),
		cand("2026-10-04T09:00:00", "exif:ModifyDate", "assumed", "start"),
	}
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, len(all), func(c metadata.Candidate) string { return c.Source }).Draw(t, "candidates")
		mixed := rapid.Permutation(some).Draw(t, "order")
		a, b := metadata.Choose(some, metadata.Context{}), metadata.Choose(mixed, metadata.Context{})
		if a.Start() != b.Start() || a.Confidence != b.Confidence || a.Why != b.Why {
			t.Fatalf("%v: %s %s\n%v: %s %s", some, a.Confidence, a.Start(), mixed, b.Confidence, b.Start())
		}
		if a.Confidence == metadata.ByStatement && !a.Start().Zoned {
			t.Fatalf("confidence A without a zone: %+v", a)
		}
	})
}

func TestSettleAfterJSON(t *testing.T) {
	r := metadata.Report{Kind: metadata.Video, Container: "mp4", DurationS: 36.9, Time: &metadata.TimeEvidence{
		Candidates: []metadata.Candidate{mvhd("2026-10-03T14:51:37Z"), name("2026-10-03T14:50:59")},
	}}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back metadata.Report
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	back.Settle(metadata.Context{DeviceClock: devices.ClockKST, BoughtOn: instant.Date("2025-01-01"), Now: at("2026-10-04T00:00:00Z")})
	if back.CapturedAt != "2026-10-03T14:51:00.100+09:00" || back.CapturedUTC != "2026-10-03T05:51:00.100Z" || back.Time.Meaning != metadata.MeansEnd {
		t.Errorf("%s, %s, %s", back.CapturedAt, back.CapturedUTC, back.Time.Meaning)
	}
}
