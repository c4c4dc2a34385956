package vault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"jikim/footage/vault"
)

// oneBlob is a store that has one finished blob, whatever is asked for.
type oneBlob struct {
	vault.Store
	*bytes.Reader
}

func (b oneBlob) Open(context.Context, string) (vault.Blob, error) { return b, nil }
func (b oneBlob) Close() error                                     { return nil }

// FuzzOpen reads sealed bytes and manifests that nobody sealed: whatever they
// are, reading ends with ErrCorrupt, never with bytes or a panic.
func FuzzOpen(f *testing.F) {
	const salt = "oKGio6SlpqeoqaqrrK2urw"
	f.Add([]byte(`{"alg":"dare2-aes256gcm-v1","segments":[{"n":1,"len":7,"salt":"`+salt+`"}]}`), bytes.Repeat([]byte{0x20}, 39), int64(0), 7)
	f.Add([]byte(`{"alg":"dare2-aes256gcm-v1","segments":[{"n":3,"len":1,"salt":"`+salt+`"}]}`), make([]byte, 99), int64(1), 2)
	f.Add([]byte(`{"alg":"dare2-aes256gcm-v1","segments":[{"n":4611686018427387904,"len":2,"salt":""}]}`), []byte{}, int64(5), 1)
	f.Add([]byte(`{"alg":"dare2-aes256gcm-v1","segments":null}`), []byte{}, int64(0), 1)
	f.Fuzz(func(t *testing.T, manifest, sealed []byte, off int64, n int) {
		var m vault.Manifest
		if json.Unmarshal(manifest, &m) != nil {
			return
		}
		s := oneBlob{Reader: bytes.NewReader(sealed)}
		o, err := vault.Open(context.Background(), s, "clip", vault.Key{1}, m)
		if err != nil {
			if !errors.Is(err, vault.ErrCorrupt) {
				t.Fatalf("Open: %v", err)
			}
			return
		}
		defer o.Close()
		p := make([]byte, max(1, min(n, 1<<20)))
		got, err := o.ReadAt(p, max(0, off))
		if got > 0 || !errors.Is(err, vault.ErrCorrupt) && !errors.Is(err, io.EOF) {
			t.Fatalf("ReadAt: %d bytes, %v", got, err)
		}
		if k, err := o.Reader(context.Background()).Read(p); k > 0 || !errors.Is(err, vault.ErrCorrupt) && !errors.Is(err, io.EOF) {
			t.Fatalf("Read: %d bytes, %v", k, err)
		}
	})
}
