package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
)

// writer appends to one blob: it fills a part while the one before is on its way.
type writer struct {
	s      *Store
	ctx    context.Context
	cancel context.CancelFunc
	name   string
	key    string

	upload string   // id of the multipart upload; "" until a part is full
	parts  []string // ETags of the parts that arrived
	flight *flight  // the part on its way, if any
	buf    []byte   // bytes after the parts and the flight; nil when there are none
	tail   string   // name of the tail that was stored last; its bytes are a beginning of buf
	tailed int      // how many they are

	size     int64 // all bytes written
	finished bool
	broken   error // the first fault; the run has to begin again from its last mark
}

var errClosed = errors.New("s3: writer is closed")

// Write gathers p into parts. It waits only when a part is full while the one
// before it has not arrived.
func (w *writer) Write(p []byte) (n int, err error) {
	if err := w.usable(); err != nil {
		return 0, err
	}
	for len(p) > 0 {
		if w.buf == nil {
			w.buf = w.s.buffer(partSize(w.nextPart()))
		}
		k := min(len(p), cap(w.buf)-len(w.buf))
		w.buf = append(w.buf, p[:k]...)
		n, p = n+k, p[k:]
		w.size += int64(k)
		if len(w.buf) == cap(w.buf) {
			if err := w.launch(); err != nil {
				return n, w.fail(err)
			}
		}
	}
	return n, nil
}

// nextPart is the index of the part that buf is to become.
func (w *writer) nextPart() int {
	if w.flight != nil {
		return len(w.parts) + 1
	}
	return len(w.parts)
}

func (w *writer) usable() error {
	if w.broken != nil {
		return w.broken
	}
	if w.finished {
		return fmt.Errorf("s3: %s: %w", w.name, vault.ErrFinished)
	}
	return w.ctx.Err()
}

func (w *writer) fail(err error) error {
	if err != nil && w.broken == nil {
		w.broken = err
	}
	return err
}

// flight is one part on its way.
type flight struct {
	done chan struct{}
	etag string
	err  error
}

// launch sends buf off as the next part.
func (w *writer) launch() error {
	if err := w.land(w.ctx); err != nil {
		return err
	}
	if len(w.parts) == maxParts {
		return fmt.Errorf("s3: %s: %w: more than an S3 object can hold", w.name, vault.ErrFull)
	}
	if err := w.begin(w.ctx); err != nil {
		return err
	}
	select {
	case w.s.flights <- struct{}{}:
	case <-w.ctx.Done():
		return w.ctx.Err()
	}
	f := &flight{done: make(chan struct{})}
	number, part := len(w.parts)+1, w.buf
	w.flight, w.buf, w.tail, w.tailed = f, nil, "", 0
	go func() {
		defer close(f.done)
		defer func() { <-w.s.flights }()
		if f.etag, f.err = w.sendPart(w.ctx, number, part); f.err == nil {
			w.s.reuse(part)
		}
	}()
	return nil
}

// begin makes the multipart upload when there is none yet.
func (w *writer) begin(ctx context.Context) error {
	if w.upload != "" {
		return nil
	}
	return w.s.ask(ctx, "beginning "+w.name, 0, func(ctx context.Context) error {
		out, err := w.s.api.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &w.s.bucket, Key: &w.key})
		if err == nil {
			w.upload = aws.ToString(out.UploadId)
		}
		return err
	})
}

func (w *writer) sendPart(ctx context.Context, number int, part []byte) (etag string, err error) {
	err = w.s.send(ctx, fmt.Sprintf("sending part %d of %s", number, w.name), func(ctx context.Context) error {
		out, err := w.s.api.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: &w.s.bucket, Key: &w.key, UploadId: &w.upload,
			PartNumber: aws.Int32(int32(number)), Body: bytes.NewReader(part),
		})
		if err == nil {
			etag = bare(aws.ToString(out.ETag))
		}
		return err
	})
	if err == nil {
		w.s.learn(part, etag)
	}
	return etag, err
}

// land waits for the part on its way, if there is one.
func (w *writer) land(ctx context.Context) error {
	if w.flight == nil {
		return nil
	}
	select {
	case <-w.flight.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if w.flight.err != nil {
		return w.flight.err
	}
	w.parts = append(w.parts, w.flight.etag)
	w.flight = nil
	return nil
}

// Sync waits for the parts and stores what fills none as a tail. Earlier tails
// stay: nobody knows yet whether this Mark will be remembered.
func (w *writer) Sync(ctx context.Context) (vault.Mark, error) {
	if err := ctx.Err(); err != nil {
		return vault.Mark{}, err
	}
	if w.finished && w.broken == nil {
		return vault.Mark{Size: w.size}, nil
	}
	if err := w.usable(); err != nil {
		return vault.Mark{}, err
	}
	if err := w.land(ctx); err != nil {
		return vault.Mark{}, w.fail(err)
	}
	if len(w.buf) > 0 && len(w.buf) != w.tailed {
		if err := w.putTail(ctx); err != nil {
			return vault.Mark{}, w.fail(err)
		}
	}
	n := note{V: 1, Tail: w.tail, Len: int64(w.tailed), Parts: slices.Clone(w.parts)}
	if len(w.parts) > 0 {
		n.Upload = w.upload
	}
	return n.mark()
}

// putTail stores buf under its hash, so that tails of different bytes never
// meet in one object.
func (w *writer) putTail(ctx context.Context) error {
	name := tailName(w.buf)
	key := w.s.tails(w.name) + name
	err := w.s.send(ctx, "storing the tail of "+w.name, func(ctx context.Context) error {
		_, err := w.s.api.PutObject(ctx, &s3.PutObjectInput{Bucket: &w.s.bucket, Key: &key, Body: bytes.NewReader(w.buf)})
		return err
	})
	if err == nil {
		w.tail, w.tailed = name, len(w.buf)
	}
	return err
}

func tailName(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// Close gives up what is on its way.
func (w *writer) Close() error {
	if w.broken == nil {
		w.broken = errClosed
	}
	w.cancel()
	if w.flight != nil {
		<-w.flight.done
		w.flight = nil
	}
	w.buf = nil
	return nil
}
