package vault_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"jikim/footage/vault"
	"jikim/footage/vault/disk"
)

const benchSize = 512 << 20

// source gives n bytes at the price of a copy, as a socket does.
func source(n int64) io.Reader { return io.LimitReader(&again{}, n) }

type again struct{ at int }

var pattern = func() []byte {
	b := make([]byte, 4<<20)
	_, _ = mathrand.NewChaCha8([32]byte{1}).Read(b)
	return b
}()

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, pattern[a.at:])
	a.at = (a.at + n) % len(pattern)
	return n, nil
}

// BenchmarkSeal compares sealing onto disk with the least a program can do
// that reads, hashes on a goroutine of its own, seals, writes and syncs.
func BenchmarkSeal(b *testing.B) {
	for _, size := range []int64{benchSize, 4 << 20} {
		for _, streams := range []int{1, 8} {
			name := fmt.Sprintf("%dMiB-x%d", size>>20, streams)
			b.Run("floor/"+name, func(b *testing.B) {
				dir := b.TempDir()
				each(b, size, streams, func(n int64) error { return floor(filepath.Join(dir, fmt.Sprint(n)), size) })
			})
			b.Run("vault/"+name, func(b *testing.B) {
				s, err := disk.Open(b.TempDir())
				if err != nil {
					b.Fatal(err)
				}
				each(b, size, streams, func(n int64) error { return sealOnce(s, fmt.Sprint(n), size) })
			})
		}
	}
}

// each runs take b.N times by streams at once.
func each(b *testing.B, size int64, streams int, take func(n int64) error) {
	b.SetBytes(size)
	var next atomic.Int64
	b.SetParallelism(max(1, streams/2))
	b.ResetTimer()
	if streams == 1 {
		for b.Loop() {
			if err := take(next.Add(1)); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if err := take(next.Add(1)); err != nil {
				b.Error(err)
			}
		}
	})
}

func sealOnce(s vault.Store, name string, size int64) error {
	ctx := context.Background()
	f, err := vault.Continue(ctx, s, name, vault.Key{1}, vault.Progress{}, rand.Reader, func(vault.Progress) error { return nil })
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.ReadFrom(source(size)); err != nil {
		return err
	}
	if _, err := f.Finish(); err != nil {
		return err
	}
	return s.Destroy(ctx, name)
}

func floor(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	defer f.Close()
	const block = 256 << 10
	work, free, done := make(chan []byte, 3), make(chan []byte, 3), make(chan struct{})
	for range 3 {
		free <- make([]byte, block)
	}
	h := sha256.New()
	go func() {
		defer close(done)
		for b := range work {
			h.Write(b)
			free <- b[:block]
		}
	}()
	c, _ := aes.NewCipher(make([]byte, 32))
	aead, _ := cipher.NewGCM(c)
	out := make([]byte, 0, block+4*32)
	var nonce [12]byte
	src, off, started := source(size), int64(0), int64(0)
	for {
		b := <-free
		n, err := io.ReadFull(src, b)
		if n == 0 {
			break
		}
		work <- b[:n]
		out = out[:0]
		for rest := b[:n]; len(rest) > 0; {
			k := min(len(rest), 64<<10)
			binary.LittleEndian.PutUint64(nonce[:], binary.LittleEndian.Uint64(nonce[:])+1)
			out = aead.Seal(append(out, make([]byte, 16)...), nonce[:], rest[:k], nil)
			rest = rest[k:]
		}
		if _, err := f.Write(out); err != nil {
			return err
		}
		if off += int64(len(out)); off-started >= 8<<20 {
			_ = unix.SyncFileRange(int(f.Fd()), started, off-started, unix.SYNC_FILE_RANGE_WRITE)
			started = off
		}
		if err != nil {
			break
		}
	}
	close(work)
	<-done
	h.Sum(nil)
	return f.Sync()
}

// BenchmarkRead reads sealed ranges of a warm blob.
func BenchmarkRead(b *testing.B) {
	s, err := disk.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	f, err := vault.Continue(ctx, s, "clip", vault.Key{1}, vault.Progress{}, rand.Reader, nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := f.ReadFrom(source(benchSize)); err != nil {
		b.Fatal(err)
	}
	sealed, err := f.Finish()
	if err != nil {
		b.Fatal(err)
	}
	o, err := vault.Open(ctx, s, "clip", vault.Key{1}, sealed.Manifest)
	if err != nil {
		b.Fatal(err)
	}
	defer o.Close()
	for _, n := range []int{4 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("random-%dKiB", n>>10), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				r, p := mathrand.New(mathrand.NewPCG(1, 2)), make([]byte, n)
				for pb.Next() {
					if _, err := o.ReadAt(p, r.Int64N(benchSize-int64(n))); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
	b.Run("reader-1MiB", func(b *testing.B) {
		b.SetBytes(1 << 20)
		b.ReportAllocs()
		r, buf := mathrand.New(mathrand.NewPCG(1, 2)), make([]byte, 32<<10)
		for b.Loop() {
			o, err := vault.Open(ctx, s, "clip", vault.Key{1}, sealed.Manifest)
			if err != nil {
				b.Fatal(err)
			}
			rd := o.Reader(ctx)
			if _, err := rd.Seek(r.Int64N(benchSize-1<<20), io.SeekStart); err != nil {
				b.Fatal(err)
			}
			if _, err := io.CopyBuffer(onlyWriter{}, io.LimitReader(rd, 1<<20), buf); err != nil {
				b.Fatal(err)
			}
			o.Close()
		}
	})
	b.Run("check", func(b *testing.B) {
		b.SetBytes(benchSize)
		for b.Loop() {
			if _, err := vault.Check(ctx, s, "clip", vault.Key{1}, sealed.Manifest); err != nil {
				b.Fatal(err)
			}
		}
	})
}

type onlyWriter struct{}

func (onlyWriter) Write(p []byte) (int, error) { return len(p), nil }
