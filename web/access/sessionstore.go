package access

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	"github.com/alexedwards/scs/v2"
)

// SessionRecords keeps sessions under opaque names. Deleting what is not there
// is no error; expiry is there for whoever clears out old rows.
type SessionRecords interface {
	SaveSession(ctx context.Context, id string, data []byte, expiry time.Time) error
	FindSession(ctx context.Context, id string) (data []byte, found bool, err error)
	DeleteSession(ctx context.Context, id string) error
}

// saveEvery is how stale the written expiry of an otherwise unchanged session
// may get. Without it every request of a player would be a durable write.
const saveEvery = time.Minute

// sessionStore is scs's store over SessionRecords. What it saves is the expiry
// (milliseconds since 1970, big endian, 8 bytes), then scs's own bytes.
type sessionStore struct {
	records SessionRecords
	now     func() time.Time
	read    *recent[[]byte]   // saved form
	ended   *recent[struct{}] // deleted lately
}

var _ scs.CtxStore = (*sessionStore)(nil)

const expiryLen = 8

func (s *sessionStore) FindCtx(ctx context.Context, id string) ([]byte, bool, error) {
	saved, err := s.saved(ctx, id)
	if err != nil || saved == nil {
		return nil, false, err
	}
	if !s.now().Before(expiryOf(saved)) {
		return nil, false, nil
	}
	return saved[expiryLen:], true, nil
}

// saved gives the saved form; nil when there is none.
func (s *sessionStore) saved(ctx context.Context, id string) ([]byte, error) {
	now := s.now()
	if saved, ok := s.read.get(id, now); ok {
		return saved, nil
	}
	saved, found, err := s.records.FindSession(ctx, id)
	if err != nil || !found || len(saved) < expiryLen {
		return nil, err
	}
	s.read.put(id, saved, now)
	return saved, nil
}

func (s *sessionStore) CommitCtx(ctx context.Context, id string, data []byte, expiry time.Time) error {
	now := s.now()
	// A request that was under way while the person signed out must not bring
	// the session back.
	if _, gone := s.ended.get(id, now); gone {
		return nil
	}
	if old, ok := s.read.get(id, now); ok &&
		bytes.Equal(old[expiryLen:], data) && expiry.Sub(expiryOf(old)) < saveEvery {
		return nil
	}
	saved := binary.BigEndian.AppendUint64(make([]byte, 0, expiryLen+len(data)), uint64(expiry.UnixMilli()))
	saved = append(saved, data...)
	if err := s.records.SaveSession(ctx, id, saved, expiry); err != nil {
		return err
	}
	s.read.put(id, saved, now)
	return nil
}

func (s *sessionStore) DeleteCtx(ctx context.Context, id string) error {
	s.read.drop(id)
	s.ended.put(id, struct{}{}, s.now())
	return s.records.DeleteSession(ctx, id)
}

func expiryOf(saved []byte) time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(saved)))
}

// scs asks for these too, but calls the ones with a context.

func (s *sessionStore) Find(id string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), id)
}

func (s *sessionStore) Commit(id string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), id, data, expiry)
}

func (s *sessionStore) Delete(id string) error {
	return s.DeleteCtx(context.Background(), id)
}
