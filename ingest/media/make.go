package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"jikim/footage"
	"jikim/footage/vault"
)

// job is the making of one derivative from one open original.
type job struct {
	m      *Maker
	lease  *lease
	clip   footage.Clip
	said   said
	demux  string
	key    vault.Key
	open   content // of the original
	limits Limits
	heard  func(at time.Duration) // of ffmpeg's progress; nil when nobody listens
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
	j.open = sealed(original)
	switch d.Kind {
	case Poster:
		return j.poster(ctx, original, d)
	case Track:
		return j.track(ctx, original, d)
	case Strip:
		return j.strip(ctx, d)
	}
	return j.proxy(ctx, d)
}

// print runs ffmpeg for something small.
func (j *job) print(ctx context.Context, kind string, args []string, most int64) ([]byte, error) {
	var out []byte
	err := j.run(ctx, kind, args, func(stdout io.Reader) (err error) {
		out, err = io.ReadAll(&bounded{stdout, most})
		return err
	})
	return out, err
}

// run lets ffmpeg read the original through an address that lives as long as it
// does. That ffmpeg ended well counts only when every read went well: to it, a
// store that fails looks like the end of the file.
func (j *job) run(ctx context.Context, kind string, args []string, take func(io.Reader) error) error {
	src, err := serve(ctx, j.open, j.m.Rand)
	if err != nil {
		return err
	}
	p := program{
		path: j.m.FFmpeg, args: args, env: src.environment(), ready: src.admit, heard: j.heard,
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
