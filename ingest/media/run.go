package media

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"time"

	"jikim/footage"
)

const (
	batch = 100         // clips that one pass looks at
	turn  = time.Minute // a pass that has lasted so long ends with the clip it is at
)

// walk is where the next pass over the clips that want media begins. The passes
// go round, so that no clip stands before the others for ever: one that waits
// for ffmpeg, or whose bytes are away.
type walk struct{ after string }

// Available reports whether ffmpeg is installed. Where it is not, what needs it
// waits for it; tracks are made.
func (m *Maker) Available() bool {
	_, err := exec.LookPath(m.FFmpeg)
	return err == nil
}

// Run makes two passes over the clips that want media, one for what is quickly
// made and one for the rest, so that nobody waits for a poster until the long
// proxies of others are done. It gives how many clips it brought to the end. A
// file that cannot be read gets a derivative that says so and is not tried
// again. An error is a fault of ours (a store or the database is away, an
// original does not verify); the other clips are made nevertheless. Run can be
// cut off at any instant: what was not recorded is begun anew by the next pass.
func (m *Maker) Run(ctx context.Context) (done int, err error) {
	ffmpeg := m.Available()
	done, err = m.pass(ctx, &m.quick, func(kind string) bool {
		return kind == Track || kind == Poster && ffmpeg
	})
	if !ffmpeg || ctx.Err() != nil {
		return done, err
	}
	more, failed := m.pass(ctx, &m.slow, func(string) bool { return true })
	return done + more, errors.Join(err, failed)
}

// pass looks at the next clips and makes of each what may be made now.
func (m *Maker) pass(ctx context.Context, w *walk, may func(kind string) bool) (done int, err error) {
	clips, err := m.Records.ClipsWantingMedia(ctx, w.after, batch)
	if err != nil {
		return 0, err
	}
	began := m.Clock()
	var errs []error
	for _, c := range clips {
		if ctx.Err() != nil || m.Clock().Sub(began) > turn {
			return done, errors.Join(append(errs, ctx.Err())...)
		}
		whole, err := m.attend(ctx, c, may)
		if err != nil {
			errs = append(errs, err)
		}
		if whole {
			done++
		}
		w.after = c.ID
	}
	if len(clips) < batch {
		w.after = ""
	}
	return done, errors.Join(append(errs, ctx.Err())...)
}

// attend takes a clip in hand unless all it lacks is for another pass.
func (m *Maker) attend(ctx context.Context, clip footage.Clip, may func(kind string) bool) (done bool, err error) {
	waits := func(have []footage.Derivative) bool {
		now, later := lacking(clip, have, may)
		return len(now) == 0 && later
	}
	if waits(nil) { // most of those that wait for ffmpeg: no need to ask for what they have
		return false, nil
	}
	have, err := m.Records.DerivativesOf(ctx, clip.ID)
	if err != nil || waits(have) {
		return false, err
	}
	err = m.leased(ctx, clip.ID, func(ctx context.Context, l *lease) (err error) {
		done, err = m.complete(ctx, l, clip.ID, may)
		return err
	})
	return done, err
}

// complete makes what the clip still lacks and may be made now, and reports
// whether nothing is lacking any more. The list it came from may be old; what
// counts is what the records say under the lease.
func (m *Maker) complete(ctx context.Context, l *lease, id string, may func(kind string) bool) (done bool, err error) {
	clip, err := m.Records.Clip(ctx, id)
	if err != nil || !clip.MediaTodo || ended(clip) {
		return false, err
	}
	have, err := m.Records.DerivativesOf(ctx, id)
	if err != nil {
		return false, err
	}
	now, later := lacking(clip, have, may)
	var faults []error
	for _, kind := range now {
		if kind == Strip && !made(have, Poster) {
			continue // a file that gives no picture gives no sixty; its poster says why
		}
		d, fault, err := m.derive(ctx, l, clip, kind)
		if err != nil {
			return false, errors.Join(append(faults, m.unlessEnded(ctx, id, kind, err))...)
		}
		have, faults = append(have, d), append(faults, fault)
	}
	if later {
		return false, errors.Join(faults...)
	}
	err = m.Records.MediaDone(ctx, id)
	return err == nil, errors.Join(append(faults, err)...)
}

// lacking is what of the clip is not on record: what may be made now, and
// whether there is more.
func lacking(clip footage.Clip, have []footage.Derivative, may func(kind string) bool) (now []string, later bool) {
	for _, kind := range wanted(clip) {
		switch {
		case slices.ContainsFunc(have, func(d footage.Derivative) bool { return d.Kind == kind }):
		case may(kind):
			now = append(now, kind)
		default:
			later = true
		}
	}
	return now, later
}

func made(have []footage.Derivative, kind string) bool {
	return slices.ContainsFunc(have, func(d footage.Derivative) bool { return d.Kind == kind && d.State == footage.Made })
}

// unlessEnded is err, unless it comes of the clip's end: its key, its bytes and
// its right to derivatives may go at any moment, and that is nobody's fault. The
// gate may have passed the derivative's name before the last of it was written,
// so those bytes go here.
func (m *Maker) unlessEnded(ctx context.Context, id, kind string, err error) error {
	ctx = context.WithoutCancel(ctx)
	clip, unread := m.Records.Clip(ctx, id)
	if unread != nil || !ended(clip) {
		return err
	}
	return m.Vault.Destroy(ctx, derivativeID(id, kind))
}
