package ledger

import "fmt"

// What can be found wrong with a ledger. Codes are stable.
const (
	EntryAltered      = "entry-altered"      // the stored entry is not the one that was hashed
	EntryRemoved      = "entry-removed"      // an entry that was hashed is missing
	EntryInserted     = "entry-inserted"     // an entry stands there that was never hashed
	EntryReordered    = "entry-reordered"    // entries stand in each other's place
	EntryBackdated    = "entry-backdated"    // an entry's time is before that of the entry before it
	EntryUnreadable   = "entry-unreadable"   // what was hashed is not an entry of this format
	ColumnAltered     = "column-altered"     // a query column says other than the entry
	HashAltered       = "hash-altered"       // a stored tree hash is missing or not what its children give
	HeadAltered       = "head-altered"       // size, root or time of the head is not what was signed
	CheckpointAltered = "checkpoint-altered" // the head's checkpoint is not validly signed
	RolledBack        = "rolled-back"        // there was a longer ledger: a checkpoint kept elsewhere, or what stands after the head, says so
	HistoryRewritten  = "history-rewritten"  // the entries give another root than a signed checkpoint
)

// Finding is the first thing found wrong with a ledger.
type Finding struct {
	Code     string // one of the constants above
	Sentence string // Korean: what is wrong and where
	Index    int64  // the first entry it can be about, from 0; -1 when it is about the head
}

// Error is for logs; people are shown Sentence.
func (f *Finding) Error() string { return "ledger: " + f.Code + ": " + f.Sentence }

func found(code string, index int64, sentence string, args ...any) *Finding {
	return &Finding{Code: code, Index: index, Sentence: fmt.Sprintf(sentence, args...)}
}
