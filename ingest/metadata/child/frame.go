// Package child reads metadata at arm's length: in a process of our own program
// that has no file, no key, no network and no environment, under limits of
// memory, processor time and wall-clock time. The parent serves its reads over
// a pair of pipes. A file that kills or hangs its reader costs one process; the
// answer then says so, and the recording is kept all the same.
//
// The wire, both ways: a frame is a type (1 byte), a length (4 bytes, big
// endian) and that many bytes. The parent sends 'F' {size u64, length of the name
// u16, name, the first bytes of the file} for a report, 'T' {the same} for a
// track or 'H' {the same} for a thumbnail; the child answers any number of 'R'
// {offset u64, length u32}, each met with 'D' {bytes}, for a track also any number
// of 'P' {fixes, one JSON object a line}, which nothing answers, and ends with 'A'
// {the report, the path or the thumbnail, as JSON}.
package child

import (
	"encoding/binary"
	"fmt"
	"io"

	"jikim/ingest/metadata/window"
)

// Frame types.
const (
	frameFile   = 'F'
	frameTrack  = 'T'
	frameThumb  = 'H'
	frameRead   = 'R'
	frameData   = 'D'
	framePoints = 'P'
	frameAnswer = 'A'
)

const (
	maxRead   = 1 << 20 // bytes of one read
	maxAnswer = 1 << 20 // bytes of one report
	maxName   = 4096    // bytes of a file name

	// firstRead is how much of a file goes along with the question for it, in
	// bytes: whatever the file is, its reader looks there first.
	firstRead = window.Block
	maxFile   = 8 + 2 + maxName + firstRead // bytes of 'F', 'T' or 'H'
)

// small is the size up to which a frame is written at once; the body of a larger
// one is not copied.
const small = 4 << 10

func writeFrame(w io.Writer, kind byte, body []byte) error {
	head := make([]byte, headSize, headSize+small)
	head[0] = kind
	binary.BigEndian.PutUint32(head[1:], uint32(len(body)))
	if len(body) <= small {
		_, err := w.Write(append(head, body...))
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(body)
	return err
}

const headSize = 5

// readHead reads the head of a frame of at most limit bytes; size bytes follow.
func readHead(r io.Reader, limit int) (kind byte, size int, err error) {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if uint64(n) > uint64(limit) {
		return 0, 0, fmt.Errorf("child: a frame of %d bytes, limit %d", n, limit)
	}
	return head[0], int(n), nil
}

// readFrame reads one frame of at most limit bytes, into buf where that is large
// enough.
func readFrame(r io.Reader, limit int, buf []byte) (kind byte, body []byte, err error) {
	kind, size, err := readHead(r, limit)
	if err != nil {
		return 0, nil, err
	}
	if cap(buf) < size {
		buf = make([]byte, size)
	}
	_, err = io.ReadFull(r, buf[:size])
	return kind, buf[:size], err
}

// outgoing builds a frame where it is sent from, so that what the store gives is
// copied nowhere and goes out in one write.
type outgoing struct{ p []byte }

func (o *outgoing) begin(kind byte) { o.p = append(o.p[:0], kind, 0, 0, 0, 0) }

// room adds n bytes to the frame and gives them to be filled.
func (o *outgoing) room(n int) []byte {
	at := len(o.p)
	if cap(o.p) < at+n {
		o.p = append(make([]byte, 0, at+n+small), o.p...)
	}
	o.p = o.p[:at+n]
	return o.p[at:]
}

func (o *outgoing) send(w io.Writer) error {
	binary.BigEndian.PutUint32(o.p[1:], uint32(len(o.p)-headSize))
	_, err := w.Write(o.p)
	return err
}

// file begins 'F', 'T' or 'H'; the first bytes of the file follow.
func (o *outgoing) file(kind byte, size int64, name string) {
	o.begin(kind)
	o.p = binary.BigEndian.AppendUint64(o.p, uint64(size))
	o.p = binary.BigEndian.AppendUint16(o.p, uint16(len(name)))
	o.p = append(o.p, name...)
}

// fileOf takes the body of 'F', 'T' or 'H' apart; false when it is none.
func fileOf(body []byte) (size int64, name string, head []byte, ok bool) {
	if len(body) < 8+2 {
		return 0, "", nil, false
	}
	size, n := int64(binary.BigEndian.Uint64(body)), int(binary.BigEndian.Uint16(body[8:]))
	if body = body[10:]; n > len(body) {
		return 0, "", nil, false
	}
	return size, string(body[:n]), body[n:], true
}

// readBody makes the body of 'R'.
func readBody(off int64, n int) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(nil, uint64(off)), uint32(n))
}
