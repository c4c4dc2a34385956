package web

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jikim/devices/instant"
)

func TestAMonthStartsOnSunday(t *testing.T) {
	for day, want := range map[instant.Date]string{
		"2026-10-03": "27! 28! 29! 30! 1 2 3/4 5 6 7 8 9 10/11 12 13 14 15 16 17/18 19 20 21 22 23 24/25 26 27 28 29 30 31",
		"2026-02-14": "1 2 3 4 5 6 7/8 9 10 11 12 13 14/15 16 17 18 19 20 21/22 23 24 25 26 27 28",
		"2026-12-31": "29! 30! 1 2 3 4 5/6 7 8 9 10 11 12/13 14 15 16 17 18 19/20 21 22 23 24 25 26/27 28 29 30 31 1! 2!",
		"1988-05-08": "1 2 3 4 5 6 7/8 9 10 11 12 13 14/15 16 17 18 19 20 21/22 23 24 25 26 27 28/29 30 31 1! 2! 3! 4!", // summer time begins
	} {
		var weeks []string
		for _, week := range monthOf(day, "", func(instant.Date) monthCell { return monthCell{} }).Weeks {
			var days []string
			for _, d := range week {
				text := count(d.Number)
				if !d.Inside {
					text += "!"
				}
				days = append(days, text)
			}
			weeks = append(weeks, strings.Join(days, " "))
		}
		if got := strings.Join(weeks, "/"); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}

func TestAMonthAsksForItsOwnDaysOnly(t *testing.T) {
	var asked []instant.Date
	m := monthOf("2026-10-31", "2026-10-03", func(d instant.Date) monthCell {
		asked = append(asked, d)
		return monthCell{Count: d.Start().Day()}
	})
	if len(asked) != 31 || asked[0] != "2026-10-01" || asked[30] != "2026-10-31" {
		t.Errorf("asked for %v", asked)
	}
	if d := m.Weeks[0][6]; !d.Today || d.Count != 3 || strings.TrimSpace(d.Class(6)) != "today" {
		t.Errorf("%+v", d)
	}
	if d := m.Weeks[0][0]; d.Count != 0 || d.Class(0) != " sunday outside" {
		t.Errorf("%+v", d)
	}
	if m.Title != "2026년 10월" {
		t.Error(m.Title)
	}
}

func TestAChartSaysItsNumbers(t *testing.T) {
	c := chart{
		Kind: barChart, Unit: "건", Labels: []string{"1일", "2일"},
		Series: []series{{"민원과", []float64{1, 1200}}, {"홍보담당관", []float64{0, 300}}},
	}
	var bars []string
	for _, b := range c.Bars() {
		bars = append(bars, b.Text)
	}
	if d := cmp.Diff([]string{"1일: 민원과 1건", "2일: 민원과 1,200건", "2일: 홍보담당관 300건"}, bars); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]chartRow{{"1일", []string{"1건", "0건"}}, {"2일", []string{"1,200건", "300건"}}}, c.Table()); d != "" {
		t.Error(d)
	}
	if grid := c.Grid(); grid[0].Text != "2,000건" || grid[1].Text != "1,000건" {
		t.Errorf("%v", grid)
	}
	c = chart{Kind: rankChart, Unit: "B", Labels: []string{"민원과"}, Series: []series{{"크기", []float64{3 << 30}}}}
	if r := c.Ranks(); r[0].Value != "3.0GB" || r[0].Bars[0].Width != 75 {
		t.Errorf("%+v", r)
	}
	if len(c.Legend()) != 0 {
		t.Error("one series needs no legend")
	}
}

// Whatever the numbers, nothing is drawn beside the picture.
func TestAChartStaysInItsFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := chart{
			Kind: rapid.SampledFrom([]chartKind{barChart, lineChart, rankChart}).Draw(t, "kind"),
			Unit: rapid.SampledFrom([]string{"건", "B"}).Draw(t, "unit"),
		}
		c.Labels = rapid.SliceOfN(rapid.StringN(0, 5, -1), 0, 40).Draw(t, "labels")
		for range rapid.IntRange(0, 5).Draw(t, "series") {
			c.Series = append(c.Series, series{"부서", rapid.SliceOfN(rapid.Float64Range(-10, 1e15), 0, 40).Draw(t, "values")})
		}
		within := func(name string, v, least, most float64) {
			if math.IsNaN(v) || v < least-1e-6 || v > most+1e-6 {
				t.Fatalf("%s %g is outside %g to %g", name, v, least, most)
			}
		}
		bars := c.Bars()
		for _, r := range c.Ranks() {
			bars = append(bars, r.Bars...)
		}
		for _, b := range bars {
			within("left", b.X, 0, 100)
			within("right", b.X+b.Width, 0, 100)
			within("top", b.Y, 0, c.Height())
			within("bottom", b.Y+b.Height, 0, c.Height())
		}
		for _, l := range c.Lines() {
			within("x", l.X1, 0, 100)
			within("x", l.X2, 0, 100)
			within("y", l.Y1, plotTop, c.Bottom())
			within("y", l.Y2, plotTop, c.Bottom())
		}
		if n := len(c.AxisLabels()); n > maxLabels {
			t.Fatalf("%d labels", n)
		}
	})
}

func TestNearerIsLouder(t *testing.T) {
	for said, tone := range map[string]string{"D-30": "", "D-8": "", "D-7": "warn", "D-1": "warn", "오늘": "bad", "D+3": "bad", "지남": "bad", "영구": ""} {
		if got := ddayBadge(said); got.Tone != tone || got.Text != said {
			t.Errorf("%s: %+v, want %q", said, got, tone)
		}
	}
}

func TestAControlRefusesWhatItDoesNotKnow(t *testing.T) {
	if _, err := controlOf(form{}, "reason", "사유", "requierd"); err == nil {
		t.Error("a misspelt option is taken")
	}
	if _, err := controlOf(form{}, "reason", "사유", 7); err == nil {
		t.Error("a number is taken for an option")
	}
	c, err := controlOf(form{ID: "view"}, "reason", "사유", "required", "hint=왜 보는지", "digits", `autocomplete="`)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(c.Attrs()); got != `inputmode="numeric" required autocomplete="&#34;" aria-describedby="view-reason-hint"` {
		t.Error(got)
	}
}
