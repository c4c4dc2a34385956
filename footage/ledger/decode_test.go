package ledger_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"jikim/footage/ledger"
)

const plainEntry = `{"v":1,"at":"2026-10-03T05:05:00.123Z","act":"clip.viewed","actor":{"account":"hong"}}`

func TestDecodeRefusesOtherSpellings(t *testing.T) {
	with := func(from, to string) string { return strings.Replace(plainEntry, from, to, 1) }
	cases := map[string]string{
		"nothing":                  "",
		"a cut":                    plainEntry[:len(plainEntry)-1],
		"bytes after it":           plainEntry + "\n",
		"white space":              with(`":1`, `": 1`),
		"another version":          with(`"v":1`, `"v":2`),
		"an unknown field":         with(`}}`, `},"x":"y"}`),
		"an unknown actor field":   with(`"hong"`, `"hong","x":"y"`),
		"a repeated field":         with(`"v":1`, `"v":1,"v":1`),
		"fields out of order":      with(`}}`, `},"why":"a","subject":"b"}`),
		"an empty optional field":  with(`}}`, `},"why":""}`),
		"an empty table":           with(`}}`, `},"facts":{}}`),
		"null for a table":         with(`}}`, `},"facts":null}`),
		"keys out of order":        with(`}}`, `},"facts":{"b":"1","a":"2"}}`),
		"a key twice":              with(`}}`, `},"facts":{"a":"1","a":"2"}}`),
		"a comma too many":         with(`}}`, `},"facts":{"a":"1",}}`),
		"a number for a text":      with(`}}`, `},"facts":{"a":1}}`),
		"no time":                  with(`"2026-10-03T05:05:00.123Z"`, `null`),
		"a zero time":              with(`2026-10-03T05:05:00.123Z`, `0001-01-01T00:00:00.000Z`),
		"a time with an offset":    with(`05:05:00.123Z`, `14:05:00.123+09:00`),
		"microseconds":             with(`.123Z`, `.123000Z`),
		"an escape without need":   with(`hong`, `h\u006fng`),
		"an escaped slash":         with(`hong`, `h\/`),
		"an escaped <":             with(`hong`, `\u003c`),
		"capitals in an escape":    with(`hong`, `\u001F`),
		"a NUL":                    with(`hong`, `\u0000`),
		"a raw line separator":     with(`hong`, "\u2028"),
		"a lone surrogate":         with(`hong`, `\ud800`),
		"a raw newline":            with(`hong`, "a\nb"),
		"a text that is not UTF-8": with(`hong`, "\xff"),
		"a text without end":       `{"v":1,"at":"2026-10-03T05:05:00.123Z","act":"clip.viewed","actor":{"account":"a\`,
		"an act that is none":      with(`clip.viewed`, `Clip`),
		"no account":               with(`hong`, ``),
		"a digest that is none":    with(`}}`, `},"records":{"clip:1":"00"}}`),
	}
	if _, err := ledger.Decode([]byte(plainEntry)); err != nil {
		t.Fatalf("the plain entry is refused: %v", err)
	}
	for name, body := range cases {
		t.Run(name, func(t *testing.T) {
			if e, err := ledger.Decode([]byte(body)); err == nil {
				t.Errorf("Decode took %s as %+v", body, e)
			}
		})
	}
}

// FuzzDecode holds Decode to its definition: it takes a body exactly when
// encoding/json reads it without unknown fields and writes the same bytes
// again, and Encode takes what was read.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(plainEntry))
	f.Add([]byte(`{"v":1,"at":"2026-10-03T05:05:00.000Z","act":"registry.imported","actor":{"account":"system","role":"admin","from":"10.0.0.1","cycle":"a@b"},"subject":"가","why":"\"\\\n\u2028\u0001","facts":{"":"","a":"<&>"},"records":{"clip:1":"","clip:2":"` + strings.Repeat("0f", 32) + `"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := ledger.Decode(body)
		if want := standardTakes(body); (err == nil) != want {
			t.Fatalf("Decode(%q) = %v, by the definition taken: %v", body, err, want)
		}
		if err != nil {
			return
		}
		again, err := ledger.Encode(got)
		if err != nil || !bytes.Equal(again, body) {
			t.Fatalf("Encode(Decode(%q)) = %q, %v", body, again, err)
		}
	})
}

func standardTakes(body []byte) bool {
	r := json.NewDecoder(bytes.NewReader(body))
	r.DisallowUnknownFields()
	var e ledger.Entry
	if r.Decode(&e) != nil {
		return false
	}
	if _, err := r.Token(); err != io.EOF {
		return false
	}
	again, err := ledger.Encode(e)
	return err == nil && bytes.Equal(again, body) && bytes.Equal(standardForm(e), body)
}
