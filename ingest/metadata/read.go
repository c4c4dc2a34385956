package metadata

import (
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
	"jikim/ingest/metadata/window"
)

// Read reads what size bytes of r say of themselves, under the name they came
// with. It never reads a recording whole, allocates a few megabytes at most, and
// always gives a report: what cannot be read is said in its problems. SHA256 is
// the caller's to fill, and Settle the caller's to call when it knows the device
// and the time.
func Read(r io.ReaderAt, size int64, name string) Report {
	f := window.Open(r, size)
	defer f.Release()
	rd := &reader{f: f, name: name}
	rd.File, rd.Bytes = name, max(size, 0)
	rd.open()
	if f.Fault() != nil {
		rd.problem("저장된 파일을 읽다가 오류가 나서 일부만 읽었습니다.")
	}
	if rd.Kind != Other {
		if c, ok := fromName(name); ok {
			rd.candidates = append(rd.candidates, c)
		}
	}
	if len(rd.candidates) > 0 || rd.Kind == Video || rd.Kind == Photo {
		rd.Time = &TimeEvidence{Candidates: rd.candidates}
		rd.Settle(Context{})
	}
	return rd.Report
}

// reader fills a report from one file.
type reader struct {
	Report
	f          *window.File
	name       string
	candidates []Candidate
	visit      func(Fix) error // wants the whole track; nil when a report is read
	stopped    error           // with which visit ended the reading
}

func (r *reader) open() {
	r.Kind, r.Container = Other, "other"
	if r.Bytes == 0 {
		r.problem("빈 파일입니다(0바이트).")
		return
	}
	found, err := sniff(r.f)
	if err != nil {
		return // the store failed; Read says so
	}
	r.Kind, r.Container, r.MIME = found.kind, found.container, found.mime
	if said := misnamed(r.name, found); said != "" {
		r.problem(said)
	}
	if found.read == nil {
		return
	}
	if err := found.read(r); err != nil && r.f.Fault() == nil {
		r.problem(whyUnread(err))
	}
}

// whyUnread says in words why reading stopped before the end.
func whyUnread(err error) string {
	switch {
	case errors.Is(err, window.ErrBudget), errors.Is(err, window.ErrPiece):
		return "파일이 지나치게 많은 것을 읽게 하여 앞부분만 읽었습니다."
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "파일이 중간에 잘려 있습니다."
	}
	return "파일의 구조가 손상되어 일부만 읽었습니다."
}

// problem records a sentence once.
func (r *reader) problem(sentence string) {
	if len(r.Problems) < 20 && !slices.Contains(r.Problems, sentence) {
		r.Problems = append(r.Problems, sentence)
	}
}

// candidate records a clock reading; one that is not set is none.
func (r *reader) candidate(s clock.Stamp, source, zone, meaning string) {
	if s.IsZero() || len(r.candidates) >= 32 {
		return
	}
	r.candidates = append(r.candidates, Candidate{Value: s.String(), Source: source, Zone: zone, Meaning: meaning})
}

// locate records where the recording began; the first source that knows wins.
func (r *reader) locate(p place.Point, source string) {
	if r.Location != nil || !p.Valid() {
		return
	}
	r.Location = &Location{Lat: round(p.Lat, 1e7), Lon: round(p.Lon, 1e7), Source: source}
	if p.Alt != nil {
		alt := round(*p.Alt, 1e3)
		r.Location.AltM = &alt
	}
}

// course begins a track of a source. Only the first track that has fixes is the
// recording's: those of later sources go nowhere.
func (r *reader) course(source string) *place.Course {
	if r.visit == nil || r.Track != nil {
		return &place.Course{}
	}
	return &place.Course{Visit: func(f place.Fix) error {
		r.stopped = r.visit(fixOf(f, source))
		return r.stopped
	}}
}

// trail records the path of a recording. whole says that the course is all of it.
func (r *reader) trail(course *place.Course, source string, whole bool) {
	first, begun := course.First()
	if !begun || r.Track != nil {
		return
	}
	r.Track = &Track{Source: source, First: &Position{Lat: round(first.Lat, 1e7), Lon: round(first.Lon, 1e7)}}
	if whole {
		r.Track.Points = course.Count()
	}
	if !first.UTC.IsZero() {
		r.Track.StartUTC = clock.UTC(first.UTC).String()
	}
	r.locate(first.Point, source)
}

func (r *reader) duration(d time.Duration) {
	if d > 0 {
		r.DurationS = round(d.Seconds(), 1e3)
	}
}

func (r *reader) size(width, height int) {
	if width > 0 && height > 0 && r.Width == 0 {
		r.Width, r.Height = width, height
	}
}

func (r *reader) device(maker, model, serial string) {
	r.Make, r.Model = first(r.Make, maker), first(r.Model, model)
	if strings.Trim(serial, "0 ") != "" { // a scrubbed serial is no identity
		r.Serial = first(r.Serial, serial)
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func round(v, scale float64) float64 { return math.Round(v*scale) / scale }

// Unread is the report of a file that could not be read for a reason of its own:
// its kind by the first bytes, and the reason, a Korean sentence, in problems.
func Unread(r io.ReaderAt, size int64, name, reason string) Report {
	rd := &reader{f: window.Open(r, size), name: name}
	rd.File, rd.Bytes, rd.Kind, rd.Container = name, max(size, 0), Other, "other"
	if found, err := sniff(rd.f); err == nil {
		rd.Kind, rd.Container, rd.MIME = found.kind, found.container, found.mime
	}
	if c, ok := fromName(name); ok && rd.Kind != Other {
		rd.candidates = append(rd.candidates, c)
	}
	rd.problem(reason)
	rd.Time = &TimeEvidence{Candidates: rd.candidates}
	rd.Settle(Context{})
	return rd.Report
}
