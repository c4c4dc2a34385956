// Package media makes what a browser can show of a clip: a poster (one JPEG
// picture), the track it holds (one fix a line), where the browser does not play
// the camera's codec a proxy (H.264/AAC MP4), and a strip of small pictures to
// find a moment by. It works in the background, after check-in; any number of
// servers may do so at once, a lease a clip sees to it that one does.
//
// Footage is an untrusted file and personal data. Pictures are read by ffmpeg,
// tracks by our own reader, both separate programs at arm's length: bounded in
// time, memory and files, dead when we are, unable to reach anything but this
// one original. ffmpeg has it through an address of its own on the loopback,
// decrypted in passing, and what is made of it is sealed in passing: nothing
// plain touches a disk.
//
// The room knows no database, no page and no browser.
package media

import (
	"context"
	"errors"
	"io"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/ingest/metadata"
)

// The kinds of derivative made here; footage/retention.DerivativeKinds has
// every one of them, so that they end with their clip.
const (
	Poster = "poster"
	Track  = "track"
	Proxy  = "proxy"
	Strip  = "strip"
)

// Records is what the room asks of the database beside footage.Book.
type Records interface {
	// ClipsWantingMedia gives clips that say MediaTodo, oldest first, from behind
	// the clip named after on.
	ClipsWantingMedia(ctx context.Context, after string, limit int) ([]footage.Clip, error)
	Clip(ctx context.Context, id string) (footage.Clip, error)
	DerivativesOf(ctx context.Context, clip string) ([]footage.Derivative, error)
	Key(ctx context.Context, clip string) (wrapped []byte, err error)
	// MediaDone notes that nothing is left to be made from the clip.
	MediaDone(ctx context.Context, clip string) error
	// Claim takes a task for owner, or prolongs it; false while another has it.
	Claim(ctx context.Context, task, owner string, length time.Duration) (bool, error)
	Release(ctx context.Context, task, owner string) error
}

// Child reads what our own readers know of a file, in a process of its own
// (ingest/metadata/child). A file that is too much for it is no error.
type Child interface {
	// Track reads the path a recording or its side-car holds.
	Track(ctx context.Context, r io.ReaderAt, size int64, name string, visit func(metadata.Fix) error) (metadata.Path, error)
	// Thumbnail reads the small picture a HEIC photo keeps of itself.
	Thumbnail(ctx context.Context, r io.ReaderAt, size int64, name string) (metadata.Thumbnail, error)
}

// Limits bound the making of one derivative. A zero field means its default.
type Limits struct {
	Poster time.Duration // wall-clock time for a poster, and for each picture of a strip; 2 minutes
	Proxy  time.Duration // wall-clock time for a proxy or a track; 15 minutes and ten times the playing time, at most 12 hours
	Memory int64         // bytes of address space; 2 GiB, which 4K HEVC needs a quarter of
}

// Maker makes derivatives: one Run at a time; Progress may be asked meanwhile.
type Maker struct {
	Book    footage.Book
	Records Records
	Vault   vault.Store
	Keys    vault.Keyring
	Child   Child
	FFmpeg  string // path of the program, or its name to be found in PATH
	Limits  Limits
	Clock   func() time.Time
	Rand    io.Reader
	Owner   string // names this server in leases

	quick, slow walk
	proxies     progress
}

// errEnded says that the clip came to its end meanwhile: nothing may be added
// to it.
var errEnded = errors.New("media: the clip is being destroyed")

// derive makes one derivative and records how that ended; one that is not
// needed has no state. fault is what was found wrong with the stored original:
// it is on record like any other failure, but somebody must hear of it.
func (m *Maker) derive(ctx context.Context, l *lease, clip footage.Clip, kind string) (d footage.Derivative, fault, err error) {
	d = footage.Derivative{ID: derivativeID(clip.ID, kind), Clip: clip.ID, Kind: kind, State: footage.Made}
	err = m.make(ctx, l, clip, &d)
	var no *failure
	var bad *damage
	switch {
	case err == nil:
	case errors.Is(err, errNotNeeded):
		d.State = ""
		return d, nil, nil
	case errors.As(err, &bad):
		d.State, d.Detail, fault = footage.Failed, damagedSentence, bad
	case errors.As(err, &no):
		d.State, d.Detail = footage.Failed, no.sentence
	default:
		return d, nil, err
	}
	d.MadeAt = instant.Of(m.Clock())
	return d, fault, m.record(ctx, d)
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
