package demo

import (
	"context"
	"fmt"
	"time"
)

// Serial numbers of the example institution's devices, and of a camera that it
// buys in the course of the story.
const (
	drone1 = "HB-DR-0001" // 홍보
	drone2 = "HB-DR-0002" // 재난
	drone3 = "HB-DR-0003" // 토지
	cam1   = "HB-BC-0001"
	cam2   = "HB-BC-0002"
	cam3   = "HB-BC-0003"
	cam4   = "HB-BC-0004"
	cam5   = "HB-BC-0005"

	ActionCamera = "HB-AC-0001"
)

// asUTC is what a camera writes into a date that should be UTC when it only
// knows its own clock.
func asUTC(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

func (f film) file(path string) File {
	return File{Path: path, Film: true, make: func(ctx context.Context, s Studio) ([]byte, error) {
		f.hevc = f.hevc && s.HEVC()
		return s.make(ctx, f)
	}}
}

func textFile(path string, text func() []byte) File {
	return File{Path: path, Film: true, make: func(context.Context, Studio) ([]byte, error) { return text(), nil }}
}

// worn is a recording of a body camera of 한빛캠: one file, named after camera
// and clock, which it writes into the file too.
func worn(serial string, clock time.Time, seconds int, s scene) []File {
	f := film{
		scene: s, seconds: seconds, shown: clock, label: serial, created: asUTC(clock), hum: uint64(clock.Unix()) % 1000,
	}
	return []File{f.file(wornPath(serial, clock) + ".MP4")}
}

func wornPath(serial string, clock time.Time) string {
	return fmt.Sprintf("DCIM/%s/HB_%s_%s", clock.Format("20060102"), serial, clock.Format("20060102150405"))
}

// wornOutside has the log of its receiver beside it.
func wornOutside(serial string, clock time.Time, seconds int, way route, s scene) []File {
	return append(worn(serial, clock, seconds, s), textFile(wornPath(serial, clock)+".GPS", func() []byte {
		return nmea(way, seconds, clock)
	}))
}

// dji is a card of a DJI drone.
type dji struct {
	serial, model string
	hevc          bool
	count         int // files are numbered
}

func (d *dji) name(at time.Time, suffix string) string {
	return fmt.Sprintf("DCIM/DJI_001/DJI_%s_%04d_%s", at.Format("20060102150405"), d.count, suffix)
}

// film is a film with its flight log, and a small copy where the model makes one.
func (d *dji) film(at time.Time, fl flight, small bool) []File {
	d.count++
	name := d.name(at, "D")
	f := d.picture(at, fl, aerial{way: fl.way, seconds: float64(fl.seconds)})
	files := []File{f.file(name + ".MP4")}
	if small {
		f.small, f.hevc = true, false
		files = append(files, f.file(name+".LRF"))
	}
	return append(files, textFile(name+".SRT", func() []byte { return fl.srt(at) }))
}

// pair is what a drone with two lenses films at once: wide and thermal.
func (d *dji) pair(at time.Time, fl flight, warm ...spot) []File {
	d.count++
	wide := aerial{way: fl.way, seconds: float64(fl.seconds), warm: warm}
	thermal := wide
	thermal.thermal = true
	return []File{
		d.picture(at, fl, thermal).file(d.name(at, "T") + ".MP4"),
		d.picture(at, fl, wide).file(d.name(at, "W") + ".MP4"),
		textFile(d.name(at, "W")+".SRT", func() []byte { return fl.srt(at) }),
	}
}

func (d *dji) picture(at time.Time, fl flight, s scene) film {
	return film{
		scene: s, seconds: fl.seconds, shown: at, label: d.serial, created: at.UTC(),
		labels: droneLabels(d.model, fl.way[0]), hevc: d.hevc, hum: uint64(at.Unix()) % 1000,
	}
}

func (d *dji) photo(at time.Time, where spot, aloft float64) File {
	d.count++
	p := photo{at: where, aloft: aloft, taken: at, model: d.model, serial: d.serial}
	return File{Path: d.name(at, "D") + ".JPG", make: func(context.Context, Studio) ([]byte, error) { return p.jpeg() }}
}

// chapters is one recording of a GoPro, split in files: each names its chapter
// and the recording, and all have the start of the first. It has HEVC where
// ffmpeg makes it; the name says which.
func chapters(at time.Time, id, count, seconds int, s street, hevc bool) []File {
	codec := map[bool]string{true: "GX", false: "GH"}[hevc]
	var files []File
	for i := range count {
		part := s
		part.offset = time.Duration(i*seconds) * time.Second
		f := film{
			scene: part, seconds: seconds, shown: at.Add(part.offset), label: ActionCamera, created: asUTC(at),
			labels: goProLabels("HERO11 Black", ActionCamera), hevc: hevc, hum: uint64(i),
		}
		name := func(kind string) string { return fmt.Sprintf("DCIM/100GOPRO/%s%02d%04d", kind, i+1, id) }
		files = append(files, f.file(name(codec)+".MP4"))
		f.small, f.hevc = true, false
		files = append(files, f.file(name("GL")+".LRV"))
		files = append(files, File{Path: name(codec) + ".THM", Film: true, make: func(context.Context, Studio) ([]byte, error) {
			return thumbnail(part)
		}})
	}
	return files
}
