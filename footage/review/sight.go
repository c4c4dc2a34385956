package review

import (
	"context"
	"fmt"
	"sync"
	"time"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/vault"
)

// recheck is how long a clip that was alive is believed to be so. A clip whose
// destruction begins is shown no longer than this, in an answer under way too.
const recheck = time.Second

// sight is a view that is being used: what is needed to read its clip.
type sight struct {
	view  footage.View
	clip  footage.Clip
	parts map[string]part

	mu      sync.Mutex
	checked time.Time // when the clip was last seen alive
	used    time.Time
}

// part is one thing to look at: the original or a derivative.
type part struct {
	name     string // in the vault
	fileName string
	mime     string
	sha256   string
	manifest vault.Manifest
	made     instant.Time
	key      vault.Key
}

// sights keeps those in use.
type sights struct {
	mu  sync.Mutex
	all map[string]*sight
}

// maxSights bounds the keys in memory; beyond it the records are read anew.
const maxSights = 1024

func newSights() *sights { return &sights{all: map[string]*sight{}} }

func (s *sights) get(id string) *sight {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[id]
}

func (s *sights) keep(id string, found *sight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) >= maxSights {
		clear(s.all)
	}
	s.all[id] = found
}

func (s *sights) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, id)
}

// forget drops what nobody has used since before.
func (s *sights) forget(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, one := range s.all {
		one.mu.Lock()
		idle := one.used.Before(before)
		one.mu.Unlock()
		if idle {
			delete(s.all, id)
		}
	}
}

// sight finds the view of a token and makes sure it may still be used.
func (d *Desk) sight(ctx context.Context, account, token string) (*sight, error) {
	id := viewID(token)
	s := d.sights.get(id)
	if s == nil {
		var err error
		if s, err = d.findSight(ctx, id); err != nil {
			return nil, err
		}
		d.sights.keep(id, s)
	}
	if s.view.Account != account {
		return nil, ErrNoView
	}
	if err := d.stillOpen(ctx, s); err != nil {
		return nil, err
	}
	return s, nil
}

// renewed reads a view anew that lacks a part: copies are made while somebody
// looks.
func (d *Desk) renewed(ctx context.Context, s *sight) (*sight, error) {
	fresh, err := d.findSight(ctx, s.view.ID)
	if err != nil {
		return nil, err
	}
	d.sights.keep(s.view.ID, fresh)
	return fresh, nil
}

// findSight reads everything about a view from the records.
func (d *Desk) findSight(ctx context.Context, id string) (*sight, error) {
	now := d.now()
	v, err := d.records.View(ctx, id)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		return nil, ErrNoView
	} else if err != nil {
		return nil, err
	}
	dossier, err := d.records.Dossier(ctx, v.Clip)
	if err != nil {
		return nil, err
	}
	if err := alive(dossier.Clip); err != nil {
		return nil, err
	}
	key, err := d.keyOf(ctx, v.Clip)
	if err != nil {
		return nil, err
	}
	found := &sight{view: v, clip: dossier.Clip, parts: partsOf(dossier, key), checked: now, used: now}
	return found, d.borrowTrack(ctx, found)
}

func (d *Desk) keyOf(ctx context.Context, clip string) (vault.Key, error) {
	wrapped, err := d.records.Key(ctx, clip)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		return vault.Key{}, ErrDestroyed.Because(err)
	} else if err != nil {
		return vault.Key{}, err
	}
	key, err := d.keys.Unwrap(clip, wrapped)
	if err != nil {
		return vault.Key{}, fmt.Errorf("review: key of clip %s: %w", clip, err)
	}
	return key, nil
}

// borrowTrack lets a picture without a track of its own show that of the flight
// log or GPS log of the same recording: it says where this very picture was
// taken, so the reason given for the picture covers it.
func (d *Desk) borrowTrack(ctx context.Context, s *sight) error {
	if _, own := s.parts[Track]; own || s.clip.Recording == "" || footage.Companion(s.clip.Part) {
		return nil
	}
	files, err := d.records.Recording(ctx, s.clip.Recording)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Part != profile.Track || f.Department != s.clip.Department || f.Chapter != s.clip.Chapter && f.Chapter != 0 {
			continue
		}
		log, err := d.records.Dossier(ctx, f.ID)
		if err != nil {
			return err
		}
		key, err := d.keyOf(ctx, f.ID)
		if r, ok := refuse.As(err); ok && r.Kind == refuse.Gone {
			continue // destroyed meanwhile
		} else if err != nil {
			return err
		}
		if track, made := partsOf(log, key)[Track]; made {
			s.parts[Track] = track
			return nil
		}
	}
	return nil
}

// stillOpen asks at every use: the time, and from time to time the records.
func (d *Desk) stillOpen(ctx context.Context, s *sight) error {
	now := d.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = now
	if !now.Before(s.view.ExpiresAt.Std()) {
		d.sights.drop(s.view.ID)
		return ErrViewOver
	}
	if age := now.Sub(s.checked); age >= 0 && age < recheck {
		return nil
	}
	c, err := d.records.Clip(ctx, s.view.Clip)
	if err == nil {
		err = alive(c)
	}
	if err != nil {
		d.sights.drop(s.view.ID)
		return err
	}
	s.checked = now
	return nil
}

func partsOf(d footage.Dossier, key vault.Key) map[string]part {
	c := d.Clip
	parts := map[string]part{Original: {
		name: c.ID, fileName: c.FileName, mime: c.MIME, sha256: c.SHA256, manifest: c.Manifest, made: c.CheckedInAt, key: key,
	}}
	for _, m := range d.Derivatives {
		if m.State == footage.Made {
			parts[m.Kind] = part{
				name: m.ID, fileName: nameOfDerivative(c.FileName, m), mime: m.MIME,
				sha256: m.SHA256, manifest: m.Manifest, made: m.MadeAt, key: key,
			}
		}
	}
	return parts
}
