// Package s3 keeps the vault's blobs in a bucket of any S3 store:
//
//	<prefix>blobs/<name>          a finished blob, one object
//	<prefix>tails/<name>/<hash>   synced bytes of an unfinished blob that do not
//	                              fill a part; <hash> is the first half of their
//	                              SHA-256 in hex
//
// An unfinished blob that has filled a part is a multipart upload of its
// object. What of it counts is in the Mark: upload id, ETag of each part, hash
// of the tail. Whatever else is there is a stray of some run that was cut off
// and never gets into the object.
package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"jikim/footage/vault"
)

// Config says where the store is and how to get in.
type Config struct {
	Endpoint  string // e.g. "https://s3.example.go.kr"; empty means AWS itself
	Region    string // empty means "us-east-1", which stores without regions expect
	Bucket    string // must exist
	Prefix    string // put before every key; a slash is added at its end
	PathStyle bool   // bucket in the path rather than in the host name: most stores that are not AWS
	AccessKey string
	SecretKey string
}

// Store is a vault.Store in a bucket. Any number of processes may use one
// bucket and prefix.
type Store struct {
	api     *s3.Client
	pace    pace
	bucket  string
	prefix  string
	patient *http.Client  // for requests that a store may take long to answer
	flights chan struct{} // parts on their way, of all writers
	spare   chan []byte   // buffers of the smallest part, for reuse
	etags   atomic.Int32  // what they are here
	seen    seenBlobs
}

// maxFlights bounds the parts on their way at a time. Each holds a buffer
// beside the one its writer is filling.
const maxFlights = 4

// Open makes a store of c. It asks nothing of the server; Ready does.
func Open(c Config) (*Store, error) { return openAt(usualPace, c) }

func openAt(p pace, c Config) (*Store, error) {
	for what, v := range map[string]string{"bucket": c.Bucket, "access key": c.AccessKey, "secret key": c.SecretKey} {
		if v == "" {
			return nil, fmt.Errorf("s3: the %s is not set", what)
		}
	}
	if c.Prefix != "" && !strings.HasSuffix(c.Prefix, "/") {
		c.Prefix += "/"
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	options := s3.Options{
		Region:       c.Region,
		UsePathStyle: c.PathStyle,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: c.AccessKey, SecretAccessKey: c.SecretKey}, nil
		}),
		HTTPClient: &http.Client{Transport: p.transport(p.header)},
		Retryer:    aws.NopRetryer{}, // ask does it, within bounds of its own
		// Over http the SDK signs the SHA-256 of what is sent, over https TLS
		// guards it. The newer checksum trailers are unknown to many stores.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}
	if c.Endpoint != "" {
		options.BaseEndpoint = aws.String(c.Endpoint)
	}
	return &Store{
		api:     s3.New(options),
		pace:    p,
		bucket:  c.Bucket,
		prefix:  c.Prefix,
		patient: &http.Client{Transport: p.transport(0)},
		flights: make(chan struct{}, maxFlights),
		spare:   make(chan []byte, 2*maxFlights),
	}, nil
}

// Ready says whether the bucket can be reached and entered.
func (s *Store) Ready(ctx context.Context) error {
	return s.ask(ctx, "looking for bucket "+s.bucket, 0, func(ctx context.Context) error {
		_, err := s.api.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.bucket})
		return err
	})
}

func (s *Store) key(name string) string   { return s.prefix + "blobs/" + name }
func (s *Store) tails(name string) string { return s.prefix + "tails/" + name + "/" }

// buffer gives an empty buffer for a part of size bytes.
func (s *Store) buffer(size int64) []byte {
	if size == minPart {
		select {
		case b := <-s.spare:
			return b[:0]
		default:
		}
	}
	return make([]byte, 0, size)
}

// reuse takes a buffer back that no request can still be reading.
func (s *Store) reuse(b []byte) {
	if cap(b) != minPart {
		return
	}
	select {
	case s.spare <- b:
	default:
	}
}

// size asks for the size of an object; ErrNotFound when there is none.
func (s *Store) size(ctx context.Context, key string) (size int64, etag string, err error) {
	err = s.ask(ctx, "looking for "+key, 0, func(ctx context.Context) error {
		out, err := s.api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: &key})
		if err == nil {
			size, etag = aws.ToInt64(out.ContentLength), bare(aws.ToString(out.ETag))
		}
		return err
	})
	return size, etag, err
}

// bare is an ETag without its quotes.
func bare(etag string) string { return strings.Trim(etag, `"`) }

func begin(ctx context.Context, name string) error {
	if err := vault.CheckName(name); err != nil {
		return err
	}
	return ctx.Err()
}

func notFound(err error) bool { return errors.Is(err, vault.ErrNotFound) }
