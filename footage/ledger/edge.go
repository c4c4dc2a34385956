package ledger

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// edge is the right edge of a tree of size leaves: the heads of its full
// subtrees, one for each bit set in size. It is all that is needed to add
// leaves and to know the root.
type edge struct {
	size  int64
	heads [63]tlog.Hash // heads[l] covers 2^l leaves; valid where bit l of size is set
}

// readEdge fetches the edge of the first size leaves: one call, as many hashes
// as size has bits set.
func readEdge(r tlog.HashReader, size int64) (*edge, error) {
	e := &edge{size: size}
	if size == 0 {
		return e, nil
	}
	var at []int64
	lo := int64(0)
	for l := bits.Len64(uint64(size)) - 1; l >= 0; l-- {
		if size&(1<<l) != 0 {
			at = append(at, tlog.StoredHashIndex(l, lo>>l))
			lo += 1 << l
		}
	}
	hashes, err := r.ReadHashes(at)
	if err != nil {
		return nil, err
	}
	if len(hashes) != len(at) {
		return nil, fmt.Errorf("ledger: asked for %d hashes, got %d", len(at), len(hashes))
	}
	for l := bits.Len64(uint64(size)) - 1; l >= 0; l-- {
		if size&(1<<l) != 0 {
			e.heads[l], hashes = hashes[0], hashes[1:]
		}
	}
	return e, nil
}

// add takes the next leaf and appends to dst the hashes that are to be stored
// with it: its own, then that of every subtree it completes.
func (e *edge) add(dst []tlog.Hash, leaf tlog.Hash) []tlog.Hash {
	h := leaf
	dst = append(dst, h)
	l := 0
	for ; e.size&(1<<l) != 0; l++ {
		h = tlog.NodeHash(e.heads[l], h)
		dst = append(dst, h)
	}
	e.heads[l] = h
	e.size++
	return dst
}

// root gives the RFC 6962 tree head; that of an empty tree is SHA-256 of
// nothing.
func (e *edge) root() tlog.Hash {
	if e.size == 0 {
		empty, _ := tlog.TreeHash(0, nil) // reads nothing at size 0
		return empty
	}
	l := bits.TrailingZeros64(uint64(e.size))
	h := e.heads[l]
	for l++; l < len(e.heads); l++ {
		if e.size&(1<<l) != 0 {
			h = tlog.NodeHash(e.heads[l], h)
		}
	}
	return h
}
