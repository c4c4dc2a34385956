package web

import (
	"fmt"
	"image/color"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

var run = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`)

// The drawing has the modules of the code, no more and no less, inside the
// border that scanners need.
func TestTheQRCodeIsDrawnWhole(t *testing.T) {
	const text = "otpauth://totp/%EC%A7%80%ED%82%B4:hong?secret=JBSWY3DPEHPK3PXP"
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := qrCode(text)
	if err != nil {
		t.Fatal(err)
	}
	size := code.Bounds().Dx()
	if want := fmt.Sprintf(`viewBox="0 0 %d %d"`, size+8, size+8); !strings.Contains(string(drawn), want) {
		t.Errorf("no %s", want)
	}
	dark := map[[2]int]bool{}
	for _, m := range run.FindAllStringSubmatch(string(drawn), -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		n, _ := strconv.Atoi(m[3])
		for i := range n {
			dark[[2]int{x + i - quiet, y - quiet}] = true
		}
	}
	for y := range size {
		for x := range size {
			if (code.At(x, y) == color.Black) != dark[[2]int{x, y}] {
				t.Fatalf("module %d,%d is wrong", x, y)
			}
			delete(dark, [2]int{x, y})
		}
	}
	if len(dark) > 0 {
		t.Errorf("%d modules outside", len(dark))
	}
	if _, err := qrCode(strings.Repeat("x", 10_000)); err == nil {
		t.Error("more than a code can hold is drawn")
	}
}
