package s3

import "time"

// OpenHasty is Open with so little patience that a test can wait for its end.
func OpenHasty(c Config) (*Store, error) {
	return openAt(pace{
		retry: 2 * time.Second, attempt: time.Second, header: time.Second, stall: time.Second, dial: time.Second,
		firstPause: 20 * time.Millisecond, maxPause: 200 * time.Millisecond,
		look: 200 * time.Millisecond, join: time.Minute,
	}, c)
}

// PartSize is the size of part i, counted from 0.
var PartSize = partSize

// MinPart is the size of the first parts.
const MinPart = minPart
