package ingest

import (
	"context"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/vault"
)

const (
	maxName  = 255  // bytes, as file systems have it
	maxPath  = 4096 // bytes
	maxField = 200  // characters of any other field
)

// Begin checks what a client says of a file and makes room for it. Nothing is
// classified here that would keep someone waiting at the dock: an unknown
// device or purpose is settled at the end, by people if need be.
func (in *Intake) Begin(ctx context.Context, r Request) (footage.Upload, error) {
	if err := in.check(ctx, &r); err != nil {
		return footage.Upload{}, err
	}
	id, err := uuid.NewV7FromReader(in.Rand)
	if err != nil {
		return footage.Upload{}, fmt.Errorf("ingest: drawing an id: %w", err)
	}
	key, err := vault.NewKey(in.Rand)
	if err != nil {
		return footage.Upload{}, err
	}
	wrapped, err := in.Keys.Wrap(id.String(), key)
	if err != nil {
		return footage.Upload{}, fmt.Errorf("ingest: wrapping a clip key: %w", err)
	}
	up := footage.Upload{
		ID: id.String(), State: footage.Receiving, Size: r.Size,
		FileName: r.FileName, SourcePath: []byte(r.Path), Device: r.Device, Purpose: r.Purpose, Batch: r.Batch,
		ModifiedAt: instant.Of(r.ModifiedAt), Declared: r.SHA256,
		Department: r.Department, Account: r.Account, Role: r.Role, From: r.From,
		CreatedAt: in.now(), TouchedAt: in.now(),
	}
	in.noteClock(&up, r.DeviceClock)
	if up.Size == 0 {
		up.State = footage.Checking // all its bytes are here
	}
	return up, in.Records.BeginUpload(ctx, up, wrapped)
}

func (in *Intake) check(ctx context.Context, r *Request) error {
	if r.Path == "" {
		r.Path = r.FileName
	}
	if len(r.Path) > maxPath || len(r.FileName) > maxPath {
		return refuse.Field("path", "path-too-long", "파일 경로가 너무 깁니다(4,096바이트까지). 폴더 이름을 줄여 다시 보내 주세요.")
	}
	r.FileName = displayName(r.FileName)
	switch {
	case r.FileName == "":
		return refuse.Field("filename", "filename-missing", "파일 이름이 없습니다. 파일 이름을 붙여 다시 보내 주세요.")
	case len(r.FileName) > maxName:
		return refuse.Field("filename", "filename-too-long", "파일 이름이 너무 깁니다(255바이트까지). 이름을 줄여 다시 보내 주세요.")
	case r.Size < 0:
		return refuse.Field("length", "bad-length", "파일 크기가 올바르지 않습니다. 파일을 다시 선택해 주세요.")
	case r.Size > in.Limits.MaxBytes:
		return refuse.New(refuse.TooLarge, "too-large", fmt.Sprintf(
			"파일이 너무 큽니다. 한 파일은 %d GiB까지 받을 수 있습니다. 나누어 저장된 파일을 그대로 보내거나 시스템 관리자에게 알려 주세요.", in.Limits.MaxBytes>>30))
	}
	if r.SHA256 = strings.ToLower(strings.TrimSpace(r.SHA256)); r.SHA256 != "" {
		if b, err := hex.DecodeString(r.SHA256); err != nil || len(b) != 32 {
			return refuse.Field("sha256", "bad-sha256", "함께 보낸 SHA-256 값의 형식이 올바르지 않습니다. 16진수 64자리로 보내 주세요.")
		}
	}
	for _, f := range []struct {
		name  string
		value *string
	}{{"device", &r.Device}, {"purpose", &r.Purpose}, {"batch", &r.Batch}} {
		*f.value = strings.TrimSpace(printable(*f.value))
		if utf8.RuneCountInString(*f.value) > maxField {
			return refuse.Field(f.name, f.name+"-too-long", "입력한 값이 너무 깁니다(200자까지). 줄여서 다시 보내 주세요.")
		}
	}
	return in.checkPurpose(ctx, r)
}

// checkPurpose refuses a purpose that is named but not to be had: that is a
// mistake the sender can mend now.
func (in *Intake) checkPurpose(ctx context.Context, r *Request) error {
	if r.Purpose == "" {
		return nil
	}
	all, err := in.Registry.Purposes(ctx, r.Department)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.ID == r.Purpose {
			return nil
		}
	}
	return refuse.Field("purpose", "unknown-purpose", "이 부서에 등록되지 않은 촬영 목적입니다. 목적을 비워 두거나 등록된 목적을 골라 다시 보내 주세요.")
}

// displayName is the last part of a name as people read it: NFC (macOS sends
// Hangul as split jamo), no folders, nothing that cannot be seen. The raw bytes
// stay in SourcePath.
func displayName(s string) string {
	s = strings.ReplaceAll(printable(s), `\`, "/")
	s = strings.TrimSpace(path.Base(strings.TrimSpace(s)))
	if s == "." || s == "/" || s == ".." {
		return ""
	}
	return s
}

// printable leaves out what breaks a line, turns the direction of text or is
// not seen at all: with these one name can look like another.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return norm.NFC.String(s)
}
