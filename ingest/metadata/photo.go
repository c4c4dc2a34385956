package metadata

import (
	"encoding/binary"
	"io"

	"jikim/ingest/metadata/bmff"
	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/exif"
	"jikim/ingest/metadata/xmp"
)

// tiff reads a TIFF or DNG file.
func (r *reader) tiff() error {
	facts := r.exif(0, r.Bytes)
	r.size(facts.ImageWidth, facts.ImageHeight)
	if facts.DNG {
		r.Container, r.MIME = "dng", "image/x-adobe-dng"
	}
	return nil
}

// heic reads a HEIF picture: its Exif item and the properties of the primary
// item, which hold for display where they differ from EXIF.
func (r *reader) heic() error {
	still, err := bmff.ReadStill(r.f)
	if err != nil {
		return err
	}
	if !still.HasMeta {
		r.problem("HEIC의 목록(meta 상자)이 없습니다. 파일이 손상되었습니다.")
	}
	if still.Damaged {
		r.problem("파일이 중간에 잘렸거나 구조가 손상되어 읽을 수 있는 것만 읽었습니다.")
	}
	r.size(still.Width, still.Height)
	r.Rotation = still.Rotation
	if still.ExifSize > 0 {
		r.exif(still.ExifAt, still.ExifSize)
	}
	return nil
}

// png reads the header, and EXIF where the file has it.
func (r *reader) png() error {
	at := int64(8)
	for range 256 {
		h, err := r.f.Bytes(at, 8)
		if err != nil {
			return err
		}
		length := int64(binary.BigEndian.Uint32(h))
		switch string(h[4:]) {
		case "IHDR":
			p, err := r.f.Bytes(at+8, 8)
			if err != nil {
				return err
			}
			r.size(int(binary.BigEndian.Uint32(p)), int(binary.BigEndian.Uint32(p[4:])))
		case "eXIf":
			r.exif(at+8, min(length, r.Bytes-at-8))
		case "IEND":
			return nil
		}
		at += 12 + length
	}
	return nil
}

// exif reads the TIFF structure at an offset of the file into the report.
func (r *reader) exif(at, size int64) exif.Facts {
	facts, err := exif.Read(io.NewSectionReader(r.f, at, size), size)
	if err != nil || facts.Damaged {
		r.problem("사진 정보(EXIF)가 일부 손상되어 읽을 수 있는 것만 읽었습니다.")
	}
	r.device(facts.Make, facts.Model, facts.Serial)
	r.stated(facts.Original, "exif:DateTimeOriginal", "+OffsetTimeOriginal")
	r.stated(facts.Digitized, "exif:DateTimeDigitized", "+OffsetTimeDigitized")
	r.stated(facts.Modified, "exif:ModifyDate", "+OffsetTime")
	if !facts.GPSTime.IsZero() {
		r.candidate(clock.UTC(facts.GPSTime), "exif:GPSDateTime", ZoneGPS, MeansUnknown)
	}
	if facts.Point != nil {
		r.locate(*facts.Point, "exif:GPS")
	}
	if turn, said := orientations[facts.Orientation]; said && r.Rotation == nil {
		r.Rotation = &turn
	}
	return facts
}

// stated records a camera's reading, with its offset where one stands beside it.
func (r *reader) stated(s clock.Stamp, source, offset string) {
	if s.Zoned {
		r.candidate(s, source+offset, ZoneStated, MeansStart)
		return
	}
	r.candidate(s, source, ZoneAssumed, MeansStart)
}

// orientations are the clockwise degrees of EXIF Orientation; mirrored pictures
// are turned as their unmirrored twins.
var orientations = map[int]int{1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}

// xmp reads an XMP packet into the report: what EXIF does not have.
func (r *reader) xmp(packet []byte) {
	facts := xmp.Read(packet)
	r.device(facts.Make, facts.Model, facts.Serial)
	if facts.Point != nil {
		r.locate(*facts.Point, "xmp:"+facts.PointSource)
	}
	// Editors write the zone of the computer they run on: never a stated offset.
	if at, ok := clock.Parse(facts.Created); ok {
		r.candidate(clock.Local(at.Wall), "xmp:CreateDate", ZoneAssumed, MeansUnknown)
	}
}
