package main

import (
	"errors"
	"slices"
	"testing"
)

// Whatever fails in the background has a name that people understand.
func TestEveryJobHasItsWords(t *testing.T) {
	for _, j := range (&service{house: &house{}}).jobs() {
		if jobNames[j.name] == "" {
			t.Errorf("job %s has no words for the board", j.name)
		}
	}
}

func TestTroublesPass(t *testing.T) {
	s := &service{metrics: newMetrics()}
	s.jobEnded("media", errors.New("away"))
	s.jobEnded("sweep", errors.New("away"))
	s.jobEnded("sweep", nil)
	if got := s.troubles.list(); !slices.Equal(got, []string{"media"}) {
		t.Errorf("failing: %v", got)
	}
}
