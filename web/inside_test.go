package web

import (
	"io/fs"
	"math"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
)

func TestNumbersAsPeopleReadThem(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0바이트", 1023: "1023바이트", 1024: "1.0KB", 1536: "1.5KB", 1<<20 - 1: "1.0MB", 5 << 30: "5.0GB", 3 << 40: "3.0TB", math.MaxInt64: "8388608.0TB",
	} {
		if got := byteCount(n); got != want {
			t.Errorf("byteCount(%d) = %s, want %s", n, got, want)
		}
	}
	for s, want := range map[float64][2]string{
		0: {"", "알 수 없음"}, -3: {"", "알 수 없음"}, math.NaN(): {"", "알 수 없음"}, math.Inf(1): {"", "알 수 없음"},
		0.4: {"0:00", "1초 미만"}, 65.4: {"1:05", "1분 5초"}, 3600: {"1:00:00", "1시간"}, 3723.5: {"1:02:04", "1시간 2분 4초"},
	} {
		if got := [2]string{duration(s), seconds(s)}; got != want {
			t.Errorf("%v: %v, want %v", s, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 10000: "10,000", 1234567: "1,234,567"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestPathsFromCardsAreShownWhole(t *testing.T) {
	for raw, want := range map[string]string{
		"DCIM/민원.MP4": "DCIM/민원.MP4", "a\x00b": `a\x00b`, "\xb9\xce": `\xb9\xce`, "a\nb": `a\x0ab`, "\xff\u200b": `\xff` + "\u200b",
	} {
		if got := printable([]byte(raw)); got != want {
			t.Errorf("%q: %s, want %s", raw, got, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, next := range []string{"/clips?q=a", "//x", `/\x`, "/%2f/x", "https://x", "/a:b", "\t//x", "/..//x", "/.//x"} {
		f.Add(next)
	}
	here, _ := url.Parse("https://here.example/sign-in")
	f.Fuzz(func(t *testing.T, next string) {
		got := localPath(next)
		// A browser drops tabs and line ends and reads \ as /.
		seen := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(got)
		u, err := here.Parse(seen)
		if err != nil || u.Host != here.Host || u.Scheme != here.Scheme || !strings.HasPrefix(seen, "/") || strings.HasPrefix(seen, "//") {
			t.Fatalf("localPath(%q) = %q, which leads to %v", next, got, u)
		}
	})
}

// without is the embedded files with some changed; nil takes one away.
func without(t *testing.T, change map[string][]byte) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(embedded, name)
		files[name] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range change {
		if body == nil {
			delete(files, name)
		} else {
			files[name] = &fstest.MapFile{Data: body}
		}
	}
	return files
}

func TestPagesFailAtStartNotAtAClick(t *testing.T) {
	for name, c := range map[string]struct {
		change map[string][]byte
		want   string
	}{
		"as it is":             {nil, ""},
		"a part is missing":    {map[string][]byte{"templates/parts/badge.html": nil}, "missing templates: [templates/parts/badge.html]"},
		"a page is missing":    {map[string][]byte{"templates/due.html": nil}, "missing templates: [templates/due.html]"},
		"a page nobody shows":  {map[string][]byte{"templates/old.html": []byte("x")}, "no page uses old.html"},
		"a part not named":     {map[string][]byte{"templates/error.html": []byte(`{{define "content"}}{{template "history" .}}{{end}}`)}, `"history"`},
		"an unknown word":      {map[string][]byte{"templates/due.html": []byte(`{{define "content"}}{{wrong .}}{{end}}`)}, `function "wrong" not defined`},
		"a script not built":   {map[string][]byte{"static/dist/upload.js": nil}, "make assets"},
		"an unescapable value": {map[string][]byte{"templates/due.html": []byte(`{{define "content"}}<a href={{if .}}"{{end}}x>{{end}}`)}, "due"},
		"a file of no type":    {map[string][]byte{"static/font.woff2": []byte("x")}, "no content type"},
	} {
		t.Run(name, func(t *testing.T) {
			files := without(t, c.change)
			a, err := loadAssets(files)
			if err == nil {
				var in icons
				if in, err = loadIcons(a); err == nil {
					_, err = loadPages(files, a, in)
				}
			}
			if c.want == "" && err != nil {
				t.Fatal(err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}
