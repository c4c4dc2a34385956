package reviewtest

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
)

// What the gate and the sweep ask.

// DueClips gives live clips due at a moment, the longest due first.
func (b *Book) DueClips(ctx context.Context, at instant.Time, department, cursor string, limit int) (page footage.Page, err error) {
	err = b.read(ctx, "due", func() error {
		var due []footage.Clip
		for _, c := range all[*footage.Clip](b) {
			live := c.State == footage.Registered || c.State == footage.Review
			if live && !c.DueAt.IsZero() && !c.DueAt.After(at) && (department == "" || department == c.Department) && cursorOf(*c) > cursor {
				due = append(due, *c)
			}
		}
		slices.SortFunc(due, func(a, b footage.Clip) int { return cmp.Compare(cursorOf(a), cursorOf(b)) })
		page.Clips = due[:min(limit, len(due))]
		if len(due) > limit {
			page.Next = cursorOf(page.Clips[limit-1])
		}
		return nil
	})
	return page, err
}

func cursorOf(c footage.Clip) string {
	ms := strconv.FormatInt(c.DueAt.Ms(), 10)
	return strings.Repeat("0", 16-len(ms)) + ms + "/" + c.ID
}

// ClipsIn gives clips in a state, oldest first.
func (b *Book) ClipsIn(ctx context.Context, s footage.State, limit int) (clips []footage.Clip, err error) {
	err = b.read(ctx, "clips in "+string(s), func() error {
		for _, c := range all[*footage.Clip](b) {
			if c.State == s && len(clips) < limit {
				clips = append(clips, *c)
			}
		}
		return nil
	})
	return clips, err
}

// HoldsOf gives all holds of a clip.
func (b *Book) HoldsOf(ctx context.Context, clip string) (holds []footage.Hold, err error) {
	err = b.read(ctx, "holds", func() error { holds = holdsOf(b, clip); return nil })
	return holds, err
}

// DerivativesOf gives all derivatives of a clip.
func (b *Book) DerivativesOf(ctx context.Context, clip string) (made []footage.Derivative, err error) {
	err = b.read(ctx, "derivatives", func() error { made = derivativesOf(b, clip); return nil })
	return made, err
}

// LedgerAt is the time of the last entry.
func (b *Book) LedgerAt(ctx context.Context) (at instant.Time, err error) {
	err = b.read(ctx, "ledger time", func() error { at = b.log.Stored().Head.At; return nil })
	return at, err
}

// ask looks into the registry, over the wire; also from within a change.
func (b *Book) ask(ctx context.Context, name string, look func(r devices.Registry) error) error {
	return b.Wire.call(name, func() error {
		b.register.Lock()
		defer b.register.Unlock()
		if err := b.ready(ctx); err != nil {
			return err
		}
		return look(b.registry)
	})
}

// ResponsibleOfficer is the 관리책임자 of a department on a day.
func (b *Book) ResponsibleOfficer(ctx context.Context, department string, day instant.Date) (name string, err error) {
	err = b.ask(ctx, "officer", func(r devices.Registry) error {
		for _, o := range r.Officers {
			if name == "" && o.Department == department && o.Tier == devices.TierResponsible && o.Serves(day) {
				name = o.Name
			}
		}
		return nil
	})
	return name, err
}
