package vault

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Alg names the one way of sealing there is so far.
const Alg = "dare2-aes256gcm-v1"

// SegmentSize is the plaintext size of a full segment in bytes. A segment is
// shorter where a Sync or the end cut it off.
const SegmentSize = 64 << 20

// Manifest tells how a blob's plaintext is cut into segments, each sealed on
// its own. It is kept with the clip's record, not with the bytes, and binds
// the number, order and length of the segments and the runs that sealed them.
type Manifest struct {
	Alg      string `json:"alg"` // "dare2-aes256gcm-v1"
	Segments []Run  `json:"segments"`
}

// Run is Count segments of Len plaintext bytes each, sealed by one run.
type Run struct {
	Count int64  `json:"n"`
	Len   int64  `json:"len"`
	Salt  string `json:"salt"` // 16 random bytes in base64url without padding
}

// Size is the plaintext size in bytes.
func (m Manifest) Size() int64 {
	var n int64
	for _, r := range m.Segments {
		n += r.Count * r.Len
	}
	return n
}

// SealedSize is the size of the sealed blob in bytes.
func (m Manifest) SealedSize() int64 {
	var n int64
	for _, r := range m.Segments {
		n += r.Count * sealedLen(r.Len)
	}
	return n
}

// with returns m with one more segment. m is left as it is: it may have been
// handed out already.
func (m Manifest) with(length int64, salt string) Manifest {
	runs := slices.Clone(m.Segments)
	if last := len(runs) - 1; last >= 0 && runs[last].Len == length && runs[last].Salt == salt {
		runs[last].Count++
	} else {
		runs = append(runs, Run{Count: 1, Len: length, Salt: salt})
	}
	return Manifest{Alg: Alg, Segments: runs}
}

// check refuses a manifest that no run of ours can have written.
func (m Manifest) check() error {
	if m.Alg != Alg {
		return fmt.Errorf("%w: manifest: sealed as %q, this program knows %q", ErrCorrupt, m.Alg, Alg)
	}
	var size int64
	for i, r := range m.Segments {
		if r.Count < 1 || r.Len < 1 || r.Len > SegmentSize {
			return fmt.Errorf("%w: manifest: run %d has %d segments of %d bytes", ErrCorrupt, i, r.Count, r.Len)
		}
		if r.Count > (math.MaxInt64/2-size)/sealedLen(r.Len) {
			return fmt.Errorf("%w: manifest: run %d is too long", ErrCorrupt, i)
		}
		size += r.Count * sealedLen(r.Len)
	}
	return nil
}

// segment is one segment's place in its blob.
type segment struct {
	index  int64 // from 0
	len    int64 // plaintext bytes
	plain  int64 // where its plaintext begins
	sealed int64 // where its sealed bytes begin
	salt   string
}

// layout finds segments by plaintext offset.
type layout struct {
	runs  []Run
	first []segment // first segment of each run
	size  int64
}

func (m Manifest) layout() layout {
	l := layout{runs: m.Segments, first: make([]segment, len(m.Segments))}
	var s segment
	for i, r := range m.Segments {
		s.len, s.salt = r.Len, r.Salt
		l.first[i] = s
		s.index += r.Count
		s.plain += r.Count * r.Len
		s.sealed += r.Count * sealedLen(r.Len)
	}
	l.size = s.plain
	return l
}

// at finds the segment that holds plaintext offset off, 0 <= off < size.
func (l layout) at(off int64) segment {
	i := sort.Search(len(l.first), func(i int) bool { return l.first[i].plain > off }) - 1
	s := l.first[i]
	k := (off - s.plain) / s.len
	s.index += k
	s.plain += k * s.len
	s.sealed += k * sealedLen(s.len)
	return s
}
