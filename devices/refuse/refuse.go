// Package refuse is the one way to say no.
//
// Every room answers bad input, a missing right or a conflict with an *Error:
// a stable code for programs, a Korean sentence for the person that says what
// is wrong, what was kept and what to do next. Anything that is not an *Error
// is a fault of ours: it is wrapped, shown with a reference number only, and
// logged once at the edge. The package knows nothing of HTTP; the edge turns a
// Kind into a status.
package refuse

import "errors"

// Kind says what sort of refusal it is.
type Kind int

// The kinds, each with the answer an edge is expected to give.
const (
	Invalid         Kind = iota // the request is wrong (400/422)
	Unauthenticated             // nobody is signed in (401)
	Forbidden                   // the person has no right to this (403)
	NotFound                    // there is no such thing, or none this person may know of (404)
	Conflict                    // the thing is in a state that does not allow this (409)
	Gone                        // it existed and was destroyed (410)
	TooLarge                    // larger than this institution takes (413)
	TooMany                     // asked too often; wait (429)
	Unavailable                 // a store or database is away; nothing was lost, try again (503)
	Full                        // no room to store it (507)
)

// Error is a refusal a person can act on.
type Error struct {
	Kind     Kind
	Code     string // stable, lower-case-with-dashes; programs compare it
	Sentence string // Korean, complete, says what to do next
	Field    string // name of the form field it is about; empty when none
	Cause    error  // what lay under it, for the log; never shown
}

// New makes a refusal.
func New(kind Kind, code, sentence string) *Error {
	return &Error{Kind: kind, Code: code, Sentence: sentence}
}

// Field makes a refusal about one field of a form.
func Field(field, code, sentence string) *Error {
	return &Error{Kind: Invalid, Code: code, Sentence: sentence, Field: field}
}

// Because returns a copy of e that carries cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// Error is for logs; people are shown Sentence.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Code + ": " + e.Cause.Error()
	}
	return e.Code + ": " + e.Sentence
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports whether target is a refusal with the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// As finds the refusal in err, if there is one.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
