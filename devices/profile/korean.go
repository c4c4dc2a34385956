package profile

import (
	"fmt"
	"slices"
	"strings"
)

// parts is every Part, the leading one of a recording first.
var parts = []Part{Main, Still, Proxy, Thumbnail, Track, Sound, Log}

var partWords = map[Part]string{
	Main: "원본", Still: "사진", Proxy: "축소본", Thumbnail: "미리보기 사진",
	Track: "위치·비행 기록", Sound: "소리", Log: "그 밖의 기록",
}

// Parts gives every part, the leading one of a recording first.
func Parts() []Part { return slices.Clone(parts) }

// Korean names the part: "축소본"; "" for a file that is a recording by itself.
func (p Part) Korean() string {
	if words, known := partWords[p]; known {
		return words
	}
	return string(p)
}

// choices lists the parts: "main(원본), still(사진)".
func choices() string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = fmt.Sprintf("%s(%s)", p, p.Korean())
	}
	return strings.Join(words, ", ")
}
