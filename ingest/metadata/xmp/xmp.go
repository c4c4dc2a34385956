// Package xmp reads the few properties of an XMP packet (ISO 16684-1) that
// drones write beside or instead of EXIF.
package xmp

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"

	"jikim/ingest/metadata/place"
)

// Namespaces of the properties that are read.
const (
	dji  = "http://www.dji.com/drone-dji/1.0/"
	base = "http://ns.adobe.com/xap/1.0/"
	tiff = "http://ns.adobe.com/tiff/1.0/"
	aux  = "http://ns.adobe.com/exif/1.0/aux/"
)

// maxTokens bounds the walk over a packet.
const maxTokens = 20_000

// Facts is what a packet says; empty where it says nothing.
type Facts struct {
	Make, Model, Serial string
	Created             string // xmp:CreateDate as written; may be a date alone
	Point               *place.Point
	PointSource         string // drone-dji
}

// Read reads a packet as far as it is XML.
func Read(packet []byte) Facts {
	values := properties(packet)
	facts := Facts{
		Make: values[tiff+"Make"], Model: values[tiff+"Model"], Created: values[base+"CreateDate"],
		Serial: first(values[dji+"CameraSerialNumber"], values[aux+"SerialNumber"]),
	}
	lat, okLat := number(values[dji+"GpsLatitude"])
	lon, okLon := number(first(values[dji+"GpsLongitude"], values[dji+"GpsLongtitude"])) // misspelt by the maker
	p := place.Point{Lat: lat, Lon: lon}
	if okLat && okLon && p.Valid() {
		if alt, ok := number(values[dji+"AbsoluteAltitude"]); ok {
			p = p.WithAlt(alt)
		}
		facts.Point, facts.PointSource = &p, "drone-dji"
	}
	return facts
}

// properties gathers the simple properties, written as attributes or as
// elements, by namespace and name.
func properties(packet []byte) map[string]string {
	values := map[string]string{}
	d := xml.NewDecoder(bytes.NewReader(packet))
	d.Strict = false
	var open string
	for range maxTokens {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			open = t.Name.Space + t.Name.Local
			for _, a := range t.Attr {
				keep(values, a.Name.Space+a.Name.Local, a.Value)
			}
		case xml.CharData:
			if open != "" {
				keep(values, open, string(t))
			}
		case xml.EndElement:
			open = ""
		}
	}
	return values
}

func keep(values map[string]string, name, value string) {
	value = strings.TrimSpace(value)
	if _, there := values[name]; !there && value != "" && len(value) < 256 && len(values) < 1000 {
		values[name] = value
	}
}

// number reads a decimal that may carry a leading plus sign.
func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimPrefix(s, "+"), 64)
	return v, err == nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
