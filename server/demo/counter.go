package demo

import (
	"image/color"
	"math"
	"math/rand/v2"
	"time"
)

// counter is what a body camera sees across the counter of a civil-service
// room: walls, a window, a clock, and visitors without faces.
type counter struct {
	seed  uint64
	from  time.Time // what the clock on the wall shows at the start
	anger float64   // how wildly the visitor moves his arms, 0 to 1
	pair  bool      // two visitors
	room  canvas    // drawn once, larger than the picture by the sway
}

const sway = 12.0 // pixels at most, either way

func newCounter(seed uint64, from time.Time) *counter {
	s := &counter{seed: seed, from: from, room: newCanvas(640+2*sway, 360+2*sway)}
	r := rand.New(rand.NewPCG(seed, 1))
	c := s.room.at(sway, sway)
	wall := rgb([]uint32{0xd9d4c5, 0xcfd8dc, 0xd6dcca, 0xdccfc4}[r.IntN(4)])
	c.slope(-sway, 360+sway, shade(wall, 1.04), shade(wall, 0.86))
	left := 40 + float64(r.IntN(3))*30
	c.rect(left-6, 40, left+156, 166, rgb(0xf2f0ea))
	c.rect(left, 46, left+150, 160, sky(from))
	c.rect(left+72, 46, left+77, 160, rgb(0xf2f0ea))
	for i := range 3 { // notices on the wall
		x, k := 430+float64(i)*62, rgb([]uint32{0x2f6f9f, 0xc0803a, 0x4f8a5b}[(i+int(seed))%3])
		c.rect(x, 150, x+50, 220, rgb(0xf7f5ef))
		c.rect(x, 150, x+50, 164, k)
		for line := range 5 {
			c.rect(x+6, 171+float64(line)*9, x+30+float64(r.IntN(15)), 174+float64(line)*9, rgb(0xb9b5aa))
		}
	}
	c.rect(-sway, 250, 640+sway, 262, rgb(0xb59f80))
	return s
}

// sky outside: bright by day, orange in the evening, dark at night.
func sky(t time.Time) color.NRGBA {
	switch h := t.Hour(); {
	case h < 7 || h >= 19:
		return rgb(0x26334d)
	case h >= 17:
		return rgb(0xe0a878)
	default:
		return rgb(0xa9d2ea)
	}
}

func (s *counter) paint(c canvas, at time.Duration) {
	t := at.Seconds()
	dx, dy := 5*math.Sin(t*0.9)+3*math.Sin(t*2.3), 4*math.Sin(t*1.1)+2*math.Sin(t*2.9)
	c.window(s.room.RGBA, int(sway+dx), int(sway+dy))
	c = c.at(-dx, -dy)
	s.wallClock(c, at)
	walk := math.Mod(t*46+float64(s.seed%7)*90, 900) - 130
	person(c, walk, 236, 0.62, pose{clothes: rgb(0x6d7480), swing: 8 * math.Sin(t*5), step: true})
	s.visitors(c, t)
	s.desk(c, t)
}

func (s *counter) wallClock(c canvas, at time.Duration) {
	c.disc(330, 84, 34, rgb(0x4b4f55))
	c.disc(330, 84, 30, rgb(0xfbfaf6))
	now := s.from.Add(at)
	hand := func(part, long, thick float64, hex uint32) {
		a := 2*math.Pi*part - math.Pi/2
		c.limb(330, 84, 330+long*math.Cos(a), 84+long*math.Sin(a), thick, rgb(hex))
	}
	minutes := float64(now.Minute()) + float64(now.Second())/60
	hand((float64(now.Hour()%12)+minutes/60)/12, 15, 2.2, 0x2b2e33)
	hand(minutes/60, 23, 1.6, 0x2b2e33)
	hand(float64(now.Second())/60, 25, 0.8, 0xb33a32)
}

func (s *counter) visitors(c canvas, t float64) {
	r := rand.New(rand.NewPCG(s.seed, 2))
	x := 250 + float64(r.IntN(120))
	lean := (4 + 20*s.anger) * math.Sin(t*(1+2*s.anger))
	wave := s.anger * (0.5 + 0.5*math.Sin(t*6))
	clothes := rgb([]uint32{0x35506e, 0x7a4a3c, 0x4a6b52, 0x5a5367}[r.IntN(4)])
	person(c, x+lean, 262, 1.15, pose{clothes: clothes, swing: 6 * math.Sin(t*1.7), raise: wave})
	if s.pair {
		person(c, x+170+3*math.Sin(t*1.2), 258, 1.02, pose{clothes: rgb(0x9a7b52), swing: 5 * math.Sin(t*1.4)})
	}
}

// pose of a person: how far the arms swing, in pixels, and how high the right
// one is raised, from 0 to 1.
type pose struct {
	clothes color.NRGBA
	swing   float64
	raise   float64
	step    bool
}

// person stands on y with the head above, so many times the common size.
func person(c canvas, x, y, size float64, p pose) {
	at := func(dx, dy float64) (float64, float64) { return x + dx*size, y + dy*size }
	skin, hair := rgb(0xd8ae8c), rgb(0x2d2a28)
	if p.step {
		for _, side := range []float64{-1, 1} {
			x0, y0 := at(side*9, -20)
			x1, y1 := at(side*(9+p.swing), 40)
			c.limb(x0, y0, x1, y1, 9*size, rgb(0x3a3d44))
		}
	}
	shoulder, waist := spot{34, -96}, spot{27, 10}
	corner := func(s spot, side float64) spot { px, py := at(side*s.x, s.y); return spot{px, py} }
	c.convex(p.clothes, corner(shoulder, -1), corner(shoulder, 1), corner(waist, 1), corner(waist, -1))
	arm := func(side, handX, handY float64) {
		x0, y0 := at(side*34, -88)
		x1, y1 := at(side*46, -50)
		x2, y2 := at(handX, handY)
		c.limb(x0, y0, x1, y1, 10*size, shade(p.clothes, 0.92))
		c.limb(x1, y1, x2, y2, 8*size, shade(p.clothes, 0.92))
		c.disc(x2, y2, 8*size, skin)
	}
	arm(-1, -40+p.swing, -10)
	arm(1, 40-p.swing+14*p.raise, -10-110*p.raise)
	hx, hy := at(p.swing/4, -128)
	nx, ny := at(0, -100)
	c.limb(nx, ny, hx, hy, 9*size, shade(skin, 0.9))
	c.disc(hx, hy-5*size, 26*size, hair)
	c.disc(hx, hy, 23*size, skin)
}

func (s *counter) desk(c canvas, t float64) {
	c.rect(-sway, 262, 640+sway, 292, rgb(0xcdb48c))
	c.rect(-sway, 292, 640+sway, 360+sway, rgb(0x97794f))
	c.rect(-sway, 60, 640+sway, 262, faded(rgb(0xe9f4f8), 0.10)) // the pane
	c.rect(200, 60, 203, 262, faded(rgb(0xffffff), 0.35))
	c.rect(474, 200, 610, 296, rgb(0x2c3036)) // a screen, from behind
	c.rect(530, 296, 554, 318, rgb(0x3a3f46))
	c.rect(40, 236, 92, 286, rgb(0x22466e)) // the number of the counter
	c.write(56, 246, 4, string(rune('1'+s.seed%6)))
	paper := 300 + 4*math.Sin(t*0.7)
	c.convex(rgb(0xf6f4ec), spot{paper, 268}, spot{paper + 70, 270}, spot{paper + 84, 300}, spot{paper - 8, 298})
	c.rect(610, 210, 626, 286, rgb(0x6d4d36)) // a plant
	for i := range 5 {
		a := float64(i)*0.6 - 2.7
		c.limb(618, 214, 618+36*math.Cos(a), 214+40*math.Sin(a), 6, rgb(0x4d7f48))
	}
}
