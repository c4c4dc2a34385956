// Package s3test runs a real S3 server for tests: versitygw on a directory of
// the test's own, with one versioned bucket.
package s3test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"jikim/footage/vault/s3"
)

const (
	accessKey = "jikim-test"
	secretKey = "not-a-secret"
	bucket    = "footage"
	startTime = 15 * time.Second
)

// Server is one running server.
type Server struct {
	Config s3.Config // of its bucket

	t      testing.TB
	binary string
	dir    string
	addr   string
	cmd    *exec.Cmd
	log    *os.File
}

// Start starts a server that stops with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	dir := t.TempDir()
	s := &Server{t: t, binary: find(t), dir: dir, addr: freeAddr(t)}
	s.Config = s3.Config{
		Endpoint: "http://" + s.addr, Region: "us-east-1", Bucket: bucket, PathStyle: true,
		AccessKey: accessKey, SecretKey: secretKey,
	}
	for _, d := range []string{"objects", "versions"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(s.Stop)
	s.Start()
	s.makeBucket()
	return s
}

// find looks for the server's program where `make tools` puts it.
func find(t testing.TB) string {
	t.Helper()
	if p := os.Getenv("JIKIM_VERSITYGW"); p != "" {
		return p
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		p := filepath.Join(dir, ".tools", "bin", "versitygw")
		if _, err := os.Stat(p); err == nil {
			return p
		}
		break
	}
	p, err := exec.LookPath("versitygw")
	if err != nil {
		t.Fatal("these tests need the S3 server versitygw: run `make tools`, or set JIKIM_VERSITYGW to its program")
	}
	return p
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Start starts the server again after Stop, on the same address and data.
func (s *Server) Start() {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	s.log = log
	s.cmd = exec.Command(s.binary,
		"--port", s.addr, "--access", accessKey, "--secret", secretKey, "--keep-alive", "--quiet",
		"posix", "--versioning-dir", filepath.Join(s.dir, "versions"), filepath.Join(s.dir, "objects"))
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.await()
}

// await returns when the server answers.
func (s *Server) await() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Config.Endpoint, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			return
		}
		select {
		case <-ctx.Done():
			said, _ := os.ReadFile(s.log.Name())
			s.t.Fatalf("versitygw does not answer: %s", strings.TrimSpace(string(said)))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop kills the server as a power cut would. Its data stay.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	_ = s.cmd.Wait() // says only that it was killed
	s.cmd = nil
	s.log.Close()
}

// Pause makes the server fall silent: it takes connections, but no answer comes.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Continue ends a Pause.
func (s *Server) Continue() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// Client speaks to the server past the store, to look and to tamper.
func (s *Server) Client() *awss3.Client {
	return awss3.New(awss3.Options{
		Region: s.Config.Region, BaseEndpoint: aws.String(s.Config.Endpoint), UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}, nil
		}),
	})
}

func (s *Server) makeBucket() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	c := s.Client()
	_, err := c.CreateBucket(ctx, &awss3.CreateBucketInput{Bucket: aws.String(bucket)})
	if err == nil {
		_, err = c.PutBucketVersioning(ctx, &awss3.PutBucketVersioningInput{
			Bucket:                  aws.String(bucket),
			VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		})
	}
	if err != nil {
		s.t.Fatal(fmt.Errorf("making the bucket: %w", err))
	}
}
