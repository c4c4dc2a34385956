package s3

import (
	"bytes"
	"context"
	"crypto/md5" // #nosec G501 -- S3 defines ETags by it; nothing is protected with it
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"jikim/footage/vault"
)

// Finish makes the object, then removes what led to it. An object of that name
// is never replaced: if one is there, it has to be the very same.
func (w *writer) Finish(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.broken != nil {
		return w.broken
	}
	if !w.finished {
		if err := w.finish(ctx); err != nil {
			return w.fail(fmt.Errorf("finishing %s: %w", w.name, err))
		}
		w.finished = true
	}
	if err := w.s.clear(ctx, w.name); err != nil {
		return fmt.Errorf("finishing %s: %w", w.name, err)
	}
	w.s.reuse(w.buf)
	w.buf = nil
	return nil
}

func (w *writer) finish(ctx context.Context) error {
	if err := w.land(ctx); err != nil {
		return err
	}
	if len(w.parts) == 0 {
		return w.putWhole(ctx)
	}
	if len(w.buf) > 0 {
		etag, err := w.sendPart(ctx, len(w.parts)+1, w.buf)
		if err != nil {
			return err
		}
		w.parts = append(w.parts, etag)
	}
	return w.join(ctx)
}

// putWhole stores a blob that never filled a part.
func (w *writer) putWhole(ctx context.Context) error {
	put := func(only *string) error {
		return w.s.send(ctx, "storing "+w.name, func(ctx context.Context) error {
			_, err := w.s.api.PutObject(ctx, &s3.PutObjectInput{
				Bucket: &w.s.bucket, Key: &w.key, Body: bytes.NewReader(w.buf), IfNoneMatch: only,
			})
			return err
		})
	}
	err := put(aws.String("*"))
	if statusOf(err) == http.StatusNotImplemented {
		if err = w.absent(ctx); err == nil {
			err = put(nil)
		}
	}
	if there(err) {
		return w.sameWhole(ctx)
	}
	return err
}

// there says whether a store refused to replace an object.
func there(err error) bool { return statusOf(err) == http.StatusPreconditionFailed }

// absent is for stores that cannot be told not to replace.
func (w *writer) absent(ctx context.Context) error {
	_, _, err := w.s.size(ctx, w.key)
	if notFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return vault.ErrFinished
}

// sameWhole says whether the object that is there holds what we wanted to put:
// then it was us, and only the answer was lost.
func (w *writer) sameWhole(ctx context.Context) error {
	same := false
	err := w.s.ask(ctx, "comparing "+w.name, int64(len(w.buf)), func(ctx context.Context) error {
		out, err := w.s.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &w.s.bucket, Key: &w.key})
		if err != nil {
			return err
		}
		defer out.Body.Close()
		have, err := io.ReadAll(io.LimitReader(out.Body, int64(len(w.buf))+1))
		same = bytes.Equal(have, w.buf)
		return err
	})
	if err == nil && !same {
		err = vault.ErrFinished
	}
	return err
}

// join makes one object of the parts.
func (w *writer) join(ctx context.Context) error {
	err := w.complete(ctx, aws.String("*"))
	if statusOf(err) == http.StatusNotImplemented {
		if err = w.absent(ctx); err == nil {
			err = w.complete(ctx, nil)
		}
	}
	if err != nil && !there(err) && !notFound(err) {
		return err
	}
	// Done now, or an object is there, or the upload is gone: perhaps it was
	// completed and the answer lost. Some stores also say "done" when another
	// run has completed the same upload with parts of its own.
	size, etag, lookErr := w.s.size(ctx, w.key)
	switch {
	case lookErr != nil && err != nil:
		return err
	case lookErr != nil:
		return lookErr
	case size != w.size:
		return fmt.Errorf("%w: the object has %d bytes, %d were written", vault.ErrCorrupt, size, w.size)
	case !w.mayBe(etag):
		return vault.ErrFinished
	}
	return nil
}

func (w *writer) complete(ctx context.Context, only *string) error {
	parts := make([]types.CompletedPart, len(w.parts))
	for i, etag := range w.parts {
		parts[i] = types.CompletedPart{PartNumber: aws.Int32(int32(i + 1)), ETag: aws.String(etag)}
	}
	return w.s.send(ctx, "joining the parts of "+w.name, func(ctx context.Context) error {
		ctx, stop := w.s.whileAlive(ctx)
		defer stop()
		_, err := w.s.api.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: &w.s.bucket, Key: &w.key, UploadId: &w.upload, IfNoneMatch: only,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		}, func(o *s3.Options) { o.HTTPClient = w.s.patient })
		return err
	})
}

// whileAlive gives a context that ends when the store no longer answers at all.
func (s *Store) whileAlive(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, s.pace.join)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(s.pace.look):
			}
			look, done := context.WithTimeout(ctx, s.pace.attempt)
			_, err := s.api.HeadBucket(look, &s3.HeadBucketInput{Bucket: &s.bucket})
			done()
			if err != nil && errors.Is(kindOf(err), vault.ErrAway) {
				cancel()
				return
			}
		}
	}()
	return ctx, cancel
}

// mayBe says whether an object with that ETag can be the one made of our
// parts. It is certain where ETags are the MD5 sums that S3 first defined;
// elsewhere nothing can be told, and the caller's lease has to suffice.
func (w *writer) mayBe(etag string) bool {
	if w.s.etags.Load() != etagsAreMD5 {
		return true
	}
	sums := md5.New() // #nosec G401 -- see the import
	for _, part := range w.parts {
		sum, err := hex.DecodeString(part)
		if err != nil || len(sum) != md5.Size {
			return true
		}
		sums.Write(sum)
	}
	return etag == fmt.Sprintf("%x-%d", sums.Sum(nil), len(w.parts))
}

// What ETags are in a store: encryption and some makers' stores change it.
const (
	etagsUnknown int32 = iota
	etagsAreMD5
	etagsAreOther
)

// learn finds out, once, from a part that arrived.
func (s *Store) learn(part []byte, etag string) {
	if s.etags.Load() != etagsUnknown {
		return
	}
	kind := etagsAreOther
	if sum := md5.Sum(part); etag == hex.EncodeToString(sum[:]) { // #nosec G401 -- see the import
		kind = etagsAreMD5
	}
	s.etags.Store(kind)
}
