package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"jikim/devices/refuse"
)

// maxKeyFile is far more than a hundred years of rotations fill, in bytes.
const maxKeyFile = 64 << 10

// KeyFile is a Keyring whose institution keys lie in a file: one line a key,
// "id base64", the newest first. The newest wraps, any of them unwraps. When
// another process rotates, the change is noticed before the next use. It is
// safe for concurrent use when rand is.
type KeyFile struct {
	path string
	rand io.Reader

	mu   sync.Mutex
	keys []institutionKey // newest first, never empty
	seen os.FileInfo      // the file they were read from
}

type institutionKey struct {
	id  keyID
	key [32]byte
}

// keyID is taken from the key itself, so that a line damaged in copying is
// noticed before anything is wrapped with it.
type keyID [8]byte

func (id keyID) String() string { return hex.EncodeToString(id[:]) }

func idOf(key [32]byte) keyID {
	sum := sha256.Sum256(append([]byte("jikim/institution-key/v1\x00"), key[:]...))
	return keyID(sum[:8])
}

// Refusals about the key file.
var (
	ErrKeyFileThere = refuse.New(refuse.Conflict, "key-file-exists",
		"그 자리에 이미 키 파일이 있습니다. 있는 파일은 덮어쓰지 않습니다. 다른 경로를 지정하거나, 새 키가 필요하면 키를 교체(rotate)하십시오.")
	ErrKeyFileMissing = refuse.New(refuse.Unavailable, "key-file-missing",
		"기관 키 파일이 없습니다. 설정의 키 파일 경로를 확인하고, 처음 설치라면 키를 만들고(keys init), 아니라면 따로 보관한 키 파일을 되돌려 놓으십시오.")
	ErrKeyFileOpen = refuse.New(refuse.Invalid, "key-file-exposed",
		"기관 키 파일을 다른 사용자도 읽거나 쓸 수 있어 열지 않았습니다. 파일 권한을 0600으로 바꾼 뒤 다시 시작하고, 누가 읽었을 수 있다면 키를 교체하십시오.")
	ErrKeyFileBad = refuse.New(refuse.Invalid, "key-file-damaged",
		"기관 키 파일의 내용이 온전하지 않습니다. 따로 보관한 키 파일로 되돌려 놓으십시오. 영상은 그대로 있습니다.")
	ErrKeyUnknown = refuse.New(refuse.Unavailable, "key-unknown",
		"이 영상의 키를 감싼 기관 키가 키 파일에 없습니다. 그 키가 들어 있는 예전 키 파일을 찾아 되돌려 놓으십시오. 영상은 그대로 있습니다.")
	ErrKeyInUse = refuse.New(refuse.Conflict, "key-current",
		"지금 쓰고 있는 기관 키는 지울 수 없습니다. 먼저 키를 교체하고 영상 키를 모두 새 키로 다시 감싸십시오.")
)

// NewKeyFile makes a key file at path with one key drawn from rand. A file
// that is there is never overwritten.
func NewKeyFile(path string, rand io.Reader) (*KeyFile, error) {
	k := &KeyFile{path: path, rand: rand}
	first, err := k.draw()
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrKeyFileThere.Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("making the key file: %w", err)
	}
	if err := writeKeys(f, []institutionKey{first}); err != nil {
		return nil, errors.Join(fmt.Errorf("making the key file: %w", err), os.Remove(path))
	}
	if err := syncEntry(path); err != nil {
		return nil, err
	}
	return k, k.read()
}

// OpenKeyFile reads the key file at path. rand gives the nonces of Wrap and
// the keys of Rotate. A file that anyone but its owner may read or write is
// refused.
func OpenKeyFile(path string, rand io.Reader) (*KeyFile, error) {
	k := &KeyFile{path: path, rand: rand}
	if err := k.read(); err != nil {
		return nil, err
	}
	return k, nil
}

// KeyIDs are the ids of all keys, newest first; the first one wraps now.
func (k *KeyFile) KeyIDs() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	ids := make([]string, len(k.keys))
	for i, key := range k.keys {
		ids[i] = key.id.String()
	}
	return ids
}

// Rotate adds a new key in front. The old ones stay for what they wrapped;
// KeyID tells which wrapped keys still wait to be wrapped anew.
func (k *KeyFile) Rotate() error {
	return k.change(func(keys []institutionKey) ([]institutionKey, error) {
		fresh, err := k.draw()
		return append([]institutionKey{fresh}, keys...), err
	})
}

// Drop removes an old key for good: what it wrapped, in old backups too, can
// never be opened again. The current key is not dropped.
func (k *KeyFile) Drop(id string) error {
	return k.change(func(keys []institutionKey) ([]institutionKey, error) {
		if keys[0].id.String() == id {
			return nil, ErrKeyInUse
		}
		kept := slices.DeleteFunc(slices.Clone(keys), func(key institutionKey) bool { return key.id.String() == id })
		if len(kept) == len(keys) {
			return nil, ErrKeyUnknown
		}
		return kept, nil
	})
}

// change brings the file from what it holds now to what edit makes of it, by
// one rename. Two processes cannot do so at once: a key that is lost is lost
// with all it wrapped.
func (k *KeyFile) change(edit func([]institutionKey) ([]institutionKey, error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	unlock, err := lockDir(filepath.Dir(k.path))
	if err != nil {
		return fmt.Errorf("locking the key file: %w", err)
	}
	defer unlock()
	if err := k.read(); err != nil {
		return err
	}
	keys, err := edit(k.keys)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(k.path), ".keys-*") // 0600
	if err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	err = writeKeys(f, keys)
	if err == nil {
		err = os.Rename(f.Name(), k.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the key file: %w", err), os.Remove(f.Name()))
	}
	if err := syncEntry(k.path); err != nil {
		return err
	}
	return k.read()
}

// refresh reads the file again when it is not the one that was read. While it
// cannot be looked at, what is known stays in use. k.mu is held.
func (k *KeyFile) refresh() error {
	now, err := os.Stat(k.path)
	changed := err == nil && !(os.SameFile(now, k.seen) && now.ModTime().Equal(k.seen.ModTime()))
	if !changed {
		return nil
	}
	return k.read()
}

// read takes the keys from the file. k.mu is held, or k is not shared yet.
func (k *KeyFile) read() error {
	f, err := os.Open(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrKeyFileMissing.Because(err)
	}
	if err != nil {
		return fmt.Errorf("opening the key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("opening the key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return ErrKeyFileOpen.Because(fmt.Errorf("%s has mode %04o", k.path, info.Mode().Perm()))
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return fmt.Errorf("reading the key file: %w", err)
	}
	keys, err := parseKeys(text)
	if err != nil {
		return ErrKeyFileBad.Because(fmt.Errorf("%s: %w", k.path, err))
	}
	k.keys, k.seen = keys, info
	return nil
}

func (k *KeyFile) draw() (institutionKey, error) {
	var key [32]byte
	if _, err := io.ReadFull(k.rand, key[:]); err != nil {
		return institutionKey{}, fmt.Errorf("drawing an institution key: %w", err)
	}
	return institutionKey{id: idOf(key), key: key}, nil
}

// writeKeys writes, syncs and closes f.
func writeKeys(f *os.File, keys []institutionKey) error {
	var text bytes.Buffer
	for _, key := range keys {
		fmt.Fprintf(&text, "%s %s\n", key.id, base64.StdEncoding.EncodeToString(key.key[:]))
	}
	_, err := f.Write(text.Bytes())
	return errors.Join(err, f.Sync(), f.Close())
}

// syncEntry makes the name of a new file durable.
func syncEntry(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("syncing the key file: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing the key file: %w", err)
	}
	return nil
}

func parseKeys(text []byte) ([]institutionKey, error) {
	if len(text) > maxKeyFile {
		return nil, errors.New("longer than a key file can be")
	}
	var keys []institutionKey
	for i, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		id, code, _ := strings.Cut(strings.TrimSuffix(line, "\r"), " ")
		raw, err := base64.StdEncoding.Strict().DecodeString(code)
		if err != nil || len(raw) != 32 {
			return nil, fmt.Errorf("line %d holds no key", i+1) // never show what it holds
		}
		key := institutionKey{id: idOf([32]byte(raw)), key: [32]byte(raw)}
		if key.id.String() != id {
			return nil, fmt.Errorf("line %d: the key does not fit its id", i+1)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (k institutionKey) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
