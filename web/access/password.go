package access

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"jikim/devices/refuse"
)

// hashing does the costly work, a few at a time: each hash takes the memory
// its parameters name, and a crowd at the door must not take all there is.
type hashing struct {
	params argon2id.Params
	turns  chan struct{}
	dummy  string // compared against when there is no such account
}

const hashesAtOnce = 2

// newHashing hashes nothing yet: a hash costs tens of megabytes that a server
// may never need. The dummy is well-formed, costs as much to compare as a real
// one, and is the hash of no password that anybody could find.
func newHashing(p argon2id.Params) (hashing, error) {
	blank := func(n uint32) string { return base64.RawStdEncoding.EncodeToString(make([]byte, n)) }
	dummy := fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.Memory, p.Iterations, p.Parallelism, blank(p.SaltLength), blank(p.KeyLength))
	if _, _, _, err := argon2id.DecodeHash(dummy); err != nil {
		return hashing{}, fmt.Errorf("access: argon2id: %w", err)
	}
	return hashing{params: p, turns: make(chan struct{}, hashesAtOnce), dummy: dummy}, nil
}

func (h hashing) turn(ctx context.Context) (done func(), err error) {
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h hashing) make(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return argon2id.CreateHash(norm.NFC.String(password), &h.params)
}

// matches compares in time that does not depend on the outcome. An empty hash
// (no such account) costs the same and never matches.
func (h hashing) matches(ctx context.Context, password, hash string) (bool, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	same, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
	if err != nil {
		return false, fmt.Errorf("access: stored password hash: %w", err)
	}
	return same && known, nil
}

// maxPassword bounds what is hashed; longer is refused, never cut.
const maxPassword = 128

// checkPassword is the rule: long enough, not the name, not repetition.
func checkPassword(name, password string, shortest int) error {
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n < shortest:
		return refuse.Field("password", "password-short",
			fmt.Sprintf("비밀번호가 짧습니다. %d자 이상으로 정하세요. 여러 낱말을 이어 쓰면 길고 기억하기 쉽습니다.", shortest))
	case n > maxPassword:
		return refuse.Field("password", "password-long",
			fmt.Sprintf("비밀번호가 너무 깁니다. %d자 이하로 정하세요.", maxPassword))
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return refuse.Field("password", "password-characters",
			"비밀번호에 읽을 수 없는 글자가 있습니다. 자판으로 칠 수 있는 글자로 정하세요.")
	case holdsName(password, name):
		return refuse.Field("password", "password-is-name",
			"비밀번호에 로그인 이름이 들어 있습니다. 이름과 상관없는 말로 정하세요.")
	case repeats(password):
		return refuse.Field("password", "password-repeats",
			"같은 글자를 되풀이하거나 차례로 늘어놓은 비밀번호입니다. 서로 다른 글자를 섞어 정하세요.")
	}
	return nil
}

// holdsName: names of one to three letters turn up by chance, longer ones do not.
func holdsName(password, name string) bool {
	password, name = strings.ToLower(password), strings.ToLower(name)
	if utf8.RuneCountInString(name) < 4 {
		return password == name || strings.ReplaceAll(password, name, "") == ""
	}
	return strings.Contains(password, name)
}

// repeats: fewer than four different characters, or nothing but steps of one
// (1234567890, zyxwvu…), or a short piece over and over (abc1abc1abc1).
func repeats(password string) bool {
	runes := []rune(strings.ToLower(password))
	different := map[rune]bool{}
	up, down := 0, 0
	for i, r := range runes {
		different[r] = true
		if i == 0 {
			continue
		}
		if r == runes[i-1]+1 || r == '0' && runes[i-1] == '9' {
			up++
		}
		if r == runes[i-1]-1 {
			down++
		}
	}
	steps := len(runes) - 1
	if len(different) < 4 || up == steps || down == steps {
		return true
	}
	for piece := 1; piece <= len(runes)/3; piece++ {
		if len(runes)%piece == 0 && strings.Repeat(string(runes[:piece]), len(runes)/piece) == string(runes) {
			return true
		}
	}
	return false
}
