package access

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/footage/vault"
)

// Codes are what every authenticator app makes: RFC 6238 with SHA-1, six
// digits, thirty seconds. Of the sealed 32 bytes the first 20 are the seed.
const (
	totpStep = 30 * time.Second
	totpSeed = 20
)

var totpOptions = totp.ValidateOpts{Period: uint(totpStep / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// TOTPSetup is what an authenticator app is told.
type TOTPSetup struct {
	Address string // otpauth:// for the QR code
	Secret  string // the same seed in base32, in groups of four, to type in
}

var errStaleSetup = refuse.New(refuse.Conflict, "setup-stale",
	"등록을 시작한 지 오래되었거나 다른 창에서 다시 시작했습니다. 처음부터 다시 등록하세요.")

// BeginTOTP draws a seed for an authenticator app. pending holds it sealed,
// for the page to keep until ConfirmTOTP.
func (g *Gate) BeginTOTP(issuer, name string) (pending string, setup TOTPSetup, err error) {
	if g.settings.Keys == nil {
		return "", TOTPSetup{}, errNoKeys
	}
	id, err := g.newID()
	if err != nil {
		return "", TOTPSetup{}, err
	}
	var seed vault.Key
	if _, err := io.ReadFull(g.random, seed[:]); err != nil {
		return "", TOTPSetup{}, fmt.Errorf("access: no randomness for a seed: %w", err)
	}
	sealed, err := g.settings.Keys.Wrap("factor:"+id, seed)
	if err != nil {
		return "", TOTPSetup{}, err
	}
	setup, err = setupOf(issuer, name, seed)
	return id + "." + base64.RawURLEncoding.EncodeToString(sealed), setup, err
}

// PendingTOTP tells again what BeginTOTP told; a refusal when pending is not
// from there.
func (g *Gate) PendingTOTP(issuer, name, pending string) (TOTPSetup, error) {
	_, _, seed, err := g.openPending(pending)
	if err != nil {
		return TOTPSetup{}, err
	}
	return setupOf(issuer, name, seed)
}

func (g *Gate) openPending(pending string) (id string, sealed []byte, seed vault.Key, err error) {
	id, code, ok := strings.Cut(pending, ".")
	sealed, err = base64.RawURLEncoding.DecodeString(code)
	if !ok || err != nil {
		return "", nil, seed, errStaleSetup
	}
	seed, err = g.secret(id, sealed)
	return id, sealed, seed, err
}

func setupOf(issuer, name string, seed vault.Key) (TOTPSetup, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: strings.ReplaceAll(issuer, ":", " "), AccountName: name, Secret: seed[:totpSeed]})
	if err != nil {
		return TOTPSetup{}, fmt.Errorf("access: address for an authenticator app: %w", err)
	}
	return TOTPSetup{Address: key.URL(), Secret: inFours(key.Secret())}, nil
}

func inFours(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}

var errCode = refuse.Field("code", "code-wrong",
	"확인 코드가 맞지 않습니다. 인증 앱에 지금 보이는 여섯 자리를 입력하세요. 계속 맞지 않으면 휴대전화의 시각이 자동으로 맞춰지는지 확인하세요.")

// ConfirmTOTP adds the app once the person shows, with the password, that it
// makes the right codes.
func (g *Gate) ConfirmTOTP(ctx context.Context, by ledger.Actor, name, pending, label, password, code string) error {
	label, err := labelOf(label, TOTP)
	if err != nil {
		return err
	}
	id, sealed, seed, err := g.openPending(pending)
	if err != nil {
		return err
	}
	if err := g.confirm(ctx, name, password); err != nil {
		return err
	}
	step, ok, err := totpMatch(seed, code, g.now(), 0)
	if err != nil {
		return err
	}
	if !ok {
		return errCode
	}
	return g.addFactor(ctx, by, Factor{ID: id, Account: name, Kind: TOTP, Label: label, Sealed: sealed, LastStep: step})
}

// totpMatch finds the step, later than after, whose code was given: the
// current one or a neighbour, for clocks that differ by half a minute. Each
// code is good once.
func totpMatch(seed vault.Key, code string, now time.Time, after int64) (step int64, ok bool, err error) {
	code = plainCode(code)
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed[:totpSeed])
	for _, off := range []time.Duration{-totpStep, 0, totpStep} {
		at := now.Add(off)
		want, err := totp.GenerateCodeCustom(secret, at, totpOptions)
		if err != nil {
			return 0, false, fmt.Errorf("access: code of an authenticator app: %w", err)
		}
		s := at.Unix() / int64(totpStep/time.Second)
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > after {
			step, ok = s, true
		}
	}
	return step, ok, nil
}
