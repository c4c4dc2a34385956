package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"jikim/footage"
)

const (
	bigSize  = 6 << 30         // bytes of the big recording
	maxPeak  = 96 << 20        // bytes of memory the server may ever have used
	bigSpare = bigSize + 1<<30 // bytes of disk the test wants to find free
)

// TestBigFile takes in a recording of 6 GiB whose table of contents comes last
// and whose sizes need 64 bits: the server's memory does not grow with the
// file, and what the file says of itself is found at its end.
func TestBigFile(t *testing.T) {
	if testing.Short() {
		t.Skip("6 GiB are not short")
	}
	var disk unix.Statfs_t
	p := oneMachine().make(t)
	if err := unix.Statfs(p.data, &disk); err != nil {
		t.Fatal(err)
	}
	if free := disk.Bavail * uint64(disk.Bsize); free < bigSpare {
		t.Skipf("there are %d MiB free on this disk; the test needs %d", free>>20, int64(bigSpare)>>20)
	}
	p.configure(t, "media: {ffmpeg: no-such-program}")
	p.found(t)
	r := p.serve(t)
	w := r.wire(p.token(t, "agent-1", "agent", "minwon"))

	moov := bigMoov()
	id := w.begin(bigSize, "filename", "긴 녹화.mp4")
	a, err := w.tryPatch(id, 0, bigFile(moov))
	if err != nil || a.status != http.StatusNoContent {
		t.Fatalf("answered %d %s: %v", a.status, a.body, err)
	}
	clip := p.clip(t, w.outcome(id).Clip)
	if clip.State != footage.Registered && clip.State != footage.Review || clip.Bytes != bigSize {
		t.Errorf("registered as %s, %d bytes", clip.State, clip.Bytes)
	}
	if clip.DurationS != 7200 || clip.Width != 3840 || clip.Height != 2160 || !strings.Contains(clip.Metadata, `"video_codec":"h264"`) {
		t.Errorf("read as %g s, %d×%d: %s", clip.DurationS, clip.Width, clip.Height, clip.Metadata)
	}
	if peak := r.peak(); peak > maxPeak {
		t.Errorf("the server has used %d MiB", peak>>20)
	} else {
		t.Logf("the server has used %d MiB", peak>>20)
	}
	r.readEnd(p.token(t, "viewer", "reviewer", "minwon"), clip.ID, moov)
}

// peak is the most memory a server process has had, in bytes.
func (r *running) peak() int64 {
	r.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		r.t.Skipf("this system does not tell the memory of a process: %v", err)
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		r.t.Fatal(err)
	}
	return kib << 10
}

// readEnd looks at the last bytes of a clip through a view.
func (r *running) readEnd(viewer, clip string, want []byte) {
	r.t.Helper()
	view := r.view(viewer, clip)
	status, _, got := r.ask(http.MethodGet, view, viewer, nil, "Range", fmt.Sprintf("bytes=-%d", len(want)))
	if status != http.StatusPartialContent || !bytes.Equal(got, want) {
		r.t.Errorf("the end reads as %d, %d bytes", status, len(got))
	}
}

// bigFile is ftyp, an mdat of 64-bit size full of zeros, and moov. A reader of
// it is not told its length: the upload protocol says it.
func bigFile(moov []byte) io.Reader {
	ftyp := box("ftyp", []byte("isom\x00\x00\x02\x00isommp42"))
	mdat := bigSize - int64(len(ftyp)) - int64(len(moov))
	head := binary.BigEndian.AppendUint64([]byte("\x00\x00\x00\x01mdat"), uint64(mdat))
	return io.MultiReader(bytes.NewReader(ftyp), bytes.NewReader(head), io.LimitReader(zeros{}, mdat-int64(len(head))), bytes.NewReader(moov))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// box is one box of ISO/IEC 14496-12.
func box(kind string, content ...[]byte) []byte {
	body := bytes.Join(content, nil)
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return append(append(b, kind...), body...)
}

// bigMoov describes two hours of H.264 in 3840×2160, one sample a second whose
// places need 64 bits.
func bigMoov() []byte {
	const timescale, seconds = 1000, 7200
	var (
		u16 = func(v uint16) []byte { return binary.BigEndian.AppendUint16(nil, v) }
		u32 = func(v ...uint32) (b []byte) {
			for _, n := range v {
				b = binary.BigEndian.AppendUint32(b, n)
			}
			return b
		}
		matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
		made   = uint32(3_800_000_000) // 2024, counted from 1904
		pad    = func(n int) []byte { return make([]byte, n) }
	)
	mvhd := box("mvhd", u32(0, made, made, timescale, timescale*seconds, 0x10000), u16(0x100), pad(10), matrix, pad(24), u32(2))
	tkhd := box("tkhd", u32(3, made, made, 1, 0, timescale*seconds), pad(8), u16(0), u16(0), u16(0), u16(0), matrix, u32(3840<<16, 2160<<16))
	mdhd := box("mdhd", u32(0, made, made, timescale, timescale*seconds), u16(0x55c4), u16(0))
	hdlr := box("hdlr", u32(0, 0), []byte("vide"), pad(12), []byte("\x00"))
	avc1 := box("avc1", pad(6), u16(1), pad(16), u16(3840), u16(2160), u32(0x480000, 0x480000, 0), u16(1), pad(32), u16(24), u16(0xffff),
		box("avcC", []byte{1, 0x64, 0, 0x33, 0xff, 0xe0, 0}))
	co64 := u32(0, seconds)
	for i := range uint64(seconds) {
		co64 = binary.BigEndian.AppendUint64(co64, 40+i*(bigSize/seconds-100))
	}
	stbl := box("stbl",
		box("stsd", u32(0, 1), avc1),
		box("stts", u32(0, 1, seconds, timescale)),
		box("stsc", u32(0, 1, 1, 1, 1)),
		box("stsz", u32(0, 1000, seconds)),
		box("co64", co64))
	minf := box("minf", box("vmhd", u32(1, 0, 0)), box("dinf", box("dref", u32(0, 1), box("url ", u32(1)))), stbl)
	return box("moov", mvhd, box("trak", tkhd, box("mdia", mdhd, hdlr, minf)))
}
