package demo

import (
	"image/color"
	"math"
	"math/rand/v2"
	"time"
)

// street is what somebody sees who walks or rides along a way: it goes to a
// point on the horizon, and what stands beside it comes nearer.
type street struct {
	seed    uint64
	speed   float64       // metres a second
	offset  time.Duration // how long it has gone on before the picture starts
	country bool          // trees and water instead of houses
	light   color.NRGBA   // of the sky
}

const (
	horizon = 150.0
	focal   = 300.0 // pixels
	eye     = 1.7   // metres above the way
	seen    = 90.0  // metres ahead
)

// project puts a point (metres to the right, above the ground, ahead) on the
// picture.
func project(x, y, z float64) spot {
	return spot{320 + focal*x/z, horizon + focal*(eye-y)/z}
}

func (s street) paint(c canvas, at time.Duration) {
	t := (at + s.offset).Seconds()
	gone := t * s.speed
	c = c.at(3*math.Sin(t*2.2), 3*math.Abs(math.Sin(t*s.speed*1.6)))
	c.slope(-8, horizon, s.light, mix(s.light, rgb(0xffffff), 0.5))
	ground := rgb(0x9a9484)
	if s.country {
		ground = rgb(0x7f9a58)
	}
	c.slope(horizon, 368, mix(ground, rgb(0xffffff), 0.2), ground)
	if s.country {
		c.convex(rgb(0x5d93a8), project(-60, 0, 90), project(-7, 0, 90), project(-7, 0, 3), project(-60, 0, 3))
	}
	c.convex(rgb(0x6a6d70), project(-3, 0, seen), project(3, 0, seen), project(3, 0, 1.4), project(-3, 0, 1.4))
	const dash = 6.0
	for z := seen - math.Mod(gone, dash); z > 3; z -= dash {
		c.convex(rgb(0xe6dfc4), project(-0.12, 0, z), project(0.12, 0, z), project(0.12, 0, z-2), project(-0.12, 0, z-2))
	}
	const plot, plots = 11.0, 8 // metres to a plot, plots in sight
	first := int(gone / plot)
	for i := first + plots; i > first; i-- {
		ahead := float64(i)*plot - gone
		s.beside(c, uint64(i), ahead, plot, 1)
		s.beside(c, uint64(i)+5000, ahead, plot, -1)
	}
}

// beside draws what stands on one plot of one side.
func (s street) beside(c canvas, plot uint64, z, long, side float64) {
	r := rand.New(rand.NewPCG(s.seed, plot))
	haze := min(z/seen, 1) * 0.5
	dim := func(hex uint32) color.NRGBA { return mix(rgb(hex), s.light, haze) }
	if z < 2.2 {
		return
	}
	if s.country {
		if side < 0 && r.IntN(2) == 0 {
			return
		}
		x, tall := side*(5+2*r.Float64()), 4+3*r.Float64()
		foot, crown := project(x, 0, z), project(x, tall, z)
		c.limb(foot.x, foot.y, crown.x, crown.y, max(focal*0.15/z, 0.6), dim(0x5b4632))
		c.disc(crown.x, crown.y, focal*(1.6+r.Float64())/z, dim([]uint32{0x4a7a3c, 0x6f8f3f, 0x8f7f35}[r.IntN(3)]))
		return
	}
	x, high := side*(5.5+r.Float64()), 6+10*r.Float64()
	k := []uint32{0xb9a58c, 0xa9b0b4, 0xc0b29b, 0x9a7f6c, 0xb7bdb0}[r.IntN(5)]
	near := max(z-long+1, 1.6)
	c.convex(shade(dim(k), 0.9), project(x, 0, z), project(x, high, z), project(x, high, near), project(x, 0, near))
	for floor := 2.0; floor+1.6 < high; floor += 3 { // windows
		for at := near + 1.5; at+1.4 < z; at += 3 {
			c.convex(dim(0x58666f), project(x, floor, at), project(x, floor+1.4, at), project(x, floor+1.4, at+1.3), project(x, floor, at+1.3))
		}
	}
	sign := []uint32{0x2f6f9f, 0xb0483a, 0x4f8a5b, 0xc79a3a}[r.IntN(4)]
	c.convex(dim(sign), project(x, 3.4, near+1), project(x, 4.2, near+1), project(x, 4.2, near+5), project(x, 3.4, near+5))
	front := project(x, 0, near)
	roof := project(x, high, near)
	far := project(x+side*8, 0, near)
	c.convex(dim(k), front, roof, spot{far.x, roof.y}, spot{far.x, front.y})
}
