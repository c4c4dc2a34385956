package ledger

import (
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices/refuse"
)

// ErrNoHash is what ReadHashes returns (wrapped) for an index at which no hash
// is stored.
var ErrNoHash = errors.New("ledger: no hash is stored there")

// ErrRange refuses a proof over entries that the ledger does not have.
var ErrRange = refuse.New(refuse.Invalid, "ledger-range",
	"관리대장에 없는 범위입니다. 최신 체크포인트의 건수 안에서 번호와 크기를 다시 정해 주세요.")

// Inclusion proves that entry index is in the ledger's first size entries
// (RFC 6962 §2.1.1). ErrRange unless 0 <= index < size <= head's size.
func Inclusion(r Reader, index, size int64) (tlog.RecordProof, error) {
	if err := within(r, size); err != nil {
		return nil, err
	}
	if index < 0 || index >= size {
		return nil, ErrRange
	}
	return tlog.ProveRecord(size, index, r)
}

// CheckInclusion holds an inclusion proof against the root of a checkpoint of
// that size: nil means that body is entry index of that ledger.
func CheckInclusion(p tlog.RecordProof, size int64, root tlog.Hash, index int64, body []byte) error {
	return tlog.CheckRecord(p, size, root, index, tlog.RecordHash(body))
}

// Consistency proves that the ledger's first size entries begin with its first
// oldSize entries (RFC 6962 §2.1.2). ErrRange unless
// 0 < oldSize <= size <= head's size.
func Consistency(r Reader, oldSize, size int64) (tlog.TreeProof, error) {
	if err := within(r, size); err != nil {
		return nil, err
	}
	if oldSize < 1 || oldSize > size {
		return nil, ErrRange
	}
	return tlog.ProveTree(size, oldSize, r)
}

// CheckConsistency holds a consistency proof against the roots of two
// checkpoints: nil means that the newer one only added to the older.
func CheckConsistency(p tlog.TreeProof, size int64, root tlog.Hash, oldSize int64, oldRoot tlog.Hash) error {
	return tlog.CheckTree(p, size, root, oldSize, oldRoot)
}

func within(r Reader, size int64) error {
	head, err := r.Head()
	if err != nil {
		return err
	}
	if size > head.Size {
		return ErrRange
	}
	return nil
}
