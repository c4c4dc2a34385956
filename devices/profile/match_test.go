package profile_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jikim/devices/profile"
)

// TestMatch: what one path says, spelled by any system.
func TestMatch(t *testing.T) {
	for path, want := range map[string]profile.Match{
		`E:\DCIM\100GOPRO\GX020001.MP4`: {Profile: "gopro", Part: profile.Main, Chapter: 2, Folder: "E:/DCIM/100GOPRO"},
		"./DCIM//100GOPRO/gl020001.lrv": {Profile: "gopro", Part: profile.Proxy, Chapter: 2, Folder: "DCIM/100GOPRO"},
		"gopr0001.mp4":                  {Profile: "gopro", Part: profile.Main, Chapter: 1},
		"F/MISC/THM/100/DJI_0001.THM":   {Profile: "dji-numbered", Part: profile.Thumbnail, Folder: "F"},
		"DJI_20240301142355_0001_T.SRT": {Profile: "dji", Part: profile.Track, Lens: "열화상"},
		// The Hangul of a Mac, taken apart, is the same folder.
		"\u1112\u1167\u11ab\u110c\u1161\u11bc/a.MP4": {Profile: "same-stem", Part: profile.Main, Folder: "현장"},
	} {
		got, ok := profile.Builtin().Match(path)
		if got.Key == "" || !ok {
			t.Errorf("%s: not known", path)
		}
		got.Key = ""
		if got != want {
			t.Errorf("%s: %+v", path, got)
		}
	}
	for _, path := range []string{
		"", "/", `\`, ".", "..", "보고서.hwp", "README", ".mp4", "Thumbs.db", "LOST.DIR/DJI_0001.MP4", "DCIM/._DJI_0001.MP4", "MISC/IDX/a.txt",
	} {
		if got, ok := profile.Builtin().Match(path); ok {
			t.Errorf("%q is %+v", path, got)
		}
	}
}

// TestKeys: which two files are one recording, and which only look so.
func TestKeys(t *testing.T) {
	tests := []struct {
		a, b string
		one  bool
	}{
		{"DCIM/100MEDIA/DJI_0001.MP4", "MISC/THM/100/DJI_0001.THM", true},
		{"100MEDIA/DJI_0001.MP4", "100MEDIA/DJI_0001.SRT", true},
		{"DJI_0001.MP4", "dji_0001.srt", true},
		{"DJI_0001.MP4", "DJI_0001.JPG", false},
		{"DJI_0001.DNG", "DJI_0001.JPG", true},
		{"DCIM/100MEDIA/DJI_0001.MP4", "DCIM/101MEDIA/DJI_0001.MP4", false},
		{"하나/DCIM/100MEDIA/DJI_0001.MP4", "둘/DCIM/100MEDIA/DJI_0001.SRT", false},
		{"영상/DJI_20240301142355_0001_D.MP4", "자막/DJI_20240301142355_0001_D.SRT", true},
		{"DJI_20240301142355_0001_D.MP4", "DJI_20240301142356_0001_D.MP4", false},
		{"DJI_20240301142355_0001_D.MP4", "DJI_20240301142355_0001_D.JPG", false},
		{"GX010001.MP4", "GX020001.MP4", true},
		{"GX010001.MP4", "GX010002.MP4", false},
		{"GX010001.MP4", "GL010001.LRV", true},
		{"GOPR0001.MP4", "GP010001.MP4", true},
		{"GOPR0001.MP4", "GOPR0001.JPG", false},
		{"G0010001.JPG", "G0010002.JPG", false},
		{"Normal/Front/NO20260101-120000-000001F.MP4", "Normal/Back/NO20260101-120000-000001B.MP4", true},
		{"Normal/Front/NO20260101-120000-000001F.MP4", "GPSData000001.txt", false},
		{"20190831_151556.jpg", "20190831_151556.mp4", false},
		{"100APPLE/IMG_0001.JPG", "100APPLE/IMG_0001.MOV", true},
		{"100CANON/IMG_0001.JPG", "100CANON/MVI_0001.MOV", false},
		{"IMG_0001.JPG", "IMG_0001.MOV", false},
		{"a\xff.MP4", "a\xfe.MP4", false},
		{"a.MP4", "a.srt", true},
		{"a.MP4", "b/a.srt", false},
		{"a.MP4", "a.JPG", false},
	}
	for _, tt := range tests {
		a, known := profile.Builtin().Match(tt.a)
		b, too := profile.Builtin().Match(tt.b)
		if !known || !too || (a.Key == b.Key) != tt.one {
			t.Errorf("%q and %q: %q, %q; one recording: %v", tt.a, tt.b, a.Key, b.Key, tt.one)
		}
	}
}

func TestContinues(t *testing.T) {
	set := profile.Builtin()
	if c := set.Continues("dji-numbered"); c == nil || c.GapS != 2 || c.MinBytes < 3e9 {
		t.Errorf("numbered DJI files continue %+v", c)
	}
	if c := set.Continues("gopro"); c != nil {
		t.Errorf("GoPro's names say everything, and yet %+v", c)
	}
	if c := set.Continues("nobody"); c != nil {
		t.Errorf("nobody's files continue %+v", c)
	}
}

// TestMakers: what comes with the program keeps its own rules, has every file
// tried, and no name of one maker is another's.
func TestMakers(t *testing.T) {
	if problems := profile.CheckAll(profile.Known()); len(problems) > 0 {
		t.Errorf("%d problems: %v", len(problems), problems[0])
	}
	tried, there := profile.MakerFiles()
	if n := len(tried) - 1; len(there) != n || !slices.Equal(slices.Sorted(slices.Values(tried[:n])), there) {
		t.Errorf("tried %v, there are %v", tried, there)
	}
	known := profile.Known()
	if last := known[len(known)-1].ID; last != profile.SameStem {
		t.Errorf("%s is tried last", last)
	}
	cards, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	// Those that stand behind all others, or before one of their own maker.
	ordered := func(id string) bool { return id == profile.SameStem || id == "bodycam" || id == "dji-panorama" }
	for _, card := range cards {
		text, err := os.ReadFile(card)
		if err != nil {
			t.Fatal(err)
		}
		listing, _, _ := strings.Cut(string(text), cut)
		for _, f := range readCard(t, listing) {
			if ids := slices.DeleteFunc(profile.Claims(f.Path), ordered); len(ids) > 1 {
				t.Errorf("%s is claimed by %v", f.Path, ids)
			}
		}
	}
}
