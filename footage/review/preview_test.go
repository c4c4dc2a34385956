package review_test

import (
	"strings"
	"testing"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/review"
)

func TestPreviewsShowPostersAndNothingElse(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	for _, id := range []string{"c1", "c2", "c3"} {
		c := clip(id)
		if id == "c3" {
			c.State = footage.Destroyed
		}
		d.book.Put(&c)
	}
	if _, err := d.OpenPreviews(ctx, hong, []string{"c1"}, "", " "); err == nil {
		t.Error("no reason was asked for")
	}
	tokens, err := d.OpenPreviews(ctx, hong, []string{"c1", "c2", "c3"}, "q=민원", "민원 현장 찾기")
	if err != nil || len(tokens) != 2 || tokens["c1"] == tokens["c2"] {
		t.Fatalf("%v, %v", tokens, err)
	}
	e := d.last(t)
	if e.Act != "clips.previewed" || e.Why != "민원 현장 찾기" || e.Facts["shown"] != "c1 c2" || e.Facts["question"] != "q=민원" || e.Facts["department"] != "minwon" {
		t.Errorf("%+v", e)
	}
	if n := strings.Count(d.book.Acts(t), "clips.previewed"); n != 1 {
		t.Errorf("%d entries", n)
	}
	if len(e.Records) != 2 {
		t.Errorf("vouches for %v", e.Records)
	}
	many := make([]string, 201)
	_, err = d.OpenPreviews(ctx, hong, many, "", "민원 현장 찾기")
	expect(t, err, refuse.Invalid, "too-many-previews")
}

func TestAnExportIsNoted(t *testing.T) {
	d := newDesk(t)
	if err := d.NoteExport(t.Context(), hong, "minwon", "q=a", "csv", 12); err != nil {
		t.Fatal(err)
	}
	if e := d.last(t); e.Act != "list.exported" || e.Facts["lines"] != "12" || e.Facts["department"] != "minwon" || e.Actor.Account != "hong" {
		t.Errorf("%+v", e)
	}
}

func TestAPreviewOpensNothingElse(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(100))
	tokens, err := d.OpenPreviews(t.Context(), hong, []string{"c1"}, "", "민원 현장 찾기")
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"", review.Original, review.Proxy, review.Strip, review.TrackLines} {
		_, err := d.Content(t.Context(), "hong", tokens["c1"], what)
		expect(t, err, refuse.Forbidden, "view-preview-only")
	}
	_, err = d.Content(t.Context(), "hong", tokens["c1"], review.Poster) // not made
	expect(t, err, refuse.NotFound, "content-not-made")
}
