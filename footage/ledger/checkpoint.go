package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strings"

	checkpoints "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices/instant"
)

// Checkpoint is what a signed checkpoint says: on that day the ledger of that
// institution had that many entries with that root.
type Checkpoint struct {
	Origin string       // "jikim/<institution id>"
	Size   int64        // entries
	Root   tlog.Hash    // RFC 6962 tree head over them
	At     instant.Time // time of the last entry
}

const timePrefix = "at "

// Text gives the checkpoint's body (C2SP tlog-checkpoint): origin, size,
// base64 root and one extension line with the time. This is what is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s%s\n", c.Origin, c.Size,
		base64.StdEncoding.EncodeToString(c.Root[:]), timePrefix, c.At)
}

// ParseCheckpoint reads the body of a checkpoint of ours, without its
// signatures: Verifier.Open is what checks those. Only the exact form that
// Text writes is taken.
func ParseCheckpoint(text string) (Checkpoint, error) {
	var raw checkpoints.Checkpoint
	rest, err := raw.Unmarshal([]byte(text))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("ledger: %w", err)
	}
	if raw.Size > math.MaxInt64 || len(raw.Hash) != tlog.HashSize {
		return Checkpoint{}, errors.New("ledger: checkpoint with an impossible size or root")
	}
	c := Checkpoint{Origin: raw.Origin, Size: int64(raw.Size), Root: tlog.Hash(raw.Hash)}
	line, _, _ := strings.Cut(string(rest), "\n")
	at, ok := strings.CutPrefix(line, timePrefix)
	if !ok || c.At.UnmarshalText([]byte(at)) != nil {
		return Checkpoint{}, errors.New("ledger: checkpoint without its time")
	}
	if c.Text() != text || !isOrigin(c.Origin) {
		return Checkpoint{}, errors.New("ledger: checkpoint is not in canonical form")
	}
	return c, nil
}
