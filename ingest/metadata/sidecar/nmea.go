package sidecar

import (
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

var sentence = regexp.MustCompile(`^\$G[A-Z]{4},`)

// IsNMEA reports whether a text begins with NMEA 0183 sentences.
func IsNMEA(head []byte) bool { return sentence.Match(head) }

// ReadNMEA reads RMC sentences, whose date and time are UTC, and takes altitudes
// from GGA. Only fixes marked valid count. An error is one of the store.
func ReadNMEA(text io.Reader, course *place.Course) (Log, error) {
	l := satelliteLog{course: course}
	alt := 0.0
	hasAlt := false
	lines := newLines(text)
	for lines.next() && course.Err() == nil {
		line := lines.text
		if !strings.HasPrefix(line, "$") {
			continue
		}
		l.Entries++
		if gga, ok := fields(line, "GGA"); ok && len(gga) > 9 && gga[9] != "" {
			alt, hasAlt = number(gga[9]), true
		}
		fix, ok := RMC(line)
		if !ok {
			continue
		}
		if hasAlt {
			fix.Point = fix.WithAlt(alt)
		}
		l.add(fix)
	}
	l.Broken = lines.cut
	return l.Log, lines.err
}

// satelliteLog is a log whose only clock is that of the satellites.
type satelliteLog struct {
	Log
	course *place.Course
}

// add takes a fix, and from the first satellite time the start of the log and
// each fix's place in it.
func (l *satelliteLog) add(f place.Fix) {
	if !f.Valid() {
		return
	}
	first, begun := l.course.First()
	switch {
	case f.UTC.IsZero():
	case !begun:
		l.Start = clock.UTC(f.UTC)
	case !first.UTC.IsZero():
		f.At = f.UTC.Sub(first.UTC)
	}
	l.course.Add(f)
}

// RMC finds a "recommended minimum" sentence in a line, with or without its
// dollar sign and checksum, and reads it when it has a valid fix.
func RMC(line string) (place.Fix, bool) {
	f, ok := fields(line, "RMC")
	if !ok || len(f) < 10 || f[2] != "A" {
		return place.Fix{}, false
	}
	t, err := time.Parse("020106150405", f[9]+cut(f[1], 6))
	if err != nil {
		return place.Fix{}, false
	}
	if _, fraction, has := strings.Cut(f[1], "."); has {
		seconds, _ := strconv.ParseFloat("0."+fraction, 64)
		t = t.Add(time.Duration(seconds * float64(time.Second)))
	}
	lat, okLat := minutes(f[3], f[4] == "S")
	lon, okLon := minutes(f[5], f[6] == "W")
	fix := place.Fix{Point: place.Point{Lat: lat, Lon: lon}, UTC: t}
	return fix, okLat && okLon && fix.Valid()
}

// fields cuts the sentence of a type out of a line at its commas.
func fields(line, kind string) ([]string, bool) {
	i := strings.Index(line, kind+",")
	if i < 2 {
		return nil, false
	}
	talker := line[i-2 : i]
	if talker[0] != 'G' && talker[0] != 'B' {
		return nil, false
	}
	line = line[i:]
	if end := strings.IndexAny(line, "*;\r\n"); end >= 0 {
		line = line[:end]
	}
	return strings.Split(line, ","), true
}

// minutes reads ddmm.mmmm or dddmm.mmmm; some devices leave leading zeros out.
func minutes(s string, negative bool) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v > 18000 || math.Mod(v, 100) >= 60 {
		return 0, false
	}
	v = math.Floor(v/100) + math.Mod(v, 100)/60
	if negative {
		v = -v
	}
	return v, true
}

func cut(s string, n int) string { return s[:min(n, len(s))] }
