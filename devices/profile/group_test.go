package profile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jikim/devices/profile"
)

// someCard makes cards whose names collide as those of real cards do.
var someCard = rapid.Custom(func(t *rapid.T) []profile.File {
	folder := rapid.SampledFrom([]string{
		"", "DCIM/100MEDIA/", "DCIM/101MEDIA/", "MISC/THM/100/", "DCIM/PANORAMA/100_0001/", `DCIM\100GOPRO\`, "100APPLE/", "Normal/Front/", "Normal/Back/",
		"u_c_20240301_052355/", "AVCHD/BDMV/STREAM/", "M4ROOT/CLIP/", "M4ROOT/SUB/", "LOST.DIR/", "현장/", "./",
	})
	stem := rapid.SampledFrom([]string{
		"DJI_0001", "dji_0001", "DJI_0002", "DJI_0001_001", "DJI_20240301142355_0001_D", "DJI_20240301142355_0001_T", "DJI_202403011423_001_Timestamp",
		"GX010001", "GX020001", "GL010001", "GOPR0001", "GP010001", "GHAA0001", "VID_20240301_142355_00_001", "LRV_20240301_142355_11_001",
		"NO20260101-120000-000001F", "NO20260101-120000-000001B", "GPSData000001", "20240301_142355", "20240301_142355_NF", "20240301_142355_N",
		"IMG_0001", "MVI_0001", "00000", "C0001", "C0001M01", "0012345_20240301142355_0001", "0012345_20240301142355_0001_IMP", "동영상 1", "._a", "Thumbs", ".", "", "\xff",
	})
	ending := rapid.SampledFrom([]string{
		".MP4", ".mp4", ".MOV", ".JPG", ".DNG", ".SRT", ".LRF", ".LRV", ".THM", ".GPS", ".gps", ".WAV", ".txt", ".TXT", ".XML", ".MTS", ".insv", ".db", ".hwp", ".MRK", "",
	})
	one := rapid.Custom(func(t *rapid.T) profile.File {
		return profile.File{Path: folder.Draw(t, "folder") + stem.Draw(t, "stem") + ending.Draw(t, "ending"), Bytes: rapid.Int64Range(0, 2).Draw(t, "bytes")}
	})
	return rapid.SliceOfN(one, 0, 60).Draw(t, "card")
})

// TestGroup: whatever lies on a card, every file comes out once, the order in
// which files came does not matter, and what was grouped stays grouped.
func TestGroup(t *testing.T) {
	set := profile.Builtin()
	rapid.Check(t, func(t *rapid.T) {
		card := someCard.Draw(t, "card")
		got := set.Group(card)
		if diff := cmp.Diff(sorted(card), sorted(all(got))); diff != "" {
			t.Fatalf("files are lost or made up:\n%s", diff)
		}
		shuffled := slices.Clone(card)
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(got, set.Group(shuffled)); diff != "" {
			t.Fatalf("the order matters:\n%s", diff)
		}
		for _, r := range got.Recordings {
			checkRecording(t, set, r)
		}
		for _, s := range got.Skipped {
			if _, known := set.Match(s.Path); known || !strings.HasSuffix(s.Why, ".") {
				t.Fatalf("left out: %+v", s)
			}
		}
	})
}

// checkRecording holds a recording against Match and against itself.
func checkRecording(t *rapid.T, set *profile.Set, r profile.Recording) {
	var files []profile.File
	for _, m := range r.Files {
		files = append(files, m.File)
		match, known := set.Match(m.Path)
		if known != (r.Profile != "") || match.Key != r.Key || match.Part != m.Part || match.Chapter != m.Chapter || match.Lens != m.Lens {
			t.Fatalf("%s: %+v, but in the listing %+v of %q", m.Path, match, m, r.Key)
		}
	}
	again := set.Group(files)
	if len(again.Recordings) != 1 || !cmp.Equal(again.Recordings[0], r) || len(again.Skipped) > 0 {
		t.Fatalf("grouped again: %s", cmp.Diff(r, again))
	}
}

func all(l profile.Listing) (files []profile.File) {
	for _, r := range l.Recordings {
		for _, m := range r.Files {
			files = append(files, m.File)
		}
	}
	for _, s := range l.Skipped {
		files = append(files, profile.File{Path: s.Path, Bytes: s.Bytes})
	}
	return files
}

func sorted(files []profile.File) []string {
	var lines []string
	for _, f := range files {
		lines = append(lines, fmt.Sprintf("%q %d", f.Path, f.Bytes))
	}
	slices.Sort(lines)
	return lines
}

// TestGroupIsQuick: a full card of ten thousand files is a matter of a moment,
// a name of any length costs no more than its length.
func TestGroupIsQuick(t *testing.T) {
	began := time.Now()
	profile.Builtin().Group(fullCard(10_000))
	profile.Builtin().Match(strings.Repeat("DJI_", 1<<18) + ".MP4")
	profile.Builtin().Match(strings.Repeat("a/", 1<<18) + "DJI_0001.MP4")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func fullCard(n int) []profile.File {
	files := make([]profile.File, n)
	names := []string{
		"DCIM/DJI_001/DJI_20240301142355_%04d_D.MP4", "DCIM/100MEDIA/DJI_%04d.MP4", "files/data/0012345_000007_20240301142355_%04d.MP4",
		"현장/동영상 %d.MP4", "현장/자료 %d.HWP",
	}
	for i := range files {
		files[i].Path = fmt.Sprintf(names[i%len(names)], i)
	}
	return files
}

func BenchmarkGroup(b *testing.B) {
	card := fullCard(10_000)
	for b.Loop() {
		profile.Builtin().Group(card)
	}
}

// FuzzGroup: no listing brings it down or loses a file.
func FuzzGroup(f *testing.F) {
	f.Add("DCIM/100MEDIA/DJI_0001.MP4\nMISC/THM/100/DJI_0001.THM")
	f.Add("a\\b\xff.MP4\n\n/\n.\n../..\nLOST.DIR/1")
	f.Add("\u1112\u1161\u11ab.MP4\n한.srt")
	f.Fuzz(func(t *testing.T, listing string) {
		var card []profile.File
		for i, path := range strings.Split(listing, "\n") {
			card = append(card, profile.File{Path: path, Bytes: int64(i)})
		}
		got := profile.Builtin().Group(card)
		if !slices.Equal(sorted(card), sorted(all(got))) {
			t.Fatalf("%q became %+v", listing, got)
		}
	})
}
