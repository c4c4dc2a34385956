package footage

import (
	"mime"
	"strconv"
)

// Strip is how the small pictures of a derivative of kind strip lie in it: all
// of one size, in rows from the top left, each for an interval of the recording,
// from its beginning on. The last row need not be full.
//
// It is kept as parameters of the derivative's media type, which whoever does
// not know them leaves aside (RFC 2045 §5): "image/jpeg; columns=10;
// interval=30; tiles=60".
type Strip struct {
	Tiles     int
	Columns   int
	IntervalS float64 // seconds that each stands for
}

// MIME writes the media type of a strip.
func (s Strip) MIME() string {
	return mime.FormatMediaType("image/jpeg", map[string]string{
		"tiles": strconv.Itoa(s.Tiles), "columns": strconv.Itoa(s.Columns),
		"interval": strconv.FormatFloat(s.IntervalS, 'f', -1, 64),
	})
}

// Strip reads how the pictures of d lie; false when d is no strip, or was not
// made.
func (d Derivative) Strip() (s Strip, ok bool) {
	_, said, err := mime.ParseMediaType(d.MIME)
	if err != nil || d.State != Made {
		return s, false
	}
	s.Tiles, _ = strconv.Atoi(said["tiles"])
	s.Columns, _ = strconv.Atoi(said["columns"])
	s.IntervalS, _ = strconv.ParseFloat(said["interval"], 64)
	return s, s.Tiles > 0 && s.Columns > 0 && s.IntervalS > 0
}
