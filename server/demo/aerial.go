package demo

import (
	"image/color"
	"math"
	"time"
)

// aerial is what a drone sees that looks straight down: the piece of the town
// around the place where it is, so that picture and flight log agree.
type aerial struct {
	way     route
	seconds float64
	thermal bool
	warm    []spot // metres; people or embers that only the thermal camera shows well
}

func (a aerial) paint(c canvas, at time.Duration) {
	x, y := pixel(a.way.at(at.Seconds() / a.seconds))
	left := min(max(int(x)-c.Rect.Dx()/2, 0), int(townWidth*perMetre)-c.Rect.Dx())
	top := min(max(int(y)-c.Rect.Dy()/2, 0), int(townHeight*perMetre)-c.Rect.Dy())
	c.window(town(), left, top)
	ground := c.at(-float64(left), -float64(top))
	traffic(ground, at)
	if a.thermal {
		heat(c)
	}
	for i, w := range a.warm {
		wx, wy := pixel(w)
		wx += 3 * math.Sin(at.Seconds()*1.3+float64(i))
		if a.thermal {
			ground.disc(wx, wy, 7, faded(rgb(0xffd94a), 0.6))
			ground.disc(wx, wy, 4, rgb(0xfffbe0))
		} else {
			ground.disc(wx, wy, 2, rgb(0xc8402f))
		}
	}
}

// traffic drives on the right side of every street, round and round.
func traffic(c canvas, at time.Duration) {
	paints := []uint32{0xf0f0ec, 0x2c2f33, 0xb8bcc0, 0xa33a32, 0x35577e}
	for i := range 60 {
		street, speed := i%5+1, 7+float64(i%7) // metres a second
		along := float64(i*i%97)*13 + at.Seconds()*speed
		k := rgb(paints[i%len(paints)])
		if i%2 == 0 {
			x, _ := pixel(spot{avenues[street], 0})
			y := math.Mod(along*perMetre, townHeight*perMetre)
			c.rect(x-7, y, x-3, y+9, k)
		} else {
			_, y := pixel(spot{0, lanes[street]})
			x := math.Mod(along*perMetre, townWidth*perMetre)
			c.rect(x, y+3, x+9, y+7, k)
		}
	}
}

// glow is the palette of the thermal camera, cold to hot.
var glow = func() (palette [256]color.NRGBA) {
	stops := []uint32{0x06031c, 0x2b0a57, 0x7a1465, 0xc23b3c, 0xee8a21, 0xf7d558}
	for i := range palette {
		f := float64(i) / 255 * float64(len(stops)-1)
		leg := min(int(f), len(stops)-2)
		palette[i] = mix(rgb(stops[leg]), rgb(stops[leg+1]), f-float64(leg))
	}
	return palette
}()

// heat shows stone and roofs warm, water and trees cold.
func heat(c canvas) {
	for i := 0; i < len(c.Pix); i += 4 {
		r, g, b := int(c.Pix[i]), int(c.Pix[i+1]), int(c.Pix[i+2])
		k := glow[min(max((3*r-g-b)/2+(r+g+b)/8, 0), 150)]
		c.Pix[i], c.Pix[i+1], c.Pix[i+2] = k.R, k.G, k.B
	}
}
