package vault

import (
	"errors"
	"fmt"
	"io"
)

// Keyring wraps and unwraps clip keys under the institution's key. id (the
// clip's id) is authenticated with the key: a wrapped key moved to another
// clip does not open.
type Keyring interface {
	Wrap(id string, k Key) (wrapped []byte, err error)
	Unwrap(id string, wrapped []byte) (Key, error)
}

// A wrapped key: version, id of the wrapping key, nonce, sealed key with tag.
const (
	wrapVersion = 1
	wrapInfo    = "jikim/clip-key/v1\x00"
	wrapHeader  = 1 + len(keyID{})
	wrappedSize = wrapHeader + nonceSize + len(Key{}) + tagSize
)

var errWrapped = fmt.Errorf("%w: not a wrapped clip key", ErrCorrupt)

// KeyID is the id of the institution key that wrapped is under.
func KeyID(wrapped []byte) (string, error) {
	id, err := wrappedUnder(wrapped)
	if err != nil {
		return "", err
	}
	return id.String(), nil
}

func wrappedUnder(wrapped []byte) (keyID, error) {
	if len(wrapped) != wrappedSize || wrapped[0] != wrapVersion {
		return keyID{}, errWrapped
	}
	return keyID(wrapped[1:wrapHeader]), nil
}

// Wrap seals a clip's key under the current institution key.
func (k *KeyFile) Wrap(id string, clip Key) ([]byte, error) {
	by, err := k.current()
	if err != nil {
		return nil, err
	}
	aead, err := by.aead()
	if err != nil {
		return nil, fmt.Errorf("vault: wrapping a clip key: %w", err)
	}
	wrapped := make([]byte, wrapHeader+nonceSize, wrappedSize)
	wrapped[0] = wrapVersion
	copy(wrapped[1:], by.id[:])
	nonce := wrapped[wrapHeader:]
	if _, err := io.ReadFull(k.rand, nonce); err != nil {
		return nil, fmt.Errorf("vault: wrapping a clip key: %w", err)
	}
	return aead.Seal(wrapped, nonce, clip[:], []byte(wrapInfo+id)), nil
}

// Unwrap opens what Wrap sealed for the same id. ErrCorrupt when it was
// changed or belongs to another id; ErrKeyUnknown when its institution key is
// not in the file, not even after reading it anew.
func (k *KeyFile) Unwrap(id string, wrapped []byte) (Key, error) {
	under, err := wrappedUnder(wrapped)
	if err != nil {
		return Key{}, err
	}
	by, err := k.find(under)
	if err != nil {
		return Key{}, err
	}
	aead, err := by.aead()
	if err != nil {
		return Key{}, fmt.Errorf("vault: unwrapping a clip key: %w", err)
	}
	var clip Key
	nonce, sealed := wrapped[wrapHeader:wrapHeader+nonceSize], wrapped[wrapHeader+nonceSize:]
	if _, err := aead.Open(clip[:0], nonce, sealed, []byte(wrapInfo+id)); err != nil {
		return Key{}, fmt.Errorf("%w: the wrapped key of %s does not open", ErrCorrupt, id)
	}
	return clip, nil
}

// current is the key that wraps now: the newest in the file, even when another
// process put it there.
func (k *KeyFile) current() (institutionKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.refresh(); err != nil {
		return institutionKey{}, err
	}
	return k.keys[0], nil
}

// find looks for a key, in the end in the file as it is now.
func (k *KeyFile) find(id keyID) (institutionKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.known(id); ok {
		return key, nil
	}
	if err := k.refresh(); err != nil {
		return institutionKey{}, err
	}
	if key, ok := k.known(id); ok {
		return key, nil
	}
	return institutionKey{}, ErrKeyUnknown.Because(errors.New("institution key " + id.String()))
}

func (k *KeyFile) known(id keyID) (institutionKey, bool) {
	for _, key := range k.keys {
		if key.id == id {
			return key, true
		}
	}
	return institutionKey{}, false
}
