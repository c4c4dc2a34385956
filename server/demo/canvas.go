package demo

import (
	"image"
	"image/color"
	"math"
)

// canvas is a picture being drawn. dx and dy shift everything that is drawn,
// as a camera does that sways.
type canvas struct {
	*image.RGBA
	dx, dy float64
}

// newCanvas is black; nothing on it is ever transparent.
func newCanvas(width, height int) canvas {
	c := canvas{RGBA: image.NewRGBA(image.Rect(0, 0, width, height))}
	for i := 3; i < len(c.Pix); i += 4 {
		c.Pix[i] = 255
	}
	return c
}

// at gives the canvas shifted.
func (c canvas) at(dx, dy float64) canvas {
	c.dx, c.dy = c.dx+dx, c.dy+dy
	return c
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255}
}

func faded(k color.NRGBA, alpha float64) color.NRGBA {
	k.A = uint8(255 * alpha)
	return k
}

// shade makes a colour lighter (above 1) or darker.
func shade(k color.NRGBA, by float64) color.NRGBA {
	dim := func(v uint8) uint8 { return uint8(min(255, float64(v)*by)) }
	return color.NRGBA{dim(k.R), dim(k.G), dim(k.B), k.A}
}

// mix goes from a to b as f goes from 0 to 1.
func mix(a, b color.NRGBA, f float64) color.NRGBA {
	blend := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*f) }
	return color.NRGBA{blend(a.R, b.R), blend(a.G, b.G), blend(a.B, b.B), 255}
}

// dot lays a colour over a pixel that exists; cover is how much of it.
func (c canvas) dot(i int, k color.NRGBA, cover float64) {
	a := uint32(float64(k.A) * cover)
	p := c.Pix[i : i+3 : i+3]
	p[0] = uint8((uint32(p[0])*(255-a) + uint32(k.R)*a) / 255)
	p[1] = uint8((uint32(p[1])*(255-a) + uint32(k.G)*a) / 255)
	p[2] = uint8((uint32(p[2])*(255-a) + uint32(k.B)*a) / 255)
}

// rect fills from one corner to the other, in whole pixels.
func (c canvas) rect(x0, y0, x1, y1 float64, k color.NRGBA) {
	r := image.Rect(int(math.Round(x0+c.dx)), int(math.Round(y0+c.dy)), int(math.Round(x1+c.dx)), int(math.Round(y1+c.dy)))
	r = r.Intersect(c.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.PixOffset(r.Min.X, y)
		for i := row; i < row+4*r.Dx(); i += 4 {
			if k.A == 255 {
				c.Pix[i], c.Pix[i+1], c.Pix[i+2] = k.R, k.G, k.B
			} else {
				c.dot(i, k, 1)
			}
		}
	}
}

// within lays a colour wherever inside, the distance to the edge in pixels,
// is positive; at the edge in part, so that it is smooth.
func (c canvas) within(x0, y0, x1, y1 float64, k color.NRGBA, inside func(x, y float64) float64) {
	box := image.Rect(int(x0+c.dx)-2, int(y0+c.dy)-2, int(x1+c.dx)+3, int(y1+c.dy)+3).Intersect(c.Rect)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		i := c.PixOffset(box.Min.X, y)
		for x := box.Min.X; x < box.Max.X; x, i = x+1, i+4 {
			if d := inside(float64(x)-c.dx, float64(y)-c.dy) + 0.5; d >= 1 {
				c.dot(i, k, 1)
			} else if d > 0 {
				c.dot(i, k, d)
			}
		}
	}
}

func (c canvas) disc(x, y, r float64, k color.NRGBA) {
	c.within(x-r, y-r, x+r, y+r, k, func(px, py float64) float64 { return r - math.Hypot(px-x, py-y) })
}

// limb is a line with round ends.
func (c canvas) limb(x0, y0, x1, y1, r float64, k color.NRGBA) {
	dx, dy := x1-x0, y1-y0
	long := max(dx*dx+dy*dy, 1e-9)
	c.within(min(x0, x1)-r, min(y0, y1)-r, max(x0, x1)+r, max(y0, y1)+r, k, func(x, y float64) float64 {
		t := min(max(((x-x0)*dx+(y-y0)*dy)/long, 0), 1)
		return r - math.Hypot(x-x0-t*dx, y-y0-t*dy)
	})
}

type spot struct{ x, y float64 }

// convex fills a convex polygon given in either turn.
func (c canvas) convex(k color.NRGBA, p ...spot) {
	turn := 1.0
	if (p[1].x-p[0].x)*(p[2].y-p[1].y)-(p[1].y-p[0].y)*(p[2].x-p[1].x) < 0 {
		turn = -1
	}
	low, high := p[0], p[0]
	type edge struct{ a, b, d float64 }
	edges := make([]edge, len(p))
	for i, from := range p {
		to := p[(i+1)%len(p)]
		low, high = spot{min(low.x, from.x), min(low.y, from.y)}, spot{max(high.x, from.x), max(high.y, from.y)}
		long := max(math.Hypot(to.x-from.x, to.y-from.y), 1e-9) * turn
		a, b := -(to.y-from.y)/long, (to.x-from.x)/long
		edges[i] = edge{a, b, -a*from.x - b*from.y}
	}
	c.within(low.x, low.y, high.x, high.y, k, func(x, y float64) float64 {
		d := math.Inf(1)
		for _, e := range edges {
			d = min(d, e.a*x+e.b*y+e.d)
		}
		return d
	})
}

// slope fills the whole width between two heights, from one colour to another.
func (c canvas) slope(y0, y1 float64, from, to color.NRGBA) {
	for y := y0; y < y1; y++ {
		c.rect(-c.dx, y, float64(c.Rect.Dx())-c.dx, y+1, mix(from, to, (y-y0)/(y1-y0)))
	}
}

// window copies the part of a larger picture whose corner lies at x, y.
func (c canvas) window(from *image.RGBA, x, y int) {
	for row := range c.Rect.Dy() {
		src := from.PixOffset(x, y+row)
		copy(c.Pix[c.PixOffset(0, row):], from.Pix[src:src+4*c.Rect.Dx()])
	}
}
