package metadata_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"jikim/ingest/metadata"
)

// djiMovie is a movie as DJI's drones wrote it until they had side-cars: a text
// track with a caption of the flight log every second.
func djiMovie(captions int) []byte {
	head := append(bytes.Clone(ftyp), be(uint32(0), []byte("mdat"))...)
	var data, sizes, chunks []byte
	for i := range captions {
		text := fmt.Sprintf("HOME(126.7100,37.5100) 2026.10.3 14:05:%02d\nGPS(126.7%02d,37.5,16) Hb:1.9 Hs:1.9", i, i)
		sample := append(be(uint16(len(text))), text...)
		chunks = append(chunks, be(uint32(len(head)+len(data)))...)
		sizes = append(sizes, be(uint32(len(sample)))...)
		data = append(data, sample...)
	}
	binary.BigEndian.PutUint32(head[len(ftyp):], uint32(8+len(data)))
	n := uint32(captions)
	text := track("sbtl", "tx3g", be(uint32(0), uint32(1), n, uint32(1000)),
		box("stsz", be(uint32(0), uint32(0), n), sizes), box("stco", be(uint32(0), n), chunks))
	return append(append(head, data...), box("moov", moov(filmed.Add(time.Minute), 0)[8:], text)...)
}

func TestDJITextTrack(t *testing.T) {
	movie := djiMovie(5)
	got := metadata.Read(bytes.NewReader(movie), int64(len(movie)), "DJI_0001.MP4")
	if got.Time.Source != "mp4:text" || !strings.HasPrefix(got.CapturedAt, "2026-10-03T14:05:00") {
		t.Errorf("%s by %s", got.CapturedAt, got.Time.Source)
	}
	if got.Track == nil || got.Track.Source != "dji-text" || got.Track.Points != 5 || got.Track.First.Lon != 126.7 {
		t.Errorf("track %+v", got.Track)
	}
	fixes, path := follow(t, movie, "DJI_0001.MP4")
	if len(fixes) != 5 || fixes[4].OffsetS != 4 || fixes[4].Lon != 126.704 || path.StartUTC != "" {
		t.Errorf("%+v, %+v", fixes, path)
	}
}

// chapter is one file of an action camera's recording that was cut into several:
// telemetry from a second of the recording on, in 64-bit mdat.
func chapter(from, seconds int) []byte {
	var data, chunks []byte
	const head = 16
	for i := range seconds {
		chunks = append(chunks, be(uint64(len(ftyp)+head+len(data)))...)
		data = append(data, telemetry(from+i)...)
	}
	n := uint32(seconds)
	trak := track("meta", "gpmd", be(uint32(0), uint32(1), n, uint32(1000)),
		box("stsz", be(uint32(0), uint32(len(telemetry(0))), n)), box("co64", be(uint32(0), n), chunks))
	mdat := append(be(uint32(1), []byte("mdat"), uint64(head+len(data))), data...)
	return append(append(bytes.Clone(ftyp), mdat...), box("moov", moov(filmed, 0)[8:], trak)...)
}

// TestChapters: GX010042 and GX020042 are one recording; each knows by satellite
// when it began itself, whatever the container's date says.
func TestChapters(t *testing.T) {
	one, two := chapter(0, 10), chapter(10, 5)
	first := metadata.Read(bytes.NewReader(one), int64(len(one)), "GX010042.MP4")
	second := metadata.Read(bytes.NewReader(two), int64(len(two)), "GX020042.MP4")
	if first.CapturedUTC != "2026-10-03T05:05:00Z" || second.CapturedUTC != "2026-10-03T05:05:10Z" || second.Time.Confidence != metadata.ByStatement {
		t.Errorf("%s, %s (%+v)", first.CapturedUTC, second.CapturedUTC, second.Time)
	}
	if second.CapturedAt != "2026-10-03T14:05:10+09:00" {
		t.Errorf("%s: the place is in Korea", second.CapturedAt)
	}
	fixes, path := follow(t, two, "GX020042.MP4")
	if len(fixes) != 5 || fixes[0].OffsetS != 0 || path.StartUTC != "2026-10-03T05:05:10Z" || path.Cut {
		t.Errorf("%d fixes, %+v", len(fixes), path)
	}
}

// TestChapterThatWasNotClosed: the battery went out; the index is lost, and with
// it the way to the telemetry.
func TestChapterThatWasNotClosed(t *testing.T) {
	whole := chapter(0, 10)
	cut := whole[:bytes.Index(whole, []byte("moov"))-4]
	got := metadata.Read(bytes.NewReader(cut), int64(len(cut)), "GX010042.MP4")
	if got.Kind != metadata.Video || !strings.Contains(strings.Join(got.Problems, ""), "moov 상자") || got.Track != nil {
		t.Errorf("%+v", got)
	}
	if fixes, path := follow(t, cut, "GX010042.MP4"); len(fixes) > 0 || len(path.Problems) == 0 {
		t.Errorf("%+v, %+v", fixes, path)
	}
}

// riffChunk makes a RIFF chunk that claims a size of its own; -1 for the true one.
func riffChunk(id string, claims int, body ...[]byte) []byte {
	p := bytes.Join(body, nil)
	if claims < 0 {
		claims = len(p)
	}
	return append(binary.LittleEndian.AppendUint32([]byte(id), uint32(claims)), p...)
}

// aviOf is a body camera's AVI: 300 pictures of a thirtieth of a second, date,
// pictures, and what follows them.
func aviOf(frames uint32, movi []byte, rest ...[]byte) []byte {
	avih := binary.LittleEndian.AppendUint32(nil, 33_333)
	for _, v := range []uint32{0, 0, 0x10, frames, 0, 1, 0, 640, 480} {
		avih = binary.LittleEndian.AppendUint32(avih, v)
	}
	hdrl := riffChunk("LIST", -1, []byte("hdrl"), riffChunk("avih", -1, avih), riffChunk("IDIT", -1, []byte("2026/10/03 14:05:00\x00")))
	body := append([][]byte{[]byte("AVI "), hdrl, movi}, rest...)
	return riffChunk("RIFF", -1, body...)
}

func TestAVIWithAWrongIndex(t *testing.T) {
	picture := riffChunk("00dc", -1, make([]byte, 1000))
	movi := riffChunk("LIST", -1, []byte("movi"), picture, picture)
	entry := func(offset, size uint32) []byte {
		p := append([]byte("00dc"), 0x10, 0, 0, 0)
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(p, offset), size)
	}
	for name, c := range map[string]struct {
		content []byte
		seconds float64
		says    string
	}{
		"an index that points nowhere":      {aviOf(300, movi, riffChunk("idx1", -1, entry(1<<31, 1<<31), entry(4, 0))), 10, ""},
		"an index longer than the file":     {aviOf(300, movi, riffChunk("idx1", 1<<30, entry(4, 1000))), 10, "잘려"},
		"no index":                          {aviOf(300, movi), 10, ""},
		"a recording that was not closed":   {aviOf(0, append([]byte("LIST\x00\x00\x00\x00movi"), picture...)), 0, "정상적으로 끝나지 않아"},
		"pictures that run beyond the file": {aviOf(300, riffChunk("LIST", 1<<30, []byte("movi"), picture)), 10, "잘려"},
	} {
		got := metadata.Read(bytes.NewReader(c.content), int64(len(c.content)), "20261003_140500.avi")
		if got.DurationS < c.seconds-0.01 || got.DurationS > c.seconds+0.01 || got.CapturedAt != "2026-10-03T14:05:00" || got.Width != 640 {
			t.Errorf("%s: %gs, %s, %d wide", name, got.DurationS, got.CapturedAt, got.Width)
		}
		if said := strings.Join(got.Problems, ""); !strings.Contains(said, c.says) || c.says == "" && said != "" {
			t.Errorf("%s: problems %q, want %q", name, said, c.says)
		}
	}
}

// TestNovatekRecordsInTheMedia: the list of records stands in the index, the
// records themselves among the pictures.
func TestNovatekRecordsInTheMedia(t *testing.T) {
	record := func(second uint32) []byte {
		b := append([]byte("\x00\x00\x40\x00freeGPS "), 0x4C, 0, 0, 0)
		b = append(b, make([]byte, 48-len(b))...)
		for _, v := range []uint32{14, 5, second, 26, 10, 3} {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		b = append(b, "ANE\x00"...)
		for _, v := range []float32{3730, 12642} {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		return append(b, make([]byte, 40)...)
	}
	data := bytes.Join([][]byte{make([]byte, 500), record(0), make([]byte, 500), record(1)}, nil)
	at := uint32(len(ftyp) + 8 + 500)
	size := uint32(len(record(0)))
	list := box("gps ", be(uint32(0x101), uint32(2), at, size, at+size+500, size))
	movie := append(append(bytes.Clone(ftyp), box("mdat", data)...), box("moov", list)...)
	got := metadata.Read(bytes.NewReader(movie), int64(len(movie)), "a.mp4")
	if got.Track == nil || got.Track.Source != "freegps" || got.Track.Points != 2 || got.CapturedAt != "2026-10-03T14:05:00+09:00" {
		t.Errorf("%s, track %+v, %q", got.CapturedAt, got.Track, got.Problems)
	}
}

func TestStreamOfMISBPackets(t *testing.T) {
	packet := func(second uint64) []byte {
		lat, lon := int32(894_784_853), int32(1_511_595_045) // 37.5 and 126.7 degrees
		body := bytes.Join([][]byte{
			be(uint8(2), uint8(8), uint64(filmed.UnixMicro())+second*1_000_000), be(uint8(13), uint8(4), lat), be(uint8(14), uint8(4), lon),
		}, nil)
		return append([]byte("\x06\x0e\x2b\x34\x02\x0b\x01\x01\x0e\x01\x03\x01\x01\x00\x00\x00"), append([]byte{byte(len(body))}, body...)...)
	}
	stream := bytes.Join([][]byte{packet(0), packet(1), packet(2)}, nil)
	fixes, path := follow(t, stream, "a.klv")
	if len(fixes) != 3 || fixes[2].OffsetS != 2 || path.Source != "klv" || path.StartUTC != "2026-10-03T05:05:00Z" || path.Cut {
		t.Errorf("%+v, %+v", fixes, path)
	}
	if _, path := follow(t, stream[:len(stream)-10], "a.klv"); !strings.Contains(strings.Join(path.Problems, ""), "잘려") {
		t.Errorf("%+v", path)
	}
}

// TestSampleTableThatClaimsTooMuch: sixty-seven million samples, all in the same
// place, in a file of a few kilobytes.
func TestSampleTableThatClaimsTooMuch(t *testing.T) {
	trak := box("trak", box("mdia", box("mdhd", be(uint32(0), uint32(0), uint32(0), uint32(1000), uint32(0), uint32(0))),
		box("hdlr", make([]byte, 8), []byte("sbtl"), make([]byte, 13)), box("minf", box("stbl",
			box("stsd", be(uint32(0), uint32(1)), box("tx3g", make([]byte, 8))),
			box("stts", be(uint32(0), uint32(1), uint32(1<<26), uint32(1))),
			box("stsc", be(uint32(0), uint32(1), uint32(1), uint32(1<<20), uint32(1))),
			box("stsz", be(uint32(0), uint32(2000), uint32(1<<26))),
			box("stco", be(uint32(0), uint32(1<<6)), make([]byte, 4<<6))))))
	movie := append(bytes.Clone(ftyp), box("moov", moov(filmed, 0)[8:], trak)...)
	src := &counted{ReaderAt: bytes.NewReader(movie)}
	if _, err := metadata.ReadTrack(src, int64(len(movie)), "a.mp4", func(metadata.Fix) error { return nil }); err != nil {
		t.Fatal(err)
	}
	metadata.Read(src, int64(len(movie)), "a.mp4")
	if limit := int64(8 * len(movie)); src.bytes > limit {
		t.Errorf("%d bytes read of a file of %d", src.bytes, len(movie))
	}
	began := time.Now()
	metadata.Read(bytes.NewReader(movie), int64(len(movie)), "a.mp4")
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %s", took)
	}
}
