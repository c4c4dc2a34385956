package access

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"

	"jikim/devices/instant"
)

// KeptForm is a form that was sent after the session had ended. It waits in
// the browser's new session until the same person signs in again there, for
// keptFor at most, and is then offered, never sent by itself.
type KeptForm struct {
	Account string       `json:"account"` // whose session had ended
	Path    string       `json:"path"`    // where it was to go
	Values  url.Values   `json:"values"`
	At      instant.Time `json:"at"`
}

// keptFor is how long a form waits, and how long it is known whose session
// ended.
const keptFor = 30 * time.Minute

// Lapsed tells whose session has ended in this browser lately; "" when none has.
func (s *Sessions) Lapsed(ctx context.Context) string { return s.manager.GetString(ctx, keyLapsed) }

// lapse turns the session of name, which has ended, into one of nobody that
// remembers whose it was.
func (s *Sessions) lapse(ctx context.Context, name string) error {
	kept, isKept := s.Kept(ctx)
	if err := s.manager.Clear(ctx); err != nil {
		return err
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	s.manager.Put(ctx, keyLapsed, name)
	if isKept {
		return s.putKept(ctx, kept)
	}
	return nil
}

// Keep keeps a form of who Lapsed names. The caller keeps no passwords.
func (s *Sessions) Keep(ctx context.Context, path string, values url.Values) error {
	if err := s.manager.RenewToken(ctx); err != nil { // each token seals one form
		return err
	}
	return s.putKept(ctx, KeptForm{Account: s.Lapsed(ctx), Path: path, Values: values, At: instant.Of(s.now())})
}

// Kept gives the form that waits in this session.
func (s *Sessions) Kept(ctx context.Context) (form KeptForm, ok bool) {
	sealed, err := base64.RawStdEncoding.DecodeString(s.manager.GetString(ctx, keyKept))
	if err != nil || len(sealed) == 0 {
		return KeptForm{}, false
	}
	aead, err := keptSeal(s.manager.Token(ctx))
	if err != nil {
		return KeptForm{}, false
	}
	plain, err := aead.Open(nil, nil, sealed, nil)
	if err != nil || json.Unmarshal(plain, &form) != nil {
		return KeptForm{}, false
	}
	return form, s.now().Sub(form.At.Std()) < keptFor
}

// DropKept forgets the form.
func (s *Sessions) DropKept(ctx context.Context) { s.manager.Remove(ctx, keyKept) }

func (s *Sessions) putKept(ctx context.Context, form KeptForm) error {
	aead, err := keptSeal(s.manager.Token(ctx))
	if err != nil {
		return err
	}
	plain, err := json.Marshal(form)
	if err != nil {
		return err
	}
	s.manager.Put(ctx, keyKept, base64.RawStdEncoding.EncodeToString(aead.Seal(nil, nil, plain, nil)))
	return nil
}

// keptSeal is keyed by the session's token, which only the browser has: who
// reads the database reads nothing of what was typed.
func keptSeal(token string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(token), nil, "jikim/kept-form/v1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
