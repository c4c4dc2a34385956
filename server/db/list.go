package db

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
)

const (
	defaultPage = 50
	maxPage     = 200
)

// ListClips gives one page of clips, newest first. The cursor replaces the
// upper bound of the period, so that a deep page costs what the first does.
func (d *DB) ListClips(ctx context.Context, f footage.Filter) (footage.Page, error) {
	q, err := d.filtered(ctx, f)
	if err != nil {
		return footage.Page{}, err
	}
	limit := pageSize(f.Limit)
	order := "sort_at DESC, id DESC"
	if f.Back {
		order = "sort_at, id"
	}
	var clips []footage.Clip
	// What only a clip's own page shows is most of its row.
	q = q.Omit("Metadata", "Manifest", "SourcePath")
	if err := q.Order(order).Limit(limit + 1).Find(&clips).Error; err != nil {
		return footage.Page{}, translate(err)
	}
	return pageOf(f, clips, limit), nil
}

// pageOf is the page that clips are, of which there is one too many when there
// are more beyond.
func pageOf(f footage.Filter, clips []footage.Clip, limit int) footage.Page {
	more := len(clips) > limit
	page := footage.Page{Clips: clips[:min(len(clips), limit)]}
	if f.Back {
		slices.Reverse(page.Clips)
	}
	if len(page.Clips) == 0 {
		return page
	}
	first, last := page.Clips[0], page.Clips[len(page.Clips)-1]
	if f.Back || more {
		page.Next = cursor(last.SortAt, last.ID)
	}
	if f.Cursor != "" && (more || !f.Back) {
		page.Previous = cursor(first.SortAt, first.ID)
	}
	return page
}

// CountClips counts what the filter shows, no further than limit.
func (d *DB) CountClips(ctx context.Context, f footage.Filter, limit int) (int, error) {
	f.Cursor = ""
	q, err := d.filtered(ctx, f)
	if err != nil {
		return 0, err
	}
	var n int64
	err = d.read.WithContext(ctx).Table("(?) AS counted", q.Model(&footage.Clip{}).Select("id").Limit(limit)).Count(&n).Error
	return int(n), translate(err)
}

func (d *DB) filtered(ctx context.Context, f footage.Filter) (q *gorm.DB, err error) {
	q = d.read.WithContext(ctx)
	for column, value := range map[string]string{
		"department": f.Department, "purpose": f.Purpose, "device": f.Device, "kind": f.Kind,
		"checked_in_by": f.Person, "time_confidence": f.Confidence,
	} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.Batch != "" {
		q = q.Where("batch = ? AND batch <> ''", f.Batch) // literal: of the partial index
	}
	if f.Held {
		q = q.Where("id IN (SELECT clip FROM holds WHERE released_at IS NULL)")
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	} else {
		q = q.Where("state <> 'destroyed'") // literal: the partial indexes need it
	}
	if f.Recording != "" {
		q = inRecordings(q, []string{f.Recording})
	}
	switch {
	case f.Companions:
	case f.Query != "": // one that is asked for by its number is shown
		q = q.Where("(part IN ('','main','still') OR id = ?)", f.Query)
	default:
		q = q.Where("part IN ('','main','still')")
	}
	if f.Box != nil {
		if q, err = d.inBox(ctx, q, *f.Box); err != nil {
			return nil, err
		}
	}
	if f.Query != "" {
		if q, err = d.named(ctx, q, f); err != nil {
			return nil, err
		}
	}
	return inPeriod(q, f)
}

// inPeriod bounds the days, and where the page begins.
func inPeriod(q *gorm.DB, f footage.Filter) (*gorm.DB, error) {
	cut := ""
	if f.Cursor != "" {
		cut = "<"
		if f.Back {
			cut = ">"
		}
		at, id, err := readCursor(f.Cursor)
		if err != nil {
			return nil, err
		}
		q = q.Where("(sort_at, id) "+cut+" (?, ?)", at, id)
	}
	if f.From != "" && cut != ">" {
		q = q.Where("sort_at >= ?", instant.Of(f.From.Start()))
	}
	if f.To != "" && cut != "<" {
		q = q.Where("sort_at < ?", instant.Of(f.To.AddDays(1).Start()))
	}
	return q, nil
}

func pageSize(limit int) int {
	switch {
	case limit <= 0:
		return defaultPage
	case limit > maxPage:
		return maxPage
	}
	return limit
}

func cursor(at instant.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d/%s", at.Ms(), id))
}

func readCursor(s string) (instant.Time, string, error) {
	bad := refuse.Field("cursor", "bad-cursor", "목록의 다음 쪽을 찾지 못했습니다. 목록을 처음부터 다시 열어 주세요.")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return instant.Time{}, "", bad
	}
	var ms int64
	var id string
	if n, err := fmt.Sscanf(string(b), "%d/%s", &ms, &id); err != nil || n != 2 {
		return instant.Time{}, "", bad
	}
	return instant.FromMs(ms), id, nil
}

// RecordingSizes counts the files of recordings that are not destroyed; a
// recording of a single file may be left out.
func (d *DB) RecordingSizes(ctx context.Context, recordings []string) (map[string]int, error) {
	var lines []struct {
		Recording string
		Files     int
	}
	err := inRecordings(d.read.WithContext(ctx).Model(&footage.Clip{}), recordings).Where("state <> 'destroyed'").
		Select("recording, count(*) AS files").Group("recording").Scan(&lines).Error
	sizes := make(map[string]int, len(lines))
	for _, l := range lines {
		sizes[l.Recording] = l.Files
	}
	return sizes, translate(err)
}
