package vault

// Keyring wraps and unwraps clip keys under the institution's key. id (the
// clip's id) is authenticated with the key: a wrapped key moved to another
// clip does not open.
type Keyring interface {
	Wrap(id string, k Key) (wrapped []byte, err error)
	Unwrap(id string, wrapped []byte) (Key, error)
}
