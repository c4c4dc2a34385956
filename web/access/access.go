// Package access says who someone is and what they may do: accounts, roles ×
// actions in one table, sessions, tokens. Deny by default.
//
// It knows net/http only for the one middleware that finds out who is asking
// (Authenticate); it answers no request itself and knows nothing of Echo, of
// pages or of the database.
package access

import (
	"jikim/devices/instant"
	"jikim/footage/ledger"
)

// Role is one of the fixed roles; what each may do is the table in rights.go.
type Role string

const (
	Dock        Role = "dock"        // 도크 이용자
	Uploader    Role = "uploader"    // 촬영·업로드 담당
	Reviewer    Role = "reviewer"    // 접근권한자(검토)
	Responsible Role = "responsible" // 관리책임자
	Auditor     Role = "auditor"     // 감사
	Admin       Role = "admin"       // 시스템 관리자
	Agent       Role = "agent"       // tokens only: a dock agent or script that sends files
)

// Account is one person; accounts are never shared and never deleted.
type Account struct {
	Name         string       `json:"name" gorm:"primaryKey"` // sign-in name
	Display      string       `json:"display"`
	Role         Role         `json:"role"`
	Department   string       `json:"department"` // "" = the whole institution (auditor, admin)
	PasswordHash string       `json:"password_hash"`
	MustChange   bool         `json:"must_change,omitempty"` // the password was set by someone else
	Disabled     bool         `json:"disabled,omitempty"`
	Epoch        int          `json:"epoch,omitempty"` // counted up to end every session of the account
	CreatedAt    instant.Time `json:"created_at"`
	Failures     int          `json:"-"` // failed sign-ins since the last good one
	LockedUntil  instant.Time `json:"-"`
	LastSignIn   instant.Time `json:"-"`
}

// Token lets a program in. Only its hash is kept.
type Token struct {
	ID         string       `json:"id" gorm:"primaryKey"` // hex SHA-256 of the token
	Name       string       `json:"name" gorm:"uniqueIndex"`
	Role       Role         `json:"role"`
	Department string       `json:"department"`
	CreatedAt  instant.Time `json:"created_at"`
	CreatedBy  string       `json:"created_by"`
	RevokedAt  instant.Time `json:"revoked_at"`
	LastUsed   instant.Time `json:"-"`
}

// Who is the person or program behind a request.
type Who struct {
	Account    string // sign-in name; "token:" and the token's name for a program
	Display    string
	Role       Role
	Department string // "" = the whole institution
	Token      bool   // came with a token rather than a session
	MustChange bool   // nothing is permitted until the password is changed
	MustEnrol  bool   // nothing is permitted until a second step is set up
	From       string // client address
}

// Actor names the person or program for the ledger.
func (w Who) Actor() ledger.Actor {
	return ledger.Actor{Account: w.Account, Role: string(w.Role), From: w.From}
}

// Locked reports whether the account may not sign in at now because of failures.
func (a Account) Locked(now instant.Time) bool { return now.Before(a.LockedUntil) }

// RecordName is the name under which the ledger knows the account.
func (a *Account) RecordName() string { return "account:" + a.Name }

// RecordName is the name under which the ledger knows the token.
func (t *Token) RecordName() string { return "token:" + t.ID }
