package devices

import (
	"fmt"
	"strings"
)

// ChangeKind is what happens to a record of the registry.
type ChangeKind string

const (
	Added   ChangeKind = "added"   // 등록
	Changed ChangeKind = "changed" // 변경
	Removed ChangeKind = "removed" // 삭제: Diff finds it, Merge refuses it
	Missing ChangeKind = "missing" // 파일에 없음: Merge keeps the record as it is
)

// Change is one difference between two registries, in the form in which the
// ledger keeps it: one field of one record, or a whole record.
type Change struct {
	Kind     ChangeKind `json:"kind"`
	Of       string     `json:"of"` // institution, department, officer, purpose, device, profile
	ID       string     `json:"id"`
	Field    string     `json:"field,omitempty"` // as in the file; "" = the whole record
	Was      string     `json:"was,omitempty"`   // in Korean words
	Now      string     `json:"now,omitempty"`
	Sentence string     `json:"sentence"` // Korean
}

// Diff gives what differs between two normalised registries: first, in the
// order of now, what was added or changed, then what was removed. The order of
// the lists and the versions of rules are not compared; Merge decides those.
func Diff(old, now Registry) []Change {
	before := make(map[string]record)
	for _, r := range recordsOf(old) {
		before[r.key()] = r
	}
	var changes []Change
	for _, r := range recordsOf(now) {
		was, existed := before[r.key()]
		delete(before, r.key())
		if existed {
			changes = append(changes, was.changesTo(r)...)
		} else {
			changes = append(changes, r.added())
		}
	}
	for _, r := range recordsOf(old) {
		if _, gone := before[r.key()]; gone {
			changes = append(changes, Change{Kind: Removed, Of: r.of, ID: r.id, Sentence: r.title() + " 삭제"})
		}
	}
	return changes
}

// record is one entry of a registry as a list of fields in words.
type record struct {
	of, id string
	kind   string // Korean
	name   string
	fields []field
}

type field struct {
	name   string // as in the file
	korean string
	value  string // in words; "" = none
}

// key tells records apart. There is one institution, whatever its id.
func (r record) key() string {
	if r.of == "institution" {
		return r.of
	}
	return r.of + ":" + r.id
}

// title names the record: "기기 민원-1(bodycam-1)".
func (r record) title() string {
	if r.name == "" {
		return r.kind + " " + r.id
	}
	return fmt.Sprintf("%s %s(%s)", r.kind, r.name, r.id)
}

func (r record) added() Change {
	var parts []string
	for _, f := range r.fields {
		if f.value != "" {
			parts = append(parts, f.korean+" "+f.value)
		}
	}
	return Change{Kind: Added, Of: r.of, ID: r.id, Sentence: r.title() + " 등록: " + strings.Join(parts, ", ")}
}

// changesTo compares field by field; both have the same fields in one order.
func (r record) changesTo(now record) []Change {
	var changes []Change
	for i, f := range r.fields {
		to := now.fields[i]
		if f.value == to.value {
			continue
		}
		changes = append(changes, Change{
			Kind: Changed, Of: r.of, ID: now.id, Field: f.name, Was: f.value, Now: to.value,
			Sentence: fmt.Sprintf("%s의 %s 변경: %s → %s", now.title(), f.korean, orNone(f.value), orNone(to.value)),
		})
	}
	return changes
}

func orNone(value string) string {
	if value == "" {
		return "없음"
	}
	return value
}
