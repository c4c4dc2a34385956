package ledger

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Verifier checks an institution's checkpoint signatures. It is made of public
// text only and may be given to anybody.
type Verifier struct {
	origin string
	text   string
	keys   note.Verifiers
}

// NewVerifier reads verifier key text (FORMAT.md §6): one line for each key
// the ledger was ever signed with, all of the same origin.
func NewVerifier(text string) (*Verifier, error) {
	var keys []note.Verifier
	lines := strings.Fields(text)
	for _, line := range lines {
		k, err := note.NewVerifier(line)
		if err != nil {
			return nil, fmt.Errorf("ledger: verifier key: %w", err)
		}
		if len(keys) > 0 && k.Name() != keys[0].Name() {
			return nil, fmt.Errorf("ledger: verifier keys of two origins, %q and %q", keys[0].Name(), k.Name())
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("ledger: no verifier key in the text")
	}
	if !isOrigin(keys[0].Name()) {
		return nil, fmt.Errorf("ledger: %q is not an origin of ours", keys[0].Name())
	}
	return &Verifier{origin: keys[0].Name(), text: strings.Join(lines, "\n"), keys: note.VerifierList(keys...)}, nil
}

// Origin names whose ledger it is: "jikim/<institution id>".
func (v *Verifier) Origin() string { return v.origin }

// Text gives the verifier key text, as NewVerifier reads it.
func (v *Verifier) Text() string { return v.text }

// Open checks the signature of a checkpoint and reads it. Signatures by
// others (witnesses) are allowed beside ours and not looked at.
func (v *Verifier) Open(signed []byte) (Checkpoint, error) {
	n, err := note.Open(signed, v.keys)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("ledger: checkpoint signature: %w", err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.origin {
		return Checkpoint{}, fmt.Errorf("ledger: checkpoint of %q, want %q", c.Origin, v.origin)
	}
	return c, nil
}
