package ledger

import (
	"bytes"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Signer signs the checkpoints of one institution's ledger. It is safe for
// concurrent use.
type Signer struct {
	key      note.Signer
	verifier *Verifier

	mu   sync.Mutex
	last []byte // the checkpoint last signed or checked here, so as not to check it again
}

// Origin names whose ledger it signs: "jikim/<institution id>".
func (s *Signer) Origin() string { return s.verifier.origin }

// Verifier gives the public half.
func (s *Signer) Verifier() *Verifier { return s.verifier }

// sign gives the signed checkpoint over the head's size, root and time.
func (s *Signer) sign(h Head) ([]byte, error) {
	c := Checkpoint{Origin: s.Origin(), Size: h.Size, Root: h.Root, At: h.At}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, s.key)
	if err != nil {
		return nil, err
	}
	s.remember(signed)
	return signed, nil
}

// trust refuses to build on a head that we did not sign, or on a tree whose
// right edge does not give the signed root.
func (s *Signer) trust(h Head, root tlog.Hash) error {
	if h.Size == 0 && len(h.Checkpoint) == 0 {
		return nil
	}
	if f := checkEdge(h, root); f != nil {
		return f
	}
	text := Checkpoint{Origin: s.Origin(), Size: h.Size, Root: h.Root, At: h.At}.Text()
	if s.remembers(h.Checkpoint) && bytes.HasPrefix(h.Checkpoint, []byte(text)) {
		return nil
	}
	if f := checkHead(h, s.verifier); f != nil {
		return f
	}
	s.remember(h.Checkpoint)
	return nil
}

func (s *Signer) remember(checkpoint []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = bytes.Clone(checkpoint)
}

func (s *Signer) remembers(checkpoint []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(checkpoint) > 0 && bytes.Equal(s.last, checkpoint)
}

// checkEdge holds the head's root against the stored hashes.
func checkEdge(h Head, root tlog.Hash) *Finding {
	if root == h.Root {
		return nil
	}
	return found(HashAltered, -1,
		"관리대장에 저장된 해시로 계산한 값이 관리대장 머리의 값과 다릅니다. 데이터베이스가 바뀌었을 수 있으니 기록을 멈추고 jikim verify로 확인해 주세요.")
}

// checkHead holds the head against its signed checkpoint.
func checkHead(h Head, v *Verifier) *Finding {
	if h.Size == 0 && len(h.Checkpoint) == 0 {
		return nil
	}
	c, err := v.Open(h.Checkpoint)
	if err != nil {
		return found(CheckpointAltered, -1,
			"관리대장의 최신 체크포인트에 이 기관의 올바른 서명이 없습니다. 체크포인트가 바뀌었거나 다른 키로 서명되었습니다.")
	}
	if c.Size != h.Size || c.Root != h.Root || c.At != h.At {
		return found(HeadAltered, -1,
			"관리대장 머리(%d건)가 서명된 체크포인트(%d건)와 다릅니다. 관리대장 머리가 서명 뒤에 바뀌었습니다.", h.Size, c.Size)
	}
	return nil
}
