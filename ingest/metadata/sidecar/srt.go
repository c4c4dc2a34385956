// Package sidecar reads the text files that lie beside a recording: DJI flight
// logs in SRT, NMEA and GPX tracks, and the GPS trail of Axis body cameras. They
// are read line by line; a log cut in the middle gives what it had.
package sidecar

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

// Log is what a side-car says. Anything not said is zero.
type Log struct {
	Start    clock.Stamp   // the first clock reading, zoned only where the format has a zone
	Duration time.Duration // from zero to the end of the last cue
	Fixes    []place.Fix   // valid positions only
	Entries  int           // cues, sentences or points, with a position or without
	Broken   bool          // the last entry is cut off
	LateFix  bool          // the recording began without a fix
}

// maxFixes bounds what is kept of a track; maxLine one line.
const (
	maxFixes = 500_000
	maxLine  = 64 << 10
)

func (l *Log) add(f place.Fix) {
	if f.Valid() && len(l.Fixes) < maxFixes {
		l.Fixes = append(l.Fixes, f)
	}
}

var (
	cueLine = regexp.MustCompile(`^(\d{1,3}):(\d{2}):(\d{2})[,.](\d{1,3}) --> (\d{1,3}):(\d{2}):(\d{2})[,.](\d{1,3})`)
	// 2022-08-07 13:40:40,774,808 · 2017.8.5 14:11:51 · 2026-05-27 13:14:22.911
	stampText = regexp.MustCompile(`(20\d{2})[-./](\d{1,2})[-./](\d{1,2}) (\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,3}))?`)
	keyLat    = regexp.MustCompile(`\[?\blatitude ?: ?([-+]?\d+\.?\d*)`)
	keyLon    = regexp.MustCompile(`\[?\blong?t?itude ?: ?([-+]?\d+\.?\d*)`) // "longtitude" is what some drones write
	keyAlt    = regexp.MustCompile(`\b(?:abs_alt|altitude) ?: ?([-+]?\d+\.?\d*)`)
	// GPS(lon,lat,satellites) of the Mavic Pro family, GPS(lat,lon,altitude) of others
	gpsTriple = regexp.MustCompile(`\bGPS ?\( ?([-+]?\d+\.?\d*) ?, ?([-+]?\d+\.?\d*)(?: ?, ?([-+]?\d+\.?\d*) ?M?)? ?\)`)
	djiMarks  = regexp.MustCompile(`\[latitude ?:|\[iso ?:|GPS ?\(|HOME ?\(|SrtCnt|FrameCnt`)
	indexLine = regexp.MustCompile(`^\d{1,7}$`)
)

// IsSRT reports whether a text begins as a subtitle file or as a DJI log
// without cue times.
func IsSRT(head []byte) bool {
	lines := bytes.SplitN(head, []byte("\n"), 4)
	if len(lines) < 3 || !indexLine.Match(bytes.TrimSpace(lines[0])) {
		return false
	}
	second := bytes.TrimSpace(lines[1])
	return cueLine.Match(second) || stampText.Match(second) && djiMarks.Match(head)
}

// ReadSRT reads a DJI log. An ordinary subtitle file gives its duration alone.
func ReadSRT(text []byte) Log {
	var l Log
	var entry cue
	for line := range lines(text) {
		switch {
		case indexLine.MatchString(line):
			l.close(entry)
			entry = cue{open: true}
		case cueLine.MatchString(line):
			m := cueLine.FindStringSubmatch(line)
			entry.open, entry.at = true, cueTime(m[1:5])
			l.Duration = max(l.Duration, cueTime(m[5:9]))
		default:
			entry.text += line + "\n"
		}
	}
	entry.last = true
	l.close(entry)
	return l
}

// cue is one entry of the log.
type cue struct {
	open, last bool
	at         time.Duration
	text       string
}

func (l *Log) close(c cue) {
	if !c.open || strings.TrimSpace(c.text) == "" {
		l.Broken = l.Broken || c.open && c.last
		return
	}
	l.Entries++
	if l.Start.IsZero() {
		if s, ok := findStamp(c.text); ok {
			l.Start = s
		}
	}
	p, ok := findPoint(c.text)
	if ok {
		l.add(place.Fix{Point: p, At: c.at})
	} else if l.Entries == 1 {
		l.LateFix = djiComplete(c.text)
	}
	l.Broken = l.Broken || c.last && !ok && l.Entries > 1 && len(l.Fixes) > 0 && !djiComplete(c.text)
}

// djiComplete reports whether an entry has a position field at all, be it 0,0.
func djiComplete(text string) bool {
	return keyLat.MatchString(text) || gpsTriple.MatchString(text)
}

func findStamp(text string) (clock.Stamp, bool) {
	m := stampText.FindStringSubmatch(text)
	if m == nil {
		return clock.Stamp{}, false
	}
	n := make([]int, 6)
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	fraction, _ := strconv.ParseFloat("0."+m[7]+"0", 64)
	if n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return clock.Stamp{}, false
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], int(fraction*1e9), time.UTC)
	return clock.Local(t), true
}

// findPoint reads the position of an entry. The HOME point is where the
// operator stands and is left alone.
func findPoint(text string) (place.Point, bool) {
	if lat, lon := keyLat.FindStringSubmatch(text), keyLon.FindStringSubmatch(text); lat != nil && lon != nil {
		p := place.Point{Lat: number(lat[1]), Lon: number(lon[1])}
		if alt := keyAlt.FindStringSubmatch(text); alt != nil {
			p = p.WithAlt(number(alt[1]))
		}
		return p, p.Valid()
	}
	m := gpsTriple.FindStringSubmatch(text)
	if m == nil {
		return place.Point{}, false
	}
	first, second := number(m[1]), number(m[2])
	satellites := m[3] != "" && !strings.Contains(m[3], ".") && !strings.Contains(m[0], "M")
	if satellites || first > 90 || first < -90 || m[3] == "" {
		p := place.Point{Lat: second, Lon: first}
		return p, p.Valid()
	}
	p := place.Point{Lat: first, Lon: second}.WithAlt(number(m[3]))
	return p, p.Valid()
}

func cueTime(m []string) time.Duration {
	n := make([]int, 4)
	for i := range n {
		n[i], _ = strconv.Atoi(m[i])
	}
	return time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute +
		time.Duration(n[2])*time.Second + time.Duration(n[3])*time.Millisecond
}

func number(s string) float64 {
	v, _ := strconv.ParseFloat(strings.TrimPrefix(s, "+"), 64)
	return v
}

// lines gives the lines of a text without their ends; overlong ones are cut.
func lines(text []byte) func(func(string) bool) {
	return func(yield func(string) bool) {
		text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
		for len(text) > 0 {
			line := text
			if i := bytes.IndexByte(text, '\n'); i >= 0 {
				line, text = text[:i], text[i+1:]
			} else {
				text = nil
			}
			if !yield(strings.TrimSpace(string(line[:min(len(line), maxLine)]))) {
				return
			}
		}
	}
}
