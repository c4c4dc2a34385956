package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jikim/devices/instant"
	"jikim/footage/ledger"
)

var noon = instant.Of(time.Date(2026, 10, 3, 5, 5, 0, 123e6, time.UTC))

func anEntry() ledger.Entry {
	return ledger.Entry{V: 1, At: noon, Act: ledger.ActViewed, Actor: ledger.Actor{Account: "hong"}}
}

// standardForm is what encoding/json makes of an entry: the definition that
// Encode is held to.
func standardForm(e ledger.Entry) []byte {
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	if err := w.Encode(e); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// texts draws text that can be kept, with everything JSON treats specially.
func texts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-z0-9:@. -]{0,20}`),
		rapid.StringOf(rapid.RuneFrom([]rune("가나홍○<>&\"\\/\b\f\n\r\t\x01\x1f\x7f\u2028\u2029\ufffd😀e\u0301"))),
	)
}

func entries() *rapid.Generator[ledger.Entry] {
	digest := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[0-9a-f]{64}`))
	table := func(v *rapid.Generator[string]) *rapid.Generator[map[string]string] {
		return rapid.OneOf(rapid.Just[map[string]string](nil), rapid.MapOfN(texts(), v, 1, 20))
	}
	return rapid.Custom(func(t *rapid.T) ledger.Entry {
		return ledger.Entry{
			V:   1,
			At:  instant.FromMs(rapid.Int64Range(-62135596799999, 253402300799999).Draw(t, "at")),
			Act: ledger.Act(rapid.StringMatching(`[a-z]{1,8}\.[a-z0-9-]{1,12}`).Draw(t, "act")),
			Actor: ledger.Actor{
				Account: rapid.StringMatching(`[a-z가-힣"]{1,9}`).Draw(t, "account"),
				Role:    texts().Draw(t, "role"),
				From:    texts().Draw(t, "from"),
				Cycle:   texts().Draw(t, "cycle"),
			},
			Subject: texts().Draw(t, "subject"),
			Why:     texts().Draw(t, "why"),
			Facts:   table(texts()).Draw(t, "facts"),
			Records: table(digest).Draw(t, "records"),
		}
	})
}

func TestEncodeIsTheStandardForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := entries().Draw(t, "entry")
		body, err := ledger.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(standardForm(e)), string(body)); diff != "" {
			t.Fatalf("Encode differs from encoding/json (-want +got):\n%s", diff)
		}
		back, err := ledger.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, back, cmp.Comparer(func(a, b instant.Time) bool { return a == b })); diff != "" {
			t.Fatalf("Decode(Encode(e)) differs (-want +got):\n%s", diff)
		}
	})
}

func TestEncodeRefuses(t *testing.T) {
	cases := map[string]func(*ledger.Entry){
		"another version":       func(e *ledger.Entry) { e.V = 2 },
		"no time":               func(e *ledger.Entry) { e.At = instant.Time{} },
		"a year of five digits": func(e *ledger.Entry) { e.At = instant.FromMs(253402300800000) },
		"no act":                func(e *ledger.Entry) { e.Act = "" },
		"an act with capitals":  func(e *ledger.Entry) { e.Act = "Clip.Viewed" },
		"no account":            func(e *ledger.Entry) { e.Actor.Account = "" },
		"a digest too short":    func(e *ledger.Entry) { e.Records = map[string]string{"clip:1": "ab"} },
		"a digest in capitals": func(e *ledger.Entry) {
			e.Records = map[string]string{"clip:1": strings.Repeat("AB", 32)}
		},
		"text that is not UTF-8": func(e *ledger.Entry) { e.Why = "\xff" },
		"a NUL":                  func(e *ledger.Entry) { e.Facts = map[string]string{"a": "b\x00"} },
		"a key with a NUL":       func(e *ledger.Entry) { e.Facts = map[string]string{"\x00": "b"} },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			e := anEntry()
			spoil(&e)
			if body, err := ledger.Encode(e); err == nil {
				t.Errorf("Encode gave %s, want an error", body)
			}
		})
	}
	e := anEntry()
	e.Why = "\xed\xa0\x80"
	if _, err := ledger.Encode(e); !errors.Is(err, ledger.ErrText) {
		t.Errorf("unreadable text gives %v, want ErrText", err)
	}
}
