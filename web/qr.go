package web

import (
	"fmt"
	"html/template"
	"image/color"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the empty border a QR code needs, in modules (ISO/IEC 18004).
const quiet = 4

// qrCode draws text as a QR code: inline SVG, one module a unit, without any
// address or style. The page beside it says the same in letters, so it is
// hidden from screen readers.
func qrCode(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		return "", err
	}
	size := code.Bounds().Dx()
	var dark strings.Builder
	for y := range size {
		for x := 0; x < size; x++ {
			begun := x
			for x < size && code.At(x, y) == color.Black {
				x++
			}
			if x > begun {
				fmt.Fprintf(&dark, "M%d %dh%dv1h-%dz", begun+quiet, y+quiet, x-begun, x-begun)
			}
		}
	}
	side := strconv.Itoa(size + 2*quiet)
	return template.HTML(`<svg class="qr" viewBox="0 0 ` + side + ` ` + side + `" width="240" height="240" aria-hidden="true" shape-rendering="crispEdges">` + //nolint:gosec // numbers only
		`<path fill="#fff" d="M0 0h` + side + `v` + side + `H0z"/><path fill="#000" d="` + dark.String() + `"/></svg>`), nil
}
