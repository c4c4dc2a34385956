package footage

import "jikim/devices/instant"

// Batch is what somebody says once of all files they hand in together. The
// files name it in Clip.Batch; agents and scripts may name there what they
// like, then there is no record of it.
type Batch struct {
	ID         string       `json:"id" gorm:"primaryKey"` // UUID, drawn by who sends
	Title      string       `json:"title"`
	Place      string       `json:"place,omitempty"`
	Approval   string       `json:"approval,omitempty"` // number of the permission to fly or to film from the air
	Department string       `json:"department"`
	Account    string       `json:"account"`
	At         instant.Time `json:"at"`
}

// RecordName is the name under which the ledger knows the batch.
func (b *Batch) RecordName() string { return "batch:" + b.ID }

// Arrival is one file of a batch: how its sending stands, and what it became.
type Arrival struct {
	Upload Upload
	Clip   Clip   // without Metadata, Manifest and SourcePath; no ID while there is none
	Entry  *int64 // the entry of the ledger that registered the clip
}
