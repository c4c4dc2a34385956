// Package sidecar reads the text files that lie beside a recording: DJI flight
// logs in SRT, NMEA, GPX and 70mai tracks, and the GPS trail of Axis body
// cameras. They are read as a stream, an entry at a time; a log cut in the
// middle gives what it had.
package sidecar

import (
	"bytes"
	"io"
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
	Entries  int           // cues, sentences or points, with a position or without
	Broken   bool          // the last entry is cut off
	LateFix  bool          // the recording began without a fix
}

// maxLine bounds one line.
const maxLine = 64 << 10

var (
	cueLine = regexp.MustCompile(`^(\d{1,3}):(\d{2}):(\d{2})[,.](\d{1,3}) --> (\d{1,3}):(\d{2}):(\d{2})[,.](\d{1,3})`)
	// 2022-08-07 13:40:40,774,808 · 2017.8.5 14:11:51 · 2026-05-27 13:14:22.911
	stampText = regexp.MustCompile(`(20\d{2})[-./](\d{1,2})[-./](\d{1,2}) (\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,3}))?`)
	// GPS(lon,lat,satellites) of the Mavic Pro family, GPS(lat,lon,altitude) of others
	gpsTriple = regexp.MustCompile(`\bGPS ?\( ?([-+]?\d+\.?\d*) ?, ?([-+]?\d+\.?\d*)(?: ?, ?([-+]?\d+\.?\d*) ?M?)? ?\)`)
	djiMarks  = regexp.MustCompile(`\[latitude ?:|\[iso ?:|GPS ?\(|HOME ?\(|SrtCnt|FrameCnt`)
)

// IsSRT reports whether a text begins as a subtitle file or as a DJI log
// without cue times.
func IsSRT(head []byte) bool {
	lines := bytes.SplitN(head, []byte("\n"), 4)
	if len(lines) < 3 || !isIndex(string(bytes.TrimSpace(lines[0]))) {
		return false
	}
	second := bytes.TrimSpace(lines[1])
	return cueLine.Match(second) || stampText.Match(second) && djiMarks.Match(head)
}

// ReadSRT reads a DJI log; its positions go to course. An ordinary subtitle file
// gives its duration alone. An error is one of the store.
func ReadSRT(text io.Reader, course *place.Course) (Log, error) {
	l := srtLog{course: course}
	var entry cue
	lines := newLines(text)
	for lines.next() && course.Err() == nil {
		line := lines.text
		switch {
		case isIndex(line):
			l.close(entry)
			entry = cue{open: true}
		case strings.Contains(line, " --> "):
			if m := cueLine.FindStringSubmatch(line); m != nil {
				entry.open, entry.at = true, cueTime(m[1:5])
				l.Duration = max(l.Duration, cueTime(m[5:9]))
			}
		case len(entry.lines) < maxCueLines:
			entry.lines = append(entry.lines, line)
		}
	}
	entry.last = true
	l.close(entry)
	l.Broken = l.Broken || lines.cut
	return l.Log, lines.err
}

type srtLog struct {
	Log
	course *place.Course
}

// cue is one entry of the log.
type cue struct {
	open, last bool
	at         time.Duration
	lines      []string
}

// maxCueLines bounds the lines of one entry; makers write at most six.
const maxCueLines = 16

// isIndex reports whether a line is the number of an entry.
func isIndex(line string) bool {
	if line == "" || len(line) > 7 {
		return false
	}
	for i := range len(line) {
		if line[i] < '0' || line[i] > '9' {
			return false
		}
	}
	return true
}

func (l *srtLog) close(c cue) {
	text := strings.TrimSpace(strings.Join(c.lines, "\n"))
	if !c.open || text == "" {
		l.Broken = l.Broken || c.open && c.last
		return
	}
	l.Entries++
	if l.Start.IsZero() {
		l.Start = findStamp(text)
	}
	p, complete := findPoint(text)
	switch {
	case p.Valid():
		l.course.Add(place.Fix{Point: p, At: c.at})
	case l.Entries == 1:
		l.LateFix = complete
	case c.last && !complete && l.course.Count() > 0:
		l.Broken = true
	}
}

// Caption reads the text of one DJI caption, as it stands in a cue of a log or
// in a sample of a movie's text track. The clock is the drone's and has no zone;
// the point is not Valid where there was no fix.
func Caption(text string) (clock.Stamp, place.Point) {
	p, _ := findPoint(text)
	return findStamp(text), p
}

func findStamp(text string) clock.Stamp {
	m := stampText.FindStringSubmatch(text)
	if m == nil {
		return clock.Stamp{}
	}
	n := make([]int, 6)
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	if n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return clock.Stamp{}
	}
	fraction, _ := strconv.ParseFloat("0."+m[7]+"0", 64)
	return clock.Local(time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], int(fraction*1e9), time.UTC))
}

// findPoint reads the position of an entry and reports whether it has one at
// all, be it 0,0. The HOME point is where the operator stands and is left alone.
func findPoint(text string) (p place.Point, complete bool) {
	lat, okLat := valueOf(text, "latitude")
	lon, okLon := valueOf(text, "longitude")
	if !okLon {
		lon, okLon = valueOf(text, "longtitude") // so some drones write it
	}
	if okLat && okLon {
		p = place.Point{Lat: lat, Lon: lon}
		if alt, ok := valueOf(text, "abs_alt"); ok {
			p = p.WithAlt(alt)
		} else if alt, ok := valueOf(text, "altitude"); ok {
			p = p.WithAlt(alt)
		}
		return p, true
	}
	if !strings.Contains(text, "GPS") {
		return p, false
	}
	m := gpsTriple.FindStringSubmatch(text)
	if m == nil {
		return p, false
	}
	first, second := number(m[1]), number(m[2])
	satellites := m[3] != "" && !strings.Contains(m[3], ".") && !strings.Contains(m[0], "M")
	if satellites || first > 90 || first < -90 || m[3] == "" {
		return place.Point{Lat: second, Lon: first}, true
	}
	return place.Point{Lat: first, Lon: second}.WithAlt(number(m[3])), true
}

// valueOf reads the number after "key: " or "key : ".
func valueOf(text, key string) (float64, bool) {
	i := strings.Index(text, key)
	if i < 0 {
		return 0, false
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(text[i+len(key):], " "), ":")
	if !ok {
		return 0, false
	}
	rest = strings.TrimLeft(rest, " +")
	end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '-' })
	if end < 0 {
		end = len(rest)
	}
	v, err := strconv.ParseFloat(rest[:end], 64)
	return v, err == nil
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
