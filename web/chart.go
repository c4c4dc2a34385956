package web

import (
	"math"
	"strconv"
)

// chart is numbers as a picture, with the table they come from behind it. It
// is drawn on the server: x in percent of the width and y in pixels, so that
// it fits any screen with its type at one size.
type chart struct {
	Title  string
	Kind   chartKind
	Unit   string // "건"; "B" = bytes, written as KB, MB, …
	Axis   string // what the labels are: "날짜"
	Labels []string
	Series []series
}

type chartKind string

const (
	barChart  chartKind = "bars"  // stacked, one bar a label
	lineChart chartKind = "lines" // a line a series
	rankChart chartKind = "ranks" // lying bars, one a label: for names
)

// series is one row of numbers, one a label; at most five to a chart.
type series struct {
	Name   string
	Values []float64
}

const (
	plotLeft   = 12.0  // percent left of the plot, for the numbers of its lines
	plotTop    = 20.0  // pixels above the highest line, for its number
	plotHeight = 180.0 // pixels from the lowest line to the highest
	plotLabels = 24.0  // pixels below the lowest line, for the labels
	rankHeight = 44.0  // pixels a lying bar takes with its words
	maxLabels  = 6     // along the axis before some are left out
)

// Height of the picture in pixels.
func (c chart) Height() float64 {
	if c.Kind == rankChart {
		return rankHeight * float64(len(c.Labels))
	}
	return plotTop + plotHeight + plotLabels
}

// Bottom is where the lowest line lies.
func (c chart) Bottom() float64 { return plotTop + plotHeight }

// Say writes a number with its unit.
func (c chart) Say(v float64) string {
	if c.Unit == "B" {
		return byteCount(int64(math.Round(v)))
	}
	if v == math.Trunc(v) {
		return count(int(v)) + c.Unit
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + c.Unit
}

// top is a round number no smaller than anything to be drawn.
func (c chart) top() float64 {
	highest := 0.0
	for i := range c.Labels {
		sum := 0.0
		for _, s := range c.Series {
			if c.Kind == lineChart {
				highest = max(highest, s.at(i))
			}
			sum += s.at(i)
		}
		if c.Kind != lineChart {
			highest = max(highest, sum)
		}
	}
	unit := 1.0
	if c.Unit == "B" {
		for unit*1024 <= highest {
			unit *= 1024
		}
	}
	return roundUp(highest/unit) * unit
}

// roundUp gives the next number that halves into two readable ones: 2, 4, 6,
// 8, 10, 20, 40, …; 2 for nothing at all.
func roundUp(v float64) float64 {
	for step := 1.0; ; step *= 10 {
		for _, r := range []float64{2, 4, 6, 8, 10} {
			if v <= r*step {
				return r * step
			}
		}
	}
}

func (s series) at(i int) float64 {
	if i < len(s.Values) && s.Values[i] > 0 {
		return s.Values[i]
	}
	return 0
}

// chartGrid is a line across the plot with its number.
type chartGrid struct {
	Y    float64
	Text string
}

// Grid is the lines at the top and in the middle.
func (c chart) Grid() []chartGrid {
	top := c.top()
	return []chartGrid{{plotTop, c.Say(top)}, {plotTop + plotHeight/2, c.Say(top / 2)}}
}

// chartLabel is a word below the plot.
type chartLabel struct {
	X    float64 // percent
	Text string
}

// AxisLabels are the words below the plot, some left out where there are many.
func (c chart) AxisLabels() []chartLabel {
	every := (len(c.Labels) + maxLabels - 1) / maxLabels
	var out []chartLabel
	for i, text := range c.Labels {
		if i%every == 0 {
			out = append(out, chartLabel{c.middle(i), text})
		}
	}
	return out
}

// slot is the width a label has, in percent.
func (c chart) slot() float64 { return (100 - plotLeft) / float64(max(len(c.Labels), 1)) }

func (c chart) middle(i int) float64 { return plotLeft + (float64(i)+0.5)*c.slot() }

// chartBar is one rectangle: X and Width in percent, Y and Height in pixels.
type chartBar struct {
	X, Y, Width, Height float64
	Class, Text         string
}

// Bars of a bar chart, stacked from the lowest line up.
func (c chart) Bars() []chartBar {
	if c.Kind != barChart {
		return nil
	}
	var out []chartBar
	top, width := c.top(), c.slot()*0.7
	for i, label := range c.Labels {
		y := c.Bottom()
		for k, s := range c.Series {
			h := s.at(i) / top * plotHeight
			if h == 0 {
				continue
			}
			y -= h
			out = append(out, chartBar{c.middle(i) - width/2, y, width, max(h-1, 1), fillClass(k), c.sayOne(label, s, i)})
		}
	}
	return out
}

// chartRank is a lying bar with its words above it.
type chartRank struct {
	Label, Value string
	Y            float64 // of the words' line
	Bars         []chartBar
}

// Ranks of a rank chart, in the order given.
func (c chart) Ranks() []chartRank {
	if c.Kind != rankChart {
		return nil
	}
	var out []chartRank
	top := c.top()
	for i, label := range c.Labels {
		r := chartRank{Label: label, Y: float64(i)*rankHeight + 16}
		x, sum := 0.0, 0.0
		for k, s := range c.Series {
			v := s.at(i)
			if v > 0 {
				r.Bars = append(r.Bars, chartBar{x, r.Y + 6, v / top * 100, 12, fillClass(k), c.sayOne(label, s, i)})
			}
			x, sum = x+v/top*100, sum+v
		}
		r.Value = c.Say(sum)
		out = append(out, r)
	}
	return out
}

// chartSegment is a piece of a line: X in percent, Y in pixels.
type chartSegment struct {
	X1, Y1, X2, Y2 float64
	Class          string
}

// Lines of a line chart, piece by piece.
func (c chart) Lines() []chartSegment {
	if c.Kind != lineChart {
		return nil
	}
	var out []chartSegment
	top := c.top()
	for k, s := range c.Series {
		for i := 1; i < len(c.Labels); i++ {
			out = append(out, chartSegment{
				c.middle(i - 1), c.Bottom() - s.at(i-1)/top*plotHeight,
				c.middle(i), c.Bottom() - s.at(i)/top*plotHeight, "line line-" + strconv.Itoa(k+1),
			})
		}
	}
	return out
}

// sayOne says one number whole: "10. 3.: 민원과 12건".
func (c chart) sayOne(label string, s series, i int) string {
	return label + ": " + s.Name + " " + c.Say(s.at(i))
}

func fillClass(k int) string { return "fill-" + strconv.Itoa(k+1) }

// chartKey is a series in the legend.
type chartKey struct{ Name, Class string }

// Legend names the series; none when there is only one.
func (c chart) Legend() []chartKey {
	if len(c.Series) < 2 {
		return nil
	}
	var out []chartKey
	for i, s := range c.Series {
		k := chartKey{s.Name, fillClass(i)}
		if c.Kind == lineChart {
			k.Class = "line line-" + strconv.Itoa(i+1)
		}
		out = append(out, k)
	}
	return out
}

// chartRow is a label with its numbers in words.
type chartRow struct {
	Label  string
	Values []string
}

// Table is the numbers behind the picture.
func (c chart) Table() []chartRow {
	var out []chartRow
	for i, label := range c.Labels {
		row := chartRow{Label: label}
		for _, s := range c.Series {
			row.Values = append(row.Values, c.Say(s.at(i)))
		}
		out = append(out, row)
	}
	return out
}
