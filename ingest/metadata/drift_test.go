package metadata_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jikim/devices"
	"jikim/ingest/metadata"
)

// TestDriftSetsRight: whatever zone a device is set to and however wrong its
// clock is, once a dock has asked it the moment of filming comes out right,
// where the device wrote digits of its clock without a zone.
func TestDriftSetsRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asked := at("2026-10-03T17:00:00+09:00").Add(time.Duration(rapid.IntRange(0, 86400*300).Draw(t, "asked")) * time.Second)
		filmed := asked.Add(-time.Duration(rapid.IntRange(60, 86400*150).Draw(t, "filmed before")) * time.Second)
		ahead := time.Duration(rapid.IntRange(-15*3600, 4*3600).Draw(t, "ahead of Korean time")) * time.Second
		shows := func(moment time.Time) string {
			return moment.Add(9*time.Hour + ahead).UTC().Format("2006-01-02T15:04:05")
		}
		sources := []string{"exif:DateTimeOriginal", "srt", "riff:IDIT", "name"}
		source := rapid.SampledFrom(sources).Draw(t, "source")
		policy := rapid.SampledFrom([]devices.ClockPolicy{devices.ClockUnknown, devices.ClockKST}).Draw(t, "policy")
		e := metadata.Choose(those(cand(shows(filmed), source, "assumed", "start")), metadata.Context{
			DeviceClock: policy, Now: asked.Add(time.Minute),
			Checks: []metadata.ClockCheck{metadata.CheckAtDock(shows(asked), asked, policy)},
		})
		got, known := e.Start().Moment()
		if !known || got.Sub(filmed).Abs() > 2*time.Second {
			t.Fatalf("%s for %s: %+v", got, filmed, e)
		}
		if want := map[bool]string{true: metadata.ByName, false: metadata.ByDriftCheck}[source == "name"]; e.Confidence != want || !e.Drift.Applied {
			t.Fatalf("confidence %s, want %s: %+v", e.Confidence, want, e)
		}
	})
}

func TestDriftInReport(t *testing.T) {
	r := metadata.Report{Kind: metadata.Photo, Container: "jpeg", Time: &metadata.TimeEvidence{
		Candidates: those(original("2026-10-03T14:05:00")),
	}}
	r.Settle(checked(nowKST, slow))
	text, err := json.Marshal(r.Time.Drift)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"late_s":192,"source":"dock","at":"2026-10-03T08:00:00.000Z","applied":true}`; string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
	if r.CapturedUTC != "2026-10-03T05:08:12Z" {
		t.Errorf("captured at %s", r.CapturedUTC)
	}
	r.Settle(kst) // told nothing of the clock, the report keeps nothing of it
	if r.Time.Drift != nil || r.CapturedUTC != "2026-10-03T05:05:00Z" {
		t.Errorf("%+v, %s", r.Time.Drift, r.CapturedUTC)
	}
}

func TestNoCheckByRegistry(t *testing.T) {
	ahead := 12
	for _, d := range []devices.Device{{}, {ClockAheadS: &ahead}, {ClockCheckedOn: "2026-10-03"}} {
		if check, known := metadata.CheckByRegistry(d); known {
			t.Errorf("%+v gives %+v", d, check)
		}
	}
}
