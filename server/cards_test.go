package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"jikim/devices/profile"
)

// TestCards: an own layout is known soon after it was registered; one that
// cannot be used keeps nothing from coming in.
func TestCards(t *testing.T) {
	now := time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)
	var own []profile.Profile
	away := errors.New("the database is away")
	var fault error
	asked := 0
	c := &cards{clock: func() time.Time { return now }, tell: quiet(), own: func(context.Context) ([]profile.Profile, error) {
		asked++
		return own, fault
	}}
	partOf := func(want profile.Part) {
		t.Helper()
		l, err := c.layouts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if m, _ := l.Match("HAN0001.BIN"); m.Part != want {
			t.Errorf("it is %q, want %q", m.Part, want)
		}
	}
	partOf("")
	own = []profile.Profile{{ID: "han", Title: "한빛 카메라", Files: []profile.FileRule{{Name: `HAN(?P<key>\d{4})`, Parts: map[string]profile.Part{"BIN": profile.Main}}}}}
	partOf("")
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	now = now.Add(cardsKnownFor)
	partOf(profile.Main)
	now, fault = now.Add(cardsKnownFor), away
	if _, err := c.layouts(t.Context()); !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
	fault, own[0].Files[0].Name = nil, "HAN("
	partOf("")
	if _, err := c.layouts(t.Context()); err != nil {
		t.Error(err)
	}
	now = now.Add(-time.Hour) // a clock that was set back
	own = nil
	partOf("")
	if asked != 5 {
		t.Errorf("asked %d times", asked)
	}
}
