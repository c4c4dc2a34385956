package reviewtest

import (
	"cmp"
	"context"
	"slices"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Recording gives the files of a recording that are not destroyed.
func (b *Book) Recording(ctx context.Context, id string) (clips []footage.Clip, err error) {
	err = b.read(ctx, "recording", func() error {
		for _, c := range all[*footage.Clip](b) {
			if id != "" && c.Recording == id && c.State != footage.Destroyed {
				clips = append(clips, *c)
			}
		}
		return nil
	})
	return clips, err
}

// join lets a clip that is about to be registered find its recording.
func (t *tx) join(join footage.Joining, e *ledger.Entry, up *footage.Upload, clip *footage.Clip) error {
	if join == nil {
		return nil
	}
	others, err := join(relatives{t.b}, e, up, clip)
	if err != nil {
		return err
	}
	for i := range others {
		if err := t.Save(&others[i]); err != nil {
			return err
		}
	}
	return nil
}

// relatives implements footage.Relatives over what the book holds, within a
// change.
type relatives struct{ b *Book }

func (r relatives) find(limit int, is func(c *footage.Clip) bool) (found []footage.Relative) {
	for _, c := range all[*footage.Clip](r.b) {
		if (c.State != footage.Registered && c.State != footage.Review) || !is(c) || len(found) == limit {
			continue
		}
		settled := slices.ContainsFunc(all[*footage.Correction](r.b), func(k *footage.Correction) bool { return k.Clip == c.ID })
		found = append(found, footage.Relative{Clip: *c, Sent: r.b.uploads[c.ID].Purpose, Settled: settled})
	}
	return found
}

func (r relatives) Siblings(groupKey string, limit int) ([]footage.Relative, error) {
	return r.find(limit, func(c *footage.Clip) bool { return c.GroupKey != "" && c.GroupKey == groupKey }), nil
}

func (r relatives) Members(recordings []string, limit int) ([]footage.Relative, error) {
	return r.find(limit, func(c *footage.Clip) bool { return c.Recording != "" && slices.Contains(recordings, c.Recording) }), nil
}

func (r relatives) Size(recordings []string, limit int) (int, error) {
	members, err := r.Members(recordings, limit)
	return len(members), err
}

func (r relatives) Neighbours(device string, from, to instant.Time, limit int) (clips []footage.Clip, err error) {
	near := r.find(-1, func(c *footage.Clip) bool {
		at := c.CapturedAt
		if at.IsZero() {
			at = c.CheckedInAt
		}
		return c.Device == device && c.Part == profile.Main && !at.Before(from) && !at.After(to)
	})
	for _, n := range near {
		clips = append(clips, n.Clip)
	}
	slices.SortFunc(clips, func(a, b footage.Clip) int {
		return cmp.Or(cmp.Compare(b.CapturedAt.Ms(), a.CapturedAt.Ms()), cmp.Compare(b.ID, a.ID))
	})
	return clips[:min(limit, len(clips))], nil
}
