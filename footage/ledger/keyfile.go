package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"

	"jikim/devices/refuse"
)

// OriginPrefix begins every origin; the institution's id follows it.
const OriginPrefix = "jikim/"

// isOrigin reports whether s is OriginPrefix and an id of 1 to 100 bytes
// without spaces, control characters or '+', at which key and note lines are
// cut.
func isOrigin(s string) bool {
	id, ok := strings.CutPrefix(s, OriginPrefix)
	bad := func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) }
	return ok && id != "" && len(id) <= 100 && utf8.ValidString(id) && !strings.ContainsFunc(id, bad)
}

// NewKeyFile makes an Ed25519 key for an origin ("jikim/<institution id>"),
// writes the private key to a new file at path (mode 0600, durable) and
// returns the verifier text, which is public. It never writes over a file: the
// error is then fs.ErrExist. The key is the first 32 bytes of rand.
func NewKeyFile(path, origin string, rand io.Reader) (verifier string, err error) {
	private, public, err := newKey(origin, rand)
	if err != nil {
		return "", err
	}
	if err := writeSecret(path, private+"\n"); err != nil {
		return "", err
	}
	return public, syncDir(filepath.Dir(path))
}

// RotateKeyFile makes a new key for the origin of the key file at path and
// retires the one in it: from then on that one counts only for checkpoints of
// at most size entries. The file is replaced in one step; the retired private
// key is gone. It returns the new verifier text.
//
// Call it while the ledger's head is locked, with that head's size, and append
// the entry that tells of it with the new signer in the same transaction.
// Servers that still hold the old key then refuse to append.
func RotateKeyFile(path string, size int64, rand io.Reader) (verifier string, err error) {
	old, err := OpenSigner(path)
	if err != nil {
		return "", err
	}
	private, public, err := newKey(old.Origin(), rand)
	if err != nil {
		return "", err
	}
	inForce, retired, _ := strings.Cut(old.verifier.text, "\n")
	before := strings.TrimSpace(fmt.Sprintf("%s %d\n%s", inForce, size, retired))
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := writeSecret(fresh, private+"\n"+before+"\n"); err != nil {
		return "", err
	}
	if err := os.Rename(fresh, path); err != nil {
		return "", err
	}
	return public + "\n" + before, syncDir(filepath.Dir(path))
}

func newKey(origin string, rand io.Reader) (private, public string, err error) {
	if !isOrigin(origin) {
		return "", "", fmt.Errorf("ledger: %q is not an origin (want %s<institution id>)", origin, OriginPrefix)
	}
	// Drawn here because note.GenerateKey leaves it to the Go version how much
	// of rand makes the key.
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return "", "", err
	}
	public, err = note.NewEd25519VerifierKey(origin, ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	if err != nil {
		return "", "", err
	}
	id := strings.SplitN(public, "+", 3)[1]
	key := base64.StdEncoding.EncodeToString(append([]byte{algEd25519}, seed...))
	return fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", origin, id, key), public, nil
}

// algEd25519 is the signature type byte of C2SP signed-note for Ed25519.
const algEd25519 = 1

// ErrKeyFileOpen is the answer to a key file that others can get at: whoever
// has read it can sign a ledger of their own making.
var ErrKeyFileOpen = refuse.New(refuse.Invalid, "ledger-key-exposed",
	"관리대장 서명 키 파일을 다른 사용자도 읽거나 쓸 수 있어 열지 않았습니다. 파일 권한을 0600으로 바꾼 뒤 다시 시작하고, 누가 읽었을 수 있다면 서명 키를 교체하십시오.")

// OpenSigner reads a key file. A file that anyone but its owner may read or
// write is refused (ErrKeyFileOpen).
func OpenSigner(path string) (*Signer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, ErrKeyFileOpen.Because(fmt.Errorf("%s has mode %04o", path, info.Mode().Perm()))
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	private, retired, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	private = strings.TrimSpace(private)
	key, err := note.NewSigner(private)
	if err != nil {
		// The cause is not told: it must not carry a piece of the key.
		return nil, fmt.Errorf("ledger: %s does not begin with a private key", filepath.Base(path))
	}
	public, err := publicOf(private)
	if err != nil {
		return nil, err
	}
	v, err := NewVerifier(public + "\n" + retired)
	if err != nil {
		return nil, err
	}
	return &Signer{key: key, verifier: v}, nil
}

// publicOf gives the verifier key of a private key line that note.NewSigner
// has accepted.
func publicOf(private string) (string, error) {
	parts := strings.SplitN(private, "+", 5) // PRIVATE, KEY, origin, key id, base64
	key, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil {
		return "", err
	}
	seed := key[1:] // after the algorithm byte
	return note.NewEd25519VerifierKey(parts[2], ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
}

// writeSecret makes a new file that only its owner can read. Its name is
// durable after syncDir.
func writeSecret(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path)) // half a key is worse than none
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
