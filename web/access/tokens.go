package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// A token is tokenPrefix and 32 random bytes in base64url: easy to find for
// those who search repositories for leaked secrets, impossible to guess.
const (
	tokenPrefix = "jikim_"
	tokenBytes  = 32
)

// CreateToken makes a token and gives its secret, which is kept nowhere. A
// department of "" means the whole institution. Any role will do: what a
// program may do is what a person of that role may.
func (g *Gate) CreateToken(ctx context.Context, by ledger.Actor, name string, role Role, department string) (secret string, err error) {
	name = CleanName(name)
	if err := g.CheckToken(ctx, name, role, department); err != nil {
		return "", err
	}
	raw := make([]byte, tokenBytes)
	if _, err := io.ReadFull(g.random, raw); err != nil {
		return "", fmt.Errorf("access: no randomness for a token: %w", err)
	}
	secret = tokenPrefix + base64.RawURLEncoding.EncodeToString(raw)
	t := Token{ID: tokenID(secret), Name: name, Role: role, Department: department, CreatedBy: by.Account}
	e := g.entry(ledger.ActTokenCreated, by, t.RecordName())
	e.Facts = map[string]string{"name": name, "role": string(role), "department": department}
	t.CreatedAt = e.At
	err = g.book.Change(ctx, e, func(tx footage.Tx, _ *ledger.Entry) error { return tx.Save(&t) })
	if err != nil {
		return "", err
	}
	return secret, nil
}

// CheckToken refuses what CreateToken would refuse, making nothing.
func (g *Gate) CheckToken(ctx context.Context, name string, role Role, department string) error {
	name = CleanName(name)
	if !signInName.MatchString(name) {
		return refuse.Field("name", "token-name",
			"토큰 이름은 글자나 숫자로 시작해 2자에서 64자까지, 글자·숫자와 . _ @ - 만 쓸 수 있습니다.")
	}
	if !role.Known() {
		return errUnknownRole
	}
	if err := g.checkDepartment(ctx, department); err != nil {
		return err
	}
	return g.checkTokenName(ctx, name)
}

func (g *Gate) checkTokenName(ctx context.Context, name string) error {
	all, err := g.records.Tokens(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(t Token) bool { return t.Name == name }) {
		return &refuse.Error{
			Kind: refuse.Conflict, Code: "token-exists", Field: "name",
			Sentence: "같은 이름의 토큰이 있거나 있었습니다. 관리대장에서 섞이지 않도록 다른 이름을 정하세요.",
		}
	}
	return nil
}

// RevokeToken ends a token, given its name or ID. Revoking again changes nothing.
func (g *Gate) RevokeToken(ctx context.Context, by ledger.Actor, name string) error {
	all, err := g.records.Tokens(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t Token) bool { return t.ID == name || t.Name == CleanName(name) })
	switch {
	case i < 0:
		return refuse.New(refuse.NotFound, "token-unknown", "그런 토큰이 없습니다. 토큰 목록에서 이름을 확인하세요.")
	case !all[i].RevokedAt.IsZero():
		return nil
	}
	id := all[i].ID
	defer g.tokens.drop(id)
	e := g.entry(ledger.ActTokenRevoked, by, all[i].RecordName())
	e.Facts = map[string]string{"name": all[i].Name}
	return g.book.Change(ctx, e, func(tx footage.Tx, _ *ledger.Entry) error {
		t := Token{ID: id}
		if err := tx.Load(&t); err != nil {
			return err
		}
		if t.RevokedAt.IsZero() {
			t.RevokedAt = e.At
		}
		return tx.Save(&t)
	})
}

// ErrToken is the one answer to every token that does not let in.
var ErrToken = refuse.New(refuse.Unauthenticated, "token-refused",
	"토큰이 맞지 않거나 더 이상 쓸 수 없습니다. 시스템 관리자에게 새 토큰을 받으세요.")

// noteEvery is how often the last use of a busy token is written down.
const noteEvery = time.Minute

// Bearer lets a program in by its token; from is the client's address. The
// token is found by its hash, so the time taken tells nothing about it.
func (g *Gate) Bearer(ctx context.Context, token, from string) (Who, error) {
	id := tokenID(token)
	if !strings.HasPrefix(token, tokenPrefix) {
		return Who{}, ErrToken
	}
	now := g.now()
	t, ok := g.tokens.get(id, now)
	if !ok {
		var err error
		if t, err = g.records.Token(ctx, id); err != nil {
			if r, isRefusal := refuse.As(err); isRefusal && r.Kind == refuse.NotFound {
				return Who{}, ErrToken
			}
			return Who{}, err
		}
		if t.RevokedAt.IsZero() && now.Sub(t.LastUsed.Std()) >= noteEvery {
			t.LastUsed = instant.Of(now)
			if err := g.records.NoteTokenUse(ctx, id, t.LastUsed); err != nil {
				return Who{}, err
			}
		}
		g.tokens.put(id, t, now)
	}
	if !t.RevokedAt.IsZero() {
		return Who{}, ErrToken
	}
	return Who{
		Account: "token:" + t.Name, Display: t.Name, Role: t.Role, Department: t.Department,
		Token: true, From: from,
	}, nil
}

// tokenID is what is kept of a token: hex SHA-256.
func tokenID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
