package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"strings"

	"jikim/footage"
	"jikim/footage/vault"
)

// errNotNeeded says that browsers play the original itself.
var errNotNeeded = errors.New("media: no proxy is needed")

const (
	maxPoster   = 4 << 20   // bytes; a picture of this size has a tenth of it
	proxyGrowth = 4         // a proxy may have so many times the bytes of its original,
	proxyRoom   = 256 << 20 // and so many bytes more: old codecs and short files
)

// job is the making of one derivative from one open original.
type job struct {
	m      *Maker
	lease  *lease
	clip   footage.Clip
	said   said
	demux  string
	key    vault.Key
	limits Limits
}

// make fills in what d is: size, hash, seal. The error is a *failure when it is
// the file's, a *damage when it is the store's for good.
func (m *Maker) make(ctx context.Context, l *lease, clip footage.Clip, d *footage.Derivative) error {
	j := &job{m: m, lease: l, clip: clip, said: reportOf(clip), limits: m.Limits}
	var known bool
	if j.demux, known = demuxers[j.said.Container]; !known && d.Kind != Track {
		return fail(d.Kind, "", nil)
	}
	wrapped, err := m.Records.Key(ctx, clip.ID)
	if err != nil {
		return err
	}
	if j.key, err = m.Keys.Unwrap(clip.ID, wrapped); err != nil {
		return fmt.Errorf("media: unwrapping the key of %s: %w", clip.ID, err)
	}
	original, err := vault.Open(ctx, m.Vault, clip.ID, j.key, clip.Manifest)
	if err != nil {
		return lost(err)
	}
	defer original.Close()
	switch d.Kind {
	case Poster:
		return j.poster(ctx, original, d)
	case Track:
		return j.track(ctx, original, d)
	}
	return j.proxy(ctx, original, d)
}

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
		picture, err = j.print(ctx, original, d.Kind, posterArguments(j.demux, stream, skip), maxPoster)
		if err == nil || !blamesFile(err) {
			break
		}
	}
	if err != nil {
		return err
	}
	if err := j.check(picture); err != nil {
		return err
	}
	return j.seal(ctx, d, func(flow *vault.Inflow) error {
		_, err := flow.ReadFrom(bytes.NewReader(picture))
		return err
	})
}

// check decodes a poster in full. A HEIC photo is many tiles: an ffmpeg before
// version 7.1 gives one of them for the whole, if anything.
func (j *job) check(picture []byte) error {
	img, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		return fail(Poster, "", err)
	}
	if j.said.Container == "heic" && !sameShape(img.Bounds(), j.said.Width, j.said.Height) {
		return fail(Poster, heicSentence, nil)
	}
	return nil
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

// proxy makes the video, sealing it as it comes.
func (j *job) proxy(ctx context.Context, original *vault.Outflow, d *footage.Derivative) error {
	d.MIME = "video/mp4"
	if plays(j.said) {
		shallow, err := j.shallow(ctx, original)
		if err != nil {
			return err
		}
		if shallow {
			return errNotNeeded
		}
	}
	most := proxyGrowth*j.clip.Bytes + proxyRoom
	var none *failure
	for _, sound := range []bool{true, false} {
		began := false
		err := j.seal(ctx, d, func(flow *vault.Inflow) error {
			return j.run(ctx, original, d.Kind, proxyArguments(j.demux, sound), func(stdout io.Reader) error {
				n, err := flow.ReadFrom(&bounded{stdout, most})
				began = n > 0
				return err
			})
		})
		if err == nil && !sound {
			d.Detail = silentSentence
		}
		if err == nil || began || !errors.As(err, &none) {
			return err
		}
	}
	return none
}

// shallow reports whether the video has 8 bits and 4:2:0, as browsers want it;
// that H.264 is in the file does not say so.
func (j *job) shallow(ctx context.Context, original *vault.Outflow) (bool, error) {
	head, err := j.print(ctx, original, Proxy, depthArguments(j.demux), 4<<10)
	if blamesFile(err) {
		return false, nil // the making of the proxy will tell why
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return slices.ContainsFunc(strings.Fields(string(line)), func(s string) bool {
		return slices.Contains([]string{"C420jpeg", "C420mpeg2", "C420paldv"}, s)
	}), err
}

// print runs ffmpeg for something small.
func (j *job) print(ctx context.Context, original *vault.Outflow, kind string, args []string, most int64) ([]byte, error) {
	var out []byte
	err := j.run(ctx, original, kind, args, func(stdout io.Reader) (err error) {
		out, err = io.ReadAll(&bounded{stdout, most})
		return err
	})
	return out, err
}

// run lets ffmpeg read the original through an address that lives as long as it
// does. That ffmpeg ended well counts only when every read went well: to it, a
// store that fails looks like the end of the file.
func (j *job) run(ctx context.Context, original *vault.Outflow, kind string, args []string, take func(io.Reader) error) error {
	src, err := serve(ctx, original, j.m.Rand)
	if err != nil {
		return err
	}
	p := program{
		path: j.m.FFmpeg, args: args, env: src.environment(), ready: src.admit,
		memory: j.limits.memory(), length: j.limits.timeFor(kind, j.said),
	}
	complaint, err := p.run(ctx, take)
	closed := src.close()
	switch trouble := src.trouble(); {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case trouble != nil:
		return lost(trouble)
	case errors.Is(err, errTooLong), errors.Is(err, errTooLarge), errors.Is(err, errExit):
		return fail(kind, sentence(kind, j.said, complaint, err), err)
	}
	return errors.Join(err, closed)
}

// seal begins the derivative's blob anew, lets write fill it and makes it whole.
// What a run before left under the name was never recorded, so it goes.
func (j *job) seal(ctx context.Context, d *footage.Derivative, write func(*vault.Inflow) error) error {
	begin := func() (*vault.Inflow, error) {
		return vault.Continue(ctx, j.m.Vault, d.ID, j.key, vault.Progress{}, j.m.Rand, nil)
	}
	flow, err := begin()
	if errors.Is(err, vault.ErrFinished) {
		if err := j.m.Vault.Destroy(ctx, d.ID); err != nil {
			return err
		}
		flow, err = begin()
	}
	if err != nil {
		return err
	}
	if err := write(flow); err != nil {
		return j.abandon(ctx, d.ID, flow, err)
	}
	defer flow.Close()
	// One more look before the blob becomes final: a server that slept through
	// its lease must not overwrite what another has made.
	if err := j.lease.hold(ctx); err != nil {
		return err
	}
	sealed, err := flow.Finish()
	if err != nil {
		return err
	}
	d.Bytes, d.SHA256, d.Manifest = sealed.Bytes, sealed.SHA256, sealed.Manifest
	return nil
}

// abandon lets go of a blob that did not become whole. Nobody comes back to it
// when the file is to blame; else the next pass begins it anew.
func (j *job) abandon(ctx context.Context, name string, flow *vault.Inflow, why error) error {
	closed := flow.Close()
	if !blamesFile(why) {
		return errors.Join(why, closed)
	}
	if err := errors.Join(closed, j.m.Vault.Destroy(ctx, name)); err != nil {
		return err
	}
	return why
}

var errTooLarge = errors.New("media: ffmpeg writes more than the file can give")

// bounded reads no more than left bytes; more are an error, not an end.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
