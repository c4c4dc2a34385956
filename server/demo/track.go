package demo

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// flight is the way of a drone while it films.
type flight struct {
	way     route
	seconds int
	low     float64 // metres above the ground at the start
	high    float64 // and at the end
}

// aloft is how high the drone is over the ground, in metres.
func (f flight) aloft(part float64) float64 { return f.low + (f.high-f.low)*part }

// srt is the flight log DJI drones write beside a film: an entry for each
// frame, with the drone's own clock, which has no zone.
func (f flight) srt(begun time.Time) []byte {
	var b strings.Builder
	frames := f.seconds * frameRate
	cue := func(at time.Duration) string {
		return time.Time{}.Add(at).Format("15:04:05") + fmt.Sprintf(",%03d", at.Milliseconds()%1000)
	}
	for i := range frames {
		at := time.Duration(i) * time.Second / frameRate
		part := float64(i) / float64(frames)
		lat, lon := degrees(f.way.at(part))
		fmt.Fprintf(&b, "%d\n%s --> %s\n<font size=\"28\">FrameCnt: %d, DiffTime: %dms\n%s\n", i+1, cue(at), cue(at+time.Second/frameRate),
			i+1, 1000/frameRate, begun.Add(at).Format("2006-01-02 15:04:05.000"))
		fmt.Fprintf(&b, "[iso: 100] [shutter: 1/800.0] [fnum: 2.8] [latitude: %.6f] [longitude: %.6f] [rel_alt: %.3f abs_alt: %.3f] </font>\n\n",
			lat, lon, f.aloft(part), groundM+f.aloft(part))
	}
	return []byte(b.String())
}

// nmea is the log of a receiver that was carried along a way, one fix a second
// (NMEA 0183: RMC and GGA; its clock is that of the satellites, in UTC).
func nmea(way route, seconds int, begun time.Time) []byte {
	var b strings.Builder
	for second := range seconds + 1 {
		at := begun.Add(time.Duration(second) * time.Second).UTC()
		lat, lon := degrees(way.at(float64(second) / float64(seconds)))
		place := minutes(lat, 2) + ",N," + minutes(lon, 3) + ",E"
		sentence(&b, fmt.Sprintf("GPGGA,%s,%s,1,11,0.8,%.1f,M,18.2,M,,", at.Format("150405.000"), place, groundM))
		sentence(&b, fmt.Sprintf("GPRMC,%s,A,%s,2.6,0.0,%s,,,A", at.Format("150405.000"), place, at.Format("020106")))
	}
	return []byte(b.String())
}

// minutes writes degrees as ddmm.mmmm, with so many digits for the degrees.
func minutes(v float64, digits int) string {
	whole := math.Floor(v)
	return fmt.Sprintf("%0*d%07.4f", digits, int(whole), (v-whole)*60)
}

// sentence writes a sentence with its checksum.
func sentence(b *strings.Builder, text string) {
	sum := byte(0)
	for i := range len(text) {
		sum ^= text[i]
	}
	fmt.Fprintf(b, "$%s*%02X\r\n", text, sum)
}
