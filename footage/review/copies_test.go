package review_test

import (
	"testing"

	"jikim/devices/profile"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/review"
)

// A copy that is made while somebody looks is there for them.
func TestACopyMadeMeanwhileIsFound(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(100))
	token := d.open(t, "c1")
	_, err := d.read(t.Context(), token, review.Proxy, 0, 1)
	expect(t, err, refuse.NotFound, "content-not-made")
	d.vault.Derive(t, d.book, footage.Derivative{Clip: "c1", Kind: review.Proxy, MIME: "video/mp4"}, []byte("사본"))
	if got, err := d.read(t.Context(), token, review.Proxy, 0, 100); err != nil || string(got) != "사본" {
		t.Errorf("%q, %v", got, err)
	}
}

// The flight log beside a film says where the film was taken: a look at the
// film shows its way, while the log is there.
func TestAFilmShowsTheTrackOfItsLog(t *testing.T) {
	d := newDesk(t)
	const lines = "{\"lat\":37.5}\n"
	for id, c := range map[string]footage.Clip{
		"film": {Part: profile.Main, Chapter: 1}, "other": {Part: profile.Track, Chapter: 2}, "log": {Part: profile.Track, Chapter: 1},
	} {
		d.keep(t, id, bytesOf(100))
		stands, err := d.book.Clip(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		stands.Recording, stands.Part, stands.Chapter = "film", c.Part, c.Chapter
		d.book.Put(&stands)
	}
	d.vault.Derive(t, d.book, footage.Derivative{Clip: "other", Kind: review.Track, MIME: "application/jsonl"}, []byte("{}\n"))
	token := d.open(t, "film")
	_, err := d.read(t.Context(), token, review.TrackLines, 0, 1)
	expect(t, err, refuse.NotFound, "content-not-made")
	d.vault.Derive(t, d.book, footage.Derivative{Clip: "log", Kind: review.Track, MIME: "application/jsonl"}, []byte(lines))
	if got, err := d.read(t.Context(), token, review.TrackLines, 0, 100); err != nil || string(got) != lines {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := d.read(t.Context(), token, review.Original, 0, 100); err != nil || len(got) != 100 {
		t.Errorf("the film itself: %d bytes, %v", len(got), err)
	}
	_, err = d.read(t.Context(), d.open(t, "log"), review.Proxy, 0, 1) // a log has what it has
	expect(t, err, refuse.NotFound, "content-not-made")
}

// Under a download there is the original to be kept, and nothing else.
func TestADownloadIsTheOriginalAlone(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(100))
	d.vault.Derive(t, d.book, footage.Derivative{Clip: "c1", Kind: review.Proxy, MIME: "video/mp4"}, []byte("사본"))
	token, v, err := d.OpenDownload(t.Context(), hong, "c1", "경찰서 제출", "")
	if err != nil || v.Only != review.Original {
		t.Fatal(v, err)
	}
	content, err := d.Content(t.Context(), "hong", token, "")
	if err != nil || !content.Save {
		t.Fatalf("not to be kept: %v", err)
	}
	content.Close()
	_, err = d.read(t.Context(), token, review.Proxy, 0, 1)
	expect(t, err, refuse.Forbidden, "view-download-only")
	_, _, err = d.OpenDownload(t.Context(), hong, "c1", " ", "")
	expect(t, err, refuse.Invalid, "reason-needed")
}
