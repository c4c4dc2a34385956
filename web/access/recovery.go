package access

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Recovery codes are ten, of sixteen characters each: eighty random bits,
// which cannot be guessed even by who reads their hashes.
const (
	recoveryCodes = 10
	recoveryBytes = 10
)

var errNothingToRecover = refuse.New(refuse.Conflict, "second-step-missing",
	"복구 코드는 2단계 인증을 잃었을 때 씁니다. 먼저 인증 앱이나 패스키를 등록하세요.")

// MakeRecoveryCodes makes new codes for a person, who gives the password once
// more; earlier codes stop working. The codes are kept nowhere.
func (g *Gate) MakeRecoveryCodes(ctx context.Context, by ledger.Actor, name, password string) ([]string, error) {
	if err := g.confirm(ctx, name, password); err != nil {
		return nil, err
	}
	return g.makeRecoveryCodes(ctx, by, name)
}

func (g *Gate) makeRecoveryCodes(ctx context.Context, by ledger.Actor, name string) ([]string, error) {
	factors, err := g.records.Factors(ctx, name)
	if err != nil {
		return nil, err
	}
	if len(SecondSteps(factors)) == 0 {
		return nil, errNothingToRecover
	}
	id, err := g.newID()
	if err != nil {
		return nil, err
	}
	f := Factor{ID: id, Account: name, Kind: Recovery, Label: Recovery.Korean()}
	var codes []string
	for range recoveryCodes {
		b := make([]byte, recoveryBytes)
		if _, err := io.ReadFull(g.random, b); err != nil {
			return nil, fmt.Errorf("access: no randomness for a recovery code: %w", err)
		}
		code := readable(b)
		codes = append(codes, code)
		f.Hashes = append(f.Hashes, hashOfCode(id, code))
	}
	old := slices.DeleteFunc(factors, func(f Factor) bool { return f.Kind != Recovery })
	err = g.alter(ctx, changedRecoveryMade, by, name, func(tx footage.Tx, _ *Account, facts map[string]string) error {
		facts["codes"] = fmt.Sprint(recoveryCodes)
		f.CreatedAt = instant.Of(g.now())
		if err := g.dropFactors(tx, old); err != nil {
			return err
		}
		return tx.Save(&f)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// readable writes ten bytes as sixteen characters that can be read out.
func readable(b []byte) string {
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	return s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

// hashOfCode is what is kept of a code; id keeps equal codes of two people apart.
func hashOfCode(id, code string) string {
	sum := sha256.Sum256([]byte("recovery:" + id + ":" + plainCode(code)))
	return hex.EncodeToString(sum[:])
}

// plainCode is a code without what people put between its characters.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, strings.ToLower(code))
}
