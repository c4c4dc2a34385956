package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
)

// Resume opens a blob for appending at m, after looking whether all that m
// tells of is still there.
func (s *Store) Resume(ctx context.Context, name string, m vault.Mark) (vault.Writer, error) {
	if err := begin(ctx, name); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	w := &writer{s: s, ctx: ctx, cancel: cancel, name: name, key: s.key(name), size: m.Size}
	if err := w.resume(m); err != nil {
		cancel()
		return nil, fmt.Errorf("resuming %s: %w", name, err)
	}
	return w, nil
}

func (w *writer) resume(m vault.Mark) error {
	size, _, err := w.s.size(w.ctx, w.key)
	switch {
	case err == nil && size == m.Size:
		w.finished = true
		return nil
	case err == nil:
		return vault.ErrFinished
	case !notFound(err):
		return err
	}
	n, err := readNote(m)
	if err != nil {
		return err
	}
	if m.Size == 0 {
		return w.s.clear(w.ctx, w.name)
	}
	if err := w.findParts(n); err != nil {
		return err
	}
	if err := w.findTail(n); err != nil {
		return err
	}
	// m was remembered, or we would not have it: tails of other marks are done with.
	return w.s.purge(w.ctx, w.s.tails(w.name), func(key string) bool { return key != w.s.tails(w.name)+n.Tail })
}

// findParts checks that the upload has every part that n tells of, unchanged.
func (w *writer) findParts(n note) error {
	if len(n.Parts) == 0 {
		return nil
	}
	found := 0
	err := w.s.eachPart(w.ctx, w.key, n.Upload, func(number int, etag string, _ int64) bool {
		if number > len(n.Parts) {
			return false
		}
		if etag == n.Parts[number-1] {
			found++
		}
		return true
	})
	if err != nil {
		return err
	}
	if found != len(n.Parts) {
		return fmt.Errorf("%w: %d of %d parts are as they were", vault.ErrCorrupt, found, len(n.Parts))
	}
	w.upload, w.parts = n.Upload, n.Parts
	return nil
}

// findTail reads the tail back to where its part fills.
func (w *writer) findTail(n note) error {
	if n.Len == 0 {
		return nil
	}
	key := w.s.tails(w.name) + n.Tail
	buf := w.s.buffer(partSize(len(n.Parts)))
	err := w.s.ask(w.ctx, "reading the tail of "+w.name, n.Len, func(ctx context.Context) error {
		out, err := w.s.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &w.s.bucket, Key: &key})
		if err != nil {
			return err
		}
		defer out.Body.Close()
		into := bytes.NewBuffer(buf[:0])
		_, err = io.Copy(into, io.LimitReader(out.Body, n.Len+1))
		buf = into.Bytes()
		return err
	})
	if err != nil {
		return err
	}
	if int64(len(buf)) != n.Len || tailName(buf) != n.Tail {
		return fmt.Errorf("%w: the tail is not what was stored", vault.ErrCorrupt)
	}
	w.buf, w.tail, w.tailed = buf, n.Tail, len(buf)
	return nil
}

// eachPart visits the parts of an upload in order until visit says enough.
func (s *Store) eachPart(ctx context.Context, key, upload string, visit func(number int, etag string, size int64) bool) error {
	var marker *string
	for {
		var out *s3.ListPartsOutput
		err := s.ask(ctx, "listing the parts of "+key, 0, func(ctx context.Context) (err error) {
			out, err = s.api.ListParts(ctx, &s3.ListPartsInput{Bucket: &s.bucket, Key: &key, UploadId: &upload, PartNumberMarker: marker})
			return err
		})
		if err != nil {
			return err
		}
		for _, p := range out.Parts {
			if !visit(int(aws.ToInt32(p.PartNumber)), bare(aws.ToString(p.ETag)), aws.ToInt64(p.Size)) {
				return nil
			}
		}
		if !aws.ToBool(out.IsTruncated) {
			return nil
		}
		if marker = out.NextPartNumberMarker; aws.ToString(marker) == "" {
			return errors.New("s3: the list of parts is cut off")
		}
	}
}
