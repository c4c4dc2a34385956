package metadata

import (
	"bytes"
	"time"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/klv"
	"jikim/ingest/metadata/mpegts"
	"jikim/ingest/metadata/place"
)

// misb takes MISB ST 0601 packets as they come: device and time of the first, the
// camera's path of all.
type misb struct {
	*reader
	course  *place.Course
	origin  time.Time // the first clock; what has no time of its own counts from there
	start   time.Time // when the recording began
	packets int
}

func (r *reader) misb() *misb { return &misb{reader: r, course: r.course("klv")} }

// add takes a packet that stands at a time of the recording; timed is false when
// only its own clock says where.
func (m *misb) add(set klv.Set, at time.Duration, timed bool) {
	m.packets++
	if m.origin.IsZero() {
		m.origin = set.UTC
	}
	if !timed {
		at = since(set.UTC, m.origin)
	}
	if m.start.IsZero() && !set.UTC.IsZero() {
		m.start = set.UTC.Add(-at)
	}
	m.device("", set.Device(), "")
	m.course.Add(place.Fix{Point: set.Sensor, UTC: set.UTC, At: at})
}

// end says what was found; whole, that it was all there is.
func (m *misb) end(whole bool) {
	if !m.start.IsZero() {
		m.candidate(clock.UTC(m.start.Truncate(time.Millisecond)), "klv:timestamp", ZoneStated, MeansStart)
	}
	m.trail(m.course, "klv", whole)
}

// packetOfKLV is how much of a MISB packet is looked at; they have some hundred
// bytes.
const packetOfKLV = 4 << 10

// klv reads a file of MISB packets and nothing else.
func (r *reader) klv() error {
	m := r.misb()
	at := int64(0)
	for at < r.Bytes && !r.enough(m.packets) && r.stopped == nil {
		p, err := r.f.Head(at, packetOfKLV)
		if err != nil {
			return err
		}
		set, ok := klv.Read(p)
		if !ok {
			break
		}
		m.add(set, 0, false)
		size, _ := klv.Size(p)
		at += int64(size)
	}
	if m.packets == 0 {
		r.problem("MISB 기록의 구조가 손상되어 읽지 못했습니다.")
	} else if at > r.Bytes {
		r.problem("파일이 중간에 잘려 있습니다.")
	}
	m.end(at >= r.Bytes)
	return nil
}

// transport reads an MPEG transport stream: for a report its beginning and its
// end, for the track every packet of its metadata stream.
func (r *reader) transport() error {
	m := r.misb()
	begun := m
	if r.visit != nil { // the fixes are given in one go, below
		begun = &misb{reader: r, course: &place.Course{}}
	}
	facts, whole, err := mpegts.Read(r.f, begun.stream)
	r.size(facts.Width, facts.Height)
	r.duration(facts.Duration)
	r.VideoCodec, r.AudioCodec = facts.VideoCodec, facts.AudioCodec
	r.device(facts.Make, facts.Model, "")
	r.stated(facts.Recorded, "h264:MDPM", "")
	if facts.Clipped {
		r.problem("파일이 중간에 잘려 있습니다.")
	}
	if err == nil && r.visit != nil && (facts.Metadata || begun.packets > 0) {
		err = mpegts.Scan(r.f, m.stream)
		whole = err == nil
	}
	m.end(whole)
	if r.stopped != nil {
		return nil
	}
	return err
}

// stream takes what a metadata stream carries beside the picture.
func (m *misb) stream(p mpegts.Packet) error {
	data := p.Data
	for len(data) > 0 {
		at := bytes.Index(data, []byte(klv.Key))
		if at < 0 {
			return m.stopped
		}
		data = data[at:]
		set, ok := klv.Read(data)
		size, _ := klv.Size(data)
		if !ok || size > len(data) { // cut off: what is left may be anything
			return m.stopped
		}
		m.add(set, p.At, p.Timed)
		data = data[size:]
	}
	return m.stopped
}

// since is how long after start a moment is; 0 where one is not known.
func since(t, start time.Time) time.Duration {
	if t.IsZero() || start.IsZero() {
		return 0
	}
	return t.Sub(start)
}
