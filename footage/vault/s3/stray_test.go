package s3_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
	"jikim/footage/vault/s3/s3test"
)

// A finished blob is one version of one object: no tail, upload or marker stays.
func TestNothingBesideTheObject(t *testing.T) {
	server := s3test.Start(t)
	s, prefix := openHasty(t, server, "")
	for name, n := range map[string]int{"small": 1000, "large": 12 * mib} {
		w := resume(t, s, name, vault.Mark{})
		m := write(t, w, fill(1, n/2))
		w = resume(t, s, name, m)
		write(t, w, fill(2, n/2))
		finish(t, w)
	}
	if n := left(t, server, prefix); n != 2 {
		t.Fatalf("%d things are left of two finished blobs", n)
	}
}

// Destroy removes what others put there too: versions, markers, uploads.
func TestDestroyEveryVersion(t *testing.T) {
	server := s3test.Start(t)
	s, prefix := openHasty(t, server, "")
	ctx, c := context.Background(), server.Client()
	bucket, key := aws.String(server.Config.Bucket), aws.String(prefix+"blobs/clip")
	for i := range 3 {
		_, err := c.PutObject(ctx, &awss3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(fill(byte(i), 100))})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: bucket, Key: key}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{Bucket: bucket, Key: key}); err != nil {
			t.Fatal(err)
		}
	}
	if n := left(t, server, prefix); n != 6 {
		t.Fatalf("%d things are there before, want 6", n)
	}
	if err := s.Destroy(ctx, "clip"); err != nil {
		t.Fatal(err)
	}
	if n := left(t, server, prefix); n != 0 {
		t.Fatalf("%d things are left", n)
	}
}

// A run that lost its lease goes on writing beside the one that has it. What
// it leaves never gets into the object.
func TestStrayRun(t *testing.T) {
	server := s3test.Start(t)
	for name, strayLast := range map[string]bool{"before": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			s, _ := openHasty(t, server, "")
			start, mine, other := fill(1, 7*mib), fill(2, 8*mib), fill(3, 8*mib)
			m := write(t, resume(t, s, "clip", vault.Mark{}), start)
			stray, run := resume(t, s, "clip", m), resume(t, s, "clip", m)
			if !strayLast {
				write(t, stray, other)
			}
			m = write(t, run, mine)
			if strayLast {
				write(t, stray, other)
			}
			again, err := s.Resume(context.Background(), "clip", m)
			if strayLast { // its parts have the same numbers: ours are gone, and that is seen
				if !errors.Is(err, vault.ErrCorrupt) {
					t.Fatalf("parts were overwritten, and Resume says %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			finish(t, again)
			mustHold(t, s, "clip", append(bytes.Clone(start), mine...))
			if err := stray.Finish(context.Background()); err == nil {
				t.Fatal("the stray run finished the blob too")
			}
			mustHold(t, s, "clip", append(bytes.Clone(start), mine...))
		})
	}
}

// The same when the stray run's part comes between our last Sync and Finish.
func TestStrayPartBeforeFinish(t *testing.T) {
	server := s3test.Start(t)
	s, _ := openHasty(t, server, "")
	m := write(t, resume(t, s, "clip", vault.Mark{}), fill(1, 7*mib))
	stray, run := resume(t, s, "clip", m), resume(t, s, "clip", m)
	write(t, run, fill(2, 8*mib))
	write(t, stray, fill(3, 8*mib))
	if err := run.Finish(context.Background()); !errors.Is(err, vault.ErrCorrupt) {
		t.Fatalf("a foreign part is in the upload, and Finish says %v", err)
	}
	if _, err := s.Open(context.Background(), "clip"); !errors.Is(err, vault.ErrNotFound) {
		t.Fatalf("there is an object: %v", err)
	}
}

// Neither run may replace what the other has finished.
func TestFinishedIsNotReplaced(t *testing.T) {
	server := s3test.Start(t)
	for name, n := range map[string]int{"small": 1000, "large": 6 * mib} {
		t.Run(name, func(t *testing.T) {
			s, _ := openHasty(t, server, "")
			stray := resume(t, s, "clip", vault.Mark{})
			if _, err := stray.Write(fill(9, n)); err != nil {
				t.Fatal(err)
			}
			run := resume(t, s, "clip", vault.Mark{})
			write(t, run, fill(1, n))
			finish(t, run)
			if err := stray.Finish(context.Background()); err == nil {
				t.Fatal("a stray run of the same length finished over the blob")
			}
			mustHold(t, s, "clip", fill(1, n))
		})
	}
}
