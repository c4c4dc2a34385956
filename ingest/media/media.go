// Package media makes what a browser can show of a clip: a poster (one JPEG
// picture) and, where the browser does not play the camera's codec, a proxy
// (H.264/AAC MP4). It works in the background, after check-in; any number of
// servers may do so at once, a lease a clip sees to it that one does.
//
// Footage is an untrusted file and personal data. It is read by ffmpeg, a
// separate program at arm's length: bounded in time, memory and files, dead
// when we are, unable to reach anything but this one original. The original is
// decrypted in passing, through an address of its own on the loopback, and
// what is made of it is sealed in passing: nothing plain touches a disk.
//
// The room knows no database, no page and no browser.
package media

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
)

// The kinds of derivative made here; footage/retention.DerivativeKinds has
// every one of them, so that they end with their clip.
const (
	Poster = "poster"
	Proxy  = "proxy"
)

// Records is what the room asks of the database beside footage.Book.
type Records interface {
	// ClipsWantingMedia gives clips that say MediaTodo, oldest first.
	ClipsWantingMedia(ctx context.Context, limit int) ([]footage.Clip, error)
	Clip(ctx context.Context, id string) (footage.Clip, error)
	DerivativesOf(ctx context.Context, clip string) ([]footage.Derivative, error)
	Key(ctx context.Context, clip string) (wrapped []byte, err error)
	// MediaDone notes that nothing is left to be made from the clip.
	MediaDone(ctx context.Context, clip string) error
	// Claim takes a task for owner, or prolongs it; false while another has it.
	Claim(ctx context.Context, task, owner string, length time.Duration) (bool, error)
	Release(ctx context.Context, task, owner string) error
}

// Limits bound one run of ffmpeg. A zero field means its default.
type Limits struct {
	Poster time.Duration // wall-clock time for a poster; 2 minutes
	Proxy  time.Duration // wall-clock time for a proxy; 15 minutes and ten times the playing time, at most 12 hours
	Memory int64         // bytes of address space; 2 GiB, which 4K HEVC needs a quarter of
}

// Maker makes derivatives.
type Maker struct {
	Book    footage.Book
	Records Records
	Vault   vault.Store
	Keys    vault.Keyring
	FFmpeg  string // path of the program, or its name to be found in PATH
	Limits  Limits
	Clock   func() time.Time
	Rand    io.Reader
	Owner   string // names this server in leases
}

// batch is how many clips one pass looks at.
const batch = 100

// errEnded says that the clip came to its end meanwhile: nothing may be added
// to it.
var errEnded = errors.New("media: the clip is being destroyed")

// Available reports whether ffmpeg is installed. Where it is not, clips stay
// as they are and wait for it.
func (m *Maker) Available() bool {
	_, err := exec.LookPath(m.FFmpeg)
	return err == nil
}

// Run makes one pass over the clips that want media and gives how many of them
// it brought to the end. A file that ffmpeg cannot read gets a derivative that
// says so and is not tried again. An error is a fault of ours (a store or the
// database is away, an original does not verify); the other clips are made
// nevertheless. Run can be cut off at any instant: what was not recorded is
// begun anew by the next pass.
func (m *Maker) Run(ctx context.Context) (done int, err error) {
	if !m.Available() {
		return 0, nil
	}
	clips, err := m.Records.ClipsWantingMedia(ctx, batch)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, c := range clips {
		if ctx.Err() != nil {
			break
		}
		whole := false
		err := m.leased(ctx, c.ID, func(ctx context.Context, l *lease) (err error) {
			whole, err = m.complete(ctx, l, c.ID)
			return err
		})
		if err != nil {
			errs = append(errs, err)
		}
		if whole {
			done++
		}
	}
	return done, errors.Join(append(errs, ctx.Err())...)
}

// complete makes whatever the clip still lacks, and reports whether nothing is
// lacking now. The list it came from may be old; what counts is what the records
// say under the lease.
func (m *Maker) complete(ctx context.Context, l *lease, id string) (done bool, err error) {
	clip, err := m.Records.Clip(ctx, id)
	if err != nil || !clip.MediaTodo || ended(clip) {
		return false, err
	}
	have, err := m.Records.DerivativesOf(ctx, id)
	if err != nil {
		return false, err
	}
	var faults []error
	for _, kind := range wanted(clip) {
		if recorded(have, kind) {
			continue
		}
		fault, err := m.derive(ctx, l, clip, kind)
		if err != nil {
			return false, errors.Join(append(faults, m.unlessEnded(ctx, id, kind, err))...)
		}
		faults = append(faults, fault)
	}
	err = m.Records.MediaDone(ctx, id)
	return err == nil, errors.Join(append(faults, err)...)
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

// derive makes one derivative and records how that ended. fault is what was
// found wrong with the stored original: it is on record like any other failure,
// but somebody must hear of it.
func (m *Maker) derive(ctx context.Context, l *lease, clip footage.Clip, kind string) (fault, err error) {
	d := footage.Derivative{ID: derivativeID(clip.ID, kind), Clip: clip.ID, Kind: kind, State: footage.Made}
	err = m.make(ctx, l, clip, &d)
	var no *failure
	var bad *damage
	switch {
	case err == nil:
	case errors.Is(err, errNotNeeded):
		return nil, nil
	case errors.As(err, &bad):
		d.State, d.Detail, fault = footage.Failed, damagedSentence, bad
	case errors.As(err, &no):
		d.State, d.Detail = footage.Failed, no.sentence
	default:
		return nil, err
	}
	d.MadeAt = instant.Of(m.Clock())
	return fault, m.record(ctx, d)
}

// record writes the derivative into the records; errEnded when its clip is
// coming to its end.
func (m *Maker) record(ctx context.Context, d footage.Derivative) error {
	e := ledger.Entry{
		Act: ledger.ActDerivativeMade, Actor: ledger.Actor{Account: "system", Cycle: "media"},
		Subject: "clip:" + d.Clip, Why: d.Detail, Facts: facts(d),
	}
	if d.State == footage.Failed {
		e.Act = ledger.ActDerivativeFailed
	}
	return m.Book.Change(ctx, e, func(tx footage.Tx, _ *ledger.Entry) error {
		clip := footage.Clip{ID: d.Clip}
		if err := tx.Load(&clip); err != nil {
			return err
		}
		if ended(clip) {
			return errEnded
		}
		return tx.Save(&d)
	})
}

func derivativeID(clip, kind string) string { return clip + "." + kind }

func ended(c footage.Clip) bool {
	return c.State == footage.Destroying || c.State == footage.Destroyed
}

func recorded(have []footage.Derivative, kind string) bool {
	for _, d := range have {
		if d.Kind == kind {
			return true
		}
	}
	return false
}
