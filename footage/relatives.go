package footage

import (
	"jikim/devices/instant"
	"jikim/footage/ledger"
)

// MostFiles is how many files one recording may have. What goes on beyond it is
// a recording of its own.
const MostFiles = 500

// Relative is a live clip among which the recording of a new one is sought, with
// what its own record does not tell.
type Relative struct {
	Clip
	Sent    string // the purpose its sender named; "" = none
	Settled bool   // a person has corrected something of it: what it is, persons decide
}

// Relatives finds the clips among which the recording of a new one is sought,
// inside the change that registers it: what they are stays so until the change
// ends. What is destroyed, or being destroyed, is no relative.
type Relatives interface {
	// Siblings gives clips of a group key, oldest first, no more than limit.
	Siblings(groupKey string, limit int) ([]Relative, error)
	// Neighbours gives the main files of a device that began within a span, both
	// ends included, without their Manifest: the latest first, no more than limit.
	Neighbours(device string, from, to instant.Time, limit int) ([]Clip, error)
	// Size counts the files of recordings, no further than limit.
	Size(recordings []string, limit int) (int, error)
	// Members gives the files of recordings, oldest first, no more than limit.
	Members(recordings []string, limit int) ([]Relative, error)
}

// Joining finds the recording of a clip that is about to be registered, inside
// the change that registers it. It may change the clip, its upload and the entry,
// and gives the other clips that change with it. It may be run again.
type Joining func(r Relatives, e *ledger.Entry, up *Upload, clip *Clip) (others []Clip, err error)
