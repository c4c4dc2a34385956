package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	s3Access = "jikim-bench"
	s3Secret = "not-a-secret"
	s3Bucket = "footage"
	plainS3  = "S3"
)

// objectStore is versitygw on a directory of its own.
type objectStore struct {
	*program
	client *awss3.Client
}

func startObjectStore(ctx context.Context, bin, dir string) (*objectStore, error) {
	objects := filepath.Join(dir, "objects")
	if err := os.Mkdir(objects, 0o700); err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	p, err := startProgram(ctx, dir, addr, bin, "--port", addr, "--access", s3Access, "--secret", s3Secret, "--keep-alive", "--quiet", "posix", objects)
	if err != nil {
		return nil, err
	}
	s := &objectStore{p, awss3.New(awss3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + addr), UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: s3Access, SecretAccessKey: s3Secret}, nil
		}),
	})}
	_, err = s.client.CreateBucket(ctx, &awss3.CreateBucketInput{Bucket: aws.String(s3Bucket)})
	return s, err
}

// plain puts the bytes of p as a plain object and tells how it is read.
func (s *objectStore) plain(ctx context.Context, p payload) (content, error) {
	signer := awss3.NewPresignClient(s.client, awss3.WithPresignExpires(time.Hour))
	put, err := signer.PresignPutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String(s3Bucket), Key: aws.String(p.name), ContentLength: aws.Int64(p.size)})
	if err != nil {
		return content{}, err
	}
	get, err := signer.PresignGetObject(ctx, &awss3.GetObjectInput{Bucket: aws.String(s3Bucket), Key: aws.String(p.name)})
	if err != nil {
		return content{}, err
	}
	w, err := dial(s.addr)
	if err != nil {
		return content{}, err
	}
	defer w.Close()
	target, err := targetOf(put)
	if err != nil {
		return content{}, err
	}
	if _, err := putPlain(w, target, p); err != nil {
		return content{}, err
	}
	target, err = targetOf(get)
	return content{name: plainS3, addr: s.addr, path: target, size: p.size}, err
}

func targetOf(r *v4.PresignedHTTPRequest) (string, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return "", err
	}
	return u.RequestURI(), nil
}

// config makes ours keep its sealed bytes there.
func (s *objectStore) config(dir string) (string, error) {
	for name, value := range map[string]string{"access": s3Access, "secret": s3Secret} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value+"\n"), 0o600); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("vault: {s3: {endpoint: 'http://%s', bucket: %s, path_style: true, access_key_file: '%s', secret_key_file: '%s'}}\n",
		s.addr, s3Bucket, filepath.Join(dir, "access"), filepath.Join(dir, "secret")), nil
}

// s3Rows: memory of uploads onto S3, and ranges read back from it.
func (b *bench) s3Rows(ctx context.Context, t *table) (err error) {
	bin, ok := programOf("JIKIM_VERSITYGW", "versitygw")
	if !ok {
		b.tell("versitygw가 없어 S3는 재지 못합니다 (make versitygw)")
		return nil
	}
	dir, err := os.MkdirTemp(b.dir, "s3-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	store, err := startObjectStore(ctx, bin, dir)
	if err != nil {
		return err
	}
	defer func() { _ = store.stop() }()
	config, err := store.config(dir)
	if err != nil {
		return err
	}
	onS3 := side{ours, func(ctx context.Context, dir string) (*running, error) { return b.house.start(ctx, dir, config) }}

	got := samples{}
	l := load{name: ontoS3, files: 8, senders: 8, size: b.scaled(gib / 4)}
	if err := b.once(ctx, got, l, onS3); err != nil {
		return err
	}
	memory := memoryRow(got, ontoS3, 160)
	memory.anchors = fmt.Sprintf("%.0f MB/s", float64(l.bytes())/1e6/got.worst(ontoS3, ours, func(s sample) float64 { return s.seconds }))
	t.add(memory)
	return b.s3Ranges(ctx, t, store, onS3)
}

func (b *bench) s3Ranges(ctx context.Context, t *table, store *objectStore, onS3 side) (err error) {
	r, err := b.open(ctx, onS3)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	size := b.scaled(gib)
	sealed, err := b.stored(r, ours, size)
	if err != nil {
		return err
	}
	plain, err := store.plain(ctx, b.made.filmOf("plain.mp4", size))
	if err != nil {
		return err
	}
	seen, err := look(ctx, b.rounds, []content{sealed, plain})
	if err != nil {
		return err
	}
	b.tellLooked(ours+"/S3", seen[ours])
	b.tellLooked(plainS3, seen[plainS3])
	mine, theirs := seen[ours], seen[plainS3]
	p50, plainP50 := median(mine.firstMedian), median(theirs.firstMedian)
	t.add(row{
		number: "7", what: "S3에서 Range 1 MiB: 첫 바이트 p50 / p99", ours: fmt.Sprintf("%.2f / %.2f ms", p50, median(mine.firstP99)),
		anchors: fmt.Sprintf("S3 그대로 %.2f / %.2f", plainP50, median(theirs.firstP99)),
		ratio:   ratio(p50, plainP50, plainS3), target: "≤ 2 × S3 그대로", met: verdictOf(p50 <= 2*plainP50),
	})
	rate, plainRate := median(mine.sequential), median(theirs.sequential)
	t.add(row{
		number: "7", what: "S3에서 차례로 읽기", ours: fmt.Sprintf("%.0f MB/s", rate), anchors: optional("S3 그대로", plainRate),
		ratio: ratio(rate, plainRate, plainS3), target: "≥ 0.7 × S3 그대로", met: verdictOf(rate >= 0.7*plainRate),
	})
	t.note("S3는 versitygw(posix)이고, S3 그대로는 서명된 주소로 바로 읽은 것. 보내는 쪽과 S3 서버와 지킴이 코어를 함께 씀.")
	return nil
}
