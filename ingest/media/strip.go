package media

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"

	"jikim/footage"
)

const (
	maxTiles     = 60
	stripColumns = 10
	stripQuality = 75
	stripFrom    = 2       // seconds: in shorter recordings there is nothing to find
	stripUpTo    = 1 << 20 // seconds, 12 days: no camera films for longer
)

// stripOf is how the strip of a recording of so many seconds lies: a picture a
// second at most; false when it needs none.
func stripOf(seconds float64) (s footage.Strip, long bool) {
	if !(seconds >= stripFrom && seconds <= stripUpTo) {
		return s, false
	}
	tiles := min(maxTiles, int(seconds))
	every := math.Ceil(seconds/float64(tiles)*1000) / 1000
	return footage.Strip{Tiles: tiles, Columns: min(tiles, stripColumns), IntervalS: every}, true
}

// strip takes a picture from the middle of each interval, by a seek of its own:
// an hour of 4K costs no more than a minute, in time and in what is read of the
// store. A picture that the file does not give stays dark.
func (j *job) strip(ctx context.Context, d *footage.Derivative) error {
	layout, _ := stripOf(j.said.DurationS)
	sheet := sheet{layout: layout}
	for i := range layout.Tiles {
		middle := (float64(i) + 0.5) * layout.IntervalS
		printed, err := j.print(ctx, Strip, pictureArguments(j.demux, "V", middle, tileBox), maxPicture)
		if err == nil {
			if tile, unreadable := decode(printed, tileBox); unreadable == nil {
				sheet.put(i, tile)
			}
		} else if !blamesFile(err) || errors.Is(err, errTooLong) {
			return err
		}
	}
	if sheet.picture == nil {
		return fail(Strip, "", nil)
	}
	var whole bytes.Buffer
	if err := jpeg.Encode(&whole, sheet.picture, &jpeg.Options{Quality: stripQuality}); err != nil {
		return err
	}
	d.MIME = layout.MIME()
	return j.sealBytes(ctx, d, whole.Bytes())
}

// sheet is a strip on its way; its pictures have the size of the first.
type sheet struct {
	layout  footage.Strip
	tile    image.Point
	picture *image.RGBA // nil as long as there is none
}

func (s *sheet) put(i int, tile image.Image) {
	if s.picture == nil {
		s.tile = tile.Bounds().Size()
		rows := (s.layout.Tiles + s.layout.Columns - 1) / s.layout.Columns
		s.picture = image.NewRGBA(image.Rect(0, 0, s.layout.Columns*s.tile.X, rows*s.tile.Y))
		draw.Draw(s.picture, s.picture.Bounds(), image.NewUniform(color.Gray{Y: 0x20}), image.Point{}, draw.Src)
	}
	at := image.Pt(i%s.layout.Columns*s.tile.X, i/s.layout.Columns*s.tile.Y)
	draw.Draw(s.picture, image.Rectangle{Min: at, Max: at.Add(s.tile)}, tile, tile.Bounds().Min, draw.Src)
}
