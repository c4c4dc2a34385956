package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	mib = int64(1) << 20
	gib = int64(1) << 30
)

// filler is what files are filled with: nothing compresses it, and sending it
// costs no more than the system call.
var filler = func() []byte {
	b := make([]byte, 4*mib)
	_, _ = rand.NewChaCha8([32]byte{'j', 'i', 'k', 'i', 'm'}).Read(b)
	return b
}()

// payload is a file to be sent: head, filler up to its size, tail.
type payload struct {
	name       string
	head, tail []byte
	size       int64
}

func (p payload) named(name string) payload { p.name = name; return p }

// send writes the bytes from..to.
func (p payload) send(w io.Writer, from, to int64) error {
	for at := from; at < to; {
		piece := p.piece(at)
		n, err := w.Write(piece[:min(int64(len(piece)), to-at, mib)])
		if err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}

// piece is what stands at an offset, as far as it lies in one buffer.
func (p payload) piece(at int64) []byte {
	body := p.size - int64(len(p.tail))
	switch {
	case at < int64(len(p.head)):
		return p.head[at:]
	case at >= body:
		return p.tail[at-body:]
	}
	piece := filler[at%int64(len(filler)):]
	return piece[:min(int64(len(piece)), body-at)]
}

// ReadAt lets a payload be read as if it were a file.
func (p payload) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) && off+int64(n) < p.size {
		n += copy(b[n:], p.piece(off+int64(n)))
	}
	if n < len(b) {
		err = io.EOF
	}
	return n, err
}

// material is what cameras make: a film with its index at the end, as they
// write it, and a photo with its camera, time and place in its head.
type material struct{ film, photo payload }

func makeFootage(ctx context.Context, dir string) (material, error) {
	var f material
	film, photo := filepath.Join(dir, "film.mp4"), filepath.Join(dir, "photo.jpg")
	if err := run(ctx, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=30:duration=1",
		"-c:v", "libx264", "-preset", "ultrafast", "-metadata", "creation_time=2026-10-03T05:05:00Z", film); err != nil {
		return f, err
	}
	if err := run(ctx, "ffmpeg", "-v", "error", "-i", film, "-frames:v", "1", "-q:v", "5", photo); err != nil {
		return f, err
	}
	if err := run(ctx, "exiftool", "-q", "-overwrite_original", "-Make=DJI", "-Model=FC6310", "-SerialNumber=0K8TFBK0020618",
		"-DateTimeOriginal=2026:10:03 14:05:00", "-OffsetTimeOriginal=+09:00",
		"-GPSLatitude=37.5", "-GPSLatitudeRef=N", "-GPSLongitude=126.7", "-GPSLongitudeRef=E", photo); err != nil {
		return f, err
	}
	raw, err := os.ReadFile(film)
	if err != nil {
		return f, err
	}
	if f.film, err = splitFilm(raw); err != nil {
		return f, err
	}
	f.photo.head, err = os.ReadFile(photo)
	return f, err
}

// splitFilm cuts a film before its index, so that filler fits in between.
func splitFilm(raw []byte) (payload, error) {
	for at := 0; at+8 <= len(raw); {
		size := int(binary.BigEndian.Uint32(raw[at:]))
		if string(raw[at+4:at+8]) == "moov" {
			return payload{head: raw[:at], tail: raw[at:]}, nil
		}
		if size < 8 {
			break
		}
		at += size
	}
	return payload{}, fmt.Errorf("the generated film has no index of its own")
}

// filmOf is a film of a size: the filler stands in a box of its own that
// readers step over.
func (f material) filmOf(name string, size int64) payload {
	p := f.film.named(name)
	p.size = size
	room := size - int64(len(p.head)) - int64(len(p.tail))
	box := binary.BigEndian.AppendUint32(nil, 1) // 1: a size of 64 bits follows
	box = append(box, "free"...)
	box = binary.BigEndian.AppendUint64(box, uint64(room))
	p.head = append(p.head[:len(p.head):len(p.head)], box...)
	return p
}

// photoOf is a photo of a size; the filler stands behind the picture, where
// cameras put previews.
func (f material) photoOf(name string, size int64) payload {
	p := f.photo.named(name)
	p.size = size
	return p
}

func run(ctx context.Context, name string, args ...string) error {
	_, err := output(ctx, name, args...)
	return err
}

// output runs a program and gives what it prints.
func output(ctx context.Context, name string, args ...string) (string, error) {
	var said, complained bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &said, &complained
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(name), err, complained.String())
	}
	return said.String(), nil
}
