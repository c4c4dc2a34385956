package reviewtest

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
)

// NewRandom gives bytes that look random and are the same in every run.
func NewRandom(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

// SetRegistry replaces the registry.
func (b *Book) SetRegistry(r devices.Registry) {
	b.register.Lock()
	defer b.register.Unlock()
	b.registry = r
}

// PutKey keeps the wrapped key of a clip.
func (b *Book) PutKey(clip string, wrapped []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keys[clip] = wrapped
}

// PutUpload keeps an upload.
func (b *Book) PutUpload(u footage.Upload) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.uploads[u.ID] = u
}

// Registry gives the registry.
func (b *Book) Registry(ctx context.Context) (devices.Registry, error) {
	b.register.Lock()
	defer b.register.Unlock()
	return b.registry, b.ready(ctx)
}

// Clip gives one clip.
func (b *Book) Clip(ctx context.Context, id string) (footage.Clip, error) {
	c := footage.Clip{ID: id}
	err := b.Find(ctx, &c)
	return c, err
}

// View gives one permission to look.
func (b *Book) View(ctx context.Context, id string) (footage.View, error) {
	v := footage.View{ID: id}
	err := b.Find(ctx, &v)
	return v, err
}

// Key gives the wrapped key of a clip.
func (b *Book) Key(ctx context.Context, clip string) (wrapped []byte, err error) {
	err = b.read(ctx, "key", func() error {
		b.reads++
		k, ok := b.keys[clip]
		if !ok {
			return errNotFound
		}
		wrapped = k
		return nil
	})
	return wrapped, err
}

// read looks at what is kept, over the wire.
func (b *Book) read(ctx context.Context, name string, look func() error) error {
	return b.Wire.call(name, func() error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if err := b.ready(ctx); err != nil {
			return err
		}
		return look()
	})
}

// Upload gives one upload.
func (b *Book) Upload(ctx context.Context, id string) (u footage.Upload, err error) {
	err = b.read(ctx, "upload", func() error {
		var ok bool
		if u, ok = b.uploads[id]; !ok {
			return errNotFound
		}
		return nil
	})
	return u, err
}

// Dossier gives a clip with everything that hangs on it.
func (b *Book) Dossier(ctx context.Context, id string) (footage.Dossier, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reads++
	d := footage.Dossier{Clip: footage.Clip{ID: id}}
	if err := b.ready(ctx); err != nil {
		return d, err
	}
	if err := b.load(&d.Clip); err != nil {
		return d, err
	}
	d.Holds, d.Derivatives = holdsOf(b, id), derivativesOf(b, id)
	for _, c := range all[*footage.Correction](b) {
		if c.Clip == id {
			d.Corrections = append(d.Corrections, *c)
		}
	}
	if gone := (footage.Destruction{Clip: id}); b.load(&gone) == nil {
		d.Destruction = &gone
	}
	return d, nil
}

func holdsOf(b *Book, clip string) (holds []footage.Hold) {
	for _, h := range all[*footage.Hold](b) {
		if h.Clip == clip {
			holds = append(holds, *h)
		}
	}
	return holds
}

func derivativesOf(b *Book, clip string) (made []footage.Derivative) {
	for _, d := range all[*footage.Derivative](b) {
		if d.Clip == clip {
			made = append(made, *d)
		}
	}
	return made
}

// ListClips gives a page, newest first. It knows the filters by department,
// state, period and file name, and a cursor that is a position.
func (b *Book) ListClips(ctx context.Context, f footage.Filter) (footage.Page, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.ready(ctx); err != nil {
		return footage.Page{}, err
	}
	var clips []footage.Clip
	for _, c := range all[*footage.Clip](b) {
		if shows(f, *c) && (!f.Held || held(b, c.ID)) {
			clips = append(clips, *c)
		}
	}
	slices.SortFunc(clips, func(a, b footage.Clip) int {
		return cmp.Or(cmp.Compare(b.SortAt.Ms(), a.SortAt.Ms()), cmp.Compare(b.ID, a.ID))
	})
	from, _ := strconv.Atoi(f.Cursor)
	to := min(from+cmp.Or(f.Limit, 50), len(clips))
	if limit := cmp.Or(f.Limit, 50); f.Back {
		from, to = max(0, from-limit), min(from, len(clips))
	}
	page := footage.Page{Clips: clips[min(from, to):to]}
	if to < len(clips) {
		page.Next = strconv.Itoa(to)
	}
	if from > 0 {
		page.Previous = strconv.Itoa(from)
	}
	return page, nil
}

func held(b *Book, clip string) bool {
	return slices.ContainsFunc(holdsOf(b, clip), footage.Hold.Open)
}

func shows(f footage.Filter, c footage.Clip) bool {
	day := instant.DateOf(c.SortAt.Std())
	return (f.Department == "" || f.Department == c.Department) &&
		(f.Purpose == "" || f.Purpose == c.Purpose) &&
		(f.Device == "" || f.Device == c.Device) &&
		(f.Kind == "" || f.Kind == c.Kind) &&
		(f.Recording == "" || f.Recording == c.Recording) && (f.Companions || !footage.Companion(c.Part)) &&
		(f.State == c.State || f.State == "" && c.State != footage.Destroyed) &&
		(f.From == "" || f.From <= day) && (f.To == "" || day <= f.To) &&
		(f.Person == "" || f.Person == c.CheckedInBy) && (f.Confidence == "" || f.Confidence == c.TimeConfidence) &&
		(f.Batch == "" || f.Batch == c.Batch) && (f.Box == nil || within(*f.Box, c)) &&
		strings.Contains(c.FileName, f.Query)
}

func within(b footage.Box, c footage.Clip) bool {
	return c.Lat != nil && c.Lon != nil && b.South <= *c.Lat && *c.Lat <= b.North && b.West <= *c.Lon && *c.Lon <= b.East
}

// History gives the rows about a record, oldest first.
func (b *Book) History(ctx context.Context, record string) ([]ledger.Row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var rows []ledger.Row
	for _, row := range b.log.Stored().Rows {
		if row.Subject == record {
			rows = append(rows, row)
		}
	}
	return rows, b.Fault
}

// Rows gives entries of the ledger, from one on.
func (b *Book) Rows(ctx context.Context, from int64, limit int) (rows []ledger.Row, err error) {
	err = b.log.View(func(r ledger.Reader) error {
		rows, err = r.Rows(ctx, from, limit)
		return err
	})
	return rows, err
}

// Head gives the head of the ledger.
func (b *Book) Head() (head ledger.Head, err error) {
	if b.Fault != nil {
		return head, b.Fault
	}
	return b.log.Stored().Head, nil
}

// ReadHashes gives stored hashes of the ledger.
func (b *Book) ReadHashes(indexes []int64) (hashes []tlog.Hash, err error) {
	err = b.log.View(func(r ledger.Reader) error {
		hashes, err = r.ReadHashes(indexes)
		return err
	})
	return hashes, err
}
