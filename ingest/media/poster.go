package media

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"

	"jikim/footage"
	"jikim/footage/vault"
)

const maxPicture = 4 << 20 // bytes; a picture of a poster's size has a tenth of it

// poster makes the picture in memory, looks whether it is one, and seals it.
func (j *job) poster(ctx context.Context, original *vault.Outflow, d *footage.Derivative) error {
	d.MIME = "image/jpeg"
	stream, tries := "v", []float64{0}
	if j.clip.Kind == "video" {
		stream = "V"
		// The first picture of a recording is often black or a hand.
		if skip := min(3, j.said.DurationS/4); skip > 0.5 {
			tries = []float64{skip, 0}
		}
	}
	var picture []byte
	var err error
	for _, skip := range tries {
		picture, err = j.print(ctx, Poster, pictureArguments(j.demux, stream, skip, posterBox), maxPicture)
		if err == nil || !blamesFile(err) {
			break
		}
	}
	if err == nil {
		err = j.check(picture)
	}
	if j.said.Container == "heic" && blamesFile(err) {
		picture, err = j.thumbnail(ctx, original, err)
	}
	if err != nil {
		return err
	}
	return j.sealBytes(ctx, d, picture)
}

// check decodes a poster in full. A HEIC photo is many tiles: an ffmpeg before
// version 7.1 gives one of them for the whole, if anything.
func (j *job) check(picture []byte) error {
	img, err := decode(picture, posterBox)
	if err != nil {
		return fail(Poster, "", err)
	}
	if j.said.Container == "heic" && !sameShape(img.Bounds(), j.said.Width, j.said.Height) {
		return fail(Poster, heicSentence, nil)
	}
	return nil
}

// thumbnail makes the poster of a HEIC photo, of which ffmpeg makes nothing, of
// the small picture that the photo keeps of itself: one that every ffmpeg reads.
// Where there is none, why is the answer.
func (j *job) thumbnail(ctx context.Context, original *vault.Outflow, why error) ([]byte, error) {
	small, err := j.m.Child.Thumbnail(ctx, original, original.Size(), j.clip.FileName)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, lost(err)
	case len(small.HEVC) == 0:
		return nil, why
	}
	reading := *j
	reading.open = plain(small.HEVC)
	picture, err := reading.print(ctx, Poster, thumbnailArguments(small.Rotation), maxPicture)
	if err != nil && !blamesFile(err) {
		return nil, err
	}
	if err == nil {
		_, err = decode(picture, posterBox)
	}
	if err != nil {
		return nil, why
	}
	return picture, nil
}

// sameShape reports whether b is the poster of a picture of width × height,
// upright or turned, give or take the evening of its sides.
func sameShape(b image.Rectangle, width, height int) bool {
	long, short := max(width, height), min(width, height)
	if short <= 0 {
		return false
	}
	if long > posterBox {
		long, short = posterBox, short*posterBox/long
	}
	near := func(a, b int) bool { return a-b <= 2 && b-a <= 2 }
	return near(max(b.Dx(), b.Dy()), long) && near(min(b.Dx(), b.Dy()), short)
}

// decode decodes a picture in full. It comes from a program that has read a
// hostile file: one that claims to be larger than box is not begun with.
func decode(picture []byte, box int) (image.Image, error) {
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	if max(size.Width, size.Height) > box {
		return nil, fmt.Errorf("media: a picture of %d × %d for one of %d", size.Width, size.Height, box)
	}
	return jpeg.Decode(bytes.NewReader(picture))
}
