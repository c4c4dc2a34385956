package profile

import (
	"fmt"
	"maps"
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

// Korean says what the rule is: "HB_(?P<key>\d+) → GPS 위치·비행 기록, MP4 원본".
func (r FileRule) Korean() string {
	var b strings.Builder
	b.WriteString(r.Name + " → ")
	for i, ending := range slices.Sorted(maps.Keys(r.Parts)) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strings.TrimSpace(ending + " " + r.Parts[ending].Korean()))
	}
	if r.Folder != "" {
		b.WriteString(", 폴더 " + r.Folder)
	}
	if r.Family != "" {
		b.WriteString(", 갈래 " + r.Family)
	}
	if r.Lens != "" {
		b.WriteString(", 렌즈 " + r.Lens)
	}
	for _, in := range slices.Sorted(maps.Keys(r.Lenses)) {
		b.WriteString(", 렌즈 " + in + "=" + r.Lenses[in])
	}
	if r.ChapterPlus != 0 {
		fmt.Fprintf(&b, ", 장 %+d", r.ChapterPlus)
	}
	return b.String()
}

// Korean says when a file goes on: "앞 파일의 끝에서 2초 안, 3500000000바이트부터";
// "" for none.
func (c *Continues) Korean() string {
	switch {
	case c == nil:
		return ""
	case c.MinBytes > 0:
		return fmt.Sprintf("앞 파일의 끝에서 %v초 안, %d바이트부터", c.GapS, c.MinBytes)
	default:
		return fmt.Sprintf("앞 파일의 끝에서 %v초 안", c.GapS)
	}
}
