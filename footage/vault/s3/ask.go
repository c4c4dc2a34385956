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

// How long a dead store is waited for. A request is tried again only within
// retryTime, and one attempt ends attemptTime after the last sign of life: the
// answer comes within about 20 seconds.
const (
	retryTime   = 8 * time.Second
	attemptTime = 12 * time.Second // for a request whose body is small
	headerTime  = 12 * time.Second // from the last byte sent to the first received
	stallTime   = 12 * time.Second // for one write to a connection
	dialTime    = 4 * time.Second
	firstPause  = 100 * time.Millisecond // before the second attempt; then each four times as long
	maxPause    = 2 * time.Second
	slowest     = 512 << 10 // bytes a second that a store must at least give back
)

// ask makes a request, and makes it again when the store was away. received is
// how many bytes its answer has. The error is the vault's, with the SDK's under it.
func (s *Store) ask(ctx context.Context, doing string, received int64, request func(context.Context) error) error {
	limit := attemptTime + time.Duration(received/slowest)*time.Second
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
	window, cancel := context.WithTimeout(ctx, retryTime)
	defer cancel()
	for pause := firstPause; ; pause = min(pause*4, maxPause) {
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

func newTransport(header time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTime}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return stallGuard{c}, nil
		},
		TLSHandshakeTimeout:   dialTime,
		ResponseHeaderTimeout: header,
		IdleConnTimeout:       time.Minute,
		MaxIdleConnsPerHost:   64,
		WriteBufferSize:       64 << 10,
		ReadBufferSize:        64 << 10,
		DisableCompression:    true, // sealed bytes do not shrink
	}
}

// stallGuard gives up on a connection that takes no bytes any more.
type stallGuard struct{ net.Conn }

func (g stallGuard) Write(p []byte) (int, error) {
	if err := g.SetWriteDeadline(time.Now().Add(stallTime)); err != nil {
		return 0, err
	}
	return g.Conn.Write(p)
}
