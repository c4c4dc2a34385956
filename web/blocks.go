package web

import (
	"strconv"
	"strings"
)

// What the parts in templates/parts/blocks.html are given.

// pager leads on through a list. Empty addresses are left out.
type pager struct {
	First    string // address of the first page
	Next     string // address of the next page
	NextText string // "다음 50건"
}

func pagerOf(first, next, nextText string) pager { return pager{first, next, nextText} }

// emptiness says that there is nothing, why, and what to do next.
type emptiness struct {
	Icon, Sentence, Next string
	Address, Text        string // of what to do next; "" = nothing to press
}

// emptyOf takes an icon, a sentence, and perhaps what to do next, and perhaps
// the address and the word of where that is done.
func emptyOf(icon, sentence string, more ...string) emptiness {
	more = append(more, "", "", "")
	return emptiness{icon, sentence, more[0], more[1], more[2]}
}

// tabLink is one of several views of the same thing.
type tabLink struct {
	Address, Text string
	Tally         string // a count behind the word; "" = none
	Current       bool
}

// stepList is how far a task has come.
type stepList struct {
	Names []string
	Now   int // index of what is being done; len(Names) = all done
}

// timelineEvent is something that happened, on a timeline.
type timelineEvent struct {
	When        string // "2026. 10. 3.(토) 14:05"
	Title, Text string
	Who         string
	Icon, Tone  string
}

// statTile is one number of a board.
type statTile struct {
	Label, Icon string
	Value, Unit string
	Note        string
	Address     string // where the number comes from; "" = nowhere to go
	Tone        string // "", warn, bad: with a Note that says why
}

// ddayBadge puts what retention.DDay says into a badge: nearer is louder.
func ddayBadge(said string) badge {
	switch {
	case said == "영구":
		return badge{said, "forever", ""}
	case said == "오늘", strings.HasPrefix(said, "D+"), said == "지남":
		return badge{said, "alert", "bad"}
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(said, "D-")); err == nil && n <= 7 {
		return badge{said, "clock", "warn"}
	}
	return badge{said, "clock", ""}
}
