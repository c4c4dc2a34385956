package access

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

// SessionSettings say how long a sign-in lasts. Zero means the default.
type SessionSettings struct {
	// Idle ends a session that nobody used for so long. Default 20 minutes.
	// The last use is written down once a minute, so up to a minute less.
	Idle time.Duration
	// Lifetime ends a session in any case. Default 12 hours.
	Lifetime time.Duration
	// Secure keeps the cookie off plain http. Set it wherever the server is
	// reached by https; the default false is for a first look on 127.0.0.1.
	Secure bool
	// OnError answers a request whose session could not be read or written
	// (the database is away). Default: 503 and a plain sentence.
	OnError func(w http.ResponseWriter, r *http.Request, err error)
}

// Sessions keeps people signed in by a cookie: HttpOnly, SameSite=Lax (a link
// in a letter still opens; forms of other sites are stopped by the web's
// cross-origin check), gone when the browser closes, and worth nothing to a
// reader of the database, which keeps only a hash of it.
type Sessions struct {
	manager *scs.SessionManager
}

// NewSessions keeps sessions in records.
func NewSessions(records SessionRecords, s SessionSettings, now func() time.Time) *Sessions {
	m := scs.New()
	m.IdleTimeout = or(s.Idle, 20*time.Minute)
	m.Lifetime = or(s.Lifetime, 12*time.Hour)
	m.HashTokenInStore = true
	m.Codec = jsonCodec{}
	m.Store = &sessionStore{records: records, now: now, read: newRecent[[]byte](), ended: newRecent[struct{}]()}
	m.Cookie.Name = "jikim"
	if s.Secure {
		m.Cookie.Name = "__Host-jikim" // browsers take it only over https and from this very host
	}
	m.Cookie.Secure = s.Secure
	m.Cookie.Persist = false // the cookie goes with the browser: counters share machines
	m.ErrorFunc = s.OnError
	if m.ErrorFunc == nil {
		m.ErrorFunc = unavailable
	}
	return &Sessions{manager: m}
}

func unavailable(w http.ResponseWriter, _ *http.Request, _ error) {
	http.Error(w, "기록을 읽거나 쓰지 못했습니다. 잠시 뒤 다시 시도하세요.", http.StatusServiceUnavailable)
}

// What a session holds.
const (
	keyAccount = "account"
	keyStamp   = "stamp"
	keyFlash   = "flash"
)

// Start signs a in for this browser, under a new session token: one that was
// planted before the sign-in is worthless after it. ctx must come through
// Authenticate.
func (s *Sessions) Start(ctx context.Context, a Account) error {
	if err := s.manager.Clear(ctx); err != nil {
		return err
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	s.manager.Put(ctx, keyAccount, a.Name)
	s.manager.Put(ctx, keyStamp, Stamp(a))
	return nil
}

// End signs out of this browser.
func (s *Sessions) End(ctx context.Context) error { return s.manager.Destroy(ctx) }

// Flash keeps a sentence for the next page this browser is shown.
func (s *Sessions) Flash(ctx context.Context, sentence string) {
	s.manager.Put(ctx, keyFlash, sentence)
}

// TakeFlash gives that sentence once; "" when there is none.
func (s *Sessions) TakeFlash(ctx context.Context) string {
	return s.manager.PopString(ctx, keyFlash)
}

// signedIn tells the account of the session and its stamp; "" when nobody is.
func (s *Sessions) signedIn(ctx context.Context) (name, stamp string) {
	return s.manager.GetString(ctx, keyAccount), s.manager.GetString(ctx, keyStamp)
}

// jsonCodec writes session data in a form people can read and that does not
// depend on Go. Values are strings.
type jsonCodec struct{}

type sessionData struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

func (jsonCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	d := sessionData{Deadline: deadline.UTC(), Values: make(map[string]string, len(values))}
	for k, v := range values {
		s, ok := v.(string)
		if !ok {
			return nil, errors.New("access: a session holds only text")
		}
		d.Values[k] = s
	}
	return json.Marshal(d)
}

func (jsonCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var d sessionData
	if err := json.Unmarshal(b, &d); err != nil {
		return time.Time{}, nil, err
	}
	values := make(map[string]any, len(d.Values))
	for k, v := range d.Values {
		values[k] = v
	}
	return d.Deadline, values, nil
}
