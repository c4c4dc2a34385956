// Package child reads metadata at arm's length: in a process of our own program
// that has no file, no key, no network and no environment, under limits of
// memory, processor time and wall-clock time. The parent serves its reads over
// a pair of pipes. A file that kills or hangs its reader costs one process; the
// answer then says so, and the recording is kept all the same.
//
// The wire, both ways: a frame is a type (1 byte), a length (4 bytes, big
// endian) and that many bytes. The parent sends 'F' {size u64, name} for a
// report or 'T' {the same} for a track; the child answers any number of 'R'
// {offset u64, length u32}, each met with 'D' {bytes}, for a track also any
// number of 'P' {fixes, one JSON object a line}, which nothing answers, and ends
// with 'A' {the report, or the path, as JSON}.
package child

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Frame types.
const (
	frameFile   = 'F'
	frameTrack  = 'T'
	frameRead   = 'R'
	frameData   = 'D'
	framePoints = 'P'
	frameAnswer = 'A'
)

const (
	maxRead   = 1 << 20 // bytes of one read
	maxAnswer = 1 << 20 // bytes of one report
	maxName   = 4096    // bytes of a file name
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

// readFrame reads one frame of at most limit bytes.
func readFrame(r io.Reader, limit int) (kind byte, body []byte, err error) {
	kind, size, err := readHead(r, limit)
	if err != nil {
		return 0, nil, err
	}
	body = make([]byte, size)
	_, err = io.ReadFull(r, body)
	return kind, body, err
}

// fileBody and readBody make the bodies of 'F' (and 'T') and 'R'.
func fileBody(size int64, name string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(size)), name...)
}

func readBody(off int64, n int) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(nil, uint64(off)), uint32(n))
}
