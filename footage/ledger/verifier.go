package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"jikim/devices/refuse"
)

// ErrNotOurs refuses a checkpoint kept elsewhere that this ledger's keys did
// not sign.
var ErrNotOurs = refuse.New(refuse.Invalid, "checkpoint-not-ours",
	"이 기관 관리대장의 올바른 체크포인트가 아닌 파일이 있습니다. 받은 그대로의 파일인지, 공개 키가 이 기관의 것인지 확인해 주세요.")

// Verifier checks an institution's checkpoint signatures. It is made of public
// text only and may be given to anybody.
type Verifier struct {
	origin string
	text   string
	keys   note.Verifiers
	until  map[uint32]int64 // retired keys: key id → the largest size they may speak for
}

// NewVerifier reads verifier text (FORMAT.md §6): the key in force on the
// first line, then the retired ones, each with the size up to which it counts.
func NewVerifier(text string) (*Verifier, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	v := &Verifier{text: text, until: make(map[uint32]int64)}
	var keys []note.Verifier
	for i, line := range strings.Split(text, "\n") {
		key, until, err := parseKeyLine(line, i > 0)
		if err != nil {
			return nil, fmt.Errorf("ledger: verifier text, line %d: %w", i+1, err)
		}
		if i == 0 {
			v.origin = key.Name()
		} else {
			v.until[key.KeyHash()] = until
		}
		if key.Name() != v.origin {
			return nil, fmt.Errorf("ledger: verifier text, line %d: of %q, not of %q", i+1, key.Name(), v.origin)
		}
		keys = append(keys, key)
	}
	if !isOrigin(v.origin) {
		return nil, fmt.Errorf("ledger: %q is not an origin", v.origin)
	}
	v.keys = note.VerifierList(keys...)
	return v, nil
}

func parseKeyLine(line string, retired bool) (key note.Verifier, until int64, err error) {
	text, size, _ := strings.Cut(line, " ")
	if key, err = note.NewVerifier(text); err != nil {
		return nil, 0, err
	}
	if !retired {
		if size != "" {
			return nil, 0, errors.New("the key in force has no size")
		}
		return key, 0, nil
	}
	if until, err = strconv.ParseInt(size, 10, 64); err != nil || until < 0 {
		return nil, 0, errors.New("a retired key needs the size up to which it counts")
	}
	return key, until, nil
}

// Origin names whose ledger it is: "jikim/<institution id>".
func (v *Verifier) Origin() string { return v.origin }

// Text gives the verifier text, as NewVerifier reads it.
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
	for _, sig := range n.Sigs {
		// Signatures have one spelling too: the last character of this base64
		// has two bits that a lenient reader drops.
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return Checkpoint{}, fmt.Errorf("ledger: checkpoint signature: %w", err)
		}
		if until, retired := v.until[sig.Hash]; !retired || c.Size <= until {
			return c, nil
		}
	}
	return Checkpoint{}, fmt.Errorf("ledger: checkpoint of size %d is signed only by a key retired before", c.Size)
}
