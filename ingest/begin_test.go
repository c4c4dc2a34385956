package ingest_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/review/reviewtest"
	"jikim/ingest"
)

func TestBeginRefuses(t *testing.T) {
	h := newHouse(t)
	h.Limits.MaxBytes = 5 << 30
	for name, c := range map[string]struct {
		change func(r *ingest.Request)
		kind   refuse.Kind
		code   string
		field  string
	}{
		"no name":               {func(r *ingest.Request) { r.FileName = "" }, refuse.Invalid, "filename-missing", "filename"},
		"a blank name":          {func(r *ingest.Request) { r.FileName = "a/ \t/" }, refuse.Invalid, "filename-missing", "filename"},
		"a name nobody sees":    {func(r *ingest.Request) { r.FileName = "\u200b\ufeff\u202e\x00" }, refuse.Invalid, "filename-missing", "filename"},
		"the folder above":      {func(r *ingest.Request) { r.FileName = `..\..` }, refuse.Invalid, "filename-missing", "filename"},
		"a name of 256 bytes":   {func(r *ingest.Request) { r.FileName = strings.Repeat("가", 84) + ".mp4" }, refuse.Invalid, "filename-too-long", "filename"},
		"a name out of bounds":  {func(r *ingest.Request) { r.FileName = strings.Repeat("/", 5000) + "a" }, refuse.Invalid, "path-too-long", "path"},
		"a path of 4097 bytes":  {func(r *ingest.Request) { r.Path = strings.Repeat("a", 4097) }, refuse.Invalid, "path-too-long", "path"},
		"less than nothing":     {func(r *ingest.Request) { r.Size = -1 }, refuse.Invalid, "bad-length", "length"},
		"one byte too many":     {func(r *ingest.Request) { r.Size = 5<<30 + 1 }, refuse.TooLarge, "too-large", ""},
		"half a hash":           {func(r *ingest.Request) { r.SHA256 = "0123" }, refuse.Invalid, "bad-sha256", "sha256"},
		"a hash too long":       {func(r *ingest.Request) { r.SHA256 = strings.Repeat("0", 66) }, refuse.Invalid, "bad-sha256", "sha256"},
		"a hash that is no hex": {func(r *ingest.Request) { r.SHA256 = strings.Repeat("g", 64) }, refuse.Invalid, "bad-sha256", "sha256"},
		"a long device":         {func(r *ingest.Request) { r.Device = strings.Repeat("기", 201) }, refuse.Invalid, "device-too-long", "device"},
		"a long purpose":        {func(r *ingest.Request) { r.Purpose = strings.Repeat("기", 201) }, refuse.Invalid, "purpose-too-long", "purpose"},
		"a long batch":          {func(r *ingest.Request) { r.Batch = strings.Repeat("기", 201) }, refuse.Invalid, "batch-too-long", "batch"},
		"an unknown purpose":    {func(r *ingest.Request) { r.Purpose = "hobby" }, refuse.Invalid, "unknown-purpose", "purpose"},
		"another's purpose":     {func(r *ingest.Request) { r.Purpose = "pr" }, refuse.Invalid, "unknown-purpose", "purpose"},
	} {
		t.Run(name, func(t *testing.T) {
			r := request("영상.mp4", []byte("영상"))
			c.change(&r)
			_, err := h.Begin(t.Context(), r)
			expect(t, err, c.kind, c.code)
			if no, ok := refuse.As(err); ok && no.Field != c.field {
				t.Errorf("it is about %q", no.Field)
			}
		})
	}
	if ups, keys := h.book.Uploads(), h.book.Keys(); len(ups) != 0 || len(keys) != 0 {
		t.Errorf("refusals left %d uploads and %d keys", len(ups), len(keys))
	}
	if _, err := h.Begin(t.Context(), ingest.Request{FileName: strings.Repeat("가", 84) + "abc", Size: 5 << 30, Path: strings.Repeat("a", 4096), Department: "minwon"}); err != nil {
		t.Error("what is exactly at the bounds:", err)
	}
}

func TestBeginKeepsWhatWasSaid(t *testing.T) {
	h := newHouse(t)
	filmed := time.Date(2026, 10, 5, 14, 5, 0, 123456789, time.FixedZone("", 9*3600))
	r := ingest.Request{
		FileName: "DCIM\\\u1112\u1161\u11ab\u1100\u1173\u11af.mp4", Size: 10, Device: " SN-0001\x00 ", Purpose: "patrol", Batch: "10월 \u202e5일",
		SHA256: " " + strings.ToUpper(hashOf([]byte("영상"))) + "\n", ModifiedAt: filmed,
		Account: "dock-1", Role: "dock", Department: "minwon", From: "10.0.0.7",
	}
	up := h.begin(t, r)
	got := h.upload(t, up.ID)
	if got.FileName != "한글.mp4" || string(got.SourcePath) != r.FileName || got.Device != "SN-0001" || got.Batch != "10월 5일" || got.Purpose != "patrol" ||
		got.Declared != hashOf([]byte("영상")) || got.State != footage.Receiving || got.Offset != 0 || got.Account != "dock-1" || got.Role != "dock" ||
		got.Department != "minwon" || got.From != "10.0.0.7" || got.ModifiedAt.Std() != filmed.UTC().Truncate(time.Millisecond) ||
		got.CreatedAt.Std() != evening || got.TouchedAt != got.CreatedAt {
		t.Errorf("kept as %+v", got)
	}
	if keys := h.book.Keys(); len(keys) != 1 || keys[0] != up.ID {
		t.Errorf("keys of %q", keys)
	}
	if acts := h.book.Acts(t); acts != "" {
		t.Errorf("the ledger says %q: nothing has been taken in yet", acts)
	}
	if other := h.begin(t, r); other.ID <= up.ID {
		t.Errorf("ids do not follow time: %s, then %s", up.ID, other.ID)
	}
	r.Path = "카드\xff/\x00"
	if up := h.begin(t, r); string(up.SourcePath) != r.Path {
		t.Errorf("the path is kept as %q", up.SourcePath)
	}
}

func TestBeginWithoutStores(t *testing.T) {
	h := newHouse(t)
	r := request("영상.mp4", []byte("영상"))
	r.Purpose = "patrol"
	for at := 1; at <= 2; at++ { // the registry, the records
		h.wire.Cut(reviewtest.Cut{At: at})
		if _, err := h.Begin(t.Context(), r); !errors.Is(err, reviewtest.ErrCut) {
			t.Errorf("call %d: %v", at, err)
		}
		h.wire.Mend()
	}
	h.Rand = strings.NewReader("")
	if _, err := h.Begin(t.Context(), r); err == nil {
		t.Error("an id without randomness")
	}
	h.Rand = strings.NewReader("only enough for the id")
	if _, err := h.Begin(t.Context(), r); err == nil {
		t.Error("a key without randomness")
	}
	if ups := h.book.Uploads(); len(ups) != 0 {
		t.Errorf("%d uploads were begun", len(ups))
	}
}

// names and how people see them; "" is refused.
var names = map[string]string{
	"영상.mp4": "영상.mp4",
	"\u1112\u1161\u11ab\u1100\u1173\u11af.mp4": "한글.mp4",
	"../../etc/passwd":                         "passwd",
	`C:\Users\hong\DCIM\a.mp4`:                 "a.mp4",
	`..\../a.mp4`:                              "a.mp4",
	"/":                                        "",
	"..":                                       "",
	`..\`:                                      "",
	".":                                        "",
	" .. ":                                     "",
	"a/ .. ":                                   "",
	"a/ \u3000":                                "a",
	"a/ /":                                     "",
	" a b .mp4 ":                               "a b .mp4",
	"폴더/ 이름.mp4 ":                              "이름.mp4",
	"...":                                      "...",
	".hidden":                                  ".hidden",
	"a\x00b\x1b[31m\x7f\u0085.mp4":             "ab[31m.mp4",
	"줄\n바꿈\r\u2028\u2029.mp4":                  "줄바꿈.mp4",
	"영상\u202egpj.mp4\u202c":                    "영상gpj.mp4",
	"\u2066a\u2069\u200e\u200f\u061c.mp4":      "a.mp4",
	"a\u200b\u200d\ufeff\u00ad\u2060.mp4":      "a.mp4",
	"\uac00\u200b\u11a8.mp4":                   "각.mp4", // composed only when what stood between is gone
	"깨진\xff\xfe이름.mp4":                         "깨진\uFFFD이름.mp4",
	"../\xff":                                  "\uFFFD",
	"😀.mp4":                                    "😀.mp4",
	"\u0530.mp4":                               "\u0530.mp4", // not a letter yet, perhaps in a later Unicode
	"<b>&\"'.mp4":                              "<b>&\"'.mp4",
}

func TestNames(t *testing.T) {
	h := newHouse(t)
	for sent, want := range names {
		up, err := h.Begin(t.Context(), request(sent, nil))
		if want == "" {
			expect(t, err, refuse.Invalid, "filename-missing")
			continue
		}
		if err != nil || up.FileName != want {
			t.Errorf("%q is shown as %q (%v), want %q", sent, up.FileName, err, want)
		}
	}
}

// FuzzName: whatever is sent as a name, what is shown is one line of NFC text
// without folders, at most 255 bytes, and the same when it is sent back.
func FuzzName(f *testing.F) {
	for name := range names {
		f.Add(name)
	}
	h := newHouse(f)
	f.Fuzz(func(t *testing.T, name string) {
		up, err := h.Begin(t.Context(), request(name, nil))
		if no, ok := refuse.As(err); ok && (no.Field == "filename" || no.Field == "path") {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		got := up.FileName
		if got == "" || len(got) > 255 || !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) || strings.ContainsAny(got, `/\`) ||
			strings.TrimSpace(got) != got || got == "." || got == ".." {
			t.Errorf("%q is shown as %q", name, got)
		}
		for _, r := range got {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp) {
				t.Errorf("%q is shown with %U", name, r)
			}
		}
		if again, err := h.Begin(t.Context(), request(got, nil)); err != nil || again.FileName != got {
			t.Errorf("%q becomes %q, and that becomes %q (%v)", name, got, again.FileName, err)
		}
	})
}
