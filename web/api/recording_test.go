package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/devices/profile"
	"jikim/footage"
	"jikim/web/access"
)

// film makes a kept clip a file of a recording.
func (s *server) film(t *testing.T, id, recording string, part profile.Part, chapter int, after time.Duration) {
	t.Helper()
	c, err := s.records.Clip(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	c.Recording, c.Part, c.Chapter, c.DurationS = recording, part, chapter, 60
	c.CapturedAt, c.FileName = c.CapturedAt.Add(after), id+".MP4"
	s.records.Put(&c)
}

func TestRecording(t *testing.T) {
	s := newServer(t)
	for _, id := range []string{"g1", "g3", "g2", "gone", "thm", "alone"} {
		s.keep(t, id, "minwon", []byte(id))
	}
	s.film(t, "g1", "g1", profile.Main, 1, 0)
	s.film(t, "g2", "g1", profile.Main, 2, 0) // as GoPro writes it
	s.film(t, "g3", "g1", profile.Main, 4, 5*time.Minute)
	s.film(t, "thm", "g1", profile.Thumbnail, 1, 0)
	s.film(t, "alone", "alone", profile.Main, 0, 0)
	s.film(t, "c2", "g1", profile.Main, 3, time.Minute) // of another department: it cannot be, and would not be shown
	s.film(t, "gone", "g1", profile.Main, 5, 0)
	gone, err := s.records.Clip(t.Context(), "gone")
	if err != nil {
		t.Fatal(err)
	}
	gone.State = footage.Destroyed
	s.records.Put(&gone)

	token := s.as(t, access.Reviewer, "minwon")
	var got struct {
		Part      string          `json:"part"`
		Recording json.RawMessage `json:"recording"`
	}
	s.call(t, token, http.MethodGet, "/api/v1/clips/thm", "").into(t, http.StatusOK, &got)
	var form bytes.Buffer
	if err := json.Indent(&form, got.Recording, "", " "); err != nil {
		t.Fatal(err)
	}
	want := `{
 "id": "g1",
 "part": "thumbnail",
 "chapter": 1,
 "start": "2026-10-03T03:00:00.000Z",
 "end": "2026-10-03T03:06:00.000Z",
 "missing": [
  {
   "chapters": [
    3
   ]
  }
 ],
 "files": [
  {
   "id": "g1",
   "file_name": "g1.MP4",
   "part": "main",
   "chapter": 1,
   "start": "2026-10-03T03:00:00.000Z",
   "duration_s": 60
  },
  {
   "id": "g2",
   "file_name": "g2.MP4",
   "part": "main",
   "chapter": 2,
   "start": "2026-10-03T03:01:00.000Z",
   "derived": true,
   "duration_s": 60
  },
  {
   "id": "g3",
   "file_name": "g3.MP4",
   "part": "main",
   "chapter": 4,
   "start": "2026-10-03T03:05:00.000Z",
   "duration_s": 60,
   "gap_s": 180
  },
  {
   "id": "thm",
   "file_name": "thm.MP4",
   "part": "thumbnail",
   "chapter": 1,
   "start": "2026-10-03T03:00:00.000Z",
   "duration_s": 60
  }
 ]
}`
	if diff := cmp.Diff(want, form.String()); diff != "" || got.Part != "thumbnail" {
		t.Error(diff)
	}
	for _, id := range []string{"alone", "c1", "gone"} {
		if a := s.call(t, s.as(t, access.Auditor, ""), http.MethodGet, "/api/v1/clips/"+id, ""); a.StatusCode != http.StatusOK || bytes.Contains(a.body, []byte(`"recording":`)) {
			t.Errorf("%s: %s %s", id, a.Status, a.body)
		}
	}
	for query, want := range map[string]string{
		"":                             "g3 g2 g1 c1 alone",
		"companions=true":              "thm g3 g2 g1 c1 alone",
		"recording=g1":                 "g3 g2 g1",
		"recording=g1&companions=true": "thm g3 g2 g1",
	} {
		var page struct {
			Clips []struct {
				ID, Part    string
				RecordingID string `json:"recording_id"`
			}
		}
		s.call(t, token, http.MethodGet, "/api/v1/clips?"+query, "").into(t, http.StatusOK, &page)
		var ids []string
		for _, c := range page.Clips {
			ids = append(ids, c.ID)
			if c.ID == "g1" && (c.RecordingID != "g1" || c.Part != "main") {
				t.Errorf("%+v", c)
			}
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%q shows %s, want %s", query, got, want)
		}
	}
}
