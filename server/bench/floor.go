package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// The floor is the least that taking in and giving back sealed footage can
// cost in Go: read, hash on a goroutine of its own, seal (DARE 2.0 packages,
// AES-256-GCM), write, start write-back early, sync. No protocol to speak of,
// no records, no ledger, no second try after a crash. What we add to it is
// what the rest of the house costs.

const (
	packPlain  = 64 << 10
	packSealed = packPlain + 32 // header and tag of 16 bytes each
	batch      = 4              // packages sealed or opened at a time
	writeBack  = 8 << 20
)

// floorServer is run as a process of its own: bench floor ADDR DIR.
type floorServer struct {
	dir   string
	files sync.Map // name → floorFile
}

type floorFile struct {
	aead cipher.AEAD
	size int64
}

func serveFloor(addr, dir string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s := &floorServer{dir: dir}
	return (&http.Server{Handler: s}).Serve(l)
}

func (s *floorServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := filepath.Base(r.URL.Path)
	var err error
	switch r.Method {
	case http.MethodPut:
		err = s.take(name, r.Body, r.ContentLength)
	case http.MethodGet:
		err = s.give(w, name, r.Header.Get("Range"))
	}
	if err != nil { // after the head of an answer was sent, this breaks its body, which is noticed
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, err.Error())
	}
}

// newSeal draws a key and gives its cipher.
func newSeal() (cipher.AEAD, error) {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// packHeader is the header of package i of a stream.
func packHeader(header *[16]byte, nonce *[12]byte, i int64, payload int, last bool) {
	header[0], header[1] = 0x20, 0
	binary.LittleEndian.PutUint16(header[2:], uint16(payload-1))
	clear(header[4:])
	if last {
		header[4] |= 0x80
	}
	copy(nonce[:], header[4:])
	binary.LittleEndian.PutUint32(nonce[8:], uint32(i))
}

// lane hashes blocks in order and hands them back.
type lane struct {
	work, free chan []byte
	sum        chan [32]byte
}

var lanes = sync.Pool{New: func() any {
	l := &lane{free: make(chan []byte, 3)}
	for range cap(l.free) {
		l.free <- make([]byte, batch*packPlain)
	}
	return l
}}

func (l *lane) start() {
	l.work, l.sum = make(chan []byte, cap(l.free)), make(chan [32]byte, 1)
	go func() {
		h := sha256.New()
		for b := range l.work {
			h.Write(b)
			l.free <- b[:cap(b)]
		}
		l.sum <- [32]byte(h.Sum(nil))
	}()
}

var outs = sync.Pool{New: func() any { return new([batch * packSealed]byte) }}

// take stores one file of a length and answers when it is durable.
func (s *floorServer) take(name string, body io.Reader, length int64) error {
	f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	aead, err := newSeal()
	if err != nil {
		return err
	}
	if err := s.pour(f, aead, body, length); err != nil {
		return err
	}
	s.files.Store(name, floorFile{aead, length})
	return unix.Fdatasync(int(f.Fd()))
}

func (s *floorServer) pour(f *os.File, aead cipher.AEAD, body io.Reader, length int64) error {
	l := lanes.Get().(*lane)
	l.start()
	defer lanes.Put(l)
	defer func() { close(l.work); <-l.sum }()
	out := outs.Get().(*[batch * packSealed]byte)
	defer outs.Put(out)
	var taken, written, started int64
	for taken < length {
		b := <-l.free
		b = b[:min(int64(len(b)), length-taken)]
		if _, err := io.ReadFull(body, b); err != nil {
			l.free <- b[:cap(b)]
			return err
		}
		l.work <- b
		sealed := sealBlock(out[:0], aead, taken, b, taken+int64(len(b)) == length)
		taken += int64(len(b))
		if _, err := f.Write(sealed); err != nil {
			return err
		}
		if written += int64(len(sealed)); written-started >= writeBack {
			if err := unix.SyncFileRange(int(f.Fd()), started, written-started, unix.SYNC_FILE_RANGE_WRITE); err != nil && !errors.Is(err, syscall.ENOSYS) {
				return err
			}
			started = written
		}
	}
	return nil
}

// sealBlock seals whole packages that stand at offset at of the file.
func sealBlock(dst []byte, aead cipher.AEAD, at int64, plain []byte, end bool) []byte {
	var header [16]byte
	var nonce [12]byte
	for i := at / packPlain; len(plain) > 0; i++ {
		n := min(len(plain), packPlain)
		packHeader(&header, &nonce, i, n, end && n == len(plain))
		dst = append(dst, header[:]...)
		dst = aead.Seal(dst, nonce[:], plain[:n], header[:4])
		plain = plain[n:]
	}
	return dst
}

// give answers one range: pread, open, write.
func (s *floorServer) give(w http.ResponseWriter, name, asked string) error {
	found, ok := s.files.Load(name)
	if !ok {
		return fmt.Errorf("no file %s", name)
	}
	file := found.(floorFile)
	from, to := int64(0), file.size-1
	if asked != "" {
		if _, err := fmt.Sscanf(strings.TrimPrefix(asked, "bytes="), "%d-%d", &from, &to); err != nil {
			return err
		}
	}
	f, err := os.Open(filepath.Join(s.dir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Length", fmt.Sprint(to-from+1))
	w.Header().Set("Content-Type", "application/octet-stream")
	w.WriteHeader(http.StatusPartialContent)
	return file.pour(w, f, from, to+1)
}

var plains = sync.Pool{New: func() any { return new([batch * packPlain]byte) }}

func (file floorFile) pour(w io.Writer, f *os.File, from, to int64) error {
	sealed, plain := outs.Get().(*[batch * packSealed]byte), plains.Get().(*[batch * packPlain]byte)
	defer outs.Put(sealed)
	defer plains.Put(plain)
	last := (file.size - 1) / packPlain
	for i := from / packPlain; i*packPlain < to; i += batch {
		n, err := f.ReadAt(sealed[:], i*packSealed)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		opened, err := openBlock(plain[:0], file.aead, i, sealed[:n], last)
		if err != nil {
			return err
		}
		start := max(from-i*packPlain, 0)
		if _, err := w.Write(opened[start:min(to-i*packPlain, int64(len(opened)))]); err != nil {
			return err
		}
	}
	return nil
}

// openBlock opens whole packages from number i on.
func openBlock(dst []byte, aead cipher.AEAD, i int64, sealed []byte, last int64) ([]byte, error) {
	var header [16]byte
	var nonce [12]byte
	for ; len(sealed) > 0; i++ {
		n := min(len(sealed), packSealed)
		packHeader(&header, &nonce, i, n-32, i == last)
		var err error
		if dst, err = aead.Open(dst, nonce[:], sealed[16:n], header[:4]); err != nil {
			return nil, err
		}
		sealed = sealed[n:]
	}
	return dst, nil
}
