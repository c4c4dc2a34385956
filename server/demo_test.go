package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
)

// demoNow is late enough in the day for the night's sweep to have run.
var demoNow = time.Date(2026, 11, 23, 9, 4, 5, 0, instant.KST)

// demonstrate opens and fills a demonstration and gives what it said.
func (p place) demonstrate(t *testing.T) (*service, string) {
	t.Helper()
	h, err := openDemo(t.Context(), p.data, p.config, func() time.Time { return demoNow })
	if err != nil {
		t.Fatal(err)
	}
	h.config.Addr = "127.0.0.1:0"
	s, err := h.build(quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.listen(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.fillDemo(t.Context(), streams{strings.NewReader(""), &out, &out}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	return s, out.String()
}

// all gives every clip, by the name of its file.
func (s *service) all(t *testing.T) map[string]footage.Clip {
	t.Helper()
	clips := map[string]footage.Clip{}
	for _, state := range []footage.State{"", footage.Destroyed} {
		page, err := s.db.ListClips(t.Context(), footage.Filter{State: state, Companions: true, Limit: 200})
		if err != nil || page.Next != "" {
			t.Fatal(page.Next, err)
		}
		for _, c := range page.Clips {
			clips[c.FileName] = c
		}
	}
	return clips
}

// TestDemo: a newcomer finds something on every page.
func TestDemo(t *testing.T) {
	t.Parallel()
	p := place{data: t.TempDir()}
	s, said := p.demonstrate(t)
	clips := s.all(t)
	if len(clips) != 31 || strings.Contains(said, "건너") || strings.Count(said, "파일") != 14 {
		t.Errorf("%d files were checked in\n%s", len(clips), said)
	}
	for name, want := range map[string]struct {
		state      footage.State
		confidence string
		expires    instant.Date
	}{
		"HB_HB-BC-0001_20260926102140.MP4": {footage.Destroyed, "C", "2026-10-11"},
		"HB_HB-BC-0004_20261106094726.MP4": {footage.Destroyed, "C", "2026-11-21"},
		"HB_HB-BC-0002_20261102151209.MP4": {footage.Registered, "C", "2026-11-17"}, // held
		"HB_HB-BC-0001_20261108113054.MP4": {footage.Registered, "C", "2026-11-23"}, // goes tonight
		"HB_HB-BC-0003_20000101000320.MP4": {footage.Registered, "B", "2026-11-29"}, // corrected
		"HB_HB-BC-0003_19800101000012.MP4": {footage.Review, "X", "2026-12-05"},
		"HB_HB-BC-0002_20261117100211.MP4": {footage.Registered, "B", "2026-12-02"}, // clock measured
		"HB_HB-BC-0005_20261119143107.GPS": {footage.Registered, "A", "2026-12-04"},
		"DJI_20261021140512_0001_D.MP4":    {footage.Registered, "C", ""}, // for ever
		"DJI_20261112132000_0001_D.MP4":    {footage.Registered, "C", "2026-12-12"},
		"DJI_20261009105200_0002_D.JPG":    {footage.Registered, "A", "2027-01-07"},
	} {
		c := clips[name]
		if c.State != want.state || c.TimeConfidence != want.confidence || c.ExpiresOn != want.expires || c.Device == "" || c.Purpose == "" {
			t.Errorf("%s is %s with confidence %s until %q, want %+v", name, c.State, c.TimeConfidence, c.ExpiresOn, want)
		}
	}
	s.checkStory(t, clips)
	if !s.clock().Equal(demoNow) {
		t.Errorf("the clock stands at %s", s.clock())
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}

	s, again := p.demonstrate(t)
	if got := s.all(t); len(got) != len(clips) || strings.Contains(again, "만드는 중") || !strings.Contains(again, demoPassword) {
		t.Errorf("a second start leaves %d clips and says\n%s", len(got), again)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	p.mustRun(t, "verify", "--deep")
}

// checkStory asks for what people have done.
func (s *service) checkStory(t *testing.T, clips map[string]footage.Clip) {
	t.Helper()
	ctx := t.Context()
	waiting, err := s.db.Destructions(ctx, "minwon", true, 10)
	if err != nil || len(waiting) != 1 || waiting[0].FileName != "HB_HB-BC-0004_20261106094726.MP4" || waiting[0].Officer == "" ||
		waiting[0].Cycle != "자동 파기 2026-11-22" {
		t.Errorf("destructions to confirm: %+v, %v", waiting, err)
	}
	confirmed, err := s.db.Destructions(ctx, "minwon", false, 10)
	if err != nil || len(confirmed) != 2 {
		t.Errorf("destructions: %+v, %v", confirmed, err)
	}
	holds, err := s.db.HoldsOf(ctx, clips["HB_HB-BC-0002_20261102151209.MP4"].ID)
	if err != nil || len(holds) != 1 || !holds[0].Open() {
		t.Errorf("holds: %+v, %v", holds, err)
	}
	rows, err := s.db.Rows(ctx, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	acts := map[ledger.Act]int{}
	for _, r := range rows {
		acts[r.Act]++
	}
	for act, want := range map[ledger.Act]int{
		ledger.ActRegistryImported: 2, ledger.ActAccountAdded: 6, ledger.ActTokenCreated: 2, ledger.ActCheckedIn: 31, ledger.ActHeld: 1,
		ledger.ActViewed: 2, ledger.ActCorrected: 1, ledger.ActDestroyed: 2, ledger.ActDestructionConfirmed: 1,
	} {
		if acts[act] != want {
			t.Errorf("%d entries of %s, want %d", acts[act], act, want)
		}
	}
	if first, last := rows[0].At.Std(), rows[len(rows)-1].At.Std(); demoNow.Sub(first) < 59*24*time.Hour || last.After(demoNow) {
		t.Errorf("the ledger runs from %s to %s", first, last)
	}
	if !slices.IsSortedFunc(rows, func(a, b ledger.Row) int { return a.At.Std().Compare(b.At.Std()) }) {
		t.Error("the ledger goes back in time")
	}
}

// TestDemoWithoutFFmpeg: photos alone, and it is said why.
func TestDemoWithoutFFmpeg(t *testing.T) {
	t.Parallel()
	p := place{data: t.TempDir()}
	p.configure(t, "media: {ffmpeg: no-such-program}")
	s, said := p.demonstrate(t)
	clips := s.all(t)
	for name, c := range clips {
		if c.Kind != "photo" {
			t.Errorf("%s is %s", name, c.Kind)
		}
	}
	if len(clips) != 5 || !strings.Contains(said, "ffmpeg가 없어") {
		t.Errorf("%d photos\n%s", len(clips), said)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
}

// TestDemoOfOthers: real footage is never opened as a demonstration, and one
// that was cut off while it was filled says so.
func TestDemoOfOthers(t *testing.T) {
	t.Parallel()
	p := place{data: t.TempDir()}
	p.found(t)
	if status, _, errs := p.run("serve", "--demo", "--addr", "127.0.0.1:0"); status != exitFailed || !strings.Contains(errs, "실제로 쓰는 것") {
		t.Errorf("status %d, %s", status, errs)
	}

	p = place{data: t.TempDir()}
	p.configure(t, "media: {ffmpeg: no-such-program}")
	h, err := openDemo(t.Context(), p.data, p.config, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	h.config.Addr = "127.0.0.1:0"
	s, err := h.build(quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.listen(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	std := streams{strings.NewReader(""), &out, &out}
	cut, stop := context.WithCancel(t.Context())
	stop()
	if err := s.playDemo(cut, std); err == nil {
		t.Error("filling went on after it was stopped")
	}
	if b, err := os.ReadFile(filepath.Join(p.data, rehearsalMark)); err != nil || string(b) != demoFilling {
		t.Errorf("the mark says %q, %v", b, err)
	}
	p.found(t)
	if err := s.fillDemo(t.Context(), std); err != nil || !strings.Contains(out.String(), "채우다 멈춘") {
		t.Errorf("%v\n%s", err, &out)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
}
