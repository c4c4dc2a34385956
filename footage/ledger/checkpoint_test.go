package ledger_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
)

var aCheckpoint = ledger.Checkpoint{Origin: "jikim/test", Size: 12, At: noon}

func TestParseCheckpointRefuses(t *testing.T) {
	good := aCheckpoint.Text()
	if c, err := ledger.ParseCheckpoint(good); err != nil || c != aCheckpoint {
		t.Fatalf("ParseCheckpoint(Text()) = %+v, %v", c, err)
	}
	with := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	cases := map[string]string{
		"nothing":                  "",
		"no time":                  good[:strings.Index(good, "at ")],
		"a further line":           good + "more\n",
		"no last newline":          strings.TrimSuffix(good, "\n"),
		"a leading zero":           with("12", "012"),
		"a sign":                   with("12", "+12"),
		"a size past 63 bits":      with("12", "9223372036854775808"),
		"another origin":           with("jikim/test", "someone/test"),
		"a root too short":         with(strings.Repeat("A", 43)+"=", "AAAA"),
		"another base64 of it":     with("A=", "B="),
		"a time with an offset":    with("Z", "+00:00"),
		"another name of the time": with("at ", "time "),
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			if c, err := ledger.ParseCheckpoint(text); err == nil {
				t.Errorf("ParseCheckpoint(%q) = %+v", text, c)
			}
		})
	}
}

func TestVerifierText(t *testing.T) {
	key := newSigner(t).Verifier().Text()
	other := ledgertest.NewSigner(t).Verifier().Text()
	elsewhere, _, err := otherOrigin()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing":                     "",
		"no key":                      "hello",
		"a size on the key in force":  key + " 3",
		"a retired key without size":  key + "\n" + other,
		"a retired key with no size":  key + "\n" + other + " many",
		"a retired key from before 0": key + "\n" + other + " -1",
		"two origins":                 key + "\n" + elsewhere + " 3",
		"an origin not of ours":       elsewhere,
	} {
		t.Run(name, func(t *testing.T) {
			if v, err := ledger.NewVerifier(text); err == nil {
				t.Errorf("NewVerifier took %q as %q", text, v.Origin())
			}
		})
	}
	if v, err := ledger.NewVerifier("\n" + key + "\r\n" + other + " 3\r\n"); err != nil || v.Origin() != "jikim/test" {
		t.Errorf("line ends of another system are refused: %v", err)
	}
}

func otherOrigin() (public, private string, err error) {
	private, public, err = note.GenerateKey(seed(5), "someone/else")
	return public, private, err
}

func TestWitnessesMaySignBeside(t *testing.T) {
	s := newSigner(t)
	head := add(t, ledgertest.NewMemory(), s, noon.Std(), anEntry())
	_, private, err := otherOrigin()
	if err != nil {
		t.Fatal(err)
	}
	witness, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	known, err := note.NewVerifier(s.Verifier().Text())
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(head.Checkpoint, note.VerifierList(known))
	if err != nil {
		t.Fatal(err)
	}
	both, err := note.Sign(n, witness)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.Verifier().Open(both); err != nil || c.Size != 1 {
		t.Errorf("a cosigned checkpoint reads as %+v, %v", c, err)
	}
	alone, err := note.Sign(&note.Note{Text: n.Text}, witness)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Verifier().Open(alone); err == nil {
		t.Error("the witness alone is taken for the institution")
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(aCheckpoint.Text())
	f.Add("jikim/가\n0\n" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\nat 0001-01-01T00:00:00.000Z\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ledger.ParseCheckpoint(text)
		if err == nil && c.Text() != text {
			t.Fatalf("%q reads as %+v, which is %q", text, c, c.Text())
		}
	})
}

// FuzzOpen holds that nothing but what was signed opens: every checkpoint that
// does has the signed text.
func FuzzOpen(f *testing.F) {
	signed := sign(f, aCheckpoint.Text())
	v := newSigner(f).Verifier()
	f.Add(signed)
	f.Add(append(bytes.Clone(signed), "— someone/else AAAAAAAA\n"...))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := v.Open(b)
		if err == nil && (c != aCheckpoint || !bytes.HasPrefix(b, []byte(aCheckpoint.Text()+"\n"))) {
			t.Fatalf("%q opens as %+v", b, c)
		}
	})
}

// The base64 of a signature ends in two bits that carry nothing. They may not
// be another than zero, or one checkpoint would have four spellings.
func TestSignatureHasOneSpelling(t *testing.T) {
	signed := sign(t, aCheckpoint.Text())
	last := len(signed) - 3 // before "=\n"
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	signed[last] = alphabet[strings.IndexByte(alphabet, signed[last])+1]
	if _, err := newSigner(t).Verifier().Open(signed); err == nil {
		t.Error("another spelling of the signature opens")
	}
}
