package metadata_test

import (
	"encoding/json"
	"flag"
	"fmt"
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

func TestChooseGolden(t *testing.T) {
	var b strings.Builder
	b.WriteString("# 촬영 시각을 정한 결과\n\n상황마다 파일에서 찾은 시각과 기기에 대하여 아는 것을 적고, 그 아래에 정한 결과를 적었습니다.\n" +
		"믿음의 등급: A 위성 시각이거나 시간대가 적혀 있음, B 기기 시계이며 오차를 재어 바로잡음, C 기기 시계만, D 파일 이름만, X 믿을 수 없거나 없음\n\n")
	for i, s := range situations {
		fmt.Fprintf(&b, "## %d. %s\n\n", i+1, s.name)
		writeSituation(&b, s.in, s.ctx)
		writeDecision(&b, metadata.Choose(s.in, s.ctx))
	}
	path := filepath.Join("testdata", "choose.golden.md")
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

// The values of a candidate and of the registry, in words.
var (
	zones = map[string]string{
		metadata.ZoneStated: "시간대가 적혀 있음", metadata.ZoneGPS: "위성이나 위치로 앎",
		metadata.ZoneProfile: "기기로 앎", metadata.ZoneAssumed: "시간대를 뒷받침할 것이 없음",
	}
	meanings = map[string]string{
		metadata.MeansStart: "녹화를 시작한 때", metadata.MeansEnd: "녹화를 마친 때", metadata.MeansUnknown: "시작인지 끝인지 모름",
	}
	clocks = map[devices.ClockPolicy]string{devices.ClockKST: "한국 시각", devices.ClockUTC: "세계 표준시(UTC)"}
)

func writeSituation(b *strings.Builder, in []metadata.Candidate, ctx metadata.Context) {
	for _, c := range in {
		fmt.Fprintf(b, "- 찾은 시각: %s (%s; %s; %s)\n", c.Value, c.Source, zones[c.Zone], meanings[c.Meaning])
	}
	if len(in) == 0 {
		b.WriteString("- 찾은 시각: 없음\n")
	}
	known := func(what, value string) {
		if value != "" {
			fmt.Fprintf(b, "- %s: %s\n", what, value)
		}
	}
	known("등록된 기기의 시계", clocks[ctx.DeviceClock])
	known("기기를 들여온 날", string(ctx.BoughtOn))
	if !ctx.Now.IsZero() {
		known("등록하는 지금", ctx.Now.Format(time.RFC3339))
	}
	for _, c := range ctx.Checks {
		if c.By == metadata.CheckedAtDock {
			known("도크가 물은 기기 시계", fmt.Sprintf("%s (실제 %s)", c.Shown, c.At.Format(time.RFC3339)))
		} else {
			known("명부에 적힌 시계 오차", fmt.Sprintf("%g초 (%s 확인; 늦으면 양수)", c.Late.Seconds(), c.At.In(instant.KST).Format(time.DateOnly)))
		}
	}
	if ctx.Duration > 0 {
		known("재생 시간", ctx.Duration.String())
	}
	if p := ctx.Position; p != nil {
		known("촬영 위치", fmt.Sprintf("%g, %g", p.Lat, p.Lon))
	}
}

func writeDecision(b *strings.Builder, e metadata.TimeEvidence) {
	start := e.Start().String()
	if start == "" {
		start = "알 수 없음"
	}
	if m, known := e.Start().Moment(); known && !e.Start().IsZero() {
		start += " = " + m.Format("2006-01-02T15:04:05Z")
	}
	fmt.Fprintf(b, "\n결과: %s, 믿음 %s\n", start, e.Confidence)
	if e.Source != "" {
		fmt.Fprintf(b, "근거: %s (%s; %s)\n", e.Source, zones[e.Zone], meanings[e.Meaning])
	}
	fmt.Fprintf(b, "까닭: %s\n", e.Why)
	for _, c := range e.Contradictions {
		fmt.Fprintf(b, "어긋나는 점: %s\n", c)
	}
	if d := e.Drift; d != nil {
		applied := "바로잡는 데 쓰지 않음"
		if d.Applied {
			applied = "바로잡음"
		}
		fmt.Fprintf(b, "잰 오차: %.0f초(늦으면 양수; %s, %s), %s\n", d.LateS, d.Source, d.At, applied)
	}
	b.WriteString("\n")
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
