// Package footage is the keep: what we hold, why, how long, who saw it, how it
// ends. This file has its words; the rooms beside it have its acts. It knows
// nothing of HTTP, of the database or of where bytes lie.
//
// The records here are stored as they stand and hashed into the ledger as
// their canonical JSON (encoding/json, fields in order). Therefore: a field
// added later must be `omitempty`, and none may be renamed or change its form.
package footage

import (
	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage/vault"
)

// State is where a clip is in its life.
type State string

// The permitted moves: Registered ⇄ Review → Destroying → Destroyed. Nothing
// leaves Destroyed.
const (
	Registered State = "registered" // 등록 완료
	Review     State = "review"     // 확인 필요: a person must settle its time, device or purpose
	Destroying State = "destroying" // 파기 중: the gate has said yes; bytes are going
	Destroyed  State = "destroyed"  // 파기됨: key and bytes are gone, the record stays
)

// Clip is one recording's file as it was taken in. The sealed original never
// changes; what people decide about it later (corrections, holds) are records
// of their own that this record's effective columns follow.
type Clip struct {
	ID           string   `json:"id" gorm:"primaryKey"` // UUIDv7; also the name of the sealed original in the vault
	State        State    `json:"state"`
	FileName     string   `json:"file_name"`             // base name as sent, normalised to NFC for people
	SourcePath   []byte   `json:"source_path,omitempty"` // path on the card, raw bytes as sent: evidence
	Department   string   `json:"department"`
	Purpose      string   `json:"purpose"`                                        // the purpose that decides the list it stands in; "" only in Review
	MorePurposes []string `json:"more_purposes,omitempty" gorm:"serializer:json"` // further purposes; the longest rule wins
	Device       string   `json:"device,omitempty"`                               // device id; "" when unknown
	Batch        string   `json:"batch,omitempty"`

	Recording string       `json:"recording,omitempty"` // id of the clip of the recording that was registered first; "" when its name says nothing
	Part      profile.Part `json:"part,omitempty"`      // what it is in its recording
	Chapter   int          `json:"chapter,omitempty"`   // place among the files that follow one another, from 1; 0 = there is but one
	Lens      string       `json:"lens,omitempty"`      // Korean: 광각, 망원, 열화상 …
	GroupKey  string       `json:"-"`                   // by which its siblings find it

	Bytes     int64    `json:"bytes"`
	SHA256    string   `json:"sha256"` // of the original, lower-case hex
	Kind      string   `json:"kind"`   // video, photo, telemetry, audio, other
	MIME      string   `json:"mime"`
	DurationS float64  `json:"duration_s,omitempty"` // seconds; 0 when the file does not say
	Width     int      `json:"width,omitempty"`
	Height    int      `json:"height,omitempty"`
	Lat       *float64 `json:"lat,omitempty"` // WGS 84 degrees
	Lon       *float64 `json:"lon,omitempty"`
	Metadata  string   `json:"metadata"` // the whole metadata.Report as JSON, as read at check-in

	CapturedAt     instant.Time `json:"captured_at"`     // effective start of filming in UTC; not set when unknown
	TimeConfidence string       `json:"time_confidence"` // A, B, C, D or X, as ingest/metadata grades it
	CheckedInAt    instant.Time `json:"checked_in_at"`
	CheckedInBy    string       `json:"checked_in_by"`
	SortAt         instant.Time `json:"-"` // CapturedAt, or CheckedInAt when unknown: the order of lists

	Rule      string       `json:"rule"`                                    // version of the rule that decided, "purpose@version"
	FiledOn   instant.Date `json:"filed_on"`                                // the day the period is counted from
	ExpiresOn instant.Date `json:"expires_on,omitempty"`                    // last day it is kept; "" = permanent
	DueAt     instant.Time `json:"due_at"`                                  // first moment the gate may destroy it; not set when permanent
	Reasons   []string     `json:"reasons" gorm:"serializer:json"`          // why it is kept until then, Korean sentences
	Doubts    []string     `json:"doubts,omitempty" gorm:"serializer:json"` // why it is in Review, Korean sentences

	Manifest  vault.Manifest `json:"manifest" gorm:"serializer:json"`
	MediaTodo bool           `json:"-"`                    // derivatives are still to be made
	Twin      *string        `json:"-" gorm:"uniqueIndex"` // while live: department+name+hash, so that the same file is registered once
}

// Hold keeps a clip from destruction. A clip may have several; it is held
// until all are released. Released holds stay as records.
type Hold struct {
	ID            string       `json:"id" gorm:"primaryKey"`
	Clip          string       `json:"clip" gorm:"index"`
	Basis         string       `json:"basis"` // request, evidence, preservation, other
	Reason        string       `json:"reason"`
	PlacedBy      string       `json:"placed_by"`
	PlacedAt      instant.Time `json:"placed_at"`
	Until         instant.Date `json:"until,omitempty"` // a day to look at it again; does not release by itself
	ReleasedBy    string       `json:"released_by,omitempty"`
	ReleasedAt    instant.Time `json:"released_at"`
	ReleaseReason string       `json:"release_reason,omitempty"`
}

// Open reports whether the hold still holds.
func (h Hold) Open() bool { return h.ReleasedAt.IsZero() }

// DerivativeState is how a derivative's making ended.
type DerivativeState string

// A derivative that is still to be made has no record yet; its clip says MediaTodo.
const (
	Made      DerivativeState = "made"
	Failed    DerivativeState = "failed"
	Discarded DerivativeState = "discarded" // destroyed with its clip
)

// Derivative is something made from a clip: poster, H.264 proxy, track. It has
// the clip's key and ends with it.
type Derivative struct {
	ID       string          `json:"id" gorm:"primaryKey"` // "<clip>.<kind>", also its name in the vault
	Clip     string          `json:"clip" gorm:"index"`
	Kind     string          `json:"kind"` // poster, proxy, track, strip
	State    DerivativeState `json:"state" gorm:"index"`
	Bytes    int64           `json:"bytes,omitempty"`
	SHA256   string          `json:"sha256,omitempty"`
	MIME     string          `json:"mime,omitempty"`
	Detail   string          `json:"detail,omitempty"` // why it failed, Korean
	MadeAt   instant.Time    `json:"made_at"`
	Manifest vault.Manifest  `json:"manifest" gorm:"serializer:json"`
}

// View is a permission to look at one clip: a person, a reason, a short time.
type View struct {
	ID        string       `json:"id" gorm:"primaryKey"` // SHA-256 of the token in the address
	Clip      string       `json:"clip" gorm:"index"`
	Account   string       `json:"account"`
	Reason    string       `json:"reason"`
	Case      string       `json:"case,omitempty"`
	Only      string       `json:"only,omitempty"` // all there is to look at: poster; "" = everything
	At        instant.Time `json:"at"`
	ExpiresAt instant.Time `json:"expires_at"`
}

// Correction is a person's better knowledge about a clip. The old value stays
// readable here for ever.
type Correction struct {
	ID    string       `json:"id" gorm:"primaryKey"`
	Clip  string       `json:"clip" gorm:"index"`
	Field string       `json:"field"` // captured_at, device, purpose, doubts
	Was   string       `json:"was"`
	Now   string       `json:"now"`
	Why   string       `json:"why"`
	By    string       `json:"by"`
	At    instant.Time `json:"at"`
}

// Destruction is the statutory record of one destroyed clip: file, time, who
// or which cycle, and the person who confirmed it.
type Destruction struct {
	Clip        string       `json:"clip" gorm:"primaryKey"`
	FileName    string       `json:"file_name"`
	Department  string       `json:"department" gorm:"index"`
	SHA256      string       `json:"sha256"`
	Reason      string       `json:"reason"`
	BegunAt     instant.Time `json:"begun_at"`
	DestroyedAt instant.Time `json:"destroyed_at"`    // not set until every byte is gone
	By          string       `json:"by"`              // account, or "system"
	Cycle       string       `json:"cycle,omitempty"` // e.g. "자동 파기 2026-10-03" when no person pressed the button
	Officer     string       `json:"officer"`         // 파기 담당자: the responsible officer of the department that day
	ConfirmedBy string       `json:"confirmed_by,omitempty"`
	ConfirmedAt instant.Time `json:"confirmed_at"`
}
