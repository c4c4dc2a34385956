package media

import (
	"errors"
	"strings"

	"jikim/footage/vault"
)

// failure says that nothing can be made of this file, and why, to a person. The
// clip itself is none the worse for it.
type failure struct {
	sentence string
	cause    error
}

func (f *failure) Error() string { return "media: " + f.sentence }
func (f *failure) Unwrap() error { return f.cause }

// damage says that the stored original is not, or not all, what was stored.
type damage struct{ cause error }

func (d *damage) Error() string { return "media: the stored original: " + d.cause.Error() }
func (d *damage) Unwrap() error { return d.cause }

// lost tells a store that is away for now from an original that is gone or
// changed.
func lost(err error) error {
	if errors.Is(err, vault.ErrCorrupt) || errors.Is(err, vault.ErrNotFound) {
		return &damage{err}
	}
	return err
}

// blamesFile reports whether err is the file's own.
func blamesFile(err error) bool {
	var no *failure
	return errors.As(err, &no)
}

// What people read in place of a derivative. Each says that the original is
// safe, for that is what they ask first.
const (
	damagedSentence = "보관된 원본을 읽는 중에 저장할 때와 다른 부분이 발견되어 만들지 못했습니다. 시스템 관리자에게 알려 원본 검증(verify --deep)을 하게 해 주세요."
	heicSentence    = "HEIC 사진을 이 서버의 ffmpeg가 읽지 못해 대표 화면을 만들지 못했습니다. 원본은 그대로 보관되어 있으니 내려받아 열어 보세요."
	partSentence    = "위치 기록이 중간에 끊겨 읽은 데까지만 담았습니다. 원본은 그대로 보관되어 있습니다."
	silentSentence  = "소리를 읽지 못해 화면만 담았습니다. 소리는 원본을 내려받아 확인해 주세요."

	kept = " 원본은 그대로 보관되어 있으니 내려받아 열어 보세요."
)

var names = map[string]string{Poster: "대표 화면을", Track: "이동 경로를", Proxy: "재생용 사본을", Strip: "미리보기 그림을"}

// fail makes a failure; an empty sentence stands for "this file cannot be read".
func fail(kind, sentence string, cause error) *failure {
	if sentence == "" {
		what := "영상이나 사진을 풀지"
		if kind == Track {
			what = "위치 기록을 읽지"
		}
		sentence = "파일의 " + what + " 못해 " + names[kind] + " 만들지 못했습니다." + kept
	}
	return &failure{sentence, cause}
}

// sentence tells from what ffmpeg said, and how it ended, what to tell a person.
// Its own words may quote the file and are not shown.
func sentence(kind string, s said, complaint string, err error) string {
	what := names[kind] + " 만들지 못했습니다."
	switch {
	case errors.Is(err, errTooLong):
		return "정해진 시간 안에 " + what + kept
	case errors.Is(err, errTooLarge):
		return "파일이 담은 것보다 훨씬 많은 화면이 나와 멈추었고 " + what + " 파일이 조작되었을 수 있습니다." + kept
	case strings.Contains(complaint, "Cannot allocate memory"):
		return "화면을 푸는 데 메모리가 정해진 것보다 많이 들어 " + what + kept
	case s.Container == "heic":
		return heicSentence
	case strings.Contains(complaint, "moov atom not found"):
		return "녹화가 끝맺어지지 않은 파일(moov 정보 없음)이라 " + what + " 원본은 그대로 보관되어 있으니 내려받아 제조사의 복구 프로그램으로 열어 보세요."
	}
	return ""
}
