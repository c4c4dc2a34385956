package place

import (
	"container/heap"
	"math"
)

// Simplify chooses at most most of the points of a line (two or more) so that
// the line through them strays as little as it can from the whole: Douglas and
// Peucker's method, the farthest point first. It gives the indexes of the chosen
// points in rising order, the first and the last point always among them. Of
// most or fewer points all are chosen.
func Simplify(points []Point, most int) []int {
	if len(points) <= max(most, 2) {
		all := make([]int, len(points))
		for i := range all {
			all[i] = i
		}
		return all
	}
	chosen := make([]bool, len(points))
	last := len(points) - 1
	chosen[0], chosen[last] = true, true
	open := &stretches{farthest(points, 0, last)}
	for n := 2; n < most && open.Len() > 0; n++ {
		s := heap.Pop(open).(stretch)
		chosen[s.at] = true
		for _, part := range [][2]int{{s.from, s.at}, {s.at, s.to}} {
			if part[1]-part[0] > 1 {
				heap.Push(open, farthest(points, part[0], part[1]))
			}
		}
	}
	kept := make([]int, 0, most)
	for i, is := range chosen {
		if is {
			kept = append(kept, i)
		}
	}
	return kept
}

// stretch is the part of a line between two chosen points, with the point of it
// that strays farthest from the straight way.
type stretch struct {
	from, to, at int
	strays       float64 // metres
}

func farthest(points []Point, from, to int) stretch {
	s := stretch{from: from, to: to, at: from + (to-from)/2, strays: -1}
	for i := from + 1; i < to; i++ {
		if d := stray(points[i], points[from], points[to]); d > s.strays {
			s.at, s.strays = i, d
		}
	}
	return s
}

// stray is the distance of p from the straight way between a and b, in metres,
// on the plane that touches the Earth at a: exact enough for what a camera
// travels.
func stray(p, a, b Point) float64 {
	px, py := plane(a, p)
	bx, by := plane(a, b)
	if length := bx*bx + by*by; length > 0 {
		along := min(max((px*bx+py*by)/length, 0), 1)
		px, py = px-along*bx, py-along*by
	}
	return math.Hypot(px, py)
}

// plane gives p in metres east and north of the origin, the short way round.
func plane(origin, p Point) (east, north float64) {
	east = math.Remainder(p.Lon-origin.Lon, 360)
	return radians(east) * earthRadius * math.Cos(radians(origin.Lat)), radians(p.Lat-origin.Lat) * earthRadius
}

// stretches is a heap, the one that strays farthest on top.
type stretches []stretch

func (s stretches) Len() int           { return len(s) }
func (s stretches) Less(i, j int) bool { return s[i].strays > s[j].strays }
func (s stretches) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *stretches) Push(x any)        { *s = append(*s, x.(stretch)) }

func (s *stretches) Pop() any {
	old := *s
	x := old[len(old)-1]
	*s = old[:len(old)-1]
	return x
}
