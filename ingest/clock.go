package ingest

import (
	"strings"

	"jikim/devices"
	"jikim/footage"
	"jikim/ingest/metadata"
)

// longestClock bounds what is kept of a clock reading, in characters.
const longestClock = 64

// noteClock keeps what the device's clock showed and when we heard of it. What
// makes no sense is kept like the rest, for the evidence to say so: a camera
// whose clock is odd must be taken in all the same.
func (in *Intake) noteClock(up *footage.Upload, shown string) {
	said := []rune(strings.TrimSpace(printable(shown)))
	if len(said) == 0 {
		return
	}
	up.DeviceClock, up.ClockReadAt = string(said[:min(len(said), longestClock)]), in.now()
}

// clockChecks are the looks at the device's clock that the capture time is
// weighed with: what the dock asked comes before what the registry has.
func clockChecks(up footage.Upload, device devices.Device) []metadata.ClockCheck {
	var checks []metadata.ClockCheck
	if up.DeviceClock != "" {
		checks = append(checks, metadata.CheckAtDock(up.DeviceClock, up.ClockReadAt.Std(), device.Clock))
	}
	if check, known := metadata.CheckByRegistry(device); known {
		checks = append(checks, check)
	}
	return checks
}
