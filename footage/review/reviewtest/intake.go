package reviewtest

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// What the way in asks.

var errLost = refuse.New(refuse.Conflict, "upload-elsewhere", "이 파일은 지금 다른 연결에서 전송되고 있습니다. 잠시 뒤 이어서 전송됩니다.")

// BeginUpload keeps a new upload and its wrapped key.
func (b *Book) BeginUpload(ctx context.Context, up footage.Upload, wrapped []byte) error {
	return b.read(ctx, "begin upload", func() error {
		if _, is := b.uploads[up.ID]; is {
			return errors.New("reviewtest: an upload of this id is there")
		}
		b.uploads[up.ID], b.keys[up.ID] = up, wrapped
		return nil
	})
}

// SaveProgress records how far an upload that has not ended has come. With an
// owner, the owner must have its lease.
func (b *Book) SaveProgress(ctx context.Context, up footage.Upload, owner string) error {
	return b.read(ctx, "save progress", func() error {
		stands, is := b.uploads[up.ID]
		if !is || ended(stands) || owner != "" && b.Holder("upload:"+up.ID) != owner {
			return errLost
		}
		stands.State, stands.Offset, stands.Progress, stands.TouchedAt = up.State, up.Offset, up.Progress, up.TouchedAt
		b.uploads[up.ID] = stands
		return nil
	})
}

func ended(up footage.Upload) bool {
	return up.State != footage.Receiving && up.State != footage.Checking
}

var errAlready = errors.New("reviewtest: ended already")

// CheckIn registers the clip an upload has become and saves what join changes of
// its recording, or ends the upload as a duplicate of one that is there.
func (b *Book) CheckIn(ctx context.Context, e ledger.Entry, up footage.Upload, clip footage.Clip, join footage.Joining) (registered string, err error) {
	err = b.Wire.call("check in", func() error {
		return b.change(ctx, e, func(tx *tx, e *ledger.Entry) error {
			if stands := b.uploads[up.ID]; ended(stands) {
				registered = stands.Clip
				return errAlready
			}
			up.State, up.Clip = footage.CheckedIn, clip.ID
			if twin := b.twin(clip); twin != nil {
				e.Act, e.Subject, e.Why = ledger.ActUploadRefused, twin.RecordName(), "이미 등록된 영상과 같은 파일"
				up.Clip, up.Code, up.Detail = twin.ID, "duplicate", "이미 등록된 영상입니다. 새로 등록하지 않았고, 등록된 영상은 그대로 있습니다."
				registered = twin.ID
				tx.upload = &up
				return tx.DropKey(up.ID)
			}
			registered = clip.ID
			tx.upload = &up
			if err := tx.join(join, e, &up, &clip); err != nil {
				return err
			}
			return tx.Save(&clip)
		})
	})
	if errors.Is(err, errAlready) {
		err = nil
	}
	return registered, err
}

func (b *Book) twin(clip footage.Clip) *footage.Clip {
	for _, c := range all[*footage.Clip](b) {
		if c.Twin != nil && clip.Twin != nil && *c.Twin == *clip.Twin && c.SHA256 == clip.SHA256 {
			return c
		}
	}
	return nil
}

// RefuseUpload ends an upload for good and drops its key.
func (b *Book) RefuseUpload(ctx context.Context, e ledger.Entry, up footage.Upload) error {
	return b.Wire.call("refuse upload", func() error {
		return b.change(ctx, e, func(tx *tx, _ *ledger.Entry) error {
			if b.uploads[up.ID].State == footage.CheckedIn {
				return refuse.New(refuse.Conflict, "already-checked-in", "이미 등록된 영상이라 전송을 취소할 수 없습니다.")
			}
			up.State = footage.Refused
			tx.upload = &up
			return tx.DropKey(up.ID)
		})
	})
}

// UploadsIn gives uploads in a state untouched since before, oldest first.
func (b *Book) UploadsIn(ctx context.Context, s footage.UploadState, before instant.Time, limit int) (ups []footage.Upload, err error) {
	err = b.read(ctx, "uploads in "+string(s), func() error {
		for _, up := range b.uploads {
			if up.State == s && up.TouchedAt.Before(before) {
				ups = append(ups, up)
			}
		}
		slices.SortFunc(ups, func(a, b footage.Upload) int {
			return cmp.Or(cmp.Compare(a.TouchedAt.Ms(), b.TouchedAt.Ms()), cmp.Compare(a.ID, b.ID))
		})
		ups = ups[:min(limit, len(ups))]
		return nil
	})
	return ups, err
}

// Claimed reports which ids are on their way in or kept.
func (b *Book) Claimed(ctx context.Context, ids []string) (claimed map[string]bool, err error) {
	claimed = map[string]bool{}
	err = b.read(ctx, "claimed", func() error {
		for _, id := range ids {
			up, known := b.uploads[id]
			c, kept := b.records["clip:"+id].(*footage.Clip)
			if known && !ended(up) || kept && c.State != footage.Destroyed {
				claimed[id] = true
			}
		}
		return nil
	})
	return claimed, err
}

// Uploads gives every upload, by id.
func (b *Book) Uploads() (ups []footage.Upload) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, up := range b.uploads {
		ups = append(ups, up)
	}
	slices.SortFunc(ups, func(a, b footage.Upload) int { return cmp.Compare(a.ID, b.ID) })
	return ups
}

// Keys names the clips and uploads whose key is kept.
func (b *Book) Keys() (ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id := range b.keys {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// DeviceBySerial finds a device by its serial number or id.
func (b *Book) DeviceBySerial(ctx context.Context, serial string) (dev devices.Device, found bool, err error) {
	err = b.ask(ctx, "device", func(r devices.Registry) error {
		i := slices.IndexFunc(r.Devices, func(d devices.Device) bool { return d.Serial == serial || d.ID == serial })
		if found = i >= 0; found {
			dev = r.Devices[i]
		}
		return nil
	})
	return dev, found, err
}

// Department gives one department.
func (b *Book) Department(ctx context.Context, id string) (dep devices.Department, err error) {
	err = b.ask(ctx, "department", func(r devices.Registry) error {
		i := slices.IndexFunc(r.Departments, func(d devices.Department) bool { return d.ID == id })
		if i < 0 {
			return errNotFound
		}
		dep = r.Departments[i]
		return nil
	})
	return dep, err
}

// Purposes gives the purposes a department may use.
func (b *Book) Purposes(ctx context.Context, department string) (found []devices.Purpose, err error) {
	err = b.ask(ctx, "purposes", func(r devices.Registry) error {
		for _, p := range r.Purposes {
			if p.Department == "" || p.Department == department {
				found = append(found, p)
			}
		}
		return nil
	})
	return found, err
}
