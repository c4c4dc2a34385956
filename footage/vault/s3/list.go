package s3

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
)

// List visits finished blobs, then unfinished ones: uploads and tails that
// have no object. Of those Size is what is stored, strays included.
func (s *Store) List(ctx context.Context, visit func(vault.Item) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	unfinished, err := s.unfinished(ctx)
	if err != nil {
		return err
	}
	blobs := s.prefix + "blobs/"
	err = s.eachObject(ctx, blobs, func(i vault.Item) (bool, error) {
		i.Name = strings.TrimPrefix(i.Name, blobs)
		if !ours(i.Name) {
			return true, nil
		}
		delete(unfinished, i.Name)
		i.Finished = true
		return true, visit(i)
	})
	if err != nil {
		return err
	}
	for name, size := range unfinished {
		if err := visit(vault.Item{Name: name, Size: size}); err != nil {
			return err
		}
	}
	return nil
}

// ours says whether a key under our prefix can be one that we made.
func ours(name string) bool { return vault.CheckName(name) == nil }

// unfinished gathers the names of which there are uploads or tails, with the
// bytes stored.
func (s *Store) unfinished(ctx context.Context) (map[string]int64, error) {
	found := map[string]int64{}
	blobs := s.prefix + "blobs/"
	err := s.eachUpload(ctx, blobs, func(key, upload string) (bool, error) {
		name := strings.TrimPrefix(key, blobs)
		if !ours(name) {
			return true, nil
		}
		found[name] += 0 // it is there, even without a part
		err := s.eachPart(ctx, key, upload, func(_ int, _ string, size int64) bool {
			found[name] += size
			return true
		})
		if notFound(err) {
			err = nil // finished or destroyed meanwhile
		}
		return true, err
	})
	if err != nil {
		return nil, err
	}
	tails := s.prefix + "tails/"
	err = s.eachObject(ctx, tails, func(i vault.Item) (bool, error) {
		name, _, ok := strings.Cut(strings.TrimPrefix(i.Name, tails), "/")
		if ok && ours(name) {
			found[name] += i.Size
		}
		return true, nil
	})
	return found, err
}

// eachObject visits the objects under prefix, Name being the key, until visit
// wants no more.
func (s *Store) eachObject(ctx context.Context, prefix string, visit func(vault.Item) (more bool, err error)) error {
	in := &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix}
	for {
		var out *s3.ListObjectsV2Output
		err := s.ask(ctx, "listing objects", 0, func(ctx context.Context) (err error) {
			out, err = s.api.ListObjectsV2(ctx, in)
			return err
		})
		if err != nil {
			return err
		}
		for _, o := range out.Contents {
			if more, err := visit(vault.Item{Name: aws.ToString(o.Key), Size: aws.ToInt64(o.Size)}); err != nil || !more {
				return err
			}
		}
		if !aws.ToBool(out.IsTruncated) {
			return nil
		}
		if in.ContinuationToken = out.NextContinuationToken; aws.ToString(in.ContinuationToken) == "" {
			return errCutOff
		}
	}
}
