// Package review is looking at footage and deciding about it: views with a
// reason, holds against destruction, corrections of what a file said of
// itself. Everything a person does here is an entry in the ledger.
//
// The room does not ask what a role may do; its callers have asked. It knows
// nothing of HTTP or of the database, and destroys nothing.
package review

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
)

// Records is what the desk reads. What is not there is a refusal of kind
// NotFound.
type Records interface {
	Clip(ctx context.Context, id string) (footage.Clip, error)
	Dossier(ctx context.Context, id string) (footage.Dossier, error)
	// Recording gives the files of a recording that are not destroyed.
	Recording(ctx context.Context, id string) ([]footage.Clip, error)
	Registry(ctx context.Context) (devices.Registry, error)
	View(ctx context.Context, id string) (footage.View, error)
	// Key gives the wrapped key of a clip.
	Key(ctx context.Context, clip string) (wrapped []byte, err error)
}

// Settings of the desk. Zero means the default.
type Settings struct {
	// ViewFor is how long a view lasts beyond the length of the clip. Default 30 minutes.
	ViewFor time.Duration
	// MinimumStay is the least time between a correction that shortens the
	// period and the destruction it leads to. It should be the minimum stay
	// after check-in. Default 72 hours.
	MinimumStay time.Duration
	// Outline writes a track as it is kept, one fix a line, as the GeoJSON that a
	// map draws. An error of lines must come back as it is. Without it there is no
	// Track to look at, only its lines.
	Outline func(lines io.Reader, to io.Writer) error
}

// Desk is where a person looks at clips and decides about them. It is safe for
// concurrent use.
type Desk struct {
	book     footage.Book
	records  Records
	keys     vault.Keyring
	settings Settings
	now      func() time.Time
	random   io.Reader

	shelf  *shelf
	sights *sights
}

// New makes a desk. now is the clock; random must be safe for concurrent use.
// Start Run beside it.
func New(book footage.Book, records Records, store vault.Store, keys vault.Keyring, s Settings, now func() time.Time, random io.Reader) *Desk {
	if s.ViewFor == 0 {
		s.ViewFor = 30 * time.Minute
	}
	if s.MinimumStay == 0 {
		s.MinimumStay = 72 * time.Hour
	}
	return &Desk{
		book: book, records: records, keys: keys, settings: s, now: now, random: random,
		shelf: newShelf(store, now), sights: newSights(),
	}
}

// Run lets go of keys and open blobs that nobody uses any more, until ctx
// ends; then of all that are not in use.
func (d *Desk) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			d.tidy(d.now().Add(-idleFor))
		case <-ctx.Done():
			d.tidy(d.now().Add(time.Second))
			return nil
		}
	}
}

func (d *Desk) tidy(before time.Time) {
	d.sights.forget(before)
	d.shelf.putAway(before)
}

// entry begins a ledger entry about a clip.
func (d *Desk) entry(act ledger.Act, by ledger.Actor, clip, why string) ledger.Entry {
	return ledger.Entry{
		V: 1, At: instant.Of(d.now()), Act: act, Actor: by, Subject: "clip:" + clip, Why: why,
		Facts: map[string]string{},
	}
}

// newID makes a UUIDv7 (RFC 9562 §5.7): names that sort by time.
func (d *Desk) newID(at instant.Time) (string, error) {
	var id uuid.UUID
	if _, err := io.ReadFull(d.random, id[6:]); err != nil {
		return "", fmt.Errorf("review: no randomness for an id: %w", err)
	}
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.Ms()))
	copy(id[:6], ms[2:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id.String(), nil
}
