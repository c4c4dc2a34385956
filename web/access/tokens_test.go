package access_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"jikim/devices/refuse"
	"jikim/footage/review/reviewtest"
	"jikim/web/access"
	"jikim/web/access/accesstest"
)

var tokenForm = regexp.MustCompile(`^jikim_[A-Za-z0-9_-]{43}$`)

func TestTokens(t *testing.T) {
	g, ctx := newGate(t), t.Context()
	secret, err := g.CreateToken(ctx, accesstest.System, "dock-1", access.Agent, "minwon")
	if err != nil || !tokenForm.MatchString(secret) {
		t.Fatalf("%q, %v", secret, err)
	}
	who, err := g.Bearer(ctx, secret, "10.0.0.3")
	want := access.Who{Account: "token:dock-1", Display: "dock-1", Role: access.Agent, Department: "minwon", Token: true, From: "10.0.0.3"}
	if err != nil || who != want {
		t.Errorf("%+v, %v", who, err)
	}
	for _, bad := range []string{"", "jikim_", secret + "x", secret[:len(secret)-1], strings.ToUpper(secret), secret[6:]} {
		_, err := g.Bearer(ctx, bad, "")
		expect(t, err, refuse.Unauthenticated, "token-refused")
	}
	_, err = g.CreateToken(ctx, accesstest.System, "Dock-1", access.Agent, "")
	expect(t, err, refuse.Conflict, "token-exists")
	_, err = g.CreateToken(ctx, accesstest.System, "dock-2", "root", "")
	expect(t, err, refuse.Invalid, "role-unknown")
	_, err = g.CreateToken(ctx, accesstest.System, "dock-2", access.Agent, "nowhere")
	expect(t, err, refuse.Invalid, "department-unknown")

	// Neither the records nor the ledger know the secret.
	rows, _ := g.records.Rows(ctx, 0, 10)
	kept, _ := json.Marshal([]any{rows, reviewtest.All[*access.Token](g.records.Book)})
	if bytes.Contains(kept, []byte(secret[6:])) {
		t.Error("the secret is kept somewhere")
	}

	if err := g.RevokeToken(ctx, accesstest.System, "dock-1"); err != nil {
		t.Fatal(err)
	}
	_, err = g.Bearer(ctx, secret, "")
	expect(t, err, refuse.Unauthenticated, "token-refused")
	if err := g.RevokeToken(ctx, accesstest.System, "dock-1"); err != nil {
		t.Errorf("revoking again: %v", err)
	}
	expect(t, g.RevokeToken(ctx, accesstest.System, "dock-9"), refuse.NotFound, "token-unknown")
	if got := g.records.Acts(t); got != "token.created token.revoked" {
		t.Error(got)
	}
}

// A token revoked on another server stops within seconds on this one.
func TestATokenIsReadAgain(t *testing.T) {
	g, ctx := newGate(t), t.Context()
	secret, _ := g.CreateToken(ctx, accesstest.System, "dock-1", access.Agent, "minwon")
	for range 100 {
		if _, err := g.Bearer(ctx, secret, ""); err != nil {
			t.Fatal(err)
		}
	}
	if n := g.records.Reads(); n > 3 {
		t.Errorf("a hundred requests at once cost %d readings", n)
	}
	tokens, _ := g.records.Tokens(ctx)
	tokens[0].RevokedAt = tokens[0].CreatedAt
	g.records.Put(&tokens[0])
	g.clock.Wind(2 * time.Second)
	_, err := g.Bearer(ctx, secret, "")
	expect(t, err, refuse.Unauthenticated, "token-refused")
}
