package ingest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
)

var update = flag.Bool("update", false, "write the golden files anew; read the difference before committing it")

const (
	hour  = time.Hour
	day   = 24 * hour
	year  = 365 * day
	sd    = "DCIM/100MEDIA/"
	gopro = "DCIM/100GOPRO/"
)

// situations are cards as they come in, for people to read.
var recordingSituations = []struct {
	words string
	files []sheet
}{
	{"드론 영상과 자막: 자막의 시계는 믿을 수 없다", []sheet{
		{path: sd + "DJI_0001.MP4", grade: "C", seconds: 30}, {path: sd + "DJI_0001.SRT"}, {path: sd + "DJI_0001.LRF", grade: "D", at: 2 * hour},
	}},
	{"자막이 먼저 들어온다", []sheet{{path: sd + "DJI_0001.SRT"}, {path: sd + "DJI_0001.MP4", grade: "C", seconds: 30, in: hour}}},
	{"시각 없는 AVI는 THM을 따른다", []sheet{{path: sd + "MVI_0121.AVI", seconds: 9}, {path: sd + "MVI_0121.THM", grade: "C"}}},
	{"GoPro 두 조각과 그 부속 파일", []sheet{
		{path: gopro + "GX010001.MP4", grade: "A", seconds: 60},
		{path: gopro + "GX020001.MP4", grade: "A", seconds: 20},
		{path: gopro + "GL010001.LRV", grade: "D", at: 9 * hour},
		{path: gopro + "GX010001.THM"},
		{path: gopro + "GX020001.THM"},
	}},
	{"포맷한 카드의 같은 이름이 1년 뒤에 다시 온다", []sheet{
		{path: sd + "DJI_0001.MP4", grade: "C", at: -year, in: -year},
		{path: sd + "DJI_0001.SRT", in: -year},
		{path: sd + "DJI_0001.SRT"},
		{path: sd + "DJI_0001.MP4", grade: "C"},
	}},
	{"같은 날 포맷한 카드", []sheet{
		{path: sd + "DJI_0001.MP4", grade: "C", at: 0, seconds: 60},
		{path: sd + "DJI_0001.SRT", grade: "C", at: 0},
		{path: sd + "DJI_0001.MP4", grade: "C", at: 5 * hour, seconds: 60, in: hour},
		{path: sd + "DJI_0001.SRT", in: hour},
	}},
	{"이름의 시각이 부속 파일의 시각과 맞는다", []sheet{
		{path: sd + "VID_20261004_120000.mp4", grade: "D", at: 2 * time.Second, seconds: 30}, {path: sd + "VID_20261004_120000.srt", grade: "C"},
	}},
	{"영상과 자막의 좋은 두 시각이 어긋난다", []sheet{
		{path: sd + "DJI_0001.MP4", grade: "C", seconds: 30}, {path: sd + "DJI_0001.SRT", grade: "C", at: 9 * hour},
	}},
	{"목적을 밝히지 않은 부속 파일", []sheet{
		{path: sd + "DJI_0001.SRT", grade: "C"}, {path: sd + "DJI_0001.MP4", grade: "C", sent: "patrol"},
	}},
	{"모르는 기기: 같은 묶음만", []sheet{
		{path: sd + "DJI_0001.MP4", grade: "C", device: "-", batch: "오전"},
		{path: sd + "DJI_0001.SRT", device: "-", batch: "오전"},
		{path: sd + "DJI_0001.LRF", device: "-", batch: "오후"},
	}},
	{"모르는 기기: 같은 사람이 같은 날 보낸 것만", []sheet{
		{path: sd + "DJI_0001.MP4", grade: "C", device: "-"},
		{path: sd + "DJI_0001.SRT", device: "-"},
		{path: sd + "DJI_0001.LRF", device: "-", from: "dock-2"},
		{path: sd + "DJI_0001.THM", device: "-", in: day},
	}},
	{"4 GB에서 나뉜 드론 영상", []sheet{
		{path: sd + "DJI_0007.MP4", grade: "C", seconds: 300, bytes: 4 << 30},
		{path: sd + "DJI_0008.MP4", grade: "D", at: 301 * time.Second, seconds: 300, bytes: 4 << 30},
		{path: sd + "DJI_0009.MP4", grade: "C", at: 601 * time.Second, seconds: 20},
		{path: sd + "DJI_0008.SRT"},
		{path: sd + "DJI_0010.MP4", grade: "C", at: 622 * time.Second, seconds: 20},
	}},
}

// TestRecordingSituations holds what becomes of each card against the golden
// file; whichever file comes first, it is the same.
func TestRecordingSituations(t *testing.T) {
	var b strings.Builder
	for i, s := range recordingSituations {
		got := newShelf()
		if strings.HasPrefix(s.words, "목적을") {
			got.ground.device.Purpose = ""
		}
		fmt.Fprintf(&b, "%d. %s\n%s\n", i+1, s.words, got.all(s.files...).words(true))
	}
	path := filepath.Join("testdata", "recordings.golden")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestAnyOrderOfACard(t *testing.T) {
	for _, s := range recordingSituations {
		t.Run(s.words, func(t *testing.T) {
			want := newShelf().all(s.files...).words(true)
			rapid.Check(t, func(t *rapid.T) {
				if diff := cmp.Diff(want, newShelf().all(rapid.Permutation(s.files).Draw(t, "order")...).words(true)); diff != "" {
					t.Fatal(diff)
				}
			})
		})
	}
}

// cards are names with when each was filmed.
var cards = []map[string]time.Duration{
	{
		gopro + "GX010001.MP4": 0, gopro + "GX020001.MP4": 300 * time.Second, gopro + "GX030001.MP4": 600 * time.Second,
		gopro + "GL010001.LRV": 0, gopro + "GX010001.THM": 0, gopro + "GX020001.THM": 300 * time.Second,
	},
	{
		sd + "DJI_0001.MP4": 0, sd + "DJI_0001.SRT": 0, sd + "DJI_0001.LRF": 0, sd + "DJI_0002.MP4": 300 * time.Second,
		sd + "DJI_0002.SRT": 300 * time.Second, sd + "DJI_0003.MP4": 600 * time.Second, sd + "DJI_0004.MP4": hour,
	},
	{
		sd + "DJI_20261004120000_0001_W.MP4": 0, sd + "DJI_20261004120000_0001_T.MP4": 0,
		sd + "DJI_20261004120000_0001_W.SRT": 0, sd + "DJI_20261004120000_0001_T.SRT": 0,
	},
	{sd + "a.avi": 0, sd + "a.thm": 0, sd + "a.gpx": 0, sd + "a.wav": 0, sd + "b.avi": hour, sd + "b.thm": hour},
	{sd + "DJI_0001.JPG": 0, sd + "DJI_0001.DNG": 0, sd + "DJI_0002.JPG": hour},
}

// drawCard gives files of one card that was formatted in between, some lost, with
// clocks that are good, bad or not there; side-cars may be a zone away.
func drawCard(t *rapid.T) (files []sheet) {
	card := rapid.SampledFrom(cards).Draw(t, "card")
	apart := rapid.SampledFrom([]time.Duration{3 * day, 10 * day}).Draw(t, "apart")
	for _, name := range slices.Sorted(maps.Keys(card)) {
		for take := range 2 {
			if rapid.IntRange(0, 3).Draw(t, "lost") == 0 {
				continue
			}
			m, _ := profile.Builtin().Match(name)
			f := sheet{
				path: name, at: card[name], in: time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * hour,
				grade: rapid.SampledFrom([]string{"", "", "A", "C", "C", "D"}).Draw(t, "grade"),
				bytes: rapid.SampledFrom([]int64{1000, 4 << 30}).Draw(t, "bytes"),
				sent:  rapid.SampledFrom([]string{"", "", "patrol", "complaint"}).Draw(t, "purpose"),
			}
			if m.Part == profile.Main {
				f.seconds = 300
				f.at += time.Duration(rapid.IntRange(0, 400).Draw(t, "ms")) * time.Millisecond
			} else if profile.Builtin().Continues(m.Profile) == nil {
				f.at += rapid.SampledFrom([]time.Duration{0, 0, time.Second, 9 * hour}).Draw(t, "zone")
			}
			f.at, f.in = f.at-time.Duration(take)*apart, f.in-time.Duration(take)*apart
			f.sha = fmt.Sprint("sha-", len(files))
			files = append(files, f)
		}
	}
	return files
}

// TestAnyOrderOfAnyFiles: whatever the files are and in whichever order they
// come in, the end is the same; what has a good time of its own keeps it; of one
// name there is one file in a recording, and other names are in it only where
// cameras go on under another.
func TestAnyOrderOfAnyFiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		files := drawCard(t)
		plain, other := newShelf(), newShelf()
		plain.ground.device.Purpose = rapid.SampledFrom([]string{"", "complaint"}).Draw(t, "device's purpose")
		other.ground = plain.ground
		plain.all(files...)
		other.all(rapid.Permutation(files).Draw(t, "order")...)
		if diff := cmp.Diff(plain.words(true), other.words(true)); diff != "" {
			t.Fatal(diff)
		}
		paths := map[string]bool{}
		for id, c := range plain.clips {
			n, _ := strconv.Atoi(id)
			alone := described(&plain.ground, id, files[n])
			if (reading{alone.CapturedAt, alone.TimeConfidence}).sound() && (c.CapturedAt != alone.CapturedAt || c.TimeConfidence != alone.TimeConfidence) {
				t.Fatalf("%s was filmed %s, says %s", c.FileName, alone.CapturedAt, c.CapturedAt)
			}
			if c.CapturedAt.After(c.CheckedInAt) {
				t.Fatalf("%s was filmed %s and was here %s", c.FileName, c.CapturedAt, c.CheckedInAt)
			}
			if alone.Purpose != "" && c.Purpose != alone.Purpose {
				t.Fatalf("%s was for %s, is for %s", c.FileName, alone.Purpose, c.Purpose)
			}
			first, is := plain.clips[c.Recording]
			if !is || paths[c.Recording+c.FileName] {
				t.Fatalf("%s is in recording %q, with another of its name: %v", c.FileName, c.Recording, is)
			}
			paths[c.Recording+c.FileName] = true
			m, _ := profile.Builtin().Match(string(c.SourcePath))
			if c.GroupKey != first.GroupKey && profile.Builtin().Continues(m.Profile) == nil {
				t.Fatalf("%s and %s are one recording", c.FileName, first.FileName)
			}
		}
	})
}

// TestWhatIsAsked: one question for a file with nothing beside it; a long
// recording is not read anew for each file that goes on with it.
func TestWhatIsAsked(t *testing.T) {
	s := newShelf()
	for i, c := range []struct {
		file  sheet
		asked string
	}{
		{sheet{path: sd + "IMG_0001.JPG", grade: "A"}, "siblings"},
		{sheet{path: sd + "IMG_0001.JPG", grade: "A", in: hour}, "siblings"},
		{sheet{path: gopro + "GX010001.MP4", grade: "A", seconds: 300}, "siblings"},
		{sheet{path: sd + "notes"}, ""},
		{sheet{path: sd + "DJI_0001.MP4", grade: "C", seconds: 300, bytes: 4 << 30}, "siblings neighbours neighbours"},
		{sheet{path: sd + "DJI_0002.MP4", grade: "C", at: 300 * time.Second, seconds: 300, bytes: 4 << 30}, "siblings neighbours neighbours size"},
		{sheet{path: sd + "DJI_0003.MP4", grade: "C", at: 600 * time.Second, seconds: 300, bytes: 4 << 30}, "siblings neighbours neighbours size"},
		{sheet{path: sd + "DJI_0003.SRT"}, "siblings"},
	} {
		s.checkIn(strconv.Itoa(i), c.file)
		if got := strings.Join(s.asked, " "); got != c.asked {
			t.Errorf("%s asked for %q, want %q", c.file.path, got, c.asked)
		}
	}
	if got, want := s.groups(), "DJI_0001.MP4 DJI_0002.MP4 DJI_0003.MP4 DJI_0003.SRT | GX010001.MP4 | IMG_0001.JPG | IMG_0001.JPG | notes"; got != want {
		t.Errorf("recordings: %s", got)
	}
}

// TestAGapCloses: what lies between two recordings joins them under the older
// name, and lets the good time of one bear out the other.
func TestAGapCloses(t *testing.T) {
	s := newShelf()
	at := func(n int) time.Duration { return time.Duration(n) * 300 * time.Second }
	large := sheet{seconds: 300, bytes: 4 << 30}
	part := func(n int, grade string) sheet {
		f := large
		f.path, f.at, f.grade = fmt.Sprintf("%sDJI_%04d.MP4", sd, n), at(n), grade
		return f
	}
	s.all(part(4, "D"), part(5, "D"), part(1, "C"), part(2, "D"))
	if got, want := s.groups(), "DJI_0001.MP4 DJI_0002.MP4 | DJI_0004.MP4 DJI_0005.MP4"; got != want {
		t.Fatalf("recordings: %s", got)
	}
	j := s.checkIn("004", part(3, "D"))
	if len(j.far) != 4 {
		t.Errorf("%d takes of other names were read", len(j.far))
	}
	for id, c := range s.clips {
		if c.Recording != "000" || c.TimeConfidence != "C" || c.State != footage.Registered || c.CapturedAt != instant.Of(yesterday).Add(at(int(c.FileName[7]-'0'))) {
			t.Errorf("%s %s: %s %s %s %s", id, c.FileName, c.Recording, c.TimeConfidence, c.State, c.CapturedAt)
		}
	}
	facts := map[string]string{}
	j.tell(facts, []footage.Clip{s.clips["000"], s.clips["001"]})
	want := map[string]string{"recording": "000", "also_changed": "DJI_0004.MP4, DJI_0005.MP4", "also_changed_count": "2"}
	if diff := cmp.Diff(want, facts); diff != "" {
		t.Error(diff)
	}
}

// TestMostFiles: a recording is full at some point; what goes on is another.
func TestMostFiles(t *testing.T) {
	s := newShelf()
	for n := range footage.MostFiles {
		id := fmt.Sprintf("%03d", n)
		c := described(&s.ground, id, sheet{
			path: fmt.Sprintf("%sDJI_%04d.MP4", sd, n), grade: "C", at: time.Duration(n) * 300 * time.Second, seconds: 300, bytes: 4 << 30, in: 4 * day,
		})
		c.Recording = "000"
		s.clips[id] = c
	}
	next := sheet{path: sd + "DJI_0500.MP4", grade: "C", at: footage.MostFiles * 300 * time.Second, seconds: 300, bytes: 4 << 30, in: 4 * day}
	j := s.checkIn("500", next)
	facts := map[string]string{}
	if j.tell(facts, nil); s.clips["500"].Recording != "500" || facts["recording_full"] != "500" || !slices.Contains(s.clips["500"].Reasons, "한 촬영으로는 파일을 500개까지 묶으므로 이 파일은 따로 묶었습니다.") {
		t.Errorf("it is of %s: %v %q", s.clips["500"].Recording, facts, s.clips["500"].Reasons)
	}
	next.path, next.at = sd+"DJI_0501.MP4", next.at+300*time.Second
	if s.checkIn("501", next); s.clips["501"].Recording != "500" {
		t.Errorf("what goes on is of %s", s.clips["501"].Recording)
	}

	same := newShelf()
	for n := range footage.MostFiles {
		id := fmt.Sprintf("%03d", n)
		same.clips[id] = described(&same.ground, id, sheet{path: sd + "DJI_0001.MP4", grade: "C", at: -time.Duration(n) * 2 * day, in: day})
	}
	j = same.checkIn("500", sheet{path: sd + "DJI_0001.SRT"})
	if c := same.clips["500"]; c.Recording != "500" || c.State != footage.Review || !j.full {
		t.Errorf("%s, %s", c.Recording, c.State)
	}
}

// TestPersonsDecide: what somebody has corrected stays, whatever comes; the
// others follow it.
func TestPersonsDecide(t *testing.T) {
	s := newShelf().all(sheet{path: sd + "DJI_0001.MP4", grade: "C", seconds: 30}, sheet{path: sd + "DJI_0001.SRT"})
	video, srt := s.clips["000"], s.clips["001"]
	corrected := instant.Of(yesterday.Add(-3 * hour))
	video.CapturedAt, video.TimeConfidence, s.settled["000"] = corrected, "B", true
	srt.CapturedAt, srt.TimeConfidence, srt.Purpose, s.settled["001"] = instant.Time{}, "X", "", true // somebody looked, and left it so
	s.clips["000"], s.clips["001"] = video, srt
	s.checkIn("002", sheet{path: sd + "DJI_0001.LRF"})
	s.checkIn("003", sheet{path: sd + "DJI_0001.THM", grade: "A"})
	if diff := cmp.Diff([]footage.Clip{video, srt}, []footage.Clip{s.clips["000"], s.clips["001"]}, cmp.AllowUnexported(instant.Time{})); diff != "" {
		t.Error(diff)
	}
	if got := s.clips["002"]; got.CapturedAt != corrected || got.TimeConfidence != "B" || got.Recording != "000" {
		t.Errorf("%s %s %s", got.CapturedAt, got.TimeConfidence, got.Recording)
	}
}

// TestWhatIsGone: destroyed files are left alone; who follows one goes on so.
func TestWhatIsGone(t *testing.T) {
	s := newShelf().all(sheet{path: sd + "DJI_0001.MP4", grade: "C", seconds: 30}, sheet{path: sd + "DJI_0001.SRT"})
	video, srt := s.clips["000"], s.clips["001"]
	for _, state := range []footage.State{footage.Destroying, footage.Destroyed} {
		video.State, video.Metadata, video.SourcePath = state, "", nil
		s.clips["000"] = video
		s.checkIn("00"+string(state), sheet{path: sd + "DJI_0001." + map[footage.State]string{footage.Destroying: "LRF", footage.Destroyed: "THM"}[state]})
		if diff := cmp.Diff([]footage.Clip{video, srt}, []footage.Clip{s.clips["000"], s.clips["001"]}, cmp.AllowUnexported(instant.Time{})); diff != "" {
			t.Errorf("%s: %s", state, diff)
		}
	}
	if c := s.clips["00destroyed"]; c.Recording != "000" || c.State != footage.Review {
		t.Errorf("it is of %s, %s", c.Recording, c.State)
	}
}
