// Package ledger is what happened, in order, provably: a Merkle log (RFC 6962
// hashing, tlog layout) with signed checkpoints (C2SP tlog-checkpoint). Every
// use, provision, view, destruction, hold, decision and registry change is an
// Entry, appended in the same transaction as the change it records. See
// FORMAT.md for every byte.
//
// The room knows no database and no clip: it is given a Log to append to, and
// records are to it only names with a digest.
package ledger

import (
	"jikim/devices/instant"
)

// Act says what was done. Acts are stable words in programs and in the ledger;
// pages show the Korean of Label.
type Act string

// Actor is who did it.
type Actor struct {
	Account string `json:"account"`         // account or token name; "system" for work nobody pressed a button for
	Role    string `json:"role,omitempty"`  // as web/access names it
	From    string `json:"from,omitempty"`  // client address; empty for commands and jobs
	Cycle   string `json:"cycle,omitempty"` // for jobs: which cycle, e.g. "sweep@2026-10-03"
}

// Entry is one line of the ledger. Its canonical JSON (FORMAT.md) is what is
// hashed into the log.
type Entry struct {
	V       int               `json:"v"`  // format version, 1
	At      instant.Time      `json:"at"` // never earlier than the entry before it
	Act     Act               `json:"act"`
	Actor   Actor             `json:"actor"`
	Subject string            `json:"subject,omitempty"` // the record it is about, "clip:0193…"
	Why     string            `json:"why,omitempty"`     // reason given by a person, or the rule's
	Facts   map[string]string `json:"facts,omitempty"`   // what a reader needs to understand it
	Records map[string]string `json:"records,omitempty"` // every record changed: name → hex SHA-256 of its canonical JSON; "" when the record was removed
}
