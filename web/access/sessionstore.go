package access

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"strconv"
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

// sessionStore is scs's store over SessionRecords. What it saves is the end of
// the session (milliseconds since 1970, big endian, 8 bytes), then scs's own
// bytes. The row is kept a while longer, to know whose session it was.
type sessionStore struct {
	records  SessionRecords
	now      func() time.Time
	idle     time.Duration // the shortest of a signed-in session
	lifetime time.Duration
	read     *recent[[]byte]   // saved form
	ended    *recent[struct{}] // deleted lately
}

var _ scs.CtxStore = (*sessionStore)(nil)

const endLen = 8

// saveEvery is how stale the written end of an otherwise unchanged session may
// get. Without it every request of a player would be a durable write.
func (s *sessionStore) saveEvery() time.Duration { return min(time.Minute, s.idle/30) }

// endOf tells when a session of these values ends that is used now, and when
// it ends however much it is used.
func (s *sessionStore) endOf(values map[string]string, now time.Time) (ends, limit time.Time) {
	idle := keptFor // of who is not signed in
	if n, err := strconv.Atoi(values[keyIdle]); err == nil {
		idle = time.Duration(n) * time.Second
	}
	began, err := time.Parse(time.RFC3339, values[keyBegan])
	if err != nil {
		began = now
	}
	ends, limit = now.Add(idle), began.Add(s.lifetime)
	if limit.Before(ends) {
		ends = limit
	}
	return ends, limit
}

func (s *sessionStore) FindCtx(ctx context.Context, id string) ([]byte, bool, error) {
	saved, err := s.saved(ctx, id)
	if err != nil || saved == nil {
		return nil, false, err
	}
	now, ends, data := s.now(), savedEnd(saved), saved[endLen:]
	v := visitOf(ctx)
	if v == nil {
		return data, now.Before(ends), nil
	}
	var d sessionData
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, false, err
	}
	if !now.Before(ends) {
		v.lapsed = d.Values[keyAccount]
		return nil, false, nil
	}
	v.ends = ends
	_, v.limit = s.endOf(d.Values, now)
	return data, true, nil
}

// saved gives the saved form; nil when there is none.
func (s *sessionStore) saved(ctx context.Context, id string) ([]byte, error) {
	now := s.now()
	if saved, ok := s.read.get(id, now); ok {
		return saved, nil
	}
	saved, found, err := s.records.FindSession(ctx, id)
	if err != nil || !found || len(saved) < endLen {
		return nil, err
	}
	s.read.put(id, saved, now)
	return saved, nil
}

// CommitCtx saves a session that is used now. When it ends is worked out here,
// not by scs, which knows one idle time for everybody and its own clock.
func (s *sessionStore) CommitCtx(ctx context.Context, id string, data []byte, _ time.Time) error {
	now := s.now()
	// A request that was under way while the person signed out must not bring
	// the session back.
	if _, gone := s.ended.get(id, now); gone {
		return nil
	}
	var d sessionData
	if err := json.Unmarshal(data, &d); err != nil {
		return err
	}
	ends, _ := s.endOf(d.Values, now)
	if old, ok := s.read.get(id, now); ok &&
		bytes.Equal(old[endLen:], data) && ends.Sub(savedEnd(old)) < s.saveEvery() {
		return nil
	}
	saved := binary.BigEndian.AppendUint64(make([]byte, 0, endLen+len(data)), uint64(ends.UnixMilli()))
	saved = append(saved, data...)
	if err := s.records.SaveSession(ctx, id, saved, ends.Add(keptFor)); err != nil {
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

func savedEnd(saved []byte) time.Time {
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
