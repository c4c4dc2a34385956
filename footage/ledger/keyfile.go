package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// OriginPrefix begins every origin; the institution's id follows it.
const OriginPrefix = "jikim/"

// isOrigin reports whether s is OriginPrefix and an id of 1 to 100 bytes
// without spaces, control characters or '+', which key and note lines are cut
// at.
func isOrigin(s string) bool {
	id, ok := strings.CutPrefix(s, OriginPrefix)
	bad := func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) }
	return ok && id != "" && len(id) <= 100 && utf8.ValidString(id) && !strings.ContainsFunc(id, bad)
}

// NewKeyFile makes an Ed25519 key for an origin ("jikim/<institution id>"),
// writes the private key to a new file at path (mode 0600, durable) and
// returns the verifier key text, which is public. It never writes over a file:
// the error is then fs.ErrExist.
func NewKeyFile(path, origin string, rand io.Reader) (string, error) {
	if !isOrigin(origin) {
		return "", fmt.Errorf("ledger: %q is not an origin (want %s<institution id>)", origin, OriginPrefix)
	}
	private, public, err := note.GenerateKey(rand, origin)
	if err != nil {
		return "", err
	}
	return public, writeSecret(path, private+"\n")
}

// OpenSigner reads a key file.
func OpenSigner(path string) (*Signer, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseSigner(string(b))
}

func parseSigner(text string) (*Signer, error) {
	lines := strings.Fields(text)
	if len(lines) == 0 {
		return nil, errors.New("ledger: key file is empty")
	}
	key, err := note.NewSigner(lines[0])
	if err != nil {
		// The cause is not told: it must not carry a piece of the key.
		return nil, errors.New("ledger: key file does not begin with a private key")
	}
	public, err := publicOf(lines[0])
	if err != nil {
		return nil, err
	}
	v, err := NewVerifier(strings.Join(append([]string{public}, lines[1:]...), "\n"))
	if err != nil {
		return nil, err
	}
	return &Signer{key: key, verifier: v}, nil
}

// writeSecret makes a new file that only its owner can read, durably.
func writeSecret(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path)) // half a key is worse than none
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
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
