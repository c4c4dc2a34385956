package review

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jikim/devices/refuse"
	"jikim/footage"
)

// Lengths of what people write, in characters.
const (
	shortestReason = 2
	longestReason  = 500
	longestCase    = 100
)

// checkReason gives the reason as it is kept. what says whose reason it is,
// with its Korean subject particle: "열람 사유가".
func checkReason(field, what, reason string) (string, error) {
	reason, err := clean(field, reason, longestReason)
	if err != nil {
		return "", err
	}
	if utf8.RuneCountInString(reason) < shortestReason {
		return "", refuse.Field(field, field+"-needed",
			fmt.Sprintf("%s 없거나 너무 짧습니다. 나중에 누가 보아도 알 수 있게 두 글자 이상 적으세요.", what))
	}
	return reason, nil
}

// clean brings text into one form and refuses what cannot be kept or read.
func clean(field, s string, longest int) (string, error) {
	s = strings.TrimSpace(norm.NFC.String(s))
	unreadable := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unreadable) {
		return "", refuse.Field(field, field+"-unreadable",
			"읽을 수 없는 글자가 섞여 있습니다. 지우고 다시 적으세요.")
	}
	if utf8.RuneCountInString(s) > longest {
		return "", refuse.Field(field, field+"-long",
			fmt.Sprintf("너무 깁니다. %d자 이하로 줄여 적으세요.", longest))
	}
	return s, nil
}

// ErrDestroyed is the answer to whoever asks for a clip that has ended.
var ErrDestroyed = refuse.New(refuse.Gone, "clip-destroyed",
	"보관기간이 끝나 파기했거나 파기하고 있는 영상입니다. 되살릴 수 없으며, 파기 기록은 관리대장에서 볼 수 있습니다.")

// alive refuses a clip whose destruction has begun.
func alive(c footage.Clip) error {
	if c.State == footage.Destroying || c.State == footage.Destroyed {
		return ErrDestroyed
	}
	return nil
}
