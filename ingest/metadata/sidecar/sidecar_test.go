package sidecar_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"jikim/ingest/metadata/footagetest"
	"jikim/ingest/metadata/place"
	"jikim/ingest/metadata/sidecar"
)

// log is what a reader says, with the fixes it passed on.
type log struct {
	sidecar.Log
	Fixes []place.Fix
}

func read(how func(io.Reader, *place.Course) (sidecar.Log, error), text []byte) log {
	var l log
	course := place.Course{Visit: func(f place.Fix) error {
		l.Fixes = append(l.Fixes, f)
		return nil
	}}
	l.Log, _ = how(bytes.NewReader(text), &course)
	return l
}

func readGPX(text io.Reader, course *place.Course) (sidecar.Log, error) {
	return sidecar.ReadGPX(text, course), nil
}

func readAxis(text io.Reader, course *place.Course) (sidecar.Log, error) {
	whole, err := io.ReadAll(text)
	if err != nil {
		return sidecar.Log{}, err
	}
	return sidecar.ReadAxis(whole, course)
}

func readV02(text io.Reader, course *place.Course) (sidecar.Log, error) {
	l, _, err := sidecar.ReadV02(text, course)
	return l, err
}

const cue = "1\n00:00:00,000 --> 00:00:00,033\n"

func TestSRTDialects(t *testing.T) {
	for name, c := range map[string]struct {
		text          string
		start         string
		lat, lon, alt float64
		duration      time.Duration
	}{
		"bracketed, two altitudes": {
			cue + "<font size=\"28\">FrameCnt: 1, DiffTime: 33ms\n2026-10-03 14:05:00.125\n[latitude: 37.5] [longitude: 126.7] [rel_alt: 6.000 abs_alt: 60.100] </font>\n\n",
			"2026-10-03T14:05:00.125", 37.5, 126.7, 60.1, 33 * time.Millisecond,
		},
		"comma milliseconds and microseconds": {
			cue + "<font size=\"36\">SrtCnt : 1, DiffTime : 33ms\n2026-10-03 14:05:00,774,808\n[latitude: 37.5] [longitude: 126.7] [altitude: 117.000000] </font>\n\n",
			"2026-10-03T14:05:00.774", 37.5, 126.7, 117, 33 * time.Millisecond,
		},
		"no cue times, misspelt longitude": {
			"1\n2026.10.03 14:05:00,393,525\n[latitude : 37.5] [longtitude : 126.7] [iso : 100]\n\n2\n2026.10.03 14:05:01,393,525\n[latitude : 37.6] [longtitude : 126.7]\n",
			"2026-10-03T14:05:00.393", 37.5, 126.7, 0, 0,
		},
		"longitude first with satellites, unpadded date": {
			cue + "HOME(126.71,37.51) 2026.1.3 14:05:00\nGPS(126.7,37.5,16) Hb:1.9 Hs:1.9\n\n",
			"2026-01-03T14:05:00", 37.5, 126.7, 0, 33 * time.Millisecond,
		},
		"latitude first with altitude": {
			cue + "2026-10-03 14:05:00.000\nGPS(37.5,126.7,60.1M) BAROMETER:12.3M\n\n",
			"2026-10-03T14:05:00", 37.5, 126.7, 60.1, 33 * time.Millisecond,
		},
		"one line without a clock": {
			cue + "F/5.6, SS 400, ISO 100, EV 0, GPS (126.7, 37.5, 15), HOME (126.71, 37.51, -57.98m), D 698.70m, H 85.80m\n\n",
			"", 37.5, 126.7, 0, 33 * time.Millisecond,
		},
		"no fix": {
			cue + "2026-10-03 14:05:00.000\n[latitude: 0.000000] [longitude: 0.000000] [rel_alt: 0.4 abs_alt: 269.099]\n\n",
			"2026-10-03T14:05:00", 0, 0, 0, 33 * time.Millisecond,
		},
		"words alone": {cue + "안녕하십니까\n\n", "", 0, 0, 0, 33 * time.Millisecond},
		"windows line ends": {
			"1\r\n00:00:00,000 --> 00:00:01,000\r\n2026-10-03 14:05:00.000\r\n[latitude: 37.5] [longitude: 126.7]\r\n",
			"2026-10-03T14:05:00", 37.5, 126.7, 0, time.Second,
		},
	} {
		if !sidecar.IsSRT([]byte(c.text)) {
			t.Errorf("%s: not taken for SRT", name)
		}
		l := read(sidecar.ReadSRT, []byte(c.text))
		if l.Start.String() != c.start || l.Duration != c.duration {
			t.Errorf("%s: starts %q, lasts %s", name, l.Start, l.Duration)
		}
		switch {
		case c.lat == 0 && len(l.Fixes) > 0:
			t.Errorf("%s: a place %+v where there is none", name, l.Fixes[0])
		case c.lat == 0:
		case len(l.Fixes) == 0:
			t.Errorf("%s: no place", name)
		default:
			f := l.Fixes[0]
			if f.Lat != c.lat || f.Lon != c.lon || (c.alt != 0) != (f.Alt != nil) || f.Alt != nil && *f.Alt != c.alt {
				t.Errorf("%s: %+v", name, f.Point)
			}
		}
		if l.Broken {
			t.Errorf("%s: said to be cut", name)
		}
	}
}

func TestSRTCut(t *testing.T) {
	l := read(sidecar.ReadSRT, []byte(cue+"2026-10-03 14:05:00.000\n[latitude: 37.5] [longitude: 126.7]\n\n2\n00:00:00,033 --> 00:00:00,066\n2026-10-03 14:05:00.033\n[latit"))
	if !l.Broken || len(l.Fixes) != 1 {
		t.Errorf("%+v", l)
	}
}

func TestNMEA(t *testing.T) {
	text := "$GPGGA,050459.000,3730.0000,N,12642.0000,E,1,12,0.7,13.9,M,48.6,M,,0000*7F\n" +
		"$GPRMC,050459.000,V,,,,,,,031026,,,N*72\n" +
		"$GPRMC,050500.250,A,3730.0000,N,12642.0000,E,0.00,0.00,031026,,,A*72\n" +
		"$GPRMC,050501.000,A,3730.0000,S,12642.0000,W,0.00,0.00,031026,,,A*72\n"
	l := read(sidecar.ReadNMEA, []byte(text))
	if l.Start.String() != "2026-10-03T05:05:00.250Z" || len(l.Fixes) != 2 || l.Entries != 4 {
		t.Fatalf("starts %s, %d fixes, %d entries", l.Start, len(l.Fixes), l.Entries)
	}
	if f := l.Fixes[0]; f.Lat != 37.5 || f.Lon != 126.7 || *f.Alt != 13.9 {
		t.Errorf("%+v", f)
	}
	if f := l.Fixes[1]; f.Lat != -37.5 || f.Lon != -126.7 || f.At != 750*time.Millisecond {
		t.Errorf("%+v", f)
	}
}

func TestAxisStartsBeforeTheFirstFix(t *testing.T) {
	l := read(readAxis, []byte(`{"CoordinateEntries":[
		{"LocationWKT":"POINT(126.7 37.5)","SecondsFromStart":64.0,"Timestamp":"2026-10-03T05:06:04Z"},
		{"LocationWKT":"POINT(126.8 37.6)","SecondsFromStart":82.0,"Timestamp":"2026-10-03T05:06:22Z"}]}`))
	if l.Start.String() != "2026-10-03T05:05:00Z" || len(l.Fixes) != 2 || l.Fixes[0].Lat != 37.5 {
		t.Errorf("%+v", l)
	}
}

func TestGPXCut(t *testing.T) {
	l := read(readGPX, []byte(`<gpx><trk><trkseg><trkpt lat="37.5" lon="126.7"><ele>60.1</ele><time>2026-10-03T05:05:00Z</time></trkpt><trkpt lat="37.6" lon="12`))
	if len(l.Fixes) != 1 || *l.Fixes[0].Alt != 60.1 || l.Start.String() != "2026-10-03T05:05:00Z" {
		t.Errorf("%+v", l)
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range footagetest.Seeds(f, "telemetry/dji_srt/*", "telemetry/nmea/*", "telemetry/bodycam/*", "video/dashcam/70mai_multi/*.txt") {
		f.Add(seed)
	}
	f.Add([]byte(cue + "2026-10-03 14:05:00.125\n[latitude: 37.5] [longitude: 126.7] [rel_alt: 6.000 abs_alt: 60.100]\n"))
	f.Add([]byte(cue + "HOME(126.71,37.51) 2026.1.3 14:05:00\nGPS(126.7,37.5,16) Hb:1.9\n"))
	f.Add([]byte("$GPRMC,050500.250,A,3730.0000,N,12642.0000,E,0.00,0.00,031026,,,A*72\n"))
	f.Add([]byte(`{"CoordinateEntries":[{"LocationWKT":"POINT(126.7 37.5)","SecondsFromStart":64.0,"Timestamp":"2026-10-03T05:06:04Z"}]}`))
	f.Add([]byte(`<gpx><trkpt lat="37.5" lon="126.7"><ele>60.1</ele><time>2026-10-03T05:05:00Z</time></trkpt></gpx>`))
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, l := range []log{read(sidecar.ReadSRT, p), read(sidecar.ReadNMEA, p), read(readGPX, p), read(readAxis, p), read(readV02, p)} {
			for _, fix := range l.Fixes {
				if !fix.Valid() {
					t.Fatalf("no place: %+v", fix)
				}
			}
			if l.Duration < 0 {
				t.Fatalf("lasts %s", l.Duration)
			}
		}
	})
}

func TestV02(t *testing.T) {
	line := func(second, clip string) string {
		return "17910075" + second + ",A,37.500000,126.700000,9000,1389,0,100,0,NO20261003-140500-00000" + clip + "F.MP4,0,0,0\n"
	}
	void := "1791007500,V,0.000000,0.000000,0,0,0,0,0,NO20261003-140500-000001F.MP4,0,0,0\n"
	one := read(readV02, []byte("$V02\n"+void+line("01", "1")+line("03", "1")))
	if one.Start.String() != "2026-10-03T06:05:01Z" || len(one.Fixes) != 2 || one.Fixes[1].At != 2*time.Second || one.Entries != 3 {
		t.Errorf("%+v", one)
	}
	two := read(readV02, []byte("$V02\n"+line("01", "1")+line("03", "2")))
	if !two.Start.IsZero() || len(two.Fixes) != 2 {
		t.Errorf("a log of two clips has no start of its own: %+v", two)
	}
}
