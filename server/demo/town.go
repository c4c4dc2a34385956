package demo

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"sync"
)

// The town from above: 1,200 by 900 metres, half a metre to the pixel, north up.
const (
	townWidth  = 1200.0 // metres
	townHeight = 900.0
	perMetre   = 2.0 // pixels
)

// Streets, in metres from the middle: those that run north and those that run
// east. Between them lie the blocks.
var (
	avenues = []float64{-600, -420, -220, -20, 180, 400, 600}
	lanes   = []float64{450, 330, 180, 40, -260, -390, -450}
	blocks  = [][]block{
		{forest, forest, fields, fields, fields, houses},
		{forest, houses, fields, fields, houses, houses},
		{houses, shops, plaza, park, houses, slabs},
		{meadow, houses, meadow, slabs, houses, meadow},
		{houses, school, houses, shops, houses, fields},
		{fields, fields, houses, houses, fields, fields},
	}
)

// block draws what stands on a piece of ground, in pixels.
type block func(c canvas, r *rand.Rand, x0, y0, x1, y1 float64)

// pixel is where a point of the town, in metres, lies in its picture.
func pixel(p spot) (x, y float64) {
	return (p.x + townWidth/2) * perMetre, (townHeight/2 - p.y) * perMetre
}

// river gives how far north of the middle the river runs, in metres.
func river(x float64) float64 { return -110 + 55*math.Sin(x/150) + 18*math.Sin(x/47) }

const riverHalf = 30.0 // metres

// dry reports whether a piece of ground, in pixels, lies clear of the river.
func dry(x0, y0, x1, y1 float64) bool {
	for _, x := range []float64{x0, (x0 + x1) / 2, x1} {
		_, y := pixel(spot{0, river(x/perMetre - townWidth/2)})
		if bank := (riverHalf + 16) * perMetre; y1 > y-bank && y0 < y+bank {
			return false
		}
	}
	return true
}

// town draws the whole once; drones see parts of it.
var town = sync.OnceValue(func() *image.RGBA {
	c := newCanvas(townWidth*perMetre, townHeight*perMetre)
	r := rand.New(rand.NewPCG(25, 2))
	c.rect(0, 0, townWidth*perMetre, townHeight*perMetre, rgb(0x8a976c))
	for row := range blocks {
		for column, draw := range blocks[row] {
			x0, y0 := pixel(spot{avenues[column], lanes[row]})
			x1, y1 := pixel(spot{avenues[column+1], lanes[row+1]})
			draw(c, r, x0+12, y0+12, x1-12, y1-12)
		}
	}
	drawRiver(c)
	for _, x := range avenues[1:6] {
		drawStreet(c, spot{x, townHeight / 2}, spot{x, -townHeight / 2})
	}
	for _, y := range lanes[1:6] {
		drawStreet(c, spot{-townWidth / 2, y}, spot{townWidth / 2, y})
	}
	grain(c, r)
	return c.RGBA
})

// grain makes surfaces uneven, as they are.
func grain(c canvas, r *rand.Rand) {
	const size = 8
	for y := 0; y < c.Rect.Dy(); y += size {
		for x := 0; x < c.Rect.Dx(); x += size {
			k := faded(rgb(0x20240f), 0.07*r.Float64())
			c.rect(float64(x), float64(y), float64(x+size), float64(y+size), k)
		}
	}
}

func drawRiver(c canvas) {
	for column := range c.Rect.Dx() {
		x := float64(column)
		middle := river(x/perMetre - townWidth/2)
		_, y := pixel(spot{0, middle})
		for _, band := range []struct {
			half float64
			k    color.NRGBA
		}{{riverHalf + 14, rgb(0x9caa74)}, {riverHalf + 5, rgb(0xb9ac88)}, {riverHalf, rgb(0x4d7f94)}, {riverHalf - 12, rgb(0x436f86)}} {
			c.rect(x, y-band.half*perMetre, x+1, y+band.half*perMetre, band.k)
		}
		if ripple := math.Sin(x/9) + math.Sin(x/23); ripple > 0.9 {
			c.rect(x, y+18*math.Sin(x/31), x+1, y+18*math.Sin(x/31)+2, rgb(0x7ba6b5))
		}
	}
}

// drawStreet runs along an avenue or a lane: pavement, asphalt, middle line.
func drawStreet(c canvas, from, to spot) {
	x0, y0 := pixel(from)
	x1, y1 := pixel(to)
	across := func(half float64, k color.NRGBA) {
		if x0 == x1 {
			c.rect(x0-half, y0, x0+half, y1, k)
		} else {
			c.rect(x0, y0-half, x1, y0+half, k)
		}
	}
	across(13, rgb(0xb7b3a9))
	across(10, rgb(0x585c61))
	for at := 0.0; at < max(x1-x0, y1-y0); at += 24 {
		if x0 == x1 {
			c.rect(x0-1, at, x0+1, at+12, rgb(0xd9c777))
		} else {
			c.rect(at, y0-1, at+12, y0+1, rgb(0xd9c777))
		}
	}
}

// house draws a roof of two slopes and its shadow.
func house(c canvas, x0, y0, x1, y1, high float64, roof color.NRGBA) {
	c.rect(x0+high, y0+high, x1+high, y1+high, faded(rgb(0x101510), 0.35))
	c.rect(x0, y0, x1, y1, roof)
	if x1-x0 > y1-y0 {
		c.rect(x0, y0, x1, (y0+y1)/2, shade(roof, 1.14))
	} else {
		c.rect(x0, y0, (x0+x1)/2, y1, shade(roof, 1.14))
	}
}

func flatRoof(c canvas, x0, y0, x1, y1, high float64, roof color.NRGBA) {
	c.rect(x0+high, y0+high, x1+high, y1+high, faded(rgb(0x101510), 0.35))
	c.rect(x0, y0, x1, y1, shade(roof, 0.88))
	c.rect(x0+3, y0+3, x1-3, y1-3, roof)
	c.rect(x0+8, y0+8, x0+18, y0+16, shade(roof, 0.75))
}

func tree(c canvas, r *rand.Rand, x, y, radius float64) {
	k := []uint32{0x3f6b35, 0x4a7a3c, 0x557f3f, 0x36602f}[r.IntN(4)]
	c.disc(x+2, y+2, radius, faded(rgb(0x101510), 0.3))
	c.disc(x, y, radius, rgb(k))
	c.disc(x-radius/3, y-radius/3, radius/2, shade(rgb(k), 1.2))
}

var roofs = []uint32{0xa4563f, 0x8d4a3a, 0x6f7c88, 0x4f6f8f, 0xb06f45, 0x7a7f72, 0x5b7d6a}

func houses(c canvas, r *rand.Rand, x0, y0, x1, y1 float64) {
	c.rect(x0, y0, x1, y1, rgb(0xa3a284))
	for y := y0 + 8; y+30 < y1; y += 42 {
		for x := x0 + 8; x+32 < x1; x += 44 {
			if !dry(x, y, x+34, y+30) {
				continue
			}
			if r.IntN(9) == 0 {
				tree(c, r, x+14, y+14, 7)
				continue
			}
			w, h := 18+r.Float64()*12, 16+r.Float64()*10
			house(c, x, y, x+w, y+h, 4, rgb(roofs[r.IntN(len(roofs))]))
			tree(c, r, x+w+5, y+h+2, 4)
		}
	}
}

func shops(c canvas, r *rand.Rand, x0, y0, x1, y1 float64) {
	c.rect(x0, y0, x1, y1, rgb(0xb5b1a6))
	for y := y0 + 6; y+50 < y1; y += 74 {
		for x := x0 + 6; x+60 < x1; x += 88 {
			k := []uint32{0xc9c5ba, 0xa9b3b8, 0xbdb09b, 0x94a0a6}[r.IntN(4)]
			flatRoof(c, x, y, x+50+r.Float64()*24, y+40+r.Float64()*18, 10, rgb(k))
		}
	}
}

func slabs(c canvas, r *rand.Rand, x0, y0, x1, y1 float64) {
	c.rect(x0, y0, x1, y1, rgb(0x98a07c))
	for y := y0 + 16; y+26 < y1; y += 72 {
		if !dry(x0, y, x1, y+60) {
			continue
		}
		flatRoof(c, x0+16, y, x1-16, y+24, 20, rgb(0xd8d4c8))
		for x := x0 + 16; x < x1-16; x += 22 {
			tree(c, r, x, y+50, 5)
		}
	}
}

func plaza(c canvas, r *rand.Rand, x0, y0, x1, y1 float64) {
	c.rect(x0, y0, x1, y1, rgb(0xc4bda9))
	flatRoof(c, x0+60, y0+24, x1-60, y0+84, 14, rgb(0xe0ddd2))
	flatRoof(c, x0+60, y0+84, x0+120, y0+150, 14, rgb(0xe0ddd2))
	c.disc((x0+x1)/2+40, y1-70, 34, rgb(0x6fa3b6))
	c.disc((x0+x1)/2+40, y1-70, 14, rgb(0xa9d0da))
	for x := x0 + 14; x < x1; x += 30 {
		tree(c, r, x, y1-14, 8)
	}
}

// meadow lies along the river.
func meadow(c canvas, r *rand.Rand, x0, y0, x1, y1 float64) {
	c.rect(x0, y0, x1, y1, rgb(0x86a060))
	for range int((x1 - x0) * (y1 - y0) / 1500) {
		tree(c, r, x0+r.Float64()*(x1-x0), y0+r.Float64()*(y1-y0), 4+r.Float64()*5)
	}
}

func park(c canvas, r *rand.Rand, x0, y0, x1, y1 float64) {
	c.rect(x0, y0, x1, y1, rgb(0x7c9a58))
	c.limb(x0, y0, x1, y1, 6, rgb(0xc9bd97))
	c.limb(x0, y1, x1, y0, 6, rgb(0xc9bd97))
	c.disc((x0+x1)/2, (y0+y1)/2, 46, rgb(0xc9bd97))
	c.disc((x0+x1)/2, (y0+y1)/2, 34, rgb(0x5f93a3))
	for range int((x1 - x0) * (y1 - y0) / 1800) {
		tree(c, r, x0+r.Float64()*(x1-x0), y0+r.Float64()*(y1-y0), 5+r.Float64()*5)
	}
}

func forest(c canvas, r *rand.Rand, x0, y0, x1, y1 float64) {
	c.rect(x0-12, y0-12, x1+12, y1+12, rgb(0x4b6a3a))
	for range int((x1 - x0) * (y1 - y0) / 170) {
		tree(c, r, x0-12+r.Float64()*(x1-x0+24), y0-12+r.Float64()*(y1-y0+24), 6+r.Float64()*6)
	}
}

func fields(c canvas, r *rand.Rand, x0, y0, x1, y1 float64) {
	crops := []uint32{0xc2b26a, 0x9fae5f, 0xb5a05a, 0x86a052, 0xa98f57}
	for x := x0; x < x1; x += 64 {
		for y := y0; y < y1; y += 90 {
			k := rgb(crops[r.IntN(len(crops))])
			c.rect(x, y, min(x+62, x1), min(y+88, y1), k)
			for row := y + 4; row < min(y+88, y1); row += 7 {
				c.rect(x, row, min(x+62, x1), row+2, shade(k, 0.92))
			}
		}
	}
}

func school(c canvas, _ *rand.Rand, x0, y0, x1, y1 float64) {
	c.rect(x0, y0, x1, y1, rgb(0xa7a58a))
	flatRoof(c, x0+20, y0+16, x1-20, y0+62, 12, rgb(0xcfc8b4))
	middle := (y0 + y1) / 2
	c.limb(x0+110, middle+40, x1-110, middle+40, 62, rgb(0xa4604a))
	c.limb(x0+110, middle+40, x1-110, middle+40, 46, rgb(0x88a45c))
}
