package sidecar

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

// ReadAxis reads the GPS trail of an Axis body camera: UTC times, positions as
// "POINT(lon lat)", and the seconds since the recording began.
func ReadAxis(text []byte, course *place.Course) (Log, error) {
	var trail struct {
		CoordinateEntries []struct {
			LocationWKT      string
			SecondsFromStart float64
			Timestamp        time.Time
		}
	}
	if err := json.Unmarshal(text, &trail); err != nil {
		return Log{}, err
	}
	var l Log
	for _, e := range trail.CoordinateEntries {
		l.Entries++
		var f place.Fix
		if _, err := fmt.Sscanf(e.LocationWKT, "POINT(%f %f)", &f.Lon, &f.Lat); err != nil {
			continue
		}
		if e.SecondsFromStart < 0 || e.SecondsFromStart > 30*24*3600 {
			continue
		}
		f.UTC, f.At = e.Timestamp.UTC(), time.Duration(e.SecondsFromStart*float64(time.Second))
		course.Add(f)
	}
	if start := course.Start(); !start.IsZero() {
		l.Start = clock.UTC(start)
	}
	return l, nil
}

// maxTokens bounds the walk over a GPX file.
const maxTokens = 20_000_000

// ReadGPX reads the track points of a GPX 1.0 or 1.1 file, whose times are UTC.
// A file that is cut gives what it had.
func ReadGPX(text io.Reader, course *place.Course) Log {
	l := satelliteLog{course: course}
	d := xml.NewDecoder(text)
	d.Strict = false
	for n := 0; n < maxTokens && course.Err() == nil; n++ {
		token, err := d.Token()
		if err != nil {
			break
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "trkpt" {
			continue
		}
		var point struct {
			Lat  float64   `xml:"lat,attr"`
			Lon  float64   `xml:"lon,attr"`
			Ele  *float64  `xml:"ele"`
			Time time.Time `xml:"time"`
		}
		if err := d.DecodeElement(&point, &start); err != nil {
			l.Broken = true
			break
		}
		l.Entries++
		f := place.Fix{Point: place.Point{Lat: point.Lat, Lon: point.Lon}, UTC: point.Time.UTC()}
		if point.Ele != nil {
			f.Point = f.WithAlt(*point.Ele)
		}
		l.add(f)
	}
	return l.Log
}
