package db

import (
	"context"

	"gorm.io/gorm"

	"jikim/devices/instant"
	"jikim/footage"
)

// Numbers for calendars and boards. Each question is answered from one index
// alone (v07), bounded in time where time can bound it.

// koreanDay is the number of the day in Korea that holds the milliseconds of a
// column, from 1970-01-01; Korea has had one offset since 1988.
func koreanDay(column string) string { return "(" + column + " + 32400000) / 86400000" }

func dayOf(number int64) instant.Date { return instant.Date("1970-01-01").AddDays(int(number)) }

// dayRow is one line of a count by day.
type dayRow struct {
	Day     int64
	Purpose string
	Clips   int
	Bytes   int64
}

func tallies(rows []dayRow) []footage.DayTally {
	out := make([]footage.DayTally, len(rows))
	for i, r := range rows {
		out[i] = footage.DayTally{Date: dayOf(r.Day), Purpose: r.Purpose, Clips: r.Clips, Bytes: r.Bytes}
	}
	return out
}

// DueByDay counts, by day and purpose, the live clips that may be destroyed
// from one day on until another (both included), of one department or of all.
func (d *DB) DueByDay(ctx context.Context, from, to instant.Date, department string) ([]footage.DayTally, error) {
	q := d.due(ctx, from, to, department).
		Select(koreanDay("due_at") + " AS day, purpose, COUNT(*) AS clips").
		Group("day, purpose").Order("day, purpose")
	var rows []dayRow
	err := q.Find(&rows).Error
	return tallies(rows), translate(err)
}

// HeldDueByDay counts, by day, those of them that a hold keeps.
func (d *DB) HeldDueByDay(ctx context.Context, from, to instant.Date, department string) ([]footage.DayTally, error) {
	held := d.read.WithContext(ctx).Model(&footage.Hold{}).Where("released_at IS NULL").Select("clip")
	q := d.due(ctx, from, to, department).Where("id IN (?)", held).
		Select(koreanDay("due_at") + " AS day, COUNT(*) AS clips").Group("day").Order("day")
	var rows []dayRow
	err := q.Find(&rows).Error
	return tallies(rows), translate(err)
}

func (d *DB) due(ctx context.Context, from, to instant.Date, department string) *gorm.DB {
	q := d.read.WithContext(ctx).Model(&footage.Clip{}).
		Where("state || '' IN ('registered','review')"). // like inDepartment: the period is to lead
		Where("due_at >= ? AND due_at < ?", instant.Of(from.Start()), instant.Of(to.AddDays(1).Start()))
	return inDepartment(q, department)
}

// inDepartment narrows a question that a period bounds already. Written so, the
// planner does not take an index of departments for it, which would read all
// that a department ever filmed.
func inDepartment(q *gorm.DB, department string) *gorm.DB {
	if department == "" {
		return q
	}
	return q.Where("department || '' = ?", department)
}

// CheckedInByDay counts the files that came in from one day on until another,
// with their bytes, whatever has become of them.
func (d *DB) CheckedInByDay(ctx context.Context, from, to instant.Date, department string) ([]footage.DayTally, error) {
	q := d.read.WithContext(ctx).Model(&footage.Clip{}).
		Where("checked_in_at >= ? AND checked_in_at < ?", instant.Of(from.Start()), instant.Of(to.AddDays(1).Start()))
	var rows []dayRow
	err := inDepartment(q, department).Select(koreanDay("checked_in_at") + " AS day, COUNT(*) AS clips, SUM(bytes) AS bytes").Group("day").Order("day").Find(&rows).Error
	return tallies(rows), translate(err)
}

// Stored tells what is kept, by department and purpose.
func (d *DB) Stored(ctx context.Context, department string) ([]footage.StoredTally, error) {
	q := d.read.WithContext(ctx).Model(&footage.Clip{}).Where("state <> 'destroyed'")
	if department != "" {
		q = q.Where("department = ?", department)
	}
	var out []footage.StoredTally
	err := q.Select("department, purpose, COUNT(*) AS clips, SUM(bytes) AS bytes").
		Group("department, purpose").Order("department, purpose").Find(&out).Error
	return out, translate(err)
}

// UploadsUnderWay counts uploads that have not ended, by state.
func (d *DB) UploadsUnderWay(ctx context.Context, department string) ([]footage.UploadTally, error) {
	q := d.read.WithContext(ctx).Model(&footage.Upload{}).Where("state IN ('receiving','checking')")
	if department != "" {
		q = q.Where("department = ?", department)
	}
	var out []footage.UploadTally
	err := q.Select("state, COUNT(*) AS count").Group("state").Order("state").Find(&out).Error
	return out, translate(err)
}

// Holds gives one page of holds with their clips, the youngest first.
func (d *DB) Holds(ctx context.Context, f footage.HoldFilter) (page []footage.HeldClip, next string, err error) {
	g := d.read.WithContext(ctx)
	q := g.Model(&footage.Hold{}).Where("released_at IS NULL")
	if f.Released {
		q = g.Model(&footage.Hold{}).Where("released_at IS NOT NULL")
	}
	if f.Basis != "" {
		q = q.Where("basis = ?", f.Basis)
	}
	if f.Department != "" {
		q = q.Where("EXISTS (SELECT 1 FROM clips WHERE clips.id = holds.clip AND clips.department = ?)", f.Department)
	}
	if f.Cursor != "" {
		q = q.Where("id < ?", f.Cursor)
	}
	limit := pageSize(f.Limit)
	var holds []footage.Hold
	if err := q.Order("id DESC").Limit(limit + 1).Find(&holds).Error; err != nil {
		return nil, "", translate(err)
	}
	if len(holds) > limit {
		holds = holds[:limit]
		next = holds[limit-1].ID
	}
	clips, err := clipsOf(g, holds)
	if err != nil {
		return nil, "", translate(err)
	}
	for _, h := range holds {
		page = append(page, footage.HeldClip{Hold: h, Clip: clips[h.Clip]})
	}
	return page, next, nil
}

func clipsOf(g *gorm.DB, holds []footage.Hold) (map[string]footage.Clip, error) {
	ids := make([]string, len(holds))
	for i, h := range holds {
		ids[i] = h.Clip
	}
	var clips []footage.Clip
	if err := g.Where("id IN ?", ids).Omit("Metadata", "Manifest", "SourcePath").Find(&clips).Error; err != nil {
		return nil, err
	}
	found := make(map[string]footage.Clip, len(clips))
	for _, c := range clips {
		found[c.ID] = c
	}
	return found, nil
}

// OpenHoldsOf gives the open holds of these clips.
func (d *DB) OpenHoldsOf(ctx context.Context, clips []string) (map[string][]footage.Hold, error) {
	var holds []footage.Hold
	if err := d.read.WithContext(ctx).Where("clip IN ? AND released_at IS NULL", clips).Order("id").Find(&holds).Error; err != nil {
		return nil, translate(err)
	}
	open := map[string][]footage.Hold{}
	for _, h := range holds {
		open[h.Clip] = append(open[h.Clip], h)
	}
	return open, nil
}

// CountHolds counts open holds, and those of them whose day to be looked at
// again has come.
func (d *DB) CountHolds(ctx context.Context, department string, today instant.Date) (open, overdue int, err error) {
	q := d.read.WithContext(ctx).Model(&footage.Hold{}).Where("released_at IS NULL")
	if department != "" {
		q = q.Where("EXISTS (SELECT 1 FROM clips WHERE clips.id = holds.clip AND clips.department = ?)", department)
	}
	var n struct{ Open, Overdue int }
	err = q.Select("COUNT(*) AS open, COUNT(CASE WHEN until <> '' AND until <= ? THEN 1 END) AS overdue", today).Find(&n).Error
	return n.Open, n.Overdue, translate(err)
}
