package ledger

import "jikim/devices/instant"

// Query says which entries a list shows. Empty fields do not restrict.
type Query struct {
	Act          Act
	Subject      string // record name
	Account      string
	Since, Until instant.Time // of the entry: Since <= At < Until
	Before       int64        // entries with an index below it; 0 = from the end
	Limit        int
}
