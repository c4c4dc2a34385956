package main

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jikim/ingest/metadata"
)

// thumbnail is a camera's THM: a small JPEG with the date of filming.
func thumbnail(date string) []byte {
	le := binary.LittleEndian
	entry := func(tag, kind uint16, count, value uint32) []byte {
		return le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(nil, tag), kind), count), value)
	}
	tiff := []byte("II*\x00\x08\x00\x00\x00")
	tiff = append(append(append(tiff, 1, 0), entry(0x8769, 4, 1, 26)...), 0, 0, 0, 0)  // the Exif directory stands at 26
	tiff = append(append(append(tiff, 1, 0), entry(0x9003, 2, 20, 44)...), 0, 0, 0, 0) // the date at 44
	tiff = append(append(tiff, date...), 0)
	exif := append([]byte("Exif\x00\x00"), tiff...)
	jpeg := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return append(append(jpeg, exif...), "\xFF\xC0\x00\x0B\x08\x00\x78\x00\xA0\x01\x01\x11\x00\xFF\xDA\x00\x02"...)
}

// TestInspectCompanions: what lies beside a picture is told as a witness, and
// changes nothing of what the picture says of itself.
func TestInspectCompanions(t *testing.T) {
	dir := t.TempDir()
	open := append(box("ftyp", []byte("isom\x00\x00\x02\x00isommp42")), box("mdat", noise(5000, 70))...)
	flight := "1\n00:00:00,000 --> 00:00:01,000\n<font size=\"36\">2026-10-03 14:05:00.000\n[latitude: 37.5] [longitude: 126.7] [rel_alt: 1.5 abs_alt: 60.1] </font>\n\n"
	for name, content := range map[string][]byte{
		"MVI_0121.AVI": []byte("RIFF\x04\x00\x00\x00AVI "), "MVI_0121.THM": thumbnail("2026:10:03 14:05:00"),
		"MVI_0122.AVI": []byte("RIFF\x04\x00\x00\x00AVI "),
		"DJI_0001.MP4": open, "DJI_0001.SRT": []byte(flight), "DJI_0002.MP4": open, "DJI_0002.SRT": []byte("nothing of a flight"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inspect := func(name string) metadata.Report {
		t.Helper()
		_, out, errs := jikim("inspect", "--json", filepath.Join(dir, name))
		var r metadata.Report
		if err := json.Unmarshal([]byte(out), &r); err != nil || errs != "" || strings.Count(out, "\n") != 1 {
			t.Fatalf("%s: %v\n%s%s", name, err, out, errs)
		}
		var fields map[string]any
		if err := json.Unmarshal([]byte(out), &fields); err != nil {
			t.Fatal(err)
		}
		onlyKnown(t, "", fields)
		return r
	}

	avi := inspect("MVI_0121.AVI")
	if avi.CapturedAt != "" || len(avi.Companions) != 1 {
		t.Fatalf("%s, companions %+v", avi.CapturedAt, avi.Companions)
	}
	if c := avi.Companions[0]; c.File != "MVI_0121.THM" || c.Part != "thumbnail" || c.CapturedAt != "2026-10-03T14:05:00" ||
		c.Source != "thumbnail:exif:DateTimeOriginal" || c.Confidence != "C" || !strings.HasSuffix(c.Why, ".") {
		t.Errorf("%+v", c)
	}
	movie := inspect("DJI_0001.MP4")
	if movie.Track != nil || movie.CapturedAt != "" || len(movie.Companions) != 1 {
		t.Fatalf("%+v", movie)
	}
	if c := movie.Companions[0]; c.Part != "track" || c.Track == nil || c.Track.Points != 1 || c.Location == nil || c.CapturedUTC != "2026-10-03T05:05:00Z" {
		t.Errorf("%+v", c)
	}
	if c := inspect("DJI_0002.MP4").Companions; len(c) != 1 || len(c[0].Problems) == 0 || c[0].CapturedAt != "" {
		t.Errorf("a broken side-car: %+v", c)
	}
	for _, alone := range []string{"MVI_0122.AVI", "MVI_0121.THM", "DJI_0001.SRT"} {
		if c := inspect(alone).Companions; len(c) > 0 {
			t.Errorf("%s has companions %+v", alone, c)
		}
	}

	t.Chdir(dir)
	if _, out, _ := jikim("inspect", "MVI_0121.AVI"); !strings.Contains(out, "곁 파일") || !strings.Contains(out, "MVI_0121.THM (미리보기 사진); 촬영 시각 2026-10-03 14:05:00, 믿음 C") {
		t.Errorf("for people:\n%s", out)
	}
}
