package retention

import "jikim/footage"

// Apply writes a decision into the clip's record: what decided, until when,
// why, and whether a person must look at it. A clip that has begun to end
// keeps its state; c.State "" (a new clip) is settled like any other.
func Apply(c *footage.Clip, d Decision) {
	c.Rule = d.Rule
	c.FiledOn = d.CountFrom
	c.ExpiresOn = d.ExpiresOn
	c.DueAt = d.DueAt
	c.Reasons = d.Reasons
	c.Doubts = d.Doubts
	switch c.State {
	case footage.Destroying, footage.Destroyed:
		return
	}
	c.State = footage.Registered
	if d.Review {
		c.State = footage.Review
	}
}
