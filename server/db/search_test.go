package db_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/server/db"
)

// found is the numbers of the clips a filter shows.
func found(t *testing.T, d *db.DB, f footage.Filter) string {
	t.Helper()
	page, err := d.ListClips(t.Context(), f)
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	if n, err := d.CountClips(t.Context(), f, 100); err != nil || n != len(page.Clips) {
		t.Errorf("%+v: %d counted, %d listed, %v", f, n, len(page.Clips), err)
	}
	ids := make([]string, len(page.Clips))
	for i, c := range page.Clips {
		ids[i] = strings.TrimPrefix(c.ID, "clip-00000")
	}
	return strings.Join(ids, "")
}

func TestSearchByNames(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		batch := footage.Batch{ID: "01999999-0000-7000-8000-000000000001", Title: "하천 순찰", Place: "한빛천 둔치"}
		if err := save(d, &batch); err != nil {
			t.Fatal(err)
		}
		clips := make([]footage.Clip, 6)
		for i, name := range []string{"DJI_0437.MP4", "dji_1437.JPG", "민원 순찰기록_07.mp4", "GX010437.MP4", "산.mp4", "100%_A.mov"} {
			clips[i] = aClip(i, c.now().Add(-time.Duration(i)*time.Minute))
			clips[i].FileName = name
		}
		clips[1].Batch, clips[3].Batch = batch.ID, "카드-12"
		for i := range clips {
			if err := save(d, &clips[i]); err != nil {
				t.Fatal(err)
			}
		}
		ask := func(query, want string) {
			t.Helper()
			if got := found(t, d, footage.Filter{Query: query}); got != want {
				t.Errorf("%q finds %q, want %q", query, got, want)
			}
		}
		for query, want := range map[string]string{
			"0437": "03", "437": "013", "DJI": "01", "dji_0437": "0", "DJI 1437": "1", "순찰": "12", "순찰기": "2", "하천": "1",
			"둔치 dji": "1", "산": "4", "100%": "5", "%": "5", "_": "0125", "없는말": "", "카드": "3", "카드-12": "3", batch.ID: "1",
			"clip-000002": "2", "mp4": "0234", "xyz 0437": "", "'; DROP TABLE clips": "", strings.Repeat("가", 100): "", "😀": "", "dji_0437.mp4": "0",
		} {
			ask(query, want)
		}

		// What a batch is called later, its clips are found by, and no longer by
		// what it was called.
		batch.Title = "산불 감시"
		if err := save(d, &batch); err != nil {
			t.Fatal(err)
		}
		ask("하천", "")
		ask("산불", "1")
		ask("1437", "1")

		// The index as it grew is the one that would be made of everything.
		grown := words(t, d)
		if err := d.Beside(func(g *gorm.DB) error { return g.Exec("DELETE FROM clip_words").Error }); err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(); err != nil {
			t.Fatal(err)
		}
		if made := words(t, d); made != grown {
			t.Errorf("made anew:\n%s\ngrown:\n%s", made, grown)
		}

		// What is destroyed leaves no words, and is still found among its like.
		clips[0].State, clips[0].Twin = footage.Destroyed, nil
		if err := save(d, &clips[0]); err != nil {
			t.Fatal(err)
		}
		ask("0437", "3")
		if all := words(t, d); strings.Contains(all, "clip-000000") {
			t.Errorf("words of a destroyed clip:\n%s", all)
		}
		if got := found(t, d, footage.Filter{Query: "0437", State: footage.Destroyed}); got != "0" {
			t.Errorf("destroyed: %q", got)
		}
	})
}

func words(t *testing.T, d *db.DB) string {
	t.Helper()
	var all []string
	if err := d.Writer().Raw("SELECT word || ' ' || clip FROM clip_words ORDER BY word, clip").Scan(&all).Error; err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// Whatever is asked, the index finds what looking at every name finds.
func TestSearchFindsWhatTheNamesSay(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		r := rand.New(rand.NewPCG(7, 7))
		draw := func(n int) string {
			var b strings.Builder
			for range 1 + r.IntN(n) {
				b.WriteRune([]rune("aB0_민원 .")[r.IntN(8)])
			}
			return b.String()
		}
		var records []footage.Record
		var names []string
		for i := range 60 {
			clip := aClip(i, c.now())
			clip.FileName = draw(20)
			names = append(names, clip.FileName)
			records = append(records, &clip)
		}
		if err := save(d, records...); err != nil {
			t.Fatal(err)
		}
		for range 150 {
			query := strings.TrimSpace(draw(5))
			if query == "" {
				continue
			}
			want := 0
			for _, name := range names {
				all := true
				for _, term := range strings.Fields(query) {
					all = all && strings.Contains(strings.ToLower(name), strings.ToLower(term))
				}
				if all {
					want++
				}
			}
			if n, err := d.CountClips(t.Context(), footage.Filter{Query: query}, 100); err != nil || n != want {
				t.Errorf("%q finds %d, want %d (%v)", query, n, want, err)
			}
		}
	})
}

func TestListsAreNarrowed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		for i := range 6 {
			clip := aClip(i, c.now().Add(-time.Duration(i)*time.Minute))
			clip.CheckedInBy = []string{"hong", "kim"}[i%2]
			clip.TimeConfidence = []string{"A", "D", "X"}[i%3]
			clip.Batch = []string{"", "", "카드"}[i%3]
			if i == 5 {
				clip.Lat, clip.Lon = nil, nil
			}
			if err := save(d, &clip); err != nil {
				t.Fatal(err)
			}
		}
		released := footage.Hold{ID: "h2", Clip: "clip-000002", ReleasedAt: instant.Of(c.now()), PlacedAt: instant.Of(c.now())}
		if err := save(d, &footage.Hold{ID: "h1", Clip: "clip-000001", PlacedAt: instant.Of(c.now())}, &released); err != nil {
			t.Fatal(err)
		}
		for want, f := range map[string]footage.Filter{
			"135": {Person: "kim"}, "03": {Confidence: "A"}, "25": {Batch: "카드"}, "1": {Held: true},
			"12": {Box: &footage.Box{South: 37.4, West: 126.7009, North: 37.6, East: 126.7021}},
			"":   {Box: &footage.Box{South: 10, West: 10, North: 20, East: 20}}, "4": {Person: "hong", Confidence: "D"},
		} {
			if got := found(t, d, f); got != want {
				t.Errorf("%+v shows %q, want %q", f, got, want)
			}
		}
	})
}

func TestListsPageBothWays(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		var records []footage.Record
		for i := range 9 {
			clip := aClip(i, c.now().Add(-time.Duration(i/2)*time.Minute))
			clip.ID = fmt.Sprintf("clip-%06d", 9-i)
			records = append(records, &clip)
		}
		if err := save(d, records...); err != nil {
			t.Fatal(err)
		}
		var forth, back []string
		f := footage.Filter{Limit: 4, From: "2026-01-01", To: "2026-12-31"}
		page := footage.Page{Next: "first"}
		for page.Next != "" {
			var err error
			if page, err = d.ListClips(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			forth = append(forth, fmt.Sprint(len(page.Clips), page.Clips[0].ID))
			f.Cursor = page.Next
		}
		f.Back = true
		back = append(back, forth[len(forth)-1])
		for page.Previous != "" {
			f.Cursor = page.Previous
			var err error
			if page, err = d.ListClips(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			back = append([]string{fmt.Sprint(len(page.Clips), page.Clips[0].ID)}, back...)
		}
		if a, b := strings.Join(forth, " "), strings.Join(back, " "); a != b || len(forth) != 3 {
			t.Errorf("forth %s, back %s", a, b)
		}
	})
}

func TestSavedFilters(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		ctx := t.Context()
		for _, f := range []footage.SavedFilter{{ID: "1", Account: "hong", Name: "나", Query: "q=a"}, {ID: "2", Account: "hong", Name: "가"}, {ID: "3", Account: "kim"}} {
			f.At = instant.Of(c.now())
			if err := d.SaveFilter(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.DropFilter(ctx, "kim", "1"); err != nil { // not kim's
			t.Fatal(err)
		}
		all, err := d.SavedFilters(ctx, "hong")
		if err != nil || len(all) != 2 || all[0].Name != "가" || all[1].Query != "q=a" || all[1].At != instant.Of(c.now()) {
			t.Errorf("%+v, %v", all, err)
		}
		if err := d.DropFilter(ctx, "hong", "1"); err != nil {
			t.Fatal(err)
		}
		if all, err = d.SavedFilters(ctx, "hong"); err != nil || len(all) != 1 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}
