package access

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"
)

// SessionSettings say how long a sign-in lasts. Zero means the default.
type SessionSettings struct {
	// Idle ends a session that nobody used for so long. Default 30 minutes.
	// The last use is written down once a minute, so up to a minute less.
	Idle time.Duration
	// IdleDock is the same for who only hands recordings in: the machine at
	// the dock stands open all shift. Default 8 hours.
	IdleDock time.Duration
	// Lifetime ends a session in any case. Default 12 hours.
	Lifetime time.Duration
	// Warning is how long before the end of an idle session a page says so.
	// Default 2 minutes, at most half of Idle.
	Warning time.Duration
	// Secure keeps the cookie off plain http. Set it wherever the server is
	// reached by https; the default false is for a first look on 127.0.0.1.
	Secure bool
}

func (s SessionSettings) withDefaults() SessionSettings {
	s.Idle = or(s.Idle, 30*time.Minute)
	s.IdleDock = or(s.IdleDock, 8*time.Hour)
	s.Lifetime = or(s.Lifetime, 12*time.Hour)
	s.Warning = min(or(s.Warning, 2*time.Minute), s.Idle/2)
	return s
}

// Sessions keeps people signed in by a cookie: HttpOnly, SameSite=Lax (a link
// in a letter still opens; forms of other sites are stopped by the web's
// cross-origin check), gone when the browser closes, and worth nothing to a
// reader of the database, which keeps only a hash of it.
type Sessions struct {
	manager  *scs.SessionManager
	store    *sessionStore
	settings SessionSettings
	now      func() time.Time
}

// NewSessions keeps sessions in records.
func NewSessions(records SessionRecords, s SessionSettings, now func() time.Time) *Sessions {
	s = s.withDefaults()
	store := &sessionStore{records: records, now: now, idle: s.Idle, lifetime: s.Lifetime, read: newRecent[[]byte](), ended: newRecent[struct{}]()}
	m := scs.New()
	m.Lifetime = s.Lifetime
	m.HashTokenInStore = true
	m.Codec = jsonCodec{}
	m.Store = store // it says itself when a session ends
	m.Cookie.Name = "jikim"
	if s.Secure {
		m.Cookie.Name = "__Host-jikim" // browsers take it only over https and from this very host
	}
	m.Cookie.Secure = s.Secure
	m.Cookie.Persist = false // the cookie goes with the browser: counters share machines
	m.ErrorFunc = unavailable
	return &Sessions{manager: m, store: store, settings: s, now: now}
}

// OnError sets what answers a request whose session could not be read or
// written (the database is away), before the server runs. Without it: 503 and
// a plain sentence.
func (s *Sessions) OnError(answer func(w http.ResponseWriter, r *http.Request, err error)) {
	s.manager.ErrorFunc = answer
}

func unavailable(w http.ResponseWriter, _ *http.Request, _ error) {
	http.Error(w, "기록을 읽거나 쓰지 못했습니다. 잠시 뒤 다시 시도하세요.", http.StatusServiceUnavailable)
}

// What a session holds.
const (
	keyAccount   = "account"
	keyStamp     = "stamp"
	keyWith      = "with"
	keyIdle      = "idle"  // seconds without use after which it ends
	keyBegan     = "began" // RFC 3339
	keyFlash     = "flash"
	keyHalf      = "half"      // a sign-in that waits for its second step
	keyChallenge = "challenge" // of a passkey ceremony
	keyPending   = "pending"   // authenticator app being set up, sealed
	keyLapsed    = "lapsed"    // whose session ended here lately
	keyKept      = "kept"      // a form that came too late, sealed
)

// Start signs a in for this browser, under a new session token: one that was
// planted before the sign-in is worthless after it. ctx must come through
// Authenticate.
func (s *Sessions) Start(ctx context.Context, a Account, with With) error {
	kept, isKept := s.Kept(ctx)
	if err := s.manager.Clear(ctx); err != nil {
		return err
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	idle := s.settings.Idle
	if a.Role == Dock {
		idle = s.settings.IdleDock
	}
	s.manager.Put(ctx, keyAccount, a.Name)
	s.manager.Put(ctx, keyStamp, Stamp(a))
	s.manager.Put(ctx, keyWith, string(with))
	s.manager.Put(ctx, keyIdle, strconv.Itoa(int(idle/time.Second)))
	s.manager.Put(ctx, keyBegan, s.now().UTC().Format(time.RFC3339Nano))
	if isKept && kept.Account == a.Name {
		return s.putKept(ctx, kept)
	}
	return nil
}

// End signs out of this browser.
func (s *Sessions) End(ctx context.Context) error { return s.manager.Destroy(ctx) }

// With tells what the session was begun with.
func (s *Sessions) With(ctx context.Context) With { return With(s.manager.GetString(ctx, keyWith)) }

// Flash keeps a sentence for the next page this browser is shown.
func (s *Sessions) Flash(ctx context.Context, sentence string) {
	s.manager.Put(ctx, keyFlash, sentence)
}

// TakeFlash gives that sentence once; "" when there is none.
func (s *Sessions) TakeFlash(ctx context.Context) string {
	return s.manager.PopString(ctx, keyFlash)
}

// SetHalf keeps a sign-in that waits for its second step.
func (s *Sessions) SetHalf(ctx context.Context, half Half) error {
	b, err := json.Marshal(half)
	s.manager.Put(ctx, keyHalf, string(b))
	return err
}

// Half gives it; the zero Half when none waits.
func (s *Sessions) Half(ctx context.Context) (half Half) {
	if json.Unmarshal([]byte(s.manager.GetString(ctx, keyHalf)), &half) != nil {
		return Half{}
	}
	return half
}

// SetChallenge keeps the state of a passkey ceremony.
func (s *Sessions) SetChallenge(ctx context.Context, state string) {
	s.manager.Put(ctx, keyChallenge, state)
}

// TakeChallenge gives it once: a challenge is answered once.
func (s *Sessions) TakeChallenge(ctx context.Context) string {
	return s.manager.PopString(ctx, keyChallenge)
}

// SetPending keeps an authenticator app that is being set up; "" forgets it.
func (s *Sessions) SetPending(ctx context.Context, pending string) {
	s.manager.Put(ctx, keyPending, pending)
}

// Pending gives it; "" when none is.
func (s *Sessions) Pending(ctx context.Context) string { return s.manager.GetString(ctx, keyPending) }

// signedIn tells the account of the session, its stamp and what it was begun
// with; "" when nobody is.
func (s *Sessions) signedIn(ctx context.Context) (name, stamp string, with With) {
	return s.manager.GetString(ctx, keyAccount), s.manager.GetString(ctx, keyStamp), s.With(ctx)
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
