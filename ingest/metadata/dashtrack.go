package metadata

import (
	"time"

	"jikim/ingest/metadata/bmff"
	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/dashcam"
	"jikim/ingest/metadata/place"
)

// outsideTracks reads the GPS records of dash cameras, which stand in boxes of
// their own, in a list, or behind the last box.
func (r *reader) outsideTracks(m bmff.Movie) {
	course := r.course("freegps")
	records := dashcam.FreeGPS{Course: course}
	taken, whole := 0, true
	err := m.EachFreeGPS(r.f, func(at int64) error {
		if whole = !r.enough(taken); !whole {
			return bmff.Stop
		}
		block, err := r.f.Head(at, dashcam.FreeGPSSize)
		if err != nil {
			return err
		}
		taken++
		records.Add(block)
		return course.Err()
	})
	if err != nil && r.stopped == nil {
		r.problem(whyUnread(err))
	}
	if !records.Start.IsZero() {
		r.clockOf(records.Start, "freegps")
		r.trail(course, "freegps", whole)
		return
	}
	r.trailer(m)
}

// What is looked through behind the last box: for a report the beginning, for
// the track as much as one read gives.
const (
	trailerOfReport = 256 << 10
	trailerOfTrack  = 4 << 20
)

func (r *reader) trailer(m bmff.Movie) {
	if m.Trailer == 0 {
		return
	}
	size := trailerOfReport
	if r.visit != nil {
		size = trailerOfTrack
	}
	text, err := r.f.Head(m.Trailer, size)
	if err != nil {
		return
	}
	course := r.course("ligogps")
	r.clockOf(dashcam.Trailer(text, course), "ligogps")
	r.trail(course, "ligogps", m.Trailer+int64(size) >= r.Bytes)
}

// clockOf records the first clock of a record of positions; its zone is known
// when the record itself shows it.
func (r *reader) clockOf(s clock.Stamp, source string) {
	zone := ZoneAssumed
	if s.Zoned {
		zone = ZoneGPS
	}
	r.candidate(s, source, zone, MeansStart)
}

// maxRows bounds the rows of a SigmaStar track that are kept: a day of them.
const maxRows = 86_400

// rows reads a SigmaStar track. Its rows have no month and no year: these come
// from the date in the file's name. It
// reports whether the positions had to be thrown away.
func (r *reader) rows(t bmff.Track) (noFix bool) {
	var rows []dashcam.Row
	whole := r.samples(t, dashcam.RowSize+1, func(p []byte, s bmff.Sample) {
		if row, ok := dashcam.ReadRow(p, s.At); ok && len(rows) < maxRows {
			rows = append(rows, row)
		}
	})
	if len(rows) == 0 {
		return false // a track of thumbnails or of shocks
	}
	start, known := r.rowsStart(rows)
	if dashcam.Phantom(rows) {
		r.problem("위치 기록의 속도와 이동 거리가 서로 맞지 않아 위치를 쓰지 않았습니다. 위성 신호가 약한 곳에서 만들어진 값으로 보입니다.")
		return true
	}
	course := r.course("ssmd")
	for _, row := range rows {
		if !row.Fix {
			continue
		}
		fix := place.Fix{Point: row.Point, At: row.At}
		if known {
			fix.UTC = start.Add(row.At)
		}
		course.Add(fix)
	}
	r.trail(course, "ssmd", whole)
	return course.Count() == 0
}

// rowsStart records the satellite time of the track's start.
func (r *reader) rowsStart(rows []dashcam.Row) (time.Time, bool) {
	near, ok := r.dateNear()
	if !ok {
		return time.Time{}, false
	}
	start, ok := dashcam.Start(rows, near)
	if !ok {
		return time.Time{}, false
	}
	at := clock.UTC(start)
	if offset, ok := dashcam.Zone(rows); ok {
		at = clock.At(start, offset)
	}
	r.candidate(at, "ssmd", ZoneGPS, MeansStart)
	return start, true
}

// dateNear is a date within a day of the recording: that of the name.
func (r *reader) dateNear() (time.Time, bool) {
	c, ok := fromName(r.name)
	if !ok {
		return time.Time{}, false
	}
	at, ok := clock.Parse(c.Value)
	return at.Wall, ok
}
