package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/ledger"
)

// theCards are three cards of real footage: a GoPro's with two chapters, their
// small copy and thumbnail, a drone's with a subtitle that has no clock, and a
// dash camera's two files that follow one another, with its log.
var theCards = map[string]struct {
	device string
	files  map[string]string // path on the card → in the corpus
}{
	"gopro": {"HB-BC-0001", map[string]string{
		"DCIM/100GOPRO/GX010001.MP4": "video/gopro/GoPro_Max_heromode.mp4",
		"DCIM/100GOPRO/GX020001.MP4": "video/gopro/GoPro_Max_heromode.mp4",
		"DCIM/100GOPRO/GL010001.LRV": "video/gopro/GoPro_HERO8_trimmed_nolock.mp4",
		"DCIM/100GOPRO/GX010001.THM": "photos/noexif/london_no_app1.jpg",
	}},
	"drone": {"HB-BC-0002", map[string]string{
		"DCIM/100MEDIA/DJI_0001.MP4": "video/dji/DJI_FC3682_udta_synth.mp4",
		"DCIM/100MEDIA/DJI_0001.SRT": "telemetry/dji_srt/p4_rtk.SRT",
		"DCIM/100MEDIA/DJI_0001.LRF": "photos/noexif/london_no_app1.jpg", // a picture without a time stands for the small copy
	}},
	"70mai": {"HB-BC-0003", map[string]string{
		"Normal/Front/NO20260101-120000-000001F.MP4": "video/dashcam/70mai_multi/NO20260101-120000-000001F.MP4",
		"Normal/Front/NO20260101-120002-000002F.MP4": "video/dashcam/70mai_multi/NO20260101-120002-000002F.MP4",
		"GPSData000001.txt":                          "video/dashcam/70mai_multi/GPSData000001.txt",
	}},
}

// TestRecordings takes three cards in through the command, by two senders at
// once and, where the stores are shared, on two servers: the files of a
// recording find one another, whichever comes first; then each of them ends
// through the gate.
func TestRecordings(t *testing.T) {
	dir := corpus(t)
	for _, w := range []world{oneMachine(), manyServers()} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			p := w.make(t)
			foundLongAgo(t, p)
			servers := []*running{p.serve(t)}
			if w.shared {
				servers = append(servers, p.sibling(t).serve(t))
			}
			agent := p.token(t, "dock", "agent", "minwon")
			var wg sync.WaitGroup
			for name, card := range theCards {
				root := layCard(t, dir, card.files)
				for i := range 2 {
					wg.Go(func() { sendCard(t, servers[i%len(servers)], agent, root, card.device, name) })
				}
			}
			wg.Wait()

			want := "GL010001.LRV GX010001.MP4 GX010001.THM GX020001.MP4 | GPSData000001.txt | " +
				"DJI_0001.LRF DJI_0001.MP4 DJI_0001.SRT | NO20260101-120000-000001F.MP4 NO20260101-120002-000002F.MP4"
			clips := p.clips(t)
			if diff := cmp.Diff(sorted(want), groups(clips)); diff != "" {
				t.Errorf("recordings:\n%s", diff)
			}
			follow(t, clips)
			showsRecording(t, servers[0], p.token(t, "auditor", "auditor", ""), clips)
			p.mustRun(t, "verify", "--deep")
			p.mustRun(t, "sweep", "--at", time.Now().AddDate(0, 0, 200).Format(time.RFC3339))
			once := map[string]int{}
			for _, c := range clips {
				once[c.RecordName()] = 1
			}
			if diff := cmp.Diff(once, p.actsBySubject(t, ledger.ActDestroyed)); diff != "" {
				t.Errorf("destroyed:\n%s", diff)
			}
			if left := p.clips(t); len(left) != 0 {
				t.Errorf("%d clips are left", len(left))
			}
			p.mustRun(t, "verify", "--deep")
		})
	}
}

// foundLongAgo is the example institution with devices that were there when the
// corpus was filmed.
func foundLongAgo(t *testing.T, p place) {
	t.Helper()
	b, err := os.ReadFile("../deploy/examples/hanbit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hanbit.yaml")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(b), "    bought_on: 2024-09-02\n", "")), 0o600); err != nil {
		t.Fatal(err)
	}
	p.mustRun(t, "institution", "import", path)
}

// layCard lays files of the corpus out as they stand on a card.
func layCard(t *testing.T, dir string, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	for path, from := range files {
		b, err := os.ReadFile(filepath.Join(dir, from))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func sendCard(t *testing.T, to *running, token, root, device, batch string) {
	own := t.TempDir()
	secret := filepath.Join(own, "token")
	if err := os.WriteFile(secret, []byte(token), 0o600); err != nil {
		t.Error(err)
		return
	}
	status, out, errs := jikim("checkin", "--json", "--server", to.url, "--token-file", secret, "--state", filepath.Join(own, "state"),
		"--device", device, "--batch", batch, root)
	if status != exitDone {
		t.Errorf("checkin of %s: status %d\n%s%s", batch, status, out, errs)
	}
}

// groups names the files of each recording.
func groups(clips []footage.Clip) []string {
	recordings := map[string][]string{}
	for _, c := range clips {
		recordings[c.Recording] = append(recordings[c.Recording], c.FileName)
	}
	var said []string
	for _, names := range recordings {
		slices.Sort(names)
		said = append(said, strings.Join(names, " "))
	}
	slices.Sort(said)
	return said
}

func sorted(groups string) []string {
	return slices.Sorted(slices.Values(strings.Split(groups, " | ")))
}

// follow: what goes with a picture has its time, its rule and its last day, and
// waits for nobody.
func follow(t *testing.T, clips []footage.Clip) {
	t.Helper()
	byName := map[string]footage.Clip{}
	for _, c := range clips {
		byName[c.FileName] = c
	}
	for name, of := range map[string]string{"GX010001.THM": "GX010001.MP4", "DJI_0001.SRT": "DJI_0001.MP4", "DJI_0001.LRF": "DJI_0001.MP4"} {
		c, m := byName[name], byName[of]
		if c.CapturedAt != m.CapturedAt || c.TimeConfidence != m.TimeConfidence || c.Rule != m.Rule || c.ExpiresOn != m.ExpiresOn || c.State != footage.Registered {
			t.Errorf("%s: %s %s %s until %s, %s %q; %s: %s %s %s until %s", name, c.CapturedAt, c.TimeConfidence, c.Rule, c.ExpiresOn, c.State, c.Doubts,
				of, m.CapturedAt, m.TimeConfidence, m.Rule, m.ExpiresOn)
		}
		if why := "같은 촬영의 파일 " + of + "의 촬영 시각을 따릅니다."; !slices.Contains(c.Reasons, why) {
			t.Errorf("%s gives no such reason: %q", name, c.Reasons)
		}
	}
	if c := byName["GX010001.MP4"]; c.State != footage.Registered || c.Part != profile.Main || c.Chapter != 1 || c.Device != "minwon-cam-1" {
		t.Errorf("%s: %s, %s %d of %s: %q", c.FileName, c.State, c.Part, c.Chapter, c.Device, c.Doubts)
	}
}

// showsRecording: the interface tells of each file which ones it was filmed with.
func showsRecording(t *testing.T, r *running, token string, clips []footage.Clip) {
	t.Helper()
	type file struct {
		FileName string `json:"file_name"`
		Derived  bool   `json:"derived"`
	}
	for _, c := range clips {
		var got struct {
			Recording *struct {
				ID    string
				Files []file
			}
		}
		status, _, b := r.ask(http.MethodGet, "/api/v1/clips/"+c.ID, token, nil)
		if err := json.Unmarshal(b, &got); err != nil || status != http.StatusOK {
			t.Fatalf("%d: %s", status, b)
		}
		alone := c.FileName == "GPSData000001.txt"
		if (got.Recording == nil) != alone || !alone && got.Recording.ID != c.Recording {
			t.Errorf("%s is of %+v", c.FileName, got.Recording)
		}
		if c.FileName != "GX010001.THM" {
			continue
		}
		if diff := cmp.Diff([]file{{"GX010001.MP4", false}, {"GX020001.MP4", true}, {"GL010001.LRV", false}, {"GX010001.THM", false}}, got.Recording.Files); diff != "" {
			t.Error(diff)
		}
	}
	var page struct {
		Clips []struct {
			FileName string `json:"file_name"`
		}
	}
	_, _, b := r.ask(http.MethodGet, "/api/v1/clips", token, nil)
	if err := json.Unmarshal(b, &page); err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, c := range page.Clips {
		shown[c.FileName] = true
	}
	want := []string{"DJI_0001.MP4", "GX010001.MP4", "GX020001.MP4", "NO20260101-120000-000001F.MP4", "NO20260101-120002-000002F.MP4"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(shown))); diff != "" {
		t.Errorf("the list shows:\n%s", diff)
	}
}

// TestSiblingsAtOnce: many files of one recording that end on two servers in the
// same moments are one recording, not several.
func TestSiblingsAtOnce(t *testing.T) {
	t.Parallel()
	p := manyServers().make(t)
	p.found(t)
	servers := []*running{p.serve(t), p.sibling(t).serve(t)}
	token := p.token(t, "dock", "agent", "minwon")
	const chapters = 24
	var wg sync.WaitGroup
	for n := range chapters {
		wg.Go(func() {
			name := fmt.Sprintf("GX%02d0007.MP4", n+1)
			servers[n%2].wire(token).send(noise(2000, uint64(n)), "filename", name, "path", "DCIM/100GOPRO/"+name, "device", "HB-BC-0001")
		})
	}
	wg.Wait()
	clips := p.clips(t)
	for _, c := range clips {
		if c.Recording == "" || c.Recording != clips[0].Recording {
			t.Errorf("%s is of %s, %s of %s", c.FileName, c.Recording, clips[0].FileName, clips[0].Recording)
		}
	}
	if len(clips) != chapters {
		t.Errorf("%d clips", len(clips))
	}
	p.mustRun(t, "verify", "--deep")
}
