package sidecar

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

// ReadAxis reads the GPS trail of an Axis body camera: UTC times, positions as
// "POINT(lon lat)", and the seconds since the recording began.
func ReadAxis(text []byte) (Log, error) {
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
		l.add(f)
	}
	if start := place.Start(l.Fixes); !start.IsZero() {
		l.Start = clock.UTC(start)
	}
	return l, nil
}

// maxTokens bounds the walk over a GPX file.
const maxTokens = 4_000_000

// ReadGPX reads the track points of a GPX 1.0 or 1.1 file, whose times are UTC.
// A file that is cut gives what it had.
func ReadGPX(text []byte) Log {
	var l Log
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	for range maxTokens {
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
	l.finishSatellite()
	return l
}
