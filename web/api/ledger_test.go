package api_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/footage/ledger"
	"jikim/web/access"
)

type ledgerPage struct {
	Size    int64
	Entries []struct {
		Index                                  int64
		Hash, Act, Body, Subject, Why, Account string
		Withheld                               bool
	}
}

// proofOf reads what the interface gives as a proof.
func proofOf(t *testing.T, list []string) (hashes []tlog.Hash) {
	t.Helper()
	for _, s := range list {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil || len(b) != tlog.HashSize {
			t.Fatalf("%q is no hash", s)
		}
		hashes = append(hashes, tlog.Hash(b))
	}
	return hashes
}

// TestTheLedgerCanBeProved does what a verifier outside does, with nothing but
// the answers and the public key.
func TestTheLedgerCanBeProved(t *testing.T) {
	s := newServer(t)
	auditor := s.as(t, access.Auditor, "")
	reviewer := s.as(t, access.Reviewer, "minwon")
	s.open(t, reviewer, "c1")
	verifier := s.records.Verifier()
	first, err := verifier.Open(s.call(t, auditor, http.MethodGet, "/api/v1/ledger/checkpoint", "").body)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		s.open(t, reviewer, "c1")
	}
	a := s.call(t, auditor, http.MethodGet, "/api/v1/ledger/checkpoint", "")
	if got := a.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	second, err := verifier.Open(a.body)
	if err != nil {
		t.Fatal(err)
	}

	var page ledgerPage
	s.call(t, auditor, http.MethodGet, "/api/v1/ledger/entries", "").into(t, http.StatusOK, &page)
	if page.Size != second.Size || int64(len(page.Entries)) != second.Size {
		t.Fatalf("%d entries of %d", len(page.Entries), page.Size)
	}
	for _, e := range page.Entries {
		leaf := sha256.Sum256(append([]byte{0}, e.Body...))
		if base64.StdEncoding.EncodeToString(leaf[:]) != e.Hash {
			t.Errorf("entry %d: the hash is not that of the body", e.Index)
		}
		var p struct {
			Size      int64
			Index     *int64
			Inclusion []string
		}
		s.call(t, reviewer, http.MethodGet, "/api/v1/ledger/proof?index="+itoa(e.Index)+"&size="+itoa(second.Size), "").into(t, http.StatusOK, &p)
		if err := ledger.CheckInclusion(proofOf(t, p.Inclusion), p.Size, second.Root, *p.Index, []byte(e.Body)); err != nil {
			t.Errorf("entry %d: %v", e.Index, err)
		}
	}
	var p struct {
		Size        int64
		Old         *int64
		Consistency []string
	}
	s.call(t, auditor, http.MethodGet, "/api/v1/ledger/proof?old="+itoa(first.Size), "").into(t, http.StatusOK, &p)
	if err := ledger.CheckConsistency(proofOf(t, p.Consistency), p.Size, second.Root, *p.Old, first.Root); err != nil {
		t.Error(err)
	}
	var part ledgerPage
	s.call(t, auditor, http.MethodGet, "/api/v1/ledger/entries?from=3&limit=2", "").into(t, http.StatusOK, &part)
	if len(part.Entries) != 2 || part.Entries[0].Index != 3 || part.Entries[0] != page.Entries[3] {
		t.Errorf("%+v", part)
	}
	for query, code := range map[string]string{
		"":                  "proof-of-what",
		"size=3":            "proof-of-what",
		"index=-7":          "request-form",
		"index=0&size=1000": "ledger-range",
		"index=3&size=3":    "ledger-range",
		"old=0":             "ledger-range",
		"old=9999":          "ledger-range",
	} {
		s.call(t, auditor, http.MethodGet, "/api/v1/ledger/proof?"+query, "").refused(t, http.StatusUnprocessableEntity, code)
	}
	s.call(t, auditor, http.MethodGet, "/api/v1/ledger/entries?from=-1", "").refused(t, http.StatusUnprocessableEntity, "request-form")
}

// A responsible officer reads the entries of their department; the others keep
// their place and hash, so that the whole can still be verified.
func TestEntriesOfOthersAreWithheld(t *testing.T) {
	s := newServer(t)
	s.open(t, s.as(t, access.Reviewer, "minwon"), "c1")
	s.open(t, s.as(t, access.Reviewer, "hongbo"), "c2")
	officer := s.as(t, access.Responsible, "minwon")
	var all, own ledgerPage
	s.call(t, s.as(t, access.Auditor, ""), http.MethodGet, "/api/v1/ledger/entries", "").into(t, http.StatusOK, &all)
	s.call(t, officer, http.MethodGet, "/api/v1/ledger/entries", "").into(t, http.StatusOK, &own)
	if len(all.Entries) != len(own.Entries) {
		t.Fatalf("%d and %d entries", len(all.Entries), len(own.Entries))
	}
	shown := 0
	for i, e := range own.Entries {
		if e.Hash != all.Entries[i].Hash || e.Index != int64(i) {
			t.Errorf("entry %d has lost its place", i)
		}
		if e.Withheld {
			if e.Body+e.Subject+e.Why+e.Account+e.Act != "" {
				t.Errorf("entry %d is withheld, but tells %+v", i, e)
			}
			continue
		}
		shown++
		if !strings.Contains(e.Body, `"minwon"`) {
			t.Errorf("entry %d is of others: %s", i, e.Body)
		}
	}
	if shown == 0 || shown == len(own.Entries) {
		t.Errorf("%d of %d entries are shown", shown, len(own.Entries))
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
