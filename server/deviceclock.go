package main

import (
	"fmt"
	"time"

	"jikim/ingest/metadata/clock"
)

// deviceClock makes a clock that goes on from what a device's clock shows now:
// files are sent one after another, and each tells what it shows then. nil when
// nothing is given.
func deviceClock(shown string, now func() time.Time) (func() string, error) {
	if shown == "" {
		return nil, nil
	}
	stamp, ok := clock.Parse(shown)
	if !ok {
		return nil, misuse{fmt.Errorf("--device-clock의 시각 %q을 읽지 못했습니다. 2026-10-03T14:05:00처럼 적어 주세요", shown)}
	}
	asked := now()
	return func() string { return stamp.Add(now().Sub(asked)).String() }, nil
}
