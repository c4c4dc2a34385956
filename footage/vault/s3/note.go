package s3

import (
	"encoding/json"
	"fmt"

	"jikim/footage/vault"
)

// An S3 upload has at most 10,000 parts of 5 MiB to 5 GiB. The first ones are
// as small as may be, since a part is held in memory while it fills; they
// suffice for 21 GiB. Then every 500 parts the size doubles, so that the most
// an object can hold, 5 TiB, fits.
const (
	minPart   = 5 << 20
	maxPart   = 5 << 30
	maxParts  = 10_000
	evenParts = 4_500
	stepParts = 500
)

// partSize is the size of part i, counted from 0, in bytes.
func partSize(i int) int64 {
	if i < evenParts {
		return minPart
	}
	return min(int64(minPart)<<((i-evenParts)/stepParts+1), maxPart)
}

// note is what a Mark keeps for this store.
type note struct {
	V      int      `json:"v"`                // 1
	Upload string   `json:"upload,omitempty"` // id of the multipart upload, once there is one
	Parts  []string `json:"parts,omitempty"`  // ETags of parts 1, 2, …, each of partSize
	Tail   string   `json:"tail,omitempty"`   // name of the tail, its hash
	Len    int64    `json:"len,omitempty"`    // bytes of the tail
}

// size is how many bytes the note tells of.
func (n note) size() int64 {
	size := n.Len
	for i := range n.Parts {
		size += partSize(i)
	}
	return size
}

func (n note) mark() (vault.Mark, error) {
	text, err := json.Marshal(n)
	if err != nil {
		return vault.Mark{}, fmt.Errorf("s3: writing a mark: %w", err)
	}
	return vault.Mark{Size: n.size(), Note: text}, nil
}

// readNote refuses a mark that no Sync of this store can have given.
func readNote(m vault.Mark) (note, error) {
	var n note
	if m.Size == 0 {
		return note{V: 1}, nil // begin anew, whatever was noted
	}
	if err := json.Unmarshal(m.Note, &n); err != nil {
		return note{}, fmt.Errorf("%w: mark: %w", vault.ErrCorrupt, err)
	}
	if n.V != 1 || n.size() != m.Size || len(n.Parts) > maxParts || (n.Upload == "") != (len(n.Parts) == 0) ||
		n.Len < 0 || n.Len >= partSize(len(n.Parts)) || (n.Tail == "") != (n.Len == 0) {
		return note{}, fmt.Errorf("%w: mark of %d bytes does not fit its note", vault.ErrCorrupt, m.Size)
	}
	return n, nil
}
