package exif

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rwcarlsen/goexif/exif"
	"github.com/rwcarlsen/goexif/tiff"

	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

// Tags that goexif does not know.
const (
	tagWidth          = 0x0100
	tagHeight         = 0x0101
	tagOffsetModify   = 0x9010 // OffsetTime: of ModifyDate, never of the capture
	tagOffsetOriginal = 0x9011
	tagOffsetDigital  = 0x9012
	tagSubsecOriginal = 0x9291
	tagBodySerial     = 0xA431
	tagDNGVersion     = 0xC612
	tagDNGSerial      = 0xC62F
)

// Facts is what the TIFF structure of a photo says. Anything not said is zero.
type Facts struct {
	Make, Model, Serial string
	Original            clock.Stamp // DateTimeOriginal, with OffsetTimeOriginal when stated
	Digitized           clock.Stamp // DateTimeDigitized, with its own offset
	Modified            clock.Stamp // DateTime, with OffsetTime
	GPSTime             time.Time   // GPSDateStamp and GPSTimeStamp: UTC, may be some seconds old
	Point               *place.Point
	Orientation         int // 1..8; 0 when not said
	PixelWidth          int // PixelXDimension of a compressed image
	PixelHeight         int
	ImageWidth          int // of the largest image in a TIFF or DNG
	ImageHeight         int
	DNG                 bool
	Damaged             bool // some entries were broken and left out
}

// Read reads the TIFF structure of size bytes in src. It reads only the
// directories and the values it needs; maker notes (but for a serial number at
// the beginning of Kodak's) and pictures are left alone.
// The facts are those of the sound entries even when others are broken.
func Read(src io.ReaderAt, size int64) (Facts, error) {
	s, err := strain(src, size)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{Damaged: s.bad > 0 || s.stopped}
	x, err := decode(s.rebuild())
	if err != nil {
		return f, err
	}
	f.Make = text(x, exif.Make)
	f.Model = text(x, exif.Model)
	f.Serial = firstNot0(s.text(exifDir, tagBodySerial), s.text(mainDir, tagDNGSerial), kodakSerial(f.Make, s.note))
	f.Orientation = whole(x, exif.Orientation)
	f.PixelWidth, f.PixelHeight = whole(x, exif.PixelXDimension), whole(x, exif.PixelYDimension)
	f.readTimes(s, x)
	f.readPlace(x)
	f.readImage(s)
	return f, nil
}

// decode hands the rebuilt structure to goexif. The recover is for faults of
// the library that the sieve does not foresee; memory is bounded by the sieve.
func decode(sound []byte) (x *exif.Exif, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("exif: %v", r)
		}
	}()
	x, err = exif.Decode(bytes.NewReader(sound))
	if err != nil && x != nil && !exif.IsCriticalError(err) {
		err = nil
	}
	return x, err
}

func (f *Facts) readTimes(s *sieve, x *exif.Exif) {
	f.Original = stamp(text(x, exif.DateTimeOriginal), s.text(exifDir, tagSubsecOriginal), s.text(exifDir, tagOffsetOriginal))
	f.Digitized = stamp(text(x, exif.DateTimeDigitized), "", s.text(exifDir, tagOffsetDigital))
	f.Modified = stamp(text(x, exif.DateTime), "", s.text(exifDir, tagOffsetModify))
	f.GPSTime = gpsTime(x)
}

// stamp joins an EXIF date, its fraction and its offset.
func stamp(date, subsec, offset string) clock.Stamp {
	at, ok := clock.Parse(date)
	if !ok {
		return clock.Stamp{}
	}
	if subsec = strings.TrimSpace(subsec); subsec != "" && !strings.Contains(date, ".") {
		if fraction, err := time.ParseDuration("0." + subsec + "s"); err == nil {
			at = at.Add(fraction)
		}
	}
	if seconds, ok := clock.Offset(offset); ok {
		at = at.In(seconds)
	}
	return at
}

func gpsTime(x *exif.Exif) time.Time {
	day, err := time.Parse("2006:01:02", text(x, exif.GPSDateStamp))
	if err != nil {
		return time.Time{}
	}
	parts, ok := rationals(x, exif.GPSTimeStamp, 3)
	if !ok || parts[0] >= 24 || parts[1] >= 60 || parts[2] >= 61 {
		return time.Time{}
	}
	seconds := parts[0]*3600 + parts[1]*60 + parts[2]
	return day.Add(time.Duration(seconds * float64(time.Second))).UTC()
}

func (f *Facts) readPlace(x *exif.Exif) {
	lat, okLat := degrees(x, exif.GPSLatitude, exif.GPSLatitudeRef, "S")
	lon, okLon := degrees(x, exif.GPSLongitude, exif.GPSLongitudeRef, "W")
	p := place.Point{Lat: lat, Lon: lon}
	if !okLat || !okLon || !p.Valid() {
		return
	}
	if alt, ok := rationals(x, exif.GPSAltitude, 1); ok {
		below := whole(x, exif.GPSAltitudeRef) == 1
		if below && alt[0] > 0 {
			alt[0] = -alt[0]
		}
		p = p.WithAlt(alt[0])
	}
	f.Point = &p
}

// readImage finds the size of the main image of a TIFF or DNG, which may stand
// in a sub-directory while IFD0 holds the preview.
func (f *Facts) readImage(s *sieve) {
	f.DNG = s.find(mainDir, tagDNGVersion) != nil
	size := map[int][2]int{}
	for i := range s.entries {
		e := &s.entries[i]
		if e.dir != mainDir && e.dir != imageDir || e.tag != tagWidth && e.tag != tagHeight {
			continue
		}
		if v, ok := s.whole(e, 0); ok && v > 0 && v < 1<<20 {
			dims := size[e.at]
			dims[e.tag-tagWidth] = v
			size[e.at] = dims
		}
	}
	for _, dims := range size {
		if dims[0]*dims[1] > f.ImageWidth*f.ImageHeight {
			f.ImageWidth, f.ImageHeight = dims[0], dims[1]
		}
	}
}

func degrees(x *exif.Exif, name, ref exif.FieldName, negative string) (float64, bool) {
	parts, ok := rationals(x, name, 3)
	if !ok {
		return 0, false
	}
	v := parts[0] + parts[1]/60 + parts[2]/3600
	if strings.HasPrefix(strings.ToUpper(text(x, ref)), negative) {
		v = -v
	}
	return v, true
}

// rationals gives exactly n rationals of a tag; false where one has no value.
func rationals(x *exif.Exif, name exif.FieldName, n int) ([]float64, bool) {
	t, err := x.Get(name)
	if err != nil || t.Format() != tiff.RatVal || int(t.Count) < n {
		return nil, false
	}
	parts := make([]float64, n)
	for i := range parts {
		num, den, err := t.Rat2(i)
		if err != nil {
			return nil, false
		}
		if den == 0 {
			if num != 0 || i == 0 {
				return nil, false
			}
			den = 1 // 0/0 seconds: some cameras write whole minutes so
		}
		parts[i] = float64(num) / float64(den)
		if math.IsNaN(parts[i]) {
			return nil, false
		}
	}
	return parts, true
}

func whole(x *exif.Exif, name exif.FieldName) int {
	t, err := x.Get(name)
	if err != nil || t.Format() != tiff.IntVal {
		return 0
	}
	v, err := t.Int(0)
	if err != nil || v < 0 || v > 1<<20 {
		return 0
	}
	return v
}

func text(x *exif.Exif, name exif.FieldName) string {
	t, err := x.Get(name)
	if err != nil || t.Format() != tiff.StringVal {
		return ""
	}
	return clean(t.Val)
}

func (s *sieve) text(dir directory, tag uint16) string {
	e := s.find(dir, tag)
	if e == nil || e.typ != 2 {
		return ""
	}
	return clean(e.value)
}

// clean gives the text before the first NUL, without control characters; a
// text that is not UTF-8 is no text.
func clean(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	if !utf8.Valid(b) {
		return ""
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, string(b)))
}

// kodakNote is a maker note that is nothing but the camera's serial number:
// "C813 054492921", "KCKCE41234567".
var kodakNote = regexp.MustCompile(`^[CK][A-Z0-9]{3} ?[A-Z0-9]{1,2}\d{2}[A-Z0-9]\d{4}[ \x00]`)

func kodakSerial(maker string, note []byte) string {
	if !strings.Contains(strings.ToLower(maker), "kodak") || !kodakNote.Match(note) {
		return ""
	}
	return clean(note[:min(len(note), 16)])
}

// firstNot0 gives the first serial that is one: "0", "0000" and the like are
// scrubbed values shared by many cameras, not identities.
func firstNot0(serials ...string) string {
	for _, s := range serials {
		if strings.Trim(s, "0 ") != "" {
			return s
		}
	}
	return ""
}
