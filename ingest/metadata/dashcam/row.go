package dashcam

import (
	"bytes"
	"strconv"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

// A row reads "2026/08/03 11:34:53 N:48.100000 W:002.100000 19.0 km/h"; nothing
// need stand between it and the next.
const rowClock = len("2026/08/03 11:34:53")

// nextRow finds the next row of a table and gives what stands behind its position.
func nextRow(p []byte) (at clock.Stamp, point place.Point, rest []byte, found bool) {
	for {
		slash := bytes.IndexByte(p, '/')
		if slash < 0 {
			return at, point, nil, false
		}
		if slash >= 4 {
			if at, point, rest, found = readRow(p[slash-4:]); found {
				return at, point, rest, true
			}
		}
		p = p[slash+1:]
	}
}

// readRow reads the row with which p begins.
func readRow(p []byte) (at clock.Stamp, point place.Point, rest []byte, ok bool) {
	if len(p) < rowClock+len(" N:1.1 E:1.1") || p[0] != '2' || p[1] != '0' || p[7] != '/' || p[13] != ':' {
		return at, point, nil, false
	}
	if at, ok = clock.Parse(string(p[:rowClock])); !ok {
		return at, point, nil, false
	}
	rest = p[rowClock:]
	if point.Lat, rest, ok = degreesOf(rest, 'N', 'S', 2); !ok {
		return at, point, nil, false
	}
	point.Lon, rest, ok = degreesOf(rest, 'E', 'W', 3)
	return at, point, rest, ok
}

// degreesOf reads " N:48.100000" with at most that many digits before the point.
func degreesOf(p []byte, positive, negative byte, digits int) (v float64, rest []byte, ok bool) {
	if len(p) < 4 || p[0] != ' ' || p[1] != positive && p[1] != negative || p[2] != ':' {
		return 0, nil, false
	}
	number := p[3:]
	whole := digitsAt(number)
	if whole == 0 || whole > digits || whole == len(number) || number[whole] != '.' {
		return 0, nil, false
	}
	part := digitsAt(number[whole+1:])
	end := whole + 1 + part
	if part == 0 || end > longestNumber {
		return 0, nil, false
	}
	v, err := strconv.ParseFloat(string(number[:end]), 64)
	if p[1] == negative {
		v = -v
	}
	return v, number[end:], err == nil
}

// longestNumber bounds the digits of one number.
const longestNumber = 24

// digitsAt is how many digits p begins with.
func digitsAt(p []byte) int {
	n := 0
	for n < len(p) && p[n] >= '0' && p[n] <= '9' {
		n++
	}
	return n
}
