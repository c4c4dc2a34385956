package reviewtest

import (
	"context"
	"time"

	"jikim/devices/instant"
)

// lease is one task claimed by one worker until a moment of the book's clock.
type lease struct {
	owner  string
	until  instant.Time
	wanted bool
}

// Claim takes the task for owner, or prolongs it when owner has it already;
// while somebody else has it, it is marked wanted.
func (b *Book) Claim(ctx context.Context, task, owner string, length time.Duration) (got bool, err error) {
	err = b.leased(ctx, "claim "+task, func(now instant.Time) {
		held, is := b.leases[task]
		if is && held.owner != owner && !held.until.Before(now) {
			held.wanted = true
			b.leases[task] = held
			return
		}
		got = true
		b.leases[task] = lease{owner, now.Add(length), is && held.owner == owner && held.wanted}
	})
	return got && err == nil, err
}

// Wanted reports whether owner still has the task and whether somebody else
// waits for it.
func (b *Book) Wanted(ctx context.Context, task, owner string) (has, wanted bool, err error) {
	err = b.leased(ctx, "wanted "+task, func(now instant.Time) {
		if held := b.leases[task]; held.owner == owner && !held.until.Before(now) {
			has, wanted = true, held.wanted
		}
	})
	return has, wanted, err
}

// Release gives the task back.
func (b *Book) Release(ctx context.Context, task, owner string) error {
	return b.leased(ctx, "release "+task, func(instant.Time) {
		if b.leases[task].owner == owner {
			delete(b.leases, task)
		}
	})
}

// Holder names who has a task; "" when nobody does.
func (b *Book) Holder(task string) string {
	b.register.Lock()
	defer b.register.Unlock()
	if held := b.leases[task]; !held.until.Before(instant.Of(b.clock.Now())) {
		return held.owner
	}
	return ""
}

// ForgetLeases ends all leases, as time would.
func (b *Book) ForgetLeases() {
	b.register.Lock()
	defer b.register.Unlock()
	clear(b.leases)
}

func (b *Book) leased(ctx context.Context, name string, do func(now instant.Time)) error {
	return b.Wire.call(name, func() error {
		b.register.Lock()
		defer b.register.Unlock()
		if err := b.ready(ctx); err != nil {
			return err
		}
		do(instant.Of(b.clock.Now()))
		return nil
	})
}
