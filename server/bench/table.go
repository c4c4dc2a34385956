package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
)

// row is one line of the table.
type row struct {
	number  string // of the target
	what    string
	ours    string
	anchors string
	ratio   string
	target  string
	met     verdict
}

type verdict int

const (
	untold verdict = iota // nothing to compare with
	met
	missed
)

func (v verdict) String() string {
	switch v {
	case met:
		return "✓ 달성"
	case missed:
		return "✗ 미달"
	default:
		return "–"
	}
}

// verdictOf says met when every condition holds.
func verdictOf(conditions ...bool) verdict {
	if slices.Contains(conditions, false) {
		return missed
	}
	return met
}

// table is what is printed in the end.
type table struct {
	how   string // it was measured, for the foot
	quick bool
	rows  []row
	notes []string
}

func (t *table) add(r row) { t.rows = append(t.rows, r) }

func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *table) print(w io.Writer) error {
	lines := [][]string{{"#", "일", "지킴", "견줄 것", "비율", "목표", "판정"}}
	for _, r := range t.rows {
		lines = append(lines, []string{r.number, r.what, r.ours, r.anchors, r.ratio, r.target, r.met.String()})
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for i, line := range lines {
		cells := make([]string, len(line))
		for j, cell := range line {
			cells[j] = cell + strings.Repeat(" ", widths[j]-columns(cell))
		}
		if _, err := fmt.Fprintln(w, "| "+strings.Join(cells, " | ")+" |"); err != nil {
			return err
		}
		if i == 0 {
			for j := range cells {
				cells[j] = strings.Repeat("-", widths[j])
			}
			if _, err := fmt.Fprintln(w, "| "+strings.Join(cells, " | ")+" |"); err != nil {
				return err
			}
		}
	}
	return t.foot(w)
}

func (t *table) foot(w io.Writer) error {
	notes := append([]string{fmt.Sprintf("%s 코어 %d개를 서버와 재는 쪽이 나누어 씀. 모두 127.0.0.1, 같은 디스크.", t.how, runtime.NumCPU())}, t.notes...)
	if t.quick {
		notes = append(notes, "-quick: 8분의 1 크기로 한 번만 잰 것이라 결과로 쓰지 못함.")
	}
	for _, n := range notes {
		if _, err := fmt.Fprintln(w, "  *", n); err != nil {
			return err
		}
	}
	return nil
}

// columns is how wide a terminal shows s: Hangul takes two.
func columns(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x1100 && (r < 0x2000 || r >= 0x3000) {
			n++
		}
	}
	return n
}

// ratio shows ours over an anchor's; "" when there is none.
func ratio(ours, anchor float64, name string) string {
	if anchor == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f × %s", ours/anchor, name)
}

// list joins what is not empty.
func list(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile of unsorted values; 0 for none. The median of an even number is the
// mean of the middle two.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	if n := len(sorted); q == 0.5 && n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
