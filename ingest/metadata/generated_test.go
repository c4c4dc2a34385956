package metadata_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/ingest/metadata"
)

// box makes an ISO box.
func box(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), append([]byte(kind), body...)...)
}

func be(values ...any) []byte {
	var b bytes.Buffer
	for _, v := range values {
		if err := binary.Write(&b, binary.BigEndian, v); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

const mac = 2082844800 // seconds from 1904 to 1970

// moov makes a movie of ten seconds, filmed at a moment, with one H.264 track
// turned by ninety degrees, a position and a maker.
func moov(filmed time.Time, version byte) []byte {
	created := uint32(filmed.Unix() + mac)
	mvhd := box("mvhd", be(uint32(0), created, created, uint32(1000), uint32(10_000)), make([]byte, 80))
	if version == 1 {
		mvhd = box("mvhd", be(uint32(1<<24), uint64(created), uint64(created), uint32(1000), uint64(10_000)), make([]byte, 80))
	}
	matrix := be(uint32(0), uint32(1<<16), uint32(0), int32(-1<<16), uint32(0), uint32(0), uint32(0), uint32(0), uint32(1<<30))
	tkhd := box("tkhd", be(uint32(3), created, created, uint32(1), uint32(0), uint32(10_000)), make([]byte, 16), matrix, make([]byte, 8))
	mdhd := box("mdhd", be(uint32(0), created, created, uint32(90_000), uint32(900_000), uint32(0)))
	hdlr := box("hdlr", make([]byte, 8), []byte("vide"), make([]byte, 13))
	entry := box("avc1", make([]byte, 24), be(uint16(1920), uint16(1080)), make([]byte, 50))
	stsd := box("stsd", be(uint32(0), uint32(1)), entry)
	trak := box("trak", tkhd, box("mdia", mdhd, hdlr, box("minf", box("stbl", stsd))))
	xyz := "+37.5070+126.7220+045.100/"
	udta := box("udta",
		box("\xa9xyz", be(uint16(len(xyz)), uint16(0x15c7)), []byte(xyz)),
		box("\xa9mdl", []byte("FC3682\x00\x00")))
	return box("moov", mvhd, trak, udta)
}

var ftyp = box("ftyp", []byte("mp42\x00\x00\x00\x00isom"))

// sparse is a file of any size that is zero but for some pieces; it counts how
// it is read.
type sparse struct {
	size   int64
	pieces map[int64][]byte
	reads  int
	least  int
}

func (s *sparse) ReadAt(p []byte, off int64) (int, error) {
	s.reads++
	if s.least == 0 || len(p) < s.least {
		s.least = len(p)
	}
	clear(p)
	for at, piece := range s.pieces {
		if from, to := max(at, off), min(at+int64(len(piece)), off+int64(len(p))); from < to {
			copy(p[from-off:], piece[from-at:to-at])
		}
	}
	if off+int64(len(p)) > s.size {
		return int(max(s.size-off, 0)), io.EOF
	}
	return len(p), nil
}

var filmed = time.Date(2026, 10, 3, 5, 5, 0, 0, time.UTC)

func wantMovie(t *testing.T, got metadata.Report) {
	t.Helper()
	if got.Kind != "video" || got.Container != "mp4" || got.DurationS != 10 || got.Width != 1920 || got.Height != 1080 ||
		got.VideoCodec != "h264" || got.Rotation == nil || *got.Rotation != 90 || got.Model != "FC3682" ||
		got.CapturedUTC != "2026-10-03T05:05:00Z" || got.Location == nil || got.Location.Lat != 37.507 || *got.Location.AltM != 45.1 {
		text, _ := json.MarshalIndent(got, "", " ")
		t.Errorf("got %s", text)
	}
}

func TestSixGigabytesMoovAtTheEnd(t *testing.T) {
	const mdat = int64(6 << 30)
	for _, version := range []byte{0, 1} {
		tail := moov(filmed, version)
		head := append(bytes.Clone(ftyp), be(uint32(1), []byte("mdat"), uint64(mdat))...)
		at := int64(len(ftyp)) + mdat
		f := &sparse{size: at + int64(len(tail)), pieces: map[int64][]byte{0: head, at: tail}}
		got := metadata.Read(f, f.size, "DJI_0001.MP4")
		wantMovie(t, got)
		if len(got.Problems) > 0 {
			t.Errorf("problems %q", got.Problems)
		}
		if f.reads > 8 {
			t.Errorf("%d reads of a file of 6 GiB, want at most 8", f.reads)
		}
	}
}

// telemetry makes a GPMF payload with a fix at a second of the recording.
func telemetry(second int) []byte {
	item := func(key string, kind byte, size, repeat int, data []byte) []byte {
		return append(append([]byte(key), kind, byte(size), byte(repeat>>8), byte(repeat)), data...)
	}
	stream := bytes.Join([][]byte{
		item("GPSF", 'L', 4, 1, be(uint32(3))),
		item("GPSU", 'U', 16, 1, []byte(filmed.Add(time.Duration(second)*time.Second).Format("060102150405.000"))),
		item("SCAL", 'l', 4, 5, be(int32(1e7), int32(1e7), int32(1000), int32(1000), int32(100))),
		item("GPS5", 'l', 20, 1, be(int32(375000000), int32(1267000000), int32(45100), int32(0), int32(0))),
	}, nil)
	device := item("STRM", 0, 1, len(stream), stream)
	return item("DEVC", 0, 1, len(device), device)
}

// actionCamera makes a recording with a second of telemetry every apart bytes.
func actionCamera(seconds int, apart int64) *sparse {
	head := append(bytes.Clone(ftyp), be(uint32(1), []byte("mdat"), uint64(int64(seconds)*apart))...)
	f := &sparse{pieces: map[int64][]byte{0: head}}
	var chunks []byte
	for s := range seconds {
		at := int64(len(head)) + int64(s)*apart
		f.pieces[at] = telemetry(s)
		chunks = append(chunks, be(uint64(at))...)
	}
	n := uint32(seconds)
	trak := track("meta", "gpmd", be(uint32(0), uint32(1), n, uint32(1000)),
		box("stsz", be(uint32(0), uint32(len(telemetry(0))), n)), box("co64", be(uint32(0), n), chunks))
	at := int64(len(ftyp)) + int64(seconds)*apart
	f.pieces[at] = box("moov", moov(filmed, 0)[8:], trak)
	f.size = at + int64(len(f.pieces[at]))
	return f
}

// track makes a track of telemetry with one sample a chunk; times are in
// milliseconds.
func track(handler, codec string, stts, stsz, chunks []byte) []byte {
	return box("trak", box("mdia", box("mdhd", be(uint32(0), uint32(0), uint32(0), uint32(1000), uint32(0), uint32(0))),
		box("hdlr", make([]byte, 8), []byte(handler), make([]byte, 13)), box("minf", box("stbl",
			box("stsd", be(uint32(0), uint32(1)), box(codec, make([]byte, 8))), box("stts", stts),
			box("stsc", be(uint32(0), uint32(1), uint32(1), uint32(1), uint32(1))), stsz, chunks))))
}

// TestLongActionCameraRecording: a quarter of an hour of telemetry, a second
// apart and each far from the next, does not cost a read a second.
func TestLongActionCameraRecording(t *testing.T) {
	f := actionCamera(900, 5<<20)
	got := metadata.Read(f, f.size, "GX010001.MP4")
	if got.CapturedUTC != "2026-10-03T05:05:00Z" || got.Time.Confidence != metadata.ByStatement || got.Location.Source != "gpmf" {
		t.Errorf("%s %+v %+v %q", got.CapturedUTC, got.Time, got.Location, got.Problems)
	}
	if got.Track == nil || got.Track.Points != 0 {
		t.Errorf("track %+v: a sampled track must not claim a number of points", got.Track)
	}
	if f.reads > 64 {
		t.Errorf("%d reads, want at most 64", f.reads)
	}
	t.Logf("%d reads of %d MiB", f.reads, f.size>>20)
}

func TestLongIndexIsNotRead(t *testing.T) {
	m := moov(filmed, 0)
	table := box("trak", box("mdia", box("minf", box("stbl", box("stsz", make([]byte, 3<<20))))))
	body := append(bytes.Clone(m[8:]), table...)
	f := &sparse{pieces: map[int64][]byte{0: append(append(bytes.Clone(ftyp), box("moov", body)...), box("mdat", make([]byte, 100))...)}}
	f.size = int64(len(f.pieces[0]))
	wantMovie(t, metadata.Read(f, f.size, "a.mp4"))
	if f.reads > 6 {
		t.Errorf("%d reads, want at most 6: the sample table must be stepped over", f.reads)
	}
}

func TestWhatIsWrong(t *testing.T) {
	whole := append(append(bytes.Clone(ftyp), moov(filmed, 0)...), box("mdat", make([]byte, 1000))...)
	for _, c := range []struct {
		name, content, kind, container, says string
	}{
		{"DJI_0001.MP4", "", "other", "other", "빈 파일"},
		{"DJI_0001.MP4", "PK\x03\x04\x14\x00\x00\x00 pretending", "other", "other", "확장자는 .mp4이지만 내용은 ZIP 압축 파일입니다."},
		{"DJI_0001.JPG", "%PDF-1.7", "other", "other", "PDF"},
		{"a.mov", "nothing of the kind, just words", "other", "other", "확장자는 .mov이지만 내용이 그 형식이 아닙니다."},
		{"GX010001.MP4", string(ftyp) + string(box("mdat", make([]byte, 1000))), "video", "mp4", "moov 상자"},
		{"a.mp4", string(whole[:len(whole)-500]), "video", "mp4", "잘려"},
		{"a.mp4", string(whole[:60]), "video", "mp4", "잘려"},
		{"a.jpg", "\xFF\xD8\xFF\xE1", "photo", "jpeg", "잘려"},
		{"a.jpg", "\xFF\xD8\xFF\xE0\x00\x00", "photo", "jpeg", "손상"},
		{"a.heic", string(box("ftyp", []byte("heic\x00\x00\x00\x00"))), "photo", "heic", "meta 상자"},
		{"a.mkv", "\x1A\x45\xDF\xA3\x80", "video", "mkv", "Tracks"},
		{"a.avi", "RIFF\xff\xff\x00\x00AVI LIST\xff\x00\x00\x00hdrl", "video", "avi", ""},
	} {
		got := metadata.Read(strings.NewReader(c.content), int64(len(c.content)), c.name)
		if got.Kind != c.kind || got.Container != c.container {
			t.Errorf("%s %.20q: %s/%s, want %s/%s", c.name, c.content, got.Kind, got.Container, c.kind, c.container)
		}
		if c.says != "" && !strings.Contains(strings.Join(got.Problems, "\n"), c.says) {
			t.Errorf("%s %.20q: problems %q, want one with %q", c.name, c.content, got.Problems, c.says)
		}
	}
}

func TestContentNotNameDecides(t *testing.T) {
	whole := append(append(bytes.Clone(ftyp), moov(filmed, 0)...), box("mdat", make([]byte, 1000))...)
	got := metadata.Read(bytes.NewReader(whole), int64(len(whole)), "side.srt")
	if got.Kind != "video" || got.Container != "mp4" {
		t.Errorf("%s/%s, want video/mp4", got.Kind, got.Container)
	}
}

func TestAbsentNeverZero(t *testing.T) {
	got := metadata.Read(strings.NewReader("\xFF\xD8\xFF\xDA"), 4, "a.jpg")
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"duration_s", "width", "height", "rotation", "location", "track", "serial", "captured_at", "sha256"} {
		if strings.Contains(string(text), `"`+key+`"`) {
			t.Errorf("%s is in %s", key, text)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"DJI_20240301142355_0001_D.MP4":     "2024-03-01T14:23:55",
		"DJI_20240301_142355_001.JPG":       "2024-03-01T14:23:55",
		"DJI_20240301T142355_V.MP4":         "2024-03-01T14:23:55",
		"VID_20261003_140500.mp4":           "2026-10-03T14:05:00",
		"20261003_140500.jpg":               "2026-10-03T14:05:00",
		"PXL_20231006_063909898.LS.mp4":     "2023-10-06T06:39:09Z",
		"20261003-140500_NOR_D1.avi":        "2026-10-03T14:05:00",
		"MDR1_20261003_140500.avi":          "2026-10-03T14:05:00",
		"REC_2026_06_01_21_16_47_F.MP4":     "2026-06-01T21:16:47",
		"FILE260625-144859.MP4":             "2026-06-25T14:48:59",
		"NO20260101-120000-000001F.MP4":     "2026-01-01T12:00:00",
		"민원-1_000123_20261003140500_01.mp4": "2026-10-03T14:05:00",
		"2026-10-03 14.05.00.mp4":           "2026-10-03T14:05:00",
		"DJI_0001.MP4":                      "",
		"GX010001.MP4":                      "",
		"20261332_996100.mp4":               "",
		"1234567890123456789.mp4":           "",
	} {
		content := string(ftyp) + string(box("moov")) + string(box("mdat"))
		got := metadata.Read(strings.NewReader(content), int64(len(content)), "DCIM/100/"+name)
		if got.CapturedAt != want {
			t.Errorf("%s: %q, want %q", name, got.CapturedAt, want)
		}
	}
}

// broken is a store that fails after its first block.
type broken struct{ io.ReaderAt }

func (b broken) ReadAt(p []byte, off int64) (int, error) {
	if off > 0 {
		return 0, errors.New("i/o error")
	}
	return b.ReaderAt.ReadAt(p, off)
}

func TestStoreThatFails(t *testing.T) {
	head := append(bytes.Clone(ftyp), be(uint32(1), []byte("mdat"), uint64(1<<30))...)
	f := &sparse{size: 2 << 30, pieces: map[int64][]byte{0: head}}
	got := metadata.Read(broken{f}, f.size, "a.mp4")
	if got.Kind != "video" || !strings.Contains(strings.Join(got.Problems, ""), "저장된 파일을 읽다가 오류") {
		t.Errorf("%s, %q", got.Kind, got.Problems)
	}
}

func TestTable(t *testing.T) {
	content := string(ftyp) + string(moov(filmed, 0)) + string(box("mdat", make([]byte, 1000)))
	r := metadata.Read(strings.NewReader(content), int64(len(content)), "20261003_140500.mp4")
	r.Model = "FC\x1b[31m3682"
	var b strings.Builder
	if err := r.Table(&b); err != nil {
		t.Fatal(err)
	}
	want := `파일         20261003_140500.mp4
크기         1,497바이트
종류         영상 (mp4)
길이         0:00:10.0
화면         1920×1080, 오른쪽으로 90도 돌려 표시
코덱         h264
제조사·기종  FC·[31m3682
촬영 시각    2026. 10. 3.(토) 14:05:00 (한국 시각)
시각의 믿음  C 기기 시계만
까닭         영상 머리말의 생성 일시로 정했습니다. 파일 이름의 현지 시각과 견주어 시간대를 UTC+09:00으로 알아냈습니다.
시각 후보    2026-10-03T05:05:00Z 영상 머리말의 생성 일시 (mp4:mvhd, 시간대 추정)
             2026-10-03T14:05:00 파일 이름의 시각 (name, 시간대 추정)
위치         37.507000, 126.722000, 해발 45.1m (mp4:xyz)
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
