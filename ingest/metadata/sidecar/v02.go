package sidecar

import (
	"io"
	"strconv"
	"strings"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

// V02 is the first line of a 70mai log.
const V02 = "$V02"

// ReadV02 reads the log of a 70mai dash camera: a line a second with Unix time,
// the state of the receiver, latitude and longitude, and as tenth the name of
// the clip it belongs to. One log may serve several clips: it then has no start
// of its own, and shared says so. Only fixes marked valid count.
func ReadV02(text io.Reader, course *place.Course) (l Log, shared bool, err error) {
	lines := newLines(text)
	clip := ""
	for lines.next() && course.Err() == nil {
		f := strings.Split(lines.text, ",")
		if len(f) < 10 {
			continue
		}
		l.Entries++
		shared = shared || clip != "" && f[9] != clip
		clip = f[9]
		fix, ok := v02Fix(f)
		if !ok {
			continue
		}
		if first, begun := course.First(); begun {
			fix.At = fix.UTC.Sub(first.UTC)
		} else {
			l.Start = clock.UTC(fix.UTC)
		}
		course.Add(fix)
	}
	if shared {
		l.Start = clock.Stamp{}
	}
	l.Broken = lines.cut
	return l, shared, lines.err
}

func v02Fix(f []string) (place.Fix, bool) {
	seconds, err := strconv.ParseInt(f[0], 10, 64)
	if err != nil || seconds < 1<<30 || seconds > 1<<32 || f[1] != "A" {
		return place.Fix{}, false
	}
	lat, errLat := strconv.ParseFloat(f[2], 64)
	lon, errLon := strconv.ParseFloat(f[3], 64)
	fix := place.Fix{Point: place.Point{Lat: lat, Lon: lon}, UTC: time.Unix(seconds, 0).UTC()}
	return fix, errLat == nil && errLon == nil && fix.Valid()
}
