package bmff

import (
	"errors"
	"time"

	"jikim/ingest/metadata/window"
)

// Movie is what an MP4, MOV or 3GP file says of itself. Anything not said is
// zero.
type Movie struct {
	Brand     string            // major brand; "" when there is no ftyp box, as in early QuickTime
	Created   Date              // mvhd
	Duration  time.Duration     // mvhd
	Tracks    []Track           //
	Text      map[string]string // user data by box type ("©xyz" is written "\xa9xyz") and keys by name
	Location  string            // the loci box, rewritten as ISO 6709
	GoPro     []byte            // the GPMF box of the user data: settings of the camera
	FreeGPS   []int64           // offsets of the word "freeGPS" in free boxes on the top level
	GPSList   Box               // the "gps " box of Novatek cameras: where in mdat the freeGPS records lie
	Trailer   int64             // where the boxes end and other bytes begin; 0 when nothing follows
	HasMovie  bool              // there is a moov box
	HasMedia  bool              // there is an mdat box
	Clipped   bool              // a box on the top level claims more than the file has
	Damaged   bool              // a box inside another claims to be longer than it
	Fragments bool              // the samples are described in fragments, not in the moov box
	scale     uint32            // units of mvhd per second
}

// EachFreeGPS gives the offsets of the word "freeGPS" of every record to visit:
// those in free boxes first, then those in the list, whose entries are offset
// and size of a block that begins with its own size.
func (m Movie) EachFreeGPS(f *window.File, visit func(at int64) error) error {
	for _, at := range m.FreeGPS {
		if err := visit(at); err != nil {
			return stopped(err)
		}
	}
	for at := m.GPSList.Body + 8; at+8 <= m.GPSList.End; at += 8 {
		entry, err := f.Bytes(at, 8)
		if err != nil {
			return err
		}
		if offset := int64(be32(entry, 0)); offset > 0 && offset+4 < f.Size() {
			if err := visit(offset + 4); err != nil {
				return stopped(err)
			}
		}
	}
	return nil
}

func stopped(err error) error {
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// Track is one track of a movie.
type Track struct {
	Handler       string // vide, soun, meta, sbtl, text, tmcd …
	Codec         string // the type of the first sample description
	Object        byte   // MPEG-4 object type, from esds; 0 when not said
	Bits          int    // sample size of PCM sound
	Width, Height int    // stored size of the picture
	Rotation      *int   // clockwise degrees to display, from the matrix; nil when it is not a plain turn
	Created       Date   // tkhd
	MediaCreated  Date   // mdhd
	Timescale     uint32
	Duration      time.Duration // mdhd
	Disabled      bool
	tables        tables
}

// Date is the number of seconds in a creation field, with the epoch the format
// prescribes (1904). Cameras that count from 1970 exist: see Time.
type Date uint64

// macEpoch is 1904-01-01 as Unix seconds.
const macEpoch = -2082844800

// Time gives the digits of the date, held in UTC; false when the field is not
// set. Whether they are UTC or the camera's local clock the file does not say.
// A value that would lie before 1970 counts from 1970 instead: no film was
// stored in this format before it existed.
func (d Date) Time() (time.Time, bool) {
	if d == 0 || d > 1<<33 {
		return time.Time{}, false
	}
	unix := int64(d) + macEpoch
	if unix < 0 {
		unix = int64(d)
	}
	return time.Unix(unix, 0).UTC(), true
}

// Read walks the boxes of a movie. The movie read so far is given back together
// with an error; an error is never one of the file's form, only of the store or
// the budget.
func Read(f *window.File) (Movie, error) {
	m := Movie{Text: map[string]string{}}
	w := &walker{f: f}
	end := int64(0)
	err := w.each(0, f.Size(), maxTop, func(b Box) error {
		end = b.End
		return m.top(w, b)
	})
	m.Damaged = w.broken && !m.Clipped
	if end < f.Size() && end > 0 {
		m.Trailer = end
	}
	return m, err
}

func (m *Movie) top(w *walker, b Box) error {
	m.Clipped = m.Clipped || b.Overflows
	switch b.Type {
	case "ftyp":
		p, err := w.body(b, 4)
		m.Brand = string(p)
		return err
	case "mdat":
		m.HasMedia = true
	case "free", "skip":
		return m.freeBox(w, b)
	case "moov":
		if m.HasMovie {
			return nil // a second one is not part of the format; the first holds
		}
		m.HasMovie = true
		return w.each(b.Body, b.End, maxBoxes, func(b Box) error { return m.inMoov(w, b) })
	case "moof":
		m.Fragments = true
		return skipFragments(m)
	case "\x00\x00\x00\x00":
		return errStop
	}
	return nil
}

// skipFragments ends the walk at the first fragment once the movie box is
// read: a fragmented file may have one per second.
func skipFragments(m *Movie) error {
	if m.HasMovie {
		m.HasMedia = true
		return errStop
	}
	return nil
}

func (m *Movie) freeBox(w *walker, b Box) error {
	p, err := w.body(b, 8)
	if err == nil && len(p) == 8 && string(p[:7]) == "freeGPS" {
		m.FreeGPS = append(m.FreeGPS, b.Body)
	}
	return err
}

func (m *Movie) inMoov(w *walker, b Box) error {
	switch b.Type {
	case "mvhd":
		return m.readMvhd(w, b)
	case "trak":
		if len(m.Tracks) >= 32 {
			return nil
		}
		t := Track{}
		err := t.read(w, b)
		m.Tracks = append(m.Tracks, t)
		return err
	case "udta":
		return w.each(b.Body, b.End, maxBoxes, func(b Box) error { return m.inUserData(w, b) })
	case "gps ":
		m.GPSList = b
	case "meta":
		return m.readMeta(w, b)
	case "mvex":
		m.Fragments = true
		return w.each(b.Body, b.End, maxBoxes, func(b Box) error { return m.inMvex(w, b) })
	}
	return nil
}

func (m *Movie) readMvhd(w *walker, b Box) error {
	p, err := w.body(b, 32)
	if err != nil || len(p) < 20 {
		return err
	}
	created, scale, duration := timing(p)
	m.Created, m.Duration, m.scale = created, length(duration, scale), scale
	return nil
}

// inMvex takes the whole duration of a fragmented movie, where mvhd has none.
func (m *Movie) inMvex(w *walker, b Box) error {
	if b.Type != "mehd" || m.Duration != 0 {
		return nil
	}
	p, err := w.body(b, 12)
	if err != nil || len(p) < 8 {
		return err
	}
	units := uint64(be32(p, 4))
	if p[0] == 1 {
		units = be64(p, 4)
	}
	m.Duration = length(units, m.scale)
	return nil
}

// timing reads the common head of mvhd and mdhd: creation date, timescale and
// duration, in 32 or 64 bits by version.
func timing(p []byte) (created Date, scale uint32, duration uint64) {
	if p[0] == 1 {
		created, scale, duration = Date(be64(p, 4)), be32(p, 20), be64(p, 24)
		if duration == 1<<64-1 {
			duration = 0
		}
		return created, scale, duration
	}
	created, scale, duration = Date(be32(p, 4)), be32(p, 12), uint64(be32(p, 16))
	if duration == 1<<32-1 { // "cannot be determined"
		duration = 0
	}
	return created, scale, duration
}

// length turns units of a timescale into a duration; 0 when that makes none.
func length(units uint64, scale uint32) time.Duration {
	if scale == 0 || units == 0 {
		return 0
	}
	seconds := float64(units) / float64(scale)
	if seconds > 100*24*3600 {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

// Budget reports whether err only says that the file asked for too much.
func Budget(err error) bool {
	return errors.Is(err, window.ErrBudget) || errors.Is(err, window.ErrPiece)
}
