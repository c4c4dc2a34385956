package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"jikim/footage/vault"
)

// pace is how long a silent store is waited for. A request is tried again only
// within retry, and one attempt ends soon after the last sign of life: with the
// usual pace the answer comes within about 20 seconds.
type pace struct {
	retry      time.Duration // from the first attempt to the start of the last
	attempt    time.Duration // one attempt whose body is small
	header     time.Duration // from the last byte sent to the first received
	stall      time.Duration // one write to a connection
	dial       time.Duration
	firstPause time.Duration // before the second attempt; then each four times as long
	maxPause   time.Duration
	look       time.Duration // between questions whether a store that joins parts still lives
	join       time.Duration // for joining parts, in the end
}

var usualPace = pace{
	retry: 8 * time.Second, attempt: 12 * time.Second, header: 12 * time.Second, stall: 12 * time.Second,
	dial: 4 * time.Second, firstPause: 100 * time.Millisecond, maxPause: 2 * time.Second,
	look: 5 * time.Second, join: 30 * time.Minute,
}

// slowest is how many bytes a second a store must at least give back.
const slowest = 512 << 10

// ask makes a request, and makes it again when the store was away. received is
// how many bytes its answer has. The error is the vault's, with the SDK's under it.
func (s *Store) ask(ctx context.Context, doing string, received int64, request func(context.Context) error) error {
	limit := s.pace.attempt + time.Duration(received/slowest)*time.Second
	return s.retry(ctx, doing, func() error {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return request(ctx)
	})
}

// send is ask for requests with a large body: no limit but signs of life.
func (s *Store) send(ctx context.Context, doing string, request func(context.Context) error) error {
	return s.retry(ctx, doing, func() error { return request(ctx) })
}

func (s *Store) retry(ctx context.Context, doing string, attempt func() error) error {
	window, cancel := context.WithTimeout(ctx, s.pace.retry)
	defer cancel()
	for pause := s.pace.firstPause; ; pause = min(pause*4, s.pace.maxPause) {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := fault(ctx, doing, attempt())
		if !errors.Is(err, vault.ErrAway) {
			return err
		}
		select {
		case <-window.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// fault says what was being done and what the answer means to the vault.
func fault(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("s3: %s: %w", doing, ctx.Err())
	}
	kind := kindOf(err)
	if kind == nil {
		return fmt.Errorf("s3: %s: %w", doing, err)
	}
	return fmt.Errorf("s3: %s: %w: %w", doing, kind, err)
}

// kindOf is the vault's word for a failed request, nil when it has none.
func kindOf(err error) error {
	switch codeOf(err) {
	case "NoSuchBucket":
		return vault.ErrAway
	case "NoSuchKey", "NoSuchVersion", "NoSuchUpload", "NotFound":
		return vault.ErrNotFound
	case "InvalidPart", "InvalidPartOrder":
		return vault.ErrCorrupt
	case "SlowDown", "RequestTimeout", "ServiceUnavailable", "OperationAborted":
		return vault.ErrAway
	case "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "EntityTooLarge":
		return vault.ErrFull
	}
	switch status := statusOf(err); {
	case status == 0: // no answer at all
		return vault.ErrAway
	case status == http.StatusNotFound:
		return vault.ErrNotFound
	case status == http.StatusInsufficientStorage:
		return vault.ErrFull
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout,
		status >= 500 && status != http.StatusNotImplemented:
		return vault.ErrAway
	}
	return nil
}

// codeOf is the S3 error code of an answer, "" when there is none.
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// statusOf is the HTTP status of an answer, 0 when there was none.
func statusOf(err error) int {
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// transport makes connections; header 0 means that an answer may take any time.
func (p pace) transport(header time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: p.dial}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return stallGuard{c, p.stall}, nil
		},
		TLSHandshakeTimeout:   p.dial,
		ResponseHeaderTimeout: header,
		IdleConnTimeout:       time.Minute,
		MaxIdleConnsPerHost:   64,
		WriteBufferSize:       64 << 10,
		ReadBufferSize:        64 << 10,
		DisableCompression:    true, // sealed bytes do not shrink
	}
}

// stallGuard gives up on a connection that takes no bytes any more.
type stallGuard struct {
	net.Conn
	patience time.Duration
}

func (g stallGuard) Write(p []byte) (int, error) {
	deadline := time.Now().Add(g.patience) //nolint:forbidigo // the system's connections count by the system's clock
	if err := g.SetWriteDeadline(deadline); err != nil {
		return 0, err
	}
	return g.Conn.Write(p)
}
