package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"io"

	"github.com/minio/sio"
)

// Sizes of DARE 2.0 packages in bytes: header, up to 64 KiB of payload, tag.
const (
	headerSize    = 16
	tagSize       = 16
	packageSize   = 64 << 10
	overhead      = headerSize + tagSize
	sealedPackage = packageSize + overhead

	finalFlag = 0x80 // in the first byte of a header's nonce: the segment's last package
)

// sealedLen is the sealed size of a segment of n plaintext bytes.
func sealedLen(n int64) int64 {
	return n + (n+packageSize-1)/packageSize*overhead
}

// sealTo seals everything written to it as one DARE stream into dst, which
// must not be an io.Closer; Close writes the final package.
func (s *segmentSecret) sealTo(dst io.Writer) (io.WriteCloser, error) {
	return sio.EncryptWriter(dst, sio.Config{
		MinVersion:   sio.Version20,
		MaxVersion:   sio.Version20,
		CipherSuites: []byte{sio.AES_256_GCM},
		Key:          s.key[:],
		Nonce:        &s.nonce,
	})
}

var errPackage = errors.New("package does not open")

// opener opens single packages of one segment.
//
// It does not use sio's readers: those take the nonce from the first package
// they happen to read, and in DARE 2.0 whoever can write the sealed bytes can
// change a header's nonce so that a package opens at another place of its
// stream. Here each header is known beforehand, nonce included.
type opener struct {
	aead  cipher.AEAD
	nonce [nonceSize]byte
	last  int64 // number of the final package
	tail  int   // payload of the final package
}

func (s *segmentSecret) opener(segmentLen int64) (*opener, error) {
	block, err := aes.NewCipher(s.key[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	last := (segmentLen - 1) / packageSize
	return &opener{aead: aead, nonce: s.nonce, last: last, tail: int(segmentLen - last*packageSize)}, nil
}

// payload is how many plaintext bytes package i holds.
func (o *opener) payload(i int64) int {
	if i == o.last {
		return o.tail
	}
	return packageSize
}

// open opens package i, whose sealed bytes are sealed, into dst, which is as
// long as its payload. On error dst holds nothing of it.
func (o *opener) open(dst, sealed []byte, i int64) error {
	var header [headerSize]byte
	header[0] = sio.Version20
	header[1] = sio.AES_256_GCM
	binary.LittleEndian.PutUint16(header[2:], uint16(len(dst)-1))
	copy(header[4:], o.nonce[:])
	if i == o.last {
		header[4] |= finalFlag
	}
	if len(sealed) != len(dst)+overhead || subtle.ConstantTimeCompare(header[:], sealed[:headerSize]) != 1 {
		return errPackage
	}
	nonce := [nonceSize]byte(header[4:])
	low := nonce[8:]
	binary.LittleEndian.PutUint32(low, binary.LittleEndian.Uint32(low)^uint32(i))
	if _, err := o.aead.Open(dst[:0], nonce[:], sealed[headerSize:], header[:4]); err != nil {
		return errPackage
	}
	return nil
}
