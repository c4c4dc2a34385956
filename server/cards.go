package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"jikim/devices/profile"
	"jikim/ingest"
)

// cardsKnownFor is how long card layouts are used before the registry is asked
// for them again: a layout that is registered on one server is known on all
// after so long.
const cardsKnownFor = time.Minute

// cards knows what cards look like: those of makers and the institution's own.
type cards struct {
	own   func(ctx context.Context) ([]profile.Profile, error)
	clock func() time.Time
	tell  *slog.Logger

	mu    sync.Mutex
	set   *profile.Set
	since time.Time
}

// layouts implements ingest.Intake's Layouts. Own layouts that this version of
// the program does not accept any more are told and left out: footage comes in
// all the same.
func (c *cards) layouts(ctx context.Context) (ingest.Layouts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	if age := now.Sub(c.since); c.set != nil && age >= 0 && age < cardsKnownFor {
		return c.set, nil
	}
	own, err := c.own(ctx)
	if err != nil {
		return nil, err
	}
	set, err := profile.New(own)
	if err != nil {
		c.tell.Error("기관이 등록한 기종 설정을 쓸 수 없어 빼고 읽습니다. jikim institution export로 살펴 고치십시오", "error", err)
		set = profile.Builtin()
	}
	c.set, c.since = set, now
	return set, nil
}
