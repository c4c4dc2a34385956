package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
)

// Key is a clip's own 256-bit key. It exists in memory while a clip is written
// or read, and on disk only wrapped by the institution's key.
type Key [32]byte

// NewKey draws a key from rand.
func NewKey(rand io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(rand, k[:]); err != nil {
		return Key{}, fmt.Errorf("vault: drawing a clip key: %w", err)
	}
	return k, nil
}

const (
	segmentInfo = "jikim/segment/v1\x00"
	saltSize    = 16
	nonceSize   = 12
)

// saltText is how a salt stands in the manifest.
var saltText = base64.RawURLEncoding

// segmentSecret is what one segment is sealed with. It is never used for
// another: name and index set it apart from every other segment, salt from
// every other run that sealed this one and was cut off.
type segmentSecret struct {
	key   [32]byte
	nonce [nonceSize]byte // bit 7 of the first byte is clear: the final flag's place
}

// secret derives what segment index of the blob called name is sealed with.
func (k Key) secret(name string, index int64, salt string) (segmentSecret, error) {
	raw, err := saltText.DecodeString(salt)
	if err != nil || len(raw) != saltSize {
		return segmentSecret{}, fmt.Errorf("%w: manifest of %s: salt %q", ErrCorrupt, name, salt)
	}
	info := binary.BigEndian.AppendUint64([]byte(segmentInfo+name+"\x00"), uint64(index))
	okm, err := hkdf.Key(sha256.New, k[:], raw, string(info), 32+nonceSize)
	if err != nil {
		return segmentSecret{}, fmt.Errorf("vault: deriving a segment key: %w", err)
	}
	var s segmentSecret
	copy(s.key[:], okm[:32])
	copy(s.nonce[:], okm[32:])
	s.nonce[0] &^= finalFlag
	return s, nil
}

func newSalt(rand io.Reader) (string, error) {
	var raw [saltSize]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", fmt.Errorf("vault: drawing a salt: %w", err)
	}
	return saltText.EncodeToString(raw[:]), nil
}
