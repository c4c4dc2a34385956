package footage

import "jikim/devices/instant"

// DayTally counts clips of one day.
type DayTally struct {
	Date    instant.Date // in Korea
	Purpose string       // "" when it does not matter
	Clips   int
	Bytes   int64
}

// StoredTally is what a department keeps for a purpose.
type StoredTally struct {
	Department, Purpose string
	Clips               int
	Bytes               int64 // of the originals
}

// HeldClip is a hold with the clip it keeps.
type HeldClip struct {
	Hold Hold
	Clip Clip // without what only a clip's own page shows
}

// HoldFilter says which holds a list shows. Empty fields do not restrict.
type HoldFilter struct {
	Department string // of the clip; also the scope of the person who asks
	Basis      string
	Released   bool // the released ones instead of the open ones
	Cursor     string
	Limit      int // 1 to 200; 0 = 50
}

// UploadTally counts uploads on their way.
type UploadTally struct {
	State UploadState
	Count int
}
