package web_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What WCAG 2.2 asks of contrast: of text, and of what is seen but not read
// (edges of controls, bars of charts, the ring of the focus).
const (
	ofText   = 4.5
	ofShapes = 3.0
)

var surfaces = []string{"surface", "surface-tint"}

// contrasts is every pair of colours in use: what stands on what.
func contrasts() map[[2]string]float64 {
	pairs := map[[2]string]float64{
		{"on-primary", "primary"}:       ofText,
		{"on-primary", "primary-hover"}: ofText,
		{"on-primary", "primary-press"}: ofText,
		{"on-danger", "danger"}:         ofText,
		{"on-danger", "danger-hover"}:   ofText,
		{"link", "primary-tint"}:        ofText, // the menu's line of this page, a chosen day
		{"link-hover", "primary-tint"}:  ofText,
		{"text", "primary-tint"}:        ofText,
		{"text", "surface-sunk"}:        ofText, // tallies
		{"text-subtle", "surface-sunk"}: ofText, // what cannot be pressed
		{"surface", "text"}:             ofText, // toasts
		{"primary", "primary-tint"}:     ofShapes,
		{"focus", "primary-tint"}:       ofShapes,
	}
	for _, s := range surfaces {
		for _, text := range []string{"text", "text-subtle", "link", "link-hover", "good", "warn", "bad", "info"} {
			pairs[[2]string{text, s}] = ofText
		}
		for _, shape := range []string{"line-control", "primary", "danger", "focus"} {
			pairs[[2]string{shape, s}] = ofShapes
		}
		for i := 1; i <= 5; i++ {
			pairs[[2]string{fmt.Sprintf("chart-%d", i), s}] = ofShapes
		}
	}
	for _, tone := range []string{"info", "good", "warn", "bad"} {
		for _, text := range []string{"text", "text-subtle", "link", "link-hover", tone} {
			pairs[[2]string{text, tone + "-tint"}] = ofText
		}
		pairs[[2]string{"focus", tone + "-tint"}] = ofShapes
		pairs[[2]string{"line-control", tone + "-tint"}] = ofShapes
	}
	return pairs
}

var (
	block = regexp.MustCompile(`(?s)([^{}]*)\{([^{}]*--color-[^{}]*)\}`)
	token = regexp.MustCompile(`--color-([a-z0-9-]+):\s*(#[0-9a-f]{6});`)
)

// themesOf reads the blocks of colours of the tokens, by the end of their selector.
func themesOf(t *testing.T) map[string]map[string]string {
	t.Helper()
	css, err := os.ReadFile("styles/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	themes := map[string]map[string]string{}
	for _, b := range block.FindAllStringSubmatch(string(css), -1) {
		lines := strings.Split(strings.TrimSpace(b[1]), "\n")
		colours := map[string]string{}
		for _, c := range token.FindAllStringSubmatch(b[2], -1) {
			colours[c[1]] = c[2]
		}
		themes[strings.TrimSpace(lines[len(lines)-1])] = colours
	}
	return themes
}

func TestColoursStandOut(t *testing.T) {
	themes := themesOf(t)
	light, chosen, asked := themes[":root"], themes[`:root[data-theme="contrast"]`], themes[":root:not([data-theme])"]
	if len(light) == 0 || len(chosen) == 0 {
		t.Fatalf("no colours in the tokens: %v", themes)
	}
	if d := cmp.Diff(chosen, asked); d != "" {
		t.Errorf("the clear screen as chosen and as the system asks for it differ:\n%s", d)
	}
	for name := range maps.Keys(light) {
		if chosen[name] == "" {
			t.Errorf("the clear screen has no --color-%s", name)
		}
	}
	for name, theme := range map[string]map[string]string{"light": light, "contrast": chosen} {
		for pair, least := range contrasts() {
			above, below := theme[pair[0]], theme[pair[1]]
			if above == "" || below == "" {
				t.Errorf("%s: no such token among %v", name, pair)
				continue
			}
			if got := contrast(above, below); got < least {
				t.Errorf("%s: %s %s on %s %s has %.2f:1, needs %.1f:1", name, pair[0], above, pair[1], below, got, least)
			}
		}
	}
}

// TestColoursAreTokens keeps colours where their contrast is computed. The
// player's stage is black under any theme, for the sake of the picture.
func TestColoursAreTokens(t *testing.T) {
	named := regexp.MustCompile(`#[0-9a-f]{3,8}\b|rgb\(|hsl\(`)
	used := regexp.MustCompile(`var\(--color-([a-z0-9-]+)\)`)
	colours := themesOf(t)[":root"]
	for name, css := range styles(t) {
		for line := range strings.Lines(css) {
			if found := named.FindString(line); found != "" && name != "tokens.css" && !strings.Contains(line, ".stage") && !strings.Contains(line, ".mark") && !strings.Contains(line, "::backdrop") {
				t.Errorf("%s names the colour %s: %s", name, found, strings.TrimSpace(line))
			}
			for _, u := range used.FindAllStringSubmatch(line, -1) {
				if colours[u[1]] == "" {
					t.Errorf("%s uses --color-%s, which is no token", name, u[1])
				}
			}
		}
	}
}

func styles(t *testing.T) map[string]string {
	t.Helper()
	files, err := os.ReadDir("styles")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		css, err := os.ReadFile("styles/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name()] = string(css)
	}
	return out
}

// contrast is the ratio of WCAG 2.2: (lighter + 0.05) / (darker + 0.05).
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of "#rrggbb" (WCAG 2.2, definitions).
func luminance(colour string) float64 {
	weights, sum := []float64{0.2126, 0.7152, 0.0722}, 0.0
	for i, w := range weights {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += w * c
	}
	return sum
}

func TestContrastIsComputedAsWritten(t *testing.T) {
	for pair, want := range map[[2]string]float64{{"#000000", "#ffffff"}: 21, {"#767676", "#ffffff"}: 4.54, {"#256ef4", "#ffffff"}: 4.55} {
		if got := contrast(pair[0], pair[1]); math.Abs(got-want) > 0.05 {
			t.Errorf("%v: %.2f, want %.2f", pair, got, want)
		}
	}
}
