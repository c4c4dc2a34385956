package ledger

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices/instant"
)

// Append writes entries at the end of the log, in the caller's transaction,
// under one new signed checkpoint, and gives the new head. It sets V and At of
// each entry: now, but never before the entry that stands last.
//
// It builds only on a head that it can trust: the stored right edge must give
// the head's root, and the head's checkpoint must carry our signature over it.
// Otherwise it returns a *Finding and writes nothing: signing on top of an
// altered ledger would make the alteration look like ours.
//
// Without entries it does nothing and gives the head as it is.
func Append(l Log, s *Signer, now time.Time, entries []Entry) (Head, error) {
	head, err := l.Head()
	if err != nil || len(entries) == 0 {
		return head, err
	}
	if now.IsZero() {
		return Head{}, errors.New("ledger: append without a time")
	}
	tree, err := readEdge(l, head.Size)
	if err != nil {
		return Head{}, fmt.Errorf("ledger: reading the right edge: %w", err)
	}
	if err := s.trust(head, tree.root()); err != nil {
		return Head{}, err
	}

	at := instant.Of(now)
	if at.Before(head.At) {
		at = head.At
	}
	rows, err := layRows(head.Size, at, entries)
	if err != nil {
		return Head{}, err
	}
	hashes := make([]tlog.Hash, 0, 2*len(rows)+64)
	for i := range rows {
		hashes = tree.add(hashes, tlog.RecordHash(rows[i].Body))
	}
	next := Head{Size: tree.size, Root: tree.root(), At: at}
	if next.Checkpoint, err = s.sign(next); err != nil {
		return Head{}, err
	}
	if err := l.Append(rows, tlog.StoredHashCount(head.Size), hashes, next); err != nil {
		return Head{}, err
	}
	return next, nil
}

func layRows(first int64, at instant.Time, entries []Entry) ([]Row, error) {
	rows := make([]Row, len(entries))
	for i, e := range entries {
		e.V, e.At = Version, at
		body, err := Encode(e)
		if err != nil {
			return nil, err
		}
		rows[i] = rowOf(first+int64(i), e, body)
	}
	return rows, nil
}

// rowOf puts an entry into the columns it is found by.
func rowOf(index int64, e Entry, body []byte) Row {
	return Row{Index: index, At: e.At, Act: e.Act, Subject: e.Subject, Account: e.Actor.Account, Body: body}
}
