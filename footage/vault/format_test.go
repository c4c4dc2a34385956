package vault_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/minio/sio"

	"jikim/footage/vault"
	"jikim/footage/vault/disk"
)

// count gives n bytes that count up from first.
func count(first byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i)
	}
	return b
}

// vectors works out the vectors of FORMAT.md by the program.
func vectors(t *testing.T) map[string]string {
	t.Helper()
	v := map[string]string{}
	const name = "0193b5e2-7c1f-7000-8000-00000000000a"
	key := vault.Key(count(0x00, 32))
	first, second := []byte("지킴\n"), count(0, pack+1)

	s, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	f, err := vault.Continue(ctx, s, name, key, vault.Progress{}, bytes.NewReader(count(0xa0, 16)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, plain := range [][]byte{first, second} {
		if _, err := f.ReadFrom(bytes.NewReader(plain)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	sealed, err := f.Finish()
	if err != nil {
		t.Fatal(err)
	}
	raw := stored(t, s, name)
	cut := len(first) + 32
	v["sealed segment 0"] = hex.EncodeToString(raw[:cut])
	v["sha256 of sealed segment 1"] = fmt.Sprintf("%x", sha256.Sum256(raw[cut:]))
	v["sha256 of the plaintext"] = sealed.SHA256
	v["manifest"] = fmt.Sprintf(`{"alg":%q,"segments":[{"n":1,"len":%d,"salt":%q},{"n":1,"len":%d,"salt":%q}]}`,
		sealed.Manifest.Alg, sealed.Manifest.Segments[0].Len, sealed.Manifest.Segments[0].Salt,
		sealed.Manifest.Segments[1].Len, sealed.Manifest.Segments[1].Salt)
	for i := range 2 {
		key, nonce := derive(t, key, name, int64(i), sealed.Manifest.Segments[i].Salt)
		v[fmt.Sprintf("segment %d key", i)] = hex.EncodeToString(key)
		v[fmt.Sprintf("segment %d nonce", i)] = hex.EncodeToString(nonce)
	}

	path := filepath.Join(t.TempDir(), "keys")
	k, err := vault.NewKeyFile(path, bytes.NewReader(append(count(0x40, 32), count(0xb0, 12)...)))
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := k.Wrap(name, key)
	if err != nil {
		t.Fatal(err)
	}
	line, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v["wrapped key"] = hex.EncodeToString(wrapped)
	v["key file"] = strings.TrimSpace(string(line))
	return v
}

const pack = 65536

func stored(t *testing.T, s vault.Store, name string) []byte {
	t.Helper()
	b, err := s.Open(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	raw, err := io.ReadAll(io.NewSectionReader(b, 0, b.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// derive is the derivation of FORMAT.md, written a second time.
func derive(t *testing.T, clip vault.Key, name string, index int64, salt string) (key, nonce []byte) {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(salt)
	if err != nil {
		t.Fatal(err)
	}
	info := "jikim/segment/v1\x00" + name + "\x00" + string(binary.BigEndian.AppendUint64(nil, uint64(index)))
	okm, err := hkdf.Key(sha256.New, clip[:], raw, info, 44)
	if err != nil {
		t.Fatal(err)
	}
	okm[32] &= 0x7f
	return okm[:32], okm[32:]
}

// TestFormatVectors compares FORMAT.md with what the program writes.
func TestFormatVectors(t *testing.T) {
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(text), "```vectors\n")
	if !ok {
		t.Fatal("FORMAT.md has no vectors")
	}
	block, _, _ = strings.Cut(block, "```")
	written := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^([^=\n]+?) += (.*)$`).FindAllStringSubmatch(block, -1) {
		written[m[1]] = m[2]
	}
	given := map[string]bool{
		"clip key": true, "blob name": true, "salt": true, "plaintext of segment 0": true,
		"plaintext of segment 1": true, "institution key": true, "wrapping nonce": true,
	}
	for name := range given {
		delete(written, name)
	}
	if diff := cmp.Diff(written, vectors(t)); diff != "" {
		t.Fatalf("FORMAT.md (-) and the program (+) differ:\n%s", diff)
	}
}

// TestSecondReader opens what the program sealed by FORMAT.md alone: HKDF and
// a DARE reader that is not ours.
func TestSecondReader(t *testing.T) {
	s, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	key := vault.Key(count(7, 32))
	f, err := vault.Continue(context.Background(), s, "clip", key, vault.Progress{}, bytes.NewReader(count(1, 16)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, n := range []int{1, pack - 1, pack, pack + 1, 3 * pack, 1} {
		b := count(byte(n), n)
		plain.Write(b)
		if _, err := f.ReadFrom(bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	sealed, err := f.Finish()
	if err != nil {
		t.Fatal(err)
	}
	rest := stored(t, s, "clip")
	var read bytes.Buffer
	index := int64(0)
	for _, run := range sealed.Manifest.Segments {
		for range run.Count {
			segKey, nonce := derive(t, key, "clip", index, run.Salt)
			index++
			n := run.Len + (run.Len+pack-1)/pack*32
			if !bytes.Equal(rest[5:16], nonce[1:]) || rest[4]&0x7f != nonce[0] {
				t.Fatalf("segment %d: header nonce %x, derived %x", index, rest[4:16], nonce)
			}
			_, err := sio.Decrypt(&read, bytes.NewReader(rest[:n]), sio.Config{
				Key: segKey, MinVersion: sio.Version20, CipherSuites: []byte{sio.AES_256_GCM},
			})
			if err != nil {
				t.Fatalf("segment %d: %v", index, err)
			}
			rest = rest[n:]
		}
	}
	if len(rest) > 0 || !bytes.Equal(read.Bytes(), plain.Bytes()) {
		t.Fatalf("%d of %d bytes were read, %d sealed ones are left", read.Len(), plain.Len(), len(rest))
	}
}

// TestSecondUnwrap opens a wrapped key by FORMAT.md alone.
func TestSecondUnwrap(t *testing.T) {
	institution := count(0x40, 32)
	k, err := vault.NewKeyFile(filepath.Join(t.TempDir(), "keys"), bytes.NewReader(append(institution, count(9, 12)...)))
	if err != nil {
		t.Fatal(err)
	}
	clip := vault.Key(count(3, 32))
	wrapped, err := k.Wrap("clip", clip)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(institution)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	id := sha256.Sum256(append([]byte("jikim/institution-key/v1\x00"), institution...))
	if wrapped[0] != 1 || !bytes.Equal(wrapped[1:9], id[:8]) {
		t.Fatalf("header %x", wrapped[:9])
	}
	have, err := aead.Open(nil, wrapped[9:21], wrapped[21:], []byte("jikim/clip-key/v1\x00clip"))
	if err != nil || !bytes.Equal(have, clip[:]) {
		t.Fatalf("%x, %v", have, err)
	}
}
