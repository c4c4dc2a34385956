package demo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math"
	"time"
)

// photo is a picture a drone takes straight down.
type photo struct {
	at            spot // metres from the middle of the town
	aloft         float64
	taken         time.Time
	model, serial string
}

// jpeg gives the photo with its EXIF data: camera, time with its zone, place.
func (p photo) jpeg() ([]byte, error) {
	const width, height = 1024, 768
	c := newCanvas(width, height)
	x, y := pixel(p.at)
	left := min(max(int(x)-width/2, 0), int(townWidth*perMetre)-width)
	top := min(max(int(y)-height/2, 0), int(townHeight*perMetre)-height)
	c.window(town(), left, top)
	b, err := encode(c.RGBA)
	if err != nil {
		return nil, err
	}
	segment := append([]byte("Exif\x00\x00"), p.exif()...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(segment)+2))
	return bytes.Join([][]byte{head, segment, b[2:]}, nil), nil
}

func encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 78})
	return b.Bytes(), err
}

// thumbnail is the small JPEG a camera puts beside a film.
func thumbnail(s scene) ([]byte, error) {
	whole, small := newCanvas(filmWidth, filmHeight), newCanvas(filmWidth/4, filmHeight/4)
	s.paint(whole, time.Second)
	for y := range filmHeight / 4 {
		for x := range filmWidth / 4 {
			copy(small.Pix[small.PixOffset(x, y):], whole.Pix[whole.PixOffset(4*x, 4*y):whole.PixOffset(4*x, 4*y)+4])
		}
	}
	return encode(small.RGBA)
}

// Tags of EXIF (CIPA DC-008) and their types.
const (
	typeByte, typeText, typeShort, typeLong, typeRational = 1, 2, 3, 4, 5
)

type tag struct {
	id, kind uint16
	count    int
	value    []byte
}

func text(id uint16, s string) tag {
	return tag{id, typeText, len(s) + 1, append([]byte(s), 0)}
}

// ratios writes numbers as fractions of so many parts.
func ratios(id uint16, parts float64, values ...float64) tag {
	t := tag{id: id, kind: typeRational, count: len(values)}
	for _, v := range values {
		t.value = binary.BigEndian.AppendUint32(t.value, uint32(math.Round(v*parts)))
		t.value = binary.BigEndian.AppendUint32(t.value, uint32(parts))
	}
	return t
}

// sexagesimal gives degrees, minutes and seconds.
func sexagesimal(v float64) []float64 {
	minutes := (v - math.Floor(v)) * 60
	return []float64{math.Floor(v), math.Floor(minutes), (minutes - math.Floor(minutes)) * 60}
}

// exif is the TIFF structure of three directories: picture, camera, place.
func (p photo) exif() []byte {
	lat, lon := degrees(p.at)
	utc := p.taken.UTC()
	camera := []tag{
		text(0x9003, p.taken.Format("2006:01:02 15:04:05")), text(0x9011, p.taken.Format("-07:00")),
		text(0xa431, p.serial),
	}
	place := []tag{
		text(1, "N"), ratios(2, 10_000, sexagesimal(lat)...),
		text(3, "E"), ratios(4, 10_000, sexagesimal(lon)...),
		{5, typeByte, 1, []byte{0}},
		ratios(6, 100, groundM+p.aloft),
		ratios(7, 1, float64(utc.Hour()), float64(utc.Minute()), float64(utc.Second())),
		text(0x1d, utc.Format("2006:01:02")),
	}
	picture := func(cameraAt, placeAt int) []tag {
		pointer := func(id uint16, at int) tag {
			return tag{id, typeLong, 1, binary.BigEndian.AppendUint32(nil, uint32(at))}
		}
		return []tag{
			text(0x010f, "DJI"), text(0x0110, p.model),
			{0x0112, typeShort, 1, []byte{0, 1}},
			pointer(0x8769, cameraAt), pointer(0x8825, placeAt),
		}
	}
	const first = 8
	cameraAt := first + len(directory(picture(0, 0), first))
	placeAt := cameraAt + len(directory(camera, cameraAt))
	return bytes.Join([][]byte{
		{'M', 'M', 0, 42, 0, 0, 0, first},
		directory(picture(cameraAt, placeAt), first), directory(camera, cameraAt), directory(place, placeAt),
	}, nil)
}

// directory writes an image file directory that stands at an offset, its
// longer values behind it.
func directory(tags []tag, at int) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(tags)))
	var behind []byte
	room := at + 2 + 12*len(tags) + 4
	for _, t := range tags {
		b = binary.BigEndian.AppendUint16(b, t.id)
		b = binary.BigEndian.AppendUint16(b, t.kind)
		b = binary.BigEndian.AppendUint32(b, uint32(t.count))
		if len(t.value) <= 4 {
			b = append(append(b, t.value...), make([]byte, 4-len(t.value))...)
			continue
		}
		b = binary.BigEndian.AppendUint32(b, uint32(room+len(behind)))
		behind = append(behind, t.value...)
		behind = append(behind, make([]byte, len(behind)%2)...)
	}
	return append(append(b, 0, 0, 0, 0), behind...)
}
