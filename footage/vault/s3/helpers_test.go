package s3_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
	"jikim/footage/vault/s3"
	"jikim/footage/vault/s3/s3test"
)

const mib = 1 << 20

// openHasty opens a store of its own that gives up soon, at endpoint if given.
func openHasty(t *testing.T, server *s3test.Server, endpoint string) (*s3.Store, string) {
	t.Helper()
	c := server.Config
	c.Prefix = strings.ToLower(t.Name()) + "/"
	if endpoint != "" {
		c.Endpoint = endpoint
	}
	s, err := s3.OpenHasty(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, c.Prefix
}

func fill(seed byte, n int) []byte {
	return bytes.Repeat([]byte{seed, seed + 1, seed ^ 0x55}, n/3+1)[:n]
}

func resume(t *testing.T, s *s3.Store, name string, m vault.Mark) vault.Writer {
	t.Helper()
	w, err := s.Resume(context.Background(), name, m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// write writes and syncs.
func write(t *testing.T, w vault.Writer, b []byte) vault.Mark {
	t.Helper()
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	m, err := w.Sync(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func finish(t *testing.T, w vault.Writer) {
	t.Helper()
	if err := w.Finish(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func mustHold(t *testing.T, s *s3.Store, name string, want []byte) {
	t.Helper()
	b, err := s.Open(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	have, err := io.ReadAll(io.NewSectionReader(b, 0, b.Size()))
	if err != nil || !bytes.Equal(have, want) {
		t.Fatalf("%s holds %d bytes, want %d: %v", name, len(have), len(want), err)
	}
}

// left counts everything under prefix: versions, delete markers, uploads.
func left(t *testing.T, server *s3test.Server, prefix string) int {
	t.Helper()
	ctx, c := context.Background(), server.Client()
	bucket := aws.String(server.Config.Bucket)
	v, err := c.ListObjectVersions(ctx, &awss3.ListObjectVersionsInput{Bucket: bucket, Prefix: &prefix})
	if err != nil {
		t.Fatal(err)
	}
	u, err := c.ListMultipartUploads(ctx, &awss3.ListMultipartUploadsInput{Bucket: bucket, Prefix: &prefix})
	if err != nil {
		t.Fatal(err)
	}
	return len(v.Versions) + len(v.DeleteMarkers) + len(u.Uploads)
}
