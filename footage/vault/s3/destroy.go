package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
)

// destroyRounds is how often Destroy looks again. A part that was on its way
// while its upload was aborted can survive; S3 asks for the abort to be repeated.
const destroyRounds = 4

// Destroy removes uploads, object and tails, with every version and delete
// marker, and looks whether anything is left.
func (s *Store) Destroy(ctx context.Context, name string) error {
	if err := begin(ctx, name); err != nil {
		return err
	}
	key := s.key(name)
	s.seen.drop(name)
	for range destroyRounds {
		if err := s.clear(ctx, name); err != nil {
			return fmt.Errorf("destroying %s: %w", name, err)
		}
		if err := s.purge(ctx, key, func(k string) bool { return k == key }); err != nil {
			return fmt.Errorf("destroying %s: %w", name, err)
		}
		left, err := s.left(ctx, name)
		if err != nil {
			return fmt.Errorf("destroying %s: %w", name, err)
		}
		if left == 0 {
			return nil
		}
	}
	return fmt.Errorf("s3: destroying %s: something is there again each time it was removed", name)
}

// clear removes what an unfinished blob leaves: uploads and tails.
func (s *Store) clear(ctx context.Context, name string) error {
	key := s.key(name)
	err := s.eachUpload(ctx, key, func(k, upload string) (more bool, err error) {
		if k != key {
			return k < key, nil
		}
		return true, s.abort(ctx, key, upload)
	})
	if err != nil {
		return err
	}
	return s.purge(ctx, s.tails(name), func(string) bool { return true })
}

func (s *Store) abort(ctx context.Context, key, upload string) error {
	err := s.ask(ctx, "aborting an upload of "+key, 0, func(ctx context.Context) error {
		_, err := s.api.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &s.bucket, Key: &key, UploadId: &upload})
		return err
	})
	if notFound(err) {
		return nil
	}
	return err
}

// left counts what is there of a blob, in every version.
func (s *Store) left(ctx context.Context, name string) (n int, err error) {
	key := s.key(name)
	count := func(mine func(string) bool) func(k, version string) (bool, error) {
		return func(k, _ string) (bool, error) {
			if mine(k) {
				n++
			}
			return mine(k) || k < key, nil
		}
	}
	isKey := func(k string) bool { return k == key }
	if err := s.eachUpload(ctx, key, count(isKey)); err != nil {
		return 0, err
	}
	if err := s.eachVersion(ctx, key, count(isKey)); err != nil {
		return 0, err
	}
	return n, s.eachVersion(ctx, s.tails(name), count(func(string) bool { return true }))
}

// purge deletes every version and delete marker of the keys under prefix that
// are to go. Keys come in order, so it stops behind the last that can be meant:
// prefix is either a key or ends in a slash.
func (s *Store) purge(ctx context.Context, prefix string, goes func(key string) bool) error {
	type version struct{ key, id string }
	var found []version
	err := s.eachVersion(ctx, prefix, func(key, id string) (bool, error) {
		if goes(key) {
			found = append(found, version{key, id})
		}
		return goes(key) || prefix[len(prefix)-1] == '/', nil
	})
	if err != nil {
		return err
	}
	for _, v := range found {
		in := &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &v.key}
		if v.id != "" {
			in.VersionId = &v.id
		}
		err := s.ask(ctx, "deleting "+v.key, 0, func(ctx context.Context) error {
			_, err := s.api.DeleteObject(ctx, in)
			return err
		})
		if err != nil && !notFound(err) {
			return err
		}
	}
	return nil
}

// eachUpload visits the unfinished uploads whose key begins with prefix, in
// order of keys, until visit wants no more.
func (s *Store) eachUpload(ctx context.Context, prefix string, visit func(key, upload string) (more bool, err error)) error {
	in := &s3.ListMultipartUploadsInput{Bucket: &s.bucket, Prefix: &prefix}
	for {
		var out *s3.ListMultipartUploadsOutput
		err := s.ask(ctx, "listing uploads", 0, func(ctx context.Context) (err error) {
			out, err = s.api.ListMultipartUploads(ctx, in)
			return err
		})
		if err != nil {
			return err
		}
		for _, u := range out.Uploads {
			if more, err := visit(aws.ToString(u.Key), aws.ToString(u.UploadId)); err != nil || !more {
				return err
			}
		}
		if !aws.ToBool(out.IsTruncated) {
			return nil
		}
		if in.KeyMarker, in.UploadIdMarker = out.NextKeyMarker, out.NextUploadIdMarker; aws.ToString(in.KeyMarker) == "" {
			return errCutOff
		}
	}
}

var errCutOff = errors.New("s3: the store cuts a list off and does not say where to go on")

// eachVersion visits the versions and delete markers whose key begins with
// prefix, in order of keys page by page, until visit wants no more. A store
// that knows no versions is asked for its objects; their version is "".
func (s *Store) eachVersion(ctx context.Context, prefix string, visit func(key, version string) (more bool, err error)) error {
	in := &s3.ListObjectVersionsInput{Bucket: &s.bucket, Prefix: &prefix}
	for {
		var out *s3.ListObjectVersionsOutput
		err := s.ask(ctx, "listing versions", 0, func(ctx context.Context) (err error) {
			out, err = s.api.ListObjectVersions(ctx, in)
			return err
		})
		if statusOf(err) == http.StatusNotImplemented {
			return s.eachObject(ctx, prefix, func(i vault.Item) (bool, error) { return visit(i.Name, "") })
		}
		if err != nil {
			return err
		}
		more, err := visitVersions(out, visit)
		if err != nil || !more || !aws.ToBool(out.IsTruncated) {
			return err
		}
		if in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker; aws.ToString(in.KeyMarker) == "" {
			return errCutOff
		}
	}
}

// visitVersions visits one page. Versions and markers come as two lists, each
// in order; when visit has enough of one, the other is still looked through.
func visitVersions(out *s3.ListObjectVersionsOutput, visit func(key, version string) (bool, error)) (more bool, err error) {
	more = true
	for _, v := range out.Versions {
		m, err := visit(aws.ToString(v.Key), aws.ToString(v.VersionId))
		if err != nil {
			return false, err
		}
		if !m {
			more = false
			break
		}
	}
	for _, d := range out.DeleteMarkers {
		m, err := visit(aws.ToString(d.Key), aws.ToString(d.VersionId))
		if err != nil {
			return false, err
		}
		if !m {
			return false, nil
		}
	}
	return more, nil
}
