package s3_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
	"jikim/footage/vault/s3"
	"jikim/footage/vault/s3/s3test"
)

const benchSize = 128 << 20

// BenchmarkS3 compares sealed blobs with plain objects of one size on one server.
func BenchmarkS3(b *testing.B) {
	server := s3test.Start(b)
	s, err := s3.Open(server.Config)
	if err != nil {
		b.Fatal(err)
	}
	ctx, c, bucket := context.Background(), server.Client(), aws.String(server.Config.Bucket)
	put := func(name string) (sealed vault.Sealed) {
		f, err := vault.Continue(ctx, s, name, vault.Key{1}, vault.Progress{}, rand.Reader, func(vault.Progress) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		if _, err = f.ReadFrom(io.LimitReader(zeroes{}, benchSize)); err == nil {
			sealed, err = f.Finish()
		}
		if err != nil {
			b.Fatal(err)
		}
		return sealed
	}
	sealed := put("clip")
	key := aws.String("blobs/clip")
	plain := func(r *string) {
		out, err := c.GetObject(ctx, &awss3.GetObjectInput{Bucket: bucket, Key: key, Range: r})
		if err != nil {
			b.Fatal(err)
		}
		defer out.Body.Close()
		if _, err := io.Copy(io.Discard, out.Body); err != nil {
			b.Fatal(err)
		}
	}
	read := func(off, n int64, until bool) {
		o, err := vault.Open(ctx, s, "clip", vault.Key{1}, sealed.Manifest)
		if err != nil {
			b.Fatal(err)
		}
		defer o.Close()
		r := o.Reader(ctx)
		if until {
			r.Until(off + n)
		}
		if _, err := r.Seek(off, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		if k, err := io.CopyN(io.Discard, r, n); k != n {
			b.Fatal(err)
		}
	}
	at := func() int64 { return mathrand.Int64N(benchSize - 1<<20) }
	for _, bench := range []struct {
		name string
		size int64
		run  func()
	}{
		{"seal", benchSize, func() { put("other"); _ = s.Destroy(ctx, "other") }},
		{"plain/sequential", benchSize, func() { plain(nil) }},
		{"sealed/sequential", benchSize, func() { read(0, benchSize, false) }},
		{"plain/1MiB", 1 << 20, func() { o := at(); plain(aws.String(fmt.Sprintf("bytes=%d-%d", o, o+1<<20-1))) }},
		{"sealed/1MiB", 1 << 20, func() { read(at(), 1<<20, true) }},
		{"plain/first-byte", 1, func() { o := at(); plain(aws.String(fmt.Sprintf("bytes=%d-%d", o, o))) }},
		{"sealed/first-byte", 1, func() { read(at(), 1, false) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(bench.size)
			for b.Loop() {
				bench.run()
			}
		})
	}
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }
