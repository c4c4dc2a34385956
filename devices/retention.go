package devices

import (
	"cmp"
	"fmt"
	"strconv"
)

// The bounds of a retention period, in days.
const (
	// ShortestDays is the shortest period that may be registered: time to
	// decide on legal steps, and longer than the ten days in which a person's
	// request to see the footage is answered (Decree 41(4)).
	ShortestDays = 15
	// UnexplainedDays is the longest period that needs no reason (Standard
	// Guidelines 41: 30 days where no minimum can be set).
	UnexplainedDays = 30
	// LongestDays is a hundred years; what is kept longer is permanent.
	LongestDays = 36500
)

// Korean says the period as the public policy does: "촬영일부터 30일", "영구",
// or "정하지 않음" when there is none.
func (r Retention) Korean() string {
	switch {
	case r.Permanent:
		return "영구"
	case r.Days > 0:
		return "촬영일부터 " + strconv.Itoa(r.Days) + "일"
	default:
		return "정하지 않음"
	}
}

// Compare orders periods from the shortest to the longest, permanent last. It
// is negative when r is shorter than o, and 0 when both keep equally long.
func (r Retention) Compare(o Retention) int {
	switch {
	case r.Permanent && o.Permanent:
		return 0
	case r.Permanent:
		return 1
	case o.Permanent:
		return -1
	default:
		return cmp.Compare(r.Days, o.Days)
	}
}

// Rule names the version of the purpose's retention rule, "minwon@2". It is
// stamped on every clip the rule decides.
func (p Purpose) Rule() string { return fmt.Sprintf("%s@%d", p.ID, p.Version) }
