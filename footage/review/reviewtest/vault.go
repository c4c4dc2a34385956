package reviewtest

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"jikim/footage"
	"jikim/footage/vault"
	"jikim/footage/vault/disk"
)

// Vault seals clips for tests, on disk.
type Vault struct {
	vault.Store
	Keys  Keyring
	Opens atomic.Int64 // how often a blob was opened
	Fault error        // when set, what opening a blob answers
}

// NewVault gives an empty one.
func NewVault(t testing.TB) *Vault {
	t.Helper()
	store, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &Vault{Store: store}
}

// Open counts, then opens.
func (v *Vault) Open(ctx context.Context, name string) (vault.Blob, error) {
	v.Opens.Add(1)
	if v.Fault != nil {
		return nil, v.Fault
	}
	return v.Store.Open(ctx, name)
}

// Keep seals content as the original of c and puts c and its key into the book.
func (v *Vault) Keep(t testing.TB, b *Book, c footage.Clip, content []byte) {
	t.Helper()
	key, err := vault.NewKey(NewRandom(3))
	if err != nil {
		t.Fatal(err)
	}
	sealed := v.seal(t, c.ID, key, content)
	c.Bytes, c.SHA256, c.Manifest = sealed.Bytes, sealed.SHA256, sealed.Manifest
	wrapped, err := v.Keys.Wrap(c.ID, key)
	if err != nil {
		t.Fatal(err)
	}
	b.PutKey(c.ID, wrapped)
	b.Put(&c)
}

// Derive seals content as a derivative of a clip that Keep has put there.
func (v *Vault) Derive(t testing.TB, b *Book, d footage.Derivative, content []byte) {
	t.Helper()
	wrapped, err := b.Key(t.Context(), d.Clip)
	if err != nil {
		t.Fatal(err)
	}
	key, err := v.Keys.Unwrap(d.Clip, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	d.ID, d.State = d.Clip+"."+d.Kind, footage.Made
	sealed := v.seal(t, d.ID, key, content)
	d.Bytes, d.SHA256, d.Manifest = sealed.Bytes, sealed.SHA256, sealed.Manifest
	b.Put(&d)
}

func (v *Vault) seal(t testing.TB, name string, key vault.Key, content []byte) vault.Sealed {
	t.Helper()
	flow, err := vault.Continue(t.Context(), v.Store, name, key, vault.Progress{}, NewRandom(4), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := flow.ReadFrom(bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	sealed, err := flow.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// Keyring wraps keys without any secret: it only binds them to their clip.
type Keyring struct{}

// Wrap writes the clip's name before the key.
func (Keyring) Wrap(id string, k vault.Key) ([]byte, error) {
	return append([]byte(id+"|"), k[:]...), nil
}

// Unwrap gives the key when it is of that clip.
func (Keyring) Unwrap(id string, wrapped []byte) (k vault.Key, err error) {
	rest, ok := bytes.CutPrefix(wrapped, []byte(id+"|"))
	if !ok || len(rest) != len(k) {
		return k, errors.New("reviewtest: a key of another clip")
	}
	return vault.Key(rest), nil
}
