package db_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"jikim/devices/profile"
	"jikim/footage"
	"jikim/server/db"
)

// TestListsStayOnTheirIndex: every list and count is answered by walking one
// index in its order, whether or not it shows what only goes with a picture.
func TestListsStayOnTheirIndex(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		var clips []footage.Record
		for i := range 300 {
			clip := aClip(i, c.now().Add(time.Duration(i)*time.Minute))
			clip.Part, clip.Recording = profile.Parts()[i%7], fmt.Sprint("clip-", i/7)
			clips = append(clips, &clip)
		}
		if err := save(d, clips...); err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		for _, l := range []struct {
			index  string
			filter footage.Filter
		}{
			{"clips_list", footage.Filter{}},
			{"clips_list", footage.Filter{From: "2026-10-03", Kind: "video"}},
			{"clips_by_department", footage.Filter{Department: "pr"}},
			{"clips_by_purpose", footage.Filter{Department: "pr", Purpose: "p1"}},
			{"clips_by_any_purpose", footage.Filter{Purpose: "p1"}},
			{"clips_by_device", footage.Filter{Device: "cam-1"}},
			{"clips_by_state", footage.Filter{State: footage.Review, Department: "pr"}},
			{"clips_by_person", footage.Filter{Person: "hong"}},
			{"clips_by_confidence", footage.Filter{Confidence: "B"}},
			{"clips_by_batch", footage.Filter{Batch: "card"}},
		} {
			for _, companions := range []bool{false, true} {
				l.filter.Companions = companions
				asked := d.Asked(func(dry *db.DB) {
					_, _ = dry.ListClips(ctx, l.filter) // nothing runs
					_, _ = dry.CountClips(ctx, l.filter, 100)
				})
				if len(asked) != 2 {
					t.Fatalf("%d statements: %q", len(asked), asked)
				}
				list, count := planOf(t, d, asked[0]), planOf(t, d, asked[1])
				index := l.index + " "
				if !d.Lite() { // which of two that serve is a matter of its statistics
					index = "clips_"
				}
				if !strings.Contains(list+" ", index) || strings.Contains(list, "Sort") || strings.Contains(list, "TEMP B-TREE") {
					t.Errorf("%s\nis answered by\n%s\nwant %s", asked[0], list, l.index)
				}
				if !strings.Contains(count, "clips_") || strings.Contains(count, "Sort") {
					t.Errorf("%s\nis answered by\n%s", asked[1], count)
				}
			}
		}
		// A search counts how often its word is, then fetches few clips by it.
		asked := d.Asked(func(dry *db.DB) { _, _ = dry.ListClips(ctx, footage.Filter{Department: "pr", Query: "0437"}) })
		for _, sql := range asked {
			plan := planOf(t, d, sql)
			if !strings.Contains(plan, "clip_words") || strings.Contains(plan, "SCAN clip_words") || strings.Contains(plan, "Seq Scan on clip_words") {
				t.Errorf("%s\nis answered by\n%s", sql, plan)
			}
		}
		asked = d.Asked(func(dry *db.DB) { _, _ = dry.Recording(ctx, "clip-1") })
		if plan := planOf(t, d, asked[0]); !strings.Contains(plan, "clips_of_recording") {
			t.Errorf("%s\nis answered by\n%s", asked[0], plan)
		}
		if plan := planOf(t, d, "SELECT * FROM clips WHERE group_key = 'k' AND group_key <> '' AND state IN ('registered','review') ORDER BY id LIMIT 500"); !strings.Contains(plan, "clips_siblings") {
			t.Errorf("siblings are found by\n%s", plan)
		}
	})
}

// planOf is how the database would answer a statement if it had many clips.
func planOf(t *testing.T, d *db.DB, sql string) string {
	t.Helper()
	var plan []string
	err := d.Writer().Transaction(func(g *gorm.DB) error {
		if d.Lite() {
			var steps []struct{ Detail string }
			err := g.Raw("EXPLAIN QUERY PLAN " + strings.ReplaceAll(sql, `"`, "'")).Scan(&steps).Error
			for _, s := range steps {
				plan = append(plan, s.Detail)
			}
			return err
		}
		for _, off := range []string{"enable_seqscan", "enable_bitmapscan", "enable_sort"} {
			if err := g.Exec("SET LOCAL " + off + " = off").Error; err != nil {
				return err
			}
		}
		return g.Raw("EXPLAIN " + sql).Scan(&plan).Error
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.Join(slices.Clip(plan), "\n")
}
