package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage/ledger"
)

// A ceremony (WebAuthn §7) has two halves: the server sets a challenge, which
// the page's session keeps, and the authenticator signs it. Both halves are
// JSON, made and read by the browser's own interface.

// Challenge is the first half of a ceremony.
type Challenge struct {
	Options []byte // JSON for navigator.credentials: {"publicKey": …}
	State   string // for the session, until the second half
}

var (
	errNoPasskeys = refuse.New(refuse.Conflict, "passkey-unavailable",
		"이 주소에서는 패스키를 쓸 수 없습니다. 시스템 관리자가 설정의 access.site에 기관의 https 주소를 적으면 그 주소에서 쓸 수 있습니다.")
	errPasskey = refuse.New(refuse.Invalid, "passkey-refused",
		"패스키를 확인하지 못했습니다. 다시 시도하고, 그래도 안 되면 다른 방법으로 로그인하세요.")
	errPasskeyThere = refuse.New(refuse.Conflict, "passkey-there",
		"이미 등록된 패스키입니다. 다른 기기나 보안 키를 쓰세요.")
)

// answerWithin is how long a person may take to answer a challenge.
const answerWithin = 5 * time.Minute

// ceremony is what a session keeps of a challenge.
type ceremony struct {
	Data  webauthn.SessionData `json:"data"`
	Until instant.Time         `json:"until"`
}

// PasskeysAt reports whether passkeys work where people reach this server:
// at the configured site, or, without one, on this very machine.
func (g *Gate) PasskeysAt(origin string) bool {
	_, err := g.relyingParty(origin)
	return err == nil
}

// relyingParty is this server as WebAuthn knows it. Without a configured site
// only localhost is believed, whatever a request calls us.
func (g *Gate) relyingParty(origin string) (*webauthn.WebAuthn, error) {
	site := or(g.settings.Site, origin)
	u, err := url.Parse(site)
	if err != nil || u.Hostname() == "" {
		return nil, errNoPasskeys
	}
	if g.settings.Site == "" && u.Hostname() != "localhost" {
		return nil, errNoPasskeys
	}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "지킴", RPOrigins: []string{site},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred,
		},
	})
	if err != nil {
		return nil, errNoPasskeys.Because(err)
	}
	return rp, nil
}

// holder is an account as WebAuthn knows it. Its handle tells nothing of the name.
type holder struct {
	name, display string
	credentials   []webauthn.Credential
}

func (h holder) WebAuthnID() []byte {
	sum := sha256.Sum256([]byte("passkey:" + h.name))
	return sum[:]
}
func (h holder) WebAuthnName() string                       { return h.name }
func (h holder) WebAuthnDisplayName() string                { return or(h.display, h.name) }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

func holderOf(a Account, factors []Factor) (holder, error) {
	h := holder{name: a.Name, display: a.Display}
	for _, f := range factors {
		if f.Kind != Passkey {
			continue
		}
		c, err := f.passkey()
		if err != nil {
			return holder{}, err
		}
		h.credentials = append(h.credentials, c)
	}
	return h, nil
}

// passkey reads the credential of a factor, with the count as it stands.
func (f *Factor) passkey() (c webauthn.Credential, err error) {
	if err := json.Unmarshal([]byte(f.Credential), &c); err != nil {
		return c, fmt.Errorf("access: stored passkey %s: %w", f.ID, err)
	}
	c.Authenticator.SignCount = uint32(f.SignCount) //nolint:gosec // it came from a uint32
	return c, nil
}

func credentialID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (g *Gate) challenge(options any, data *webauthn.SessionData) (Challenge, error) {
	o, err := json.Marshal(options)
	if err != nil {
		return Challenge{}, fmt.Errorf("access: passkey options: %w", err)
	}
	state, err := json.Marshal(ceremony{Data: *data, Until: instant.Of(g.now().Add(answerWithin))})
	return Challenge{Options: o, State: string(state)}, err
}

func (g *Gate) readCeremony(state string) (webauthn.SessionData, error) {
	var c ceremony
	if err := json.Unmarshal([]byte(state), &c); err != nil || !g.now().Before(c.Until.Std()) {
		return webauthn.SessionData{}, errPasskey
	}
	return c.Data, nil
}

// BeginPasskeyEnrolment asks a person's authenticator for a new passkey.
func (g *Gate) BeginPasskeyEnrolment(ctx context.Context, origin, name string) (Challenge, error) {
	rp, err := g.relyingParty(origin)
	if err != nil {
		return Challenge{}, err
	}
	h, err := g.holder(ctx, name)
	if err != nil {
		return Challenge{}, err
	}
	options, data, err := rp.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.credentials).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, fmt.Errorf("access: passkey options: %w", err)
	}
	return g.challenge(options, data)
}

func (g *Gate) holder(ctx context.Context, name string) (holder, error) {
	a, err := g.records.Account(ctx, name)
	if err != nil {
		return holder{}, err
	}
	factors, err := g.records.Factors(ctx, name)
	if err != nil {
		return holder{}, err
	}
	return holderOf(a, factors)
}

// FinishPasskeyEnrolment adds the passkey that answered, with the password
// given once more.
func (g *Gate) FinishPasskeyEnrolment(ctx context.Context, by ledger.Actor, origin, name, state, response, label, password string) error {
	label, err := labelOf(label, Passkey)
	if err != nil {
		return err
	}
	rp, err := g.relyingParty(origin)
	if err != nil {
		return err
	}
	data, err := g.readCeremony(state)
	if err != nil {
		return err
	}
	if err := g.confirm(ctx, name, password); err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(response))
	if err != nil {
		return errPasskey.Because(err)
	}
	c, err := rp.CreateCredential(holder{name: name}, data, parsed)
	if err != nil {
		return errPasskey.Because(err)
	}
	return g.addPasskey(ctx, by, name, label, c)
}

func (g *Gate) addPasskey(ctx context.Context, by ledger.Actor, name, label string, c *webauthn.Credential) error {
	key := credentialID(c.ID)
	switch _, err := g.records.FactorByCredential(ctx, key); {
	case err == nil:
		return errPasskeyThere
	case !isNotFound(err):
		return err
	}
	id, err := g.newID()
	if err != nil {
		return err
	}
	count := c.Authenticator.SignCount
	// Attestation was not asked for; what the authenticator says of itself
	// proves nothing and is not kept.
	c.Attestation, c.Authenticator.SignCount = webauthn.CredentialAttestation{}, 0
	stored, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("access: passkey: %w", err)
	}
	return g.addFactor(ctx, by, Factor{
		ID: id, Account: name, Kind: Passkey, Label: label, Credential: string(stored), CredentialID: &key, SignCount: int64(count),
	})
}

func isNotFound(err error) bool {
	r, ok := refuse.As(err)
	return ok && r.Kind == refuse.NotFound
}
