package xmp_test

import (
	"bytes"
	"testing"

	"jikim/ingest/metadata/footagetest"
	"jikim/ingest/metadata/xmp"
)

const head = `<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`

const attributes = head + `<rdf:Description xmlns:d="http://www.dji.com/drone-dji/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 tiff:Make="DJI" tiff:Model="FC6310" xmp:CreateDate="2026-10-03" d:AbsoluteAltitude="+60.10" d:GpsLatitude="+37.5" d:GpsLongtitude="+126.7"/></rdf:RDF></x:xmpmeta>`

const elements = head + `<rdf:Description xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/">
<drone-dji:AbsoluteAltitude>+60.10</drone-dji:AbsoluteAltitude><drone-dji:GpsLatitude>37.5</drone-dji:GpsLatitude>
<drone-dji:GpsLongitude>126.7</drone-dji:GpsLongitude></rdf:Description></rdf:RDF></x:xmpmeta>`

func TestRead(t *testing.T) {
	for name, packet := range map[string]string{"attributes": attributes, "elements": elements} {
		f := xmp.Read([]byte(packet))
		if f.Point == nil || f.Point.Lat != 37.5 || f.Point.Lon != 126.7 || *f.Point.Alt != 60.1 || f.PointSource != "drone-dji" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f := xmp.Read([]byte(attributes)); f.Make != "DJI" || f.Model != "FC6310" || f.Created != "2026-10-03" {
		t.Errorf("%+v", f)
	}
}

func TestAltitudeAloneIsNoPlace(t *testing.T) {
	if f := xmp.Read([]byte(head + `<rdf:Description xmlns:d="http://www.dji.com/drone-dji/1.0/" d:AbsoluteAltitude="-36.23"/>`)); f.Point != nil {
		t.Errorf("%+v", f.Point)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "photos/dji/*") {
		if _, packet, found := bytes.Cut(seed, []byte("http://ns.adobe.com/xap/1.0/\x00")); found {
			f.Add(packet[:min(len(packet), 8<<10)])
		}
	}
	f.Add([]byte(attributes))
	f.Add([]byte(elements))
	f.Fuzz(func(t *testing.T, p []byte) {
		if facts := xmp.Read(p); facts.Point != nil && !facts.Point.Valid() {
			t.Fatalf("%+v", facts.Point)
		}
	})
}
